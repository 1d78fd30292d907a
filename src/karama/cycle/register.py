"""The files of a register month: found, opened, their columns and types checked, given to the law under its names."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from karama.cycle.engine import literal, quoted, single
from karama.foundation.errors import BadInputError
from karama.foundation.languages import Label
from karama.law.engine.expressions import Entity
from karama.law.engine.inputs import InputColumn
from karama.law.engine.types import TEXT, Kind, choice

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from karama.cycle.engine import Engine
    from karama.law.engine.inputs import Inputs

CHANNELS = ("bank_account", "payment_establishment")
PAYMENT_COLUMNS = (
    InputColumn(
        "payment_channel",
        Entity.HOUSEHOLD,
        choice(*CHANNELS),
        Label("mode de versement", "طريقة الأداء", "payment channel"),
        "ASD",
        default="payment_establishment",
    ),
    InputColumn(
        "payment_account",
        Entity.HOUSEHOLD,
        TEXT.or_unknown(),
        Label("compte à créditer", "الحساب البنكي", "account to credit"),
        "ASD",
        default=None,
    ),
)
"""How a household is paid: no matter of the law, so its inputs do not hold them."""

ROW_NUMBER = "file_row_number"
"""Column in which an engine gives the position of a row in its file, from 0."""
PLACES = ("region", "province")
"""Columns that repeat what the commune says."""
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_ACCEPTED: dict[Kind, tuple[str, ...]] = {
    Kind.BOOLEAN: ("BOOLEAN",),
    Kind.INTEGER: _INTEGERS,
    Kind.DECIMAL: ("DECIMAL", "DOUBLE", "FLOAT", *_INTEGERS),
    Kind.DATE: ("DATE",),
    Kind.TEXT: ("VARCHAR", "ENUM"),
    Kind.CHOICE: ("VARCHAR", "ENUM"),
}


@dataclass(frozen=True)
class RegisterFile:
    """One file of the register as the law reads it.

    ``key`` names its rows; ``owner`` is the column that says whose decision a row takes part in, and ``unit`` the table
    of those owners.  ``types`` are those found in the file.
    """

    name: str
    path: Path
    key: str
    owner: str
    unit: str
    columns: tuple[InputColumn, ...]
    types: Mapping[str, str] = field(default_factory=dict)

    rows: int = 0
    may_be_empty: bool = False
    repeated: bool = False
    """Whether identifiers stand in several rows of the file."""

    @property
    def whole(self) -> str:
        """Name of the relation of the whole file, with its row numbers."""
        return f"whole_{self.name}"

    @property
    def raw(self) -> str:
        """Name of the relation of one part's rows, as they stand in the file, with their row numbers."""
        return f"raw_{self.name}"

    @property
    def typed(self) -> str:
        """Name of the relation of one part's rows in the law's types and with defaults, those at fault included."""
        return f"typed_{self.name}"

    @property
    def present(self) -> tuple[InputColumn, ...]:
        """The columns that the file has."""
        return tuple(column for column in self.columns if column.name in self.types)

    @property
    def order(self) -> tuple[str, ...]:
        """The columns in whose order its rows are hashed."""
        return tuple(dict.fromkeys((self.owner, self.key)))

    @property
    def has_communes(self) -> bool:
        """Whether its rows are placed in a commune of the census."""
        return "commune" in self.types and any(column.name == "commune" for column in self.columns)

    def raw_query(self, condition: str) -> str:
        """The rows of a part: what the law reads and what the rules compare it with."""
        places = [name for name in PLACES if name in self.types]
        read = {column.name: self._as_read(column) for column in self.present}
        read |= {name: quoted(name) for name in (*places, ROW_NUMBER) if name not in read}
        return f"SELECT {', '.join(read.values())} FROM {self.whole} WHERE {condition}"

    def _as_read(self, column: InputColumn) -> str:
        """A column as it stands in the file; one of unknown values only may have come without its type."""
        if _accepted(column, self.types[column.name]):
            return quoted(column.name)
        return f"CAST(NULL AS {column.sql_type}) AS {quoted(column.name)}"

    def typed_query(self) -> str:
        """The rows of a part in the law's types."""
        selected = ", ".join(f"{_typed(column, self)} AS {quoted(column.name)}" for column in self.columns)
        return f"SELECT {selected} FROM {self.raw}"


def open_household_file(engine: Engine, folder: Path, inputs: Inputs) -> RegisterFile:
    """Open the file of the households, or of those who stand alone."""
    columns = (*inputs.of(Entity.HOUSEHOLD), *(PAYMENT_COLUMNS if inputs.person_table else ()))
    table, key = inputs.household_table, inputs.household_key
    return _open(engine, folder, RegisterFile(table, folder / f"{table}.parquet", key, key, table, columns))


def open_person_file(engine: Engine, folder: Path, inputs: Inputs) -> RegisterFile:
    """Open the file of the households' members."""
    owner, table = inputs.get(inputs.household_key), inputs.person_table
    columns = (*((owner,) if owner else ()), *inputs.of(Entity.PERSON))
    path, unit = folder / f"{table}.parquet", inputs.household_table
    file = RegisterFile(str(table), path, inputs.person_key, inputs.household_key, unit, columns)
    return _open(engine, folder, file)


def _open(engine: Engine, folder: Path, file: RegisterFile) -> RegisterFile:
    """Open a Parquet file and check its columns and their types.

    Raises:
        BadInputError: no such file, not Parquet, a column missing or of another type; names file and column.
    """
    if not file.path.exists():
        raise BadInputError(f"{file.path}: no such file: a register month needs it beside the others in {folder}")
    with engine.reading(file.path):
        engine.open(file.whole, file.path)
        found = engine.columns(file.whole)
        rows = int(single(engine, f"SELECT count(*) FROM {file.whole}"))
    types = {name: kind for name, kind in found.items() if name != ROW_NUMBER}
    file = replace(file, types=types, rows=rows)
    for column in file.columns:
        _check_column(engine, file, column)
    return file


def _accepted(column: InputColumn, found: str) -> bool:
    return found.split("(", maxsplit=1)[0] in _ACCEPTED[column.type.kind]


def _check_column(engine: Engine, file: RegisterFile, column: InputColumn) -> None:
    found = file.types.get(column.name)
    if found is None:
        if column.required:
            known = ", ".join(file.types)
            message = f"{file.path}: no column '{column.name}' ({column.label.en}, {column.sql_type}); it has {known}"
            raise BadInputError(message)
        return
    if _accepted(column, found):
        return
    if column.type.nullable and not single(engine, f"SELECT count({quoted(column.name)}) FROM {file.whole}"):
        return  # a writer that sees only unknown values does not know their type
    message = (
        f"{file.path}: column '{column.name}' ({column.label.en}) is {found}, not {column.sql_type}: write the file"
        f" again with that type"
    )
    raise BadInputError(message)


def fitting(column: InputColumn, found: str) -> str:
    """SQL of a value in the law's type, NULL where it does not fit; ``found`` is its type in the file."""
    name = quoted(column.name)
    wide = f"CAST({name} AS DOUBLE)" if found == "FLOAT" else name  # from FLOAT itself the decimal would be rounded
    return f"TRY_CAST({wide} AS {column.sql_type})"


def _typed(column: InputColumn, file: RegisterFile) -> str:
    """SQL of a column in the law's type, its default where the file does not have it."""
    if column.name == "region" and "commune" in file.types:
        return "substr(commune, 1, 2)"
    if column.name not in file.types:
        return f"CAST({_default(column.default)} AS {column.sql_type})"
    return fitting(column, file.types[column.name])


def _default(value: Any) -> str:  # noqa: ANN401 - a default has the type of its column
    if isinstance(value, str):
        return literal(value)
    return "NULL" if value is None else str(value)
