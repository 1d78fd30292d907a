"""An update file opened: Parquet, CSV or NDJSON, its columns checked, every row judged, the good ones put in order.

All is done in sets by DuckDB.  A value is read as text first, so that what is wrong with it can be told in its own
words whatever the format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from karama.cycle.duck import first_line
from karama.cycle.engine import literal, quoted
from karama.cycle.rules import REMEDIES
from karama.foundation.errors import BadInputError
from karama.law.engine.types import Kind as Type
from karama.registry.imports.kinds import Rule
from karama.territory import units

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from karama.law.engine.inputs import InputColumn
    from karama.registry.imports.kinds import Kind

MEMORY = "768MB"
CHUNK_ROWS = 250_000
FORMATS = {".parquet": "parquet", ".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson"}
_WIDEST = {"household_id": 32, "person_id": 32, "mother_id": 32, "payment_account": 40, "birth_commune": 9}
_NAME_LENGTH = 100
_SENTENCES = {
    "value_missing": "the column is required",
    "code_not_allowed": "the column holds one of its codes",
    "number_out_of_bounds": "the number is out of bounds",
    "not_a_number": "the column holds numbers",
    "too_many_places": "the number has too many decimals",
    "not_first_of_month": "a month is written by its first day, or as YYYY-MM",
    "date_out_of_bounds": "the date is out of bounds",
    "commune_unknown": "no commune has this code",
    "text_too_long": "the text is longer than the record keeps",
}
_REMEDIES = {**REMEDIES, "text_too_long": "write it shorter"}


@dataclass
class UpdateFile:
    """An open update file: relations ``judged`` (its rows), ``faults`` and ``staged`` (the good rows)."""

    path: Path
    kind: Kind
    duck: duckdb.DuckDBPyConnection
    columns: tuple[InputColumn, ...]
    rows: int = 0

    @classmethod
    def open(cls, path: Path, kind: Kind, scratch: Path) -> UpdateFile:
        """Read the file and judge its rows.

        Raises:
            BadInputError: not readable in its format, a column unknown or missing.
        """
        form = format_of(path)
        duck = duckdb.connect()
        duck.execute(f"SET memory_limit = '{MEMORY}'; SET temp_directory = {literal(str(scratch))}; SET threads = 2")
        try:
            found = _read(duck, path, form)
        except duckdb.Error as error:
            duck.close()
            raise BadInputError(
                f"{path}: not readable as {form} ({first_line(error)}): correct the file, or export it again"
            ) from error
        file = cls(path, kind, duck, tuple(one for one in kind.columns if one.name in found))
        file._check_columns(found)
        file.rows = _count(duck, "given")
        file._judge()
        file._order()
        return file

    @property
    def present(self) -> frozenset[str]:
        """The columns that the file has."""
        return frozenset(one.name for one in self.columns)

    @property
    def chunks(self) -> int:
        """Into how many transactions the good rows are cut."""
        return -(-_count(self.duck, "staged") // CHUNK_ROWS)

    def chunk(self, number: int) -> str:
        """The query of one chunk's rows."""
        first, last = number * CHUNK_ROWS, (number + 1) * CHUNK_ROWS
        return f"(SELECT * FROM staged WHERE place > {first} AND place <= {last} ORDER BY place)"

    def close(self) -> None:
        """Give back what was used."""
        self.duck.close()

    def _check_columns(self, found: list[str]) -> None:
        known = [one.name for one in self.kind.columns]
        if missing := [one.name for one in self.kind.columns if one.required and one.name not in found]:
            raise BadInputError(
                f"{self.path}: no column '{missing[0]}', which a file of kind {self.kind.name} needs; it has"
                f" {', '.join(found)}"
            )
        if strange := [name for name in found if name not in known]:
            raise BadInputError(
                f"{self.path}: column '{strange[0]}' is none of a file of kind {self.kind.name}: remove it; it has"
                f" {', '.join(known)}"
            )

    def _judge(self) -> None:
        """List every fault; a row with one is left out."""
        self.duck.register("census", pa.table({"code": pa.array(units()["code"].to_list(), pa.string())}))
        texts = ", ".join(f"{quoted(one.name)} AS {quoted('text_' + one.name)}" for one in self.columns)
        values = ", ".join(
            f"{_typed(one) if one.name in self.present else f'CAST(NULL AS {one.sql_type})'} AS {quoted(one.name)}"
            for one in self.kind.columns
        )
        self.duck.execute(f"CREATE TEMP TABLE judged AS SELECT file_row, {texts}, {values} FROM given")
        self.duck.execute("DROP TABLE given")
        rules = [*self._column_rules(), *self.kind.rules, self._twice()]
        faults = " UNION ALL ".join(self._faults(rule) for rule in rules)
        self.duck.execute(
            f"CREATE TEMP TABLE faults AS SELECT {literal(self.path.name)} AS file, f.* FROM ({faults}) f"
        )

    def _faults(self, rule: Rule) -> str:
        """The rows that break a rule, as the record keeps them."""
        subject = quoted(f"text_{self.kind.subject}")
        value = quoted(f"text_{rule.column}") if rule.column in self.present else "CAST(NULL AS VARCHAR)"
        return (
            f"SELECT file_row AS \"row\", '' AS owner, coalesce(left({subject}, 64), '') AS \"key\","
            f' {literal(rule.column)} AS "column", left({value}, 200) AS value, {literal(rule.code)} AS rule,'
            f" {literal(rule.told)} AS remedy FROM judged WHERE {rule.broken}"
        )

    def _column_rules(self) -> Iterator[Rule]:
        for column in self.columns:
            text, value = quoted(f"text_{column.name}"), quoted(column.name)
            if not column.type.nullable:
                yield _rule("value_missing", column.name, f"{text} IS NULL")
            for code, broken in _type_rules(column, text, value):
                yield _rule(code, column.name, broken)
            if column.name == "commune":
                known = f"{value} IN (SELECT code FROM census)"
                yield _rule("commune_unknown", column.name, f"{text} IS NOT NULL AND NOT {known}")

    def _twice(self) -> Rule:
        """Two rows of one subject, day and event: neither is believed."""
        key = [self.kind.subject, self.kind.day, *([self.kind.event] if self.kind.event else [])]
        places = ", ".join(map(quoted, key))
        return Rule(
            "given_twice",
            self.kind.subject,
            f"file_row IN (SELECT unnest(list(file_row)) FROM judged GROUP BY {places} HAVING count(*) > 1)",
            "a subject stands once for each day",
            "keep one of the rows",
        )

    def _order(self) -> None:
        """Put the good rows in an order in which they can be told, and end each where the next begins."""
        subject, day, turns = quoted(self.kind.subject), quoted(self.kind.day), self.kind.in_turns
        turn = f"row_number() OVER (PARTITION BY {subject} ORDER BY {turns}, file_row)" if turns else "1"
        until = "CAST(NULL AS DATE)" if turns else f"lead({day}) OVER (PARTITION BY {subject} ORDER BY {day})"
        if any(one.name == "until" for one in self.kind.columns):
            until = f"least(until, {until})"
        others = ", ".join(quoted(one.name) for one in self.kind.columns if one.name not in {"since", "until"})
        self.duck.execute(
            "CREATE TEMP TABLE staged AS SELECT row_number() OVER (ORDER BY turn, file_row) AS place, * FROM ("
            f"SELECT file_row, {turn} AS turn, {others}, {day} AS since, {until} AS until FROM judged"
            ' WHERE file_row NOT IN (SELECT "row" FROM faults)) ORDER BY turn, file_row'
        )


def format_of(path: Path) -> str:
    """The format of a file by the end of its name.

    Raises:
        BadInputError: another end, or no such file.
    """
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        raise BadInputError(f"{path}: the name ends in none of {', '.join(FORMATS)}: rename the file by its format")
    if not path.is_file():
        raise BadInputError(f"{path}: no such file")
    return form


def source_of(path: Path, form: str, columns: list[str] | None = None) -> str:
    """The table function that reads a file, every value of a text format as text."""
    name = literal(str(path))
    if form == "parquet":
        return f"read_parquet({name}, hive_partitioning = false)"
    if form == "csv":
        return f"read_csv({name}, all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"')"
    texts = ", ".join(f"{literal(one)}: 'VARCHAR'" for one in columns or ())
    given = f", columns = {{{texts}}}" if columns else ""
    # Every row is read for its columns: one that only a late row has would be dropped without a word.
    return f"read_json({name}, format = 'newline_delimited', sample_size = -1{given})"


def _read(duck: duckdb.DuckDBPyConnection, path: Path, form: str) -> list[str]:
    """Make ``given``: the rows with their place in the file, every value as text, an empty text as unknown."""
    source = source_of(path, form)
    described = duck.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    found = [row[0] for row in described]
    if form == "ndjson":
        source = source_of(path, form, found)
    texts = ", ".join(f"nullif(trim(CAST({quoted(name)} AS VARCHAR)), '') AS {quoted(name)}" for name in found)
    duck.execute(f"CREATE TEMP TABLE given AS SELECT row_number() OVER () AS file_row, {texts} FROM {source}")
    return found


def _typed(column: InputColumn) -> str:
    name = quoted(column.name)
    if column.month:
        return f"TRY_CAST(CASE WHEN length({name}) = 7 THEN {name} || '-01' ELSE {name} END AS DATE)"
    if column.type.kind is Type.DATE:
        return f"TRY_CAST({name} AS DATE)"
    return f"TRY_CAST({name} AS {column.sql_type})"


def _rule(code: str, column: str, broken: str) -> Rule:
    return Rule(code, column, broken, _SENTENCES[code], _REMEDIES[code])


def _type_rules(column: InputColumn, text: str, value: str) -> Iterator[tuple[str, str]]:
    """Codes and conditions by the type of a column."""
    kind, given = column.type.kind, f"{text} IS NOT NULL"
    if kind is Type.CHOICE:
        yield "code_not_allowed", f"{value} NOT IN ({', '.join(literal(code) for code in column.type.choices)})"
    elif kind is Type.BOOLEAN:
        yield "code_not_allowed", f"{given} AND {value} IS NULL"
    elif kind is Type.DATE:
        yield (
            "date_out_of_bounds",
            f"{given} AND ({value} IS NULL OR NOT {value} BETWEEN '1880-01-01' AND '2200-12-31')",
        )
        if column.month:
            yield "not_first_of_month", f"day({value}) <> 1"
    elif kind in {Type.INTEGER, Type.DECIMAL}:
        yield "not_a_number", f"{given} AND coalesce(NOT isfinite(TRY_CAST({text} AS DOUBLE)), true)"
        bounds = [f"{value} < {column.least}"] if column.least is not None else []
        bounds += [f"{value} > {column.most}"] if column.most is not None else []
        bounds.append(f"({value} IS NULL AND isfinite(TRY_CAST({text} AS DOUBLE)))")
        yield "number_out_of_bounds", " OR ".join(bounds)
        yield "too_many_places", f"TRY_CAST({text} AS DECIMAL(38, 18)) <> {value}"
    else:
        widest = _WIDEST.get(column.name, _NAME_LENGTH)
        yield "text_too_long", f"length({text}) > {widest}"


def _count(duck: duckdb.DuckDBPyConnection, relation: str) -> int:
    found: tuple[Any, ...] | None = duck.execute(f"SELECT count(*) FROM {relation}").fetchone()
    return int(found[0]) if found else 0
