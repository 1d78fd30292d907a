"""The files of a register month: found, opened, their columns and types checked, given to the law under its names."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from karama.cycle.duck import literal, quoted, reading
from karama.foundation.errors import BadInputError
from karama.foundation.languages import Label
from karama.law.engine.expressions import Entity
from karama.law.engine.inputs import InputColumn
from karama.law.engine.types import TEXT, Kind, choice

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import duckdb

    from karama.foundation.months import Month
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

_ROW = "file_row_number"
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
    of those owners.  ``types`` are those found in the file; ``raw`` is the view of the file with its row numbers,
    ``typed`` the view of the columns read, in the law's types and with defaults, all rows included.
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

    @property
    def raw(self) -> str:
        """Name of the view of the file."""
        return f"raw_{self.name}"

    @property
    def typed(self) -> str:
        """Name of the view in the law's types."""
        return f"typed_{self.name}"

    @property
    def present(self) -> tuple[InputColumn, ...]:
        """The columns that the file has."""
        return tuple(column for column in self.columns if column.name in self.types)


def month_folder(given: Path, month: Month, holds: str) -> Path:
    """The folder of a month: the given one, or the one named after the month inside it.

    Raises:
        BadInputError: neither holds the file ``holds``.
    """
    for folder in (given / str(month), given):
        if (folder / holds).exists():
            return folder
    message = f"{given}: holds neither {holds} nor {month}/{holds}: give the folder of the month, or the one above it"
    raise BadInputError(message)


def open_household_file(connection: duckdb.DuckDBPyConnection, folder: Path, inputs: Inputs) -> RegisterFile:
    """Open the file of the households, or of those who stand alone."""
    columns = (*inputs.of(Entity.HOUSEHOLD), *(PAYMENT_COLUMNS if inputs.person_table else ()))
    table, key = inputs.household_table, inputs.household_key
    return _open(connection, folder, RegisterFile(table, folder / f"{table}.parquet", key, key, table, columns))


def open_person_file(connection: duckdb.DuckDBPyConnection, folder: Path, inputs: Inputs) -> RegisterFile:
    """Open the file of the households' members."""
    owner, table = inputs.get(inputs.household_key), inputs.person_table
    columns = (*((owner,) if owner else ()), *inputs.of(Entity.PERSON))
    path, unit = folder / f"{table}.parquet", inputs.household_table
    file = RegisterFile(str(table), path, inputs.person_key, inputs.household_key, unit, columns)
    return _open(connection, folder, file)


def _open(connection: duckdb.DuckDBPyConnection, folder: Path, file: RegisterFile) -> RegisterFile:
    """Check the columns of a Parquet file and their types, and make its two views.

    Raises:
        BadInputError: no such file, not Parquet, a column missing or of another type; names file and column.
    """
    path = file.path
    if not path.exists():
        raise BadInputError(f"{path}: no such file: a register month needs it beside the others in {folder}")
    source = f"read_parquet({literal(str(path))}, file_row_number = true, hive_partitioning = false)"
    with reading(path):
        described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    file = replace(file, types={row[0]: row[1] for row in described if row[0] != _ROW})
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {file.raw} AS SELECT * FROM {source}")
    for column in file.columns:
        _check_column(connection, file, column)
    selected = ", ".join(f"{_typed(column, file)} AS {quoted(column.name)}" for column in file.columns)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {file.typed} AS SELECT {selected} FROM {file.raw}")
    return file


def _check_column(connection: duckdb.DuckDBPyConnection, file: RegisterFile, column: InputColumn) -> None:
    found = file.types.get(column.name)
    if found is None:
        if column.required:
            known = ", ".join(file.types)
            message = f"{file.path}: no column '{column.name}' ({column.label.en}, {column.sql_type}); it has {known}"
            raise BadInputError(message)
        return
    if found.split("(")[0] in _ACCEPTED[column.type.kind]:
        return
    query = f"SELECT count({quoted(column.name)}) FROM {file.raw}"
    known_values = connection.execute(query).fetchone()
    if known_values and not known_values[0] and column.type.nullable:
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
