"""The register taken in: faults listed with their rule, the other rows given to the law under its table names.

Every check is one query over a whole file.  A household with a row at fault is left out with all its persons, since
deciding on a part of it would be wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from karama.cycle.duck import literal, quoted, reading, value
from karama.cycle.register import open_household_file, open_person_file
from karama.cycle.rules import REMEDIES, row_rules
from karama.cycle.tables import REJECTED
from karama.foundation.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

    from karama.cycle.register import RegisterFile
    from karama.foundation.months import Month
    from karama.law.engine.inputs import Inputs

FAULTS = "faults"
_SHOWN = 5


@dataclass(frozen=True)
class Intake:
    """What was taken in: the files, and the counts of rows at fault by rule and of rows left out by table."""

    files: tuple[RegisterFile, ...]
    faults: dict[str, int]
    left_out: dict[str, int]


def take_in(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    month: Month,
    inputs: Inputs,
    wards: Inputs | None,
    *,
    strict: bool = False,
) -> Intake:
    """Open the files of a register month, list the rows at fault in the table ``faults``, and name the good rows.

    Afterwards the connection knows the law's input tables (``households``, ``persons``, and ``wards`` if asked for
    and there), without the rows left out.

    Raises:
        BadInputError: a file is missing, unreadable or empty, a column missing or of another type; with ``strict``,
            any row at fault.
    """
    columns = ", ".join(f"{quoted(column.name)} {column.type}" for column in REJECTED.columns)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {FAULTS} ({columns}, owner VARCHAR, unit VARCHAR)")
    files = tuple(_with_rows(connection, file) for file in _open_files(connection, folder, inputs, wards))
    _name_communes(connection, files)
    for file in files:
        with reading(file.path):
            _list_faulty_rows(connection, file)
            _list_duplicates(connection, file)
    _compare_files(connection, {file.name: file for file in files}, inputs, month)
    found = connection.execute(f"SELECT rule, count(*) FROM {FAULTS} GROUP BY rule ORDER BY rule").fetchall()
    if strict and found:
        raise BadInputError(_refusal(connection, folder))
    return Intake(files, dict(found), {file.name: _name_good_rows(connection, file) for file in files})


def _open_files(
    connection: duckdb.DuckDBPyConnection, folder: Path, inputs: Inputs, wards: Inputs | None
) -> Iterator[RegisterFile]:
    yield open_household_file(connection, folder, inputs)
    if inputs.person_table is not None:
        yield open_person_file(connection, folder, inputs)
    if wards is not None and (folder / f"{wards.household_table}.parquet").exists():
        yield replace(open_household_file(connection, folder, wards), may_be_empty=True)


def _with_rows(connection: duckdb.DuckDBPyConnection, file: RegisterFile) -> RegisterFile:
    """Count the rows of a file; only that of the children in care may be empty."""
    with reading(file.path):
        rows = int(value(connection, f"SELECT count(*) FROM {file.raw}"))
    if not rows and not file.may_be_empty:
        raise BadInputError(f"{file.path}: holds no row: export the register again")
    return replace(file, rows=rows)


def _name_communes(connection: duckdb.DuckDBPyConnection, files: tuple[RegisterFile, ...]) -> None:
    """Give the codes of the census to the rules that compare with them."""
    if any(column.name == "commune" for file in files for column in file.columns):
        from karama.territory import units  # noqa: PLC0415 - another country's register needs none of it

        connection.register("known_communes", units().select("code").to_arrow())


def _fault(file: RegisterFile, code: str, column: str, shown: str) -> str:
    """The columns of ``faults`` for a row of the file's raw view."""
    owner = quoted(file.owner)
    return (
        f"{literal(file.path.name)}, file_row_number + 1, {owner if file.owner == 'household_id' else 'NULL'},"
        f" {quoted(file.key)}, {literal(column)}, CAST({shown} AS VARCHAR), {literal(code)},"
        f" {literal(REMEDIES[code])}, {owner}, {literal(file.unit)}"
    )


def _list_faulty_rows(connection: duckdb.DuckDBPyConnection, file: RegisterFile) -> None:
    """One pass counts the rows at fault for every rule; only rules that are broken are looked at again."""
    rules = list(row_rules(file))
    counted = ", ".join(f"count_if({rule.broken})" for rule in rules)
    counts = connection.execute(f"SELECT {counted} FROM {file.raw}").fetchone() or ()
    for rule, count in zip(rules, counts, strict=True):
        if count:
            row = _fault(file, rule.code, rule.column, quoted(rule.column))
            connection.execute(f"INSERT INTO {FAULTS} SELECT {row} FROM {file.raw} WHERE {rule.broken}")


def _list_duplicates(connection: duckdb.DuckDBPyConnection, file: RegisterFile) -> None:
    key = quoted(file.key)
    twice = f"SELECT {key} FROM {file.raw} WHERE {key} IS NOT NULL GROUP BY {key} HAVING count(*) > 1"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE twice AS {twice}")
    if value(connection, "SELECT count(*) FROM twice"):
        row = _fault(file, "duplicate_id", file.key, key)
        connection.execute(f"INSERT INTO {FAULTS} SELECT {row} FROM {file.raw} SEMI JOIN twice USING ({key})")


def _compare_files(
    connection: duckdb.DuckDBPyConnection, files: dict[str, RegisterFile], inputs: Inputs, month: Month
) -> None:
    """Persons without household, households without persons or without exactly one living head, children twice."""
    persons = files.get(inputs.person_table or "")
    if persons is None:
        return
    households = files[inputs.household_table]
    with reading(persons.path):
        _compare_heads(connection, households, persons, month)
        if "wards" in files:
            row = _fault(files["wards"], "ward_in_household", "person_id", "person_id")
            connection.execute(
                f"INSERT INTO {FAULTS} SELECT {row} FROM {files['wards'].raw} SEMI JOIN {persons.raw} USING (person_id)"
            )


def _compare_heads(
    connection: duckdb.DuckDBPyConnection, households: RegisterFile, persons: RegisterFile, month: Month
) -> None:
    key = quoted(households.key)
    heads = "CAST(NULL AS BIGINT) AS heads, CAST(NULL AS BIGINT) AS living_heads"
    if "role" in persons.types:
        dead = f"death_date < DATE '{month.first_day}'" if "death_date" in persons.types else "false"
        living = f"birth_date <= DATE '{month.last_day}' AND NOT COALESCE({dead}, false)"
        heads = f"count_if(role = 'head') AS heads, count_if(role = 'head' AND {living}) AS living_heads"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE families AS SELECT {key}, {heads} FROM {persons.raw}"
        f" WHERE {key} IS NOT NULL GROUP BY {key}"
    )
    unknown = _fault(persons, "household_unknown", households.key, key)
    connection.execute(
        f"INSERT INTO {FAULTS} SELECT {unknown} FROM {persons.raw}"
        f" SEMI JOIN (SELECT {key} FROM families ANTI JOIN {households.raw} USING ({key})) USING ({key})"
    )
    for code, column, shown, join in (
        ("household_without_persons", households.key, key, "ANTI JOIN families"),
        ("no_head", "role", "'0 heads'", "SEMI JOIN (SELECT * FROM families WHERE heads = 0)"),
        ("several_heads", "role", "'more than one'", "SEMI JOIN (SELECT * FROM families WHERE living_heads > 1)"),
    ):
        row = _fault(households, code, column, shown)
        known = f"WHERE {key} IS NOT NULL"
        connection.execute(f"INSERT INTO {FAULTS} SELECT {row} FROM {households.raw} {join} USING ({key}) {known}")
    connection.execute("DROP TABLE families")


def _name_good_rows(connection: duckdb.DuckDBPyConnection, file: RegisterFile) -> int:
    """Give the rows without fault their table's name in the law; the count of those left out."""
    if not value(connection, f"SELECT count(*) FROM {FAULTS}"):
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {file.name} AS SELECT * FROM {file.typed}")
        return 0
    owner, left_out = quoted(file.owner), f"left_out_{file.unit}"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {left_out} AS SELECT DISTINCT owner AS {owner} FROM {FAULTS}"
        f" WHERE unit = {literal(file.unit)} AND owner IS NOT NULL"
    )
    named = f"{quoted(file.key)} <> '' AND {owner} <> ''"
    good = f"SELECT * FROM {file.typed} ANTI JOIN {left_out} USING ({owner}) WHERE {named}"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {file.name} AS {good}")
    return int(value(connection, f"SELECT (SELECT count(*) FROM {file.typed}) - (SELECT count(*) FROM {file.name})"))


def _refusal(connection: duckdb.DuckDBPyConnection, folder: Path) -> str:
    """The message of a strict run: how many rows, and the first ones."""
    total = value(connection, f"SELECT count(*) FROM {FAULTS}")
    query = f'SELECT file, "row", key, "column", value, rule, remedy FROM {FAULTS} ORDER BY ALL LIMIT {_SHOWN}'
    shown = "; ".join(
        f"{file}, row {row} ({key}): column '{column}' is {found!r}: {rule}: {remedy}"
        for file, row, key, column, found, rule, remedy in connection.execute(query).fetchall()
    )
    return f"{folder}: {total} faults; nothing was decided; {shown}"
