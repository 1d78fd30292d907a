"""What the law says of many at once: facts leave PostgreSQL as columns, DuckDB decides, outcomes return.

Nothing is written but temporary tables of the transaction, the facts read: ``homes`` and ``members``, or ``wards``.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from django.db import connection

from karama.delivery.decisions.deciding import Outcome, one_off, traced, version_of
from karama.delivery.decisions.subjects import subjects_of
from karama.law import programme_named
from karama.law.engine.evaluate import (
    HOUSEHOLD_RESULT,
    PERSON_RESULT,
    decisions_sql,
    lines_sql,
    plan_of,
    ready,
    run_plan,
)
from karama.registry.copied import copied, copy_out
from karama.registry.month_view import MonthView

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from karama.foundation.months import Month
    from karama.law.engine.evaluate import Ready
    from karama.law.engine.inputs import InputColumn


def outcomes(
    chosen: str | Sequence[int], programme: str, month: Month, known_at: dt.datetime, *, ended: bool = False
) -> Iterator[tuple[int, Outcome]]:
    """Decide the households, or children, ``chosen`` by a query or their ids, on what was known at ``known_at``.

    Yields:
        Each one's id and outcome; households that lived nowhere on the reference day, and children who were in no
        establishment, are left out, or with ``ended`` decided as they last were.
    """
    prepared = ready(programme_named(programme), month)
    with tempfile.TemporaryDirectory(prefix="karama-decide-") as folder:
        hashes = _read(MonthView(month, known_at, programme, chosen, ended), prepared, Path(folder))
        with duckdb.connect() as engine:
            _load(engine, prepared, Path(folder))
            run_plan(engine, plan_of(prepared.programme, month))
            yield from _Answers(engine, prepared, version_of(programme, month)).each(hashes)


def _read(view: MonthView, prepared: Ready, folder: Path) -> dict[str, tuple[int, str]]:
    """The facts as one CSV file per table of the law's inputs; the id and the hash of each subject by its number."""
    subjects = subjects_of(view.programme)
    queries = subjects.facts(view)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(queries)}")
        for source, query in queries.items():
            cursor.execute(f"CREATE TEMPORARY TABLE {source} ON COMMIT DROP AS {query}", view.params)
        for source, (table, columns) in zip(queries, _tables(prepared).items(), strict=False):
            names = ", ".join(one.name for one in columns)
            copy_out(cursor, f"SELECT {names} FROM {source}", {}, folder / f"{table}.csv")
        cursor.execute(f"SELECT number, id, hash FROM ({subjects.documents}) known")
        return {number: (key, told) for number, key, told in cursor.fetchall()}


def _tables(prepared: Ready) -> dict[str, list[InputColumn]]:
    """The columns the law reads, by table, the household's first; a person's rows carry the household's key."""
    inputs = prepared.programme.law.inputs
    key = next(one for one in inputs.columns if one.name == inputs.household_key)
    found: dict[str, list[InputColumn]] = {inputs.household_table: []}
    for one in inputs.columns:
        table = inputs.household_table if one.entity is key.entity else inputs.person_table
        found.setdefault(str(table), [] if one.entity is key.entity else [key]).append(one)
    return found


def _load(engine: duckdb.DuckDBPyConnection, prepared: Ready, folder: Path) -> None:
    for table, columns in _tables(prepared).items():
        rows = copied(folder / f"{table}.csv", {one.name: one.sql_type for one in columns})
        engine.execute(f"CREATE TABLE {table} AS SELECT * FROM {rows}")


@dataclass(frozen=True)
class _Answers:
    """The results in DuckDB as outcomes."""

    engine: duckdb.DuckDBPyConnection
    prepared: Ready
    version: str

    def each(self, hashes: dict[str, tuple[int, str]]) -> Iterator[tuple[int, Outcome]]:
        key = self.prepared.programme.law.inputs.household_key
        reader = self.engine.execute(self._query()).to_arrow_reader(50_000)
        for batch in reader:
            for row in batch.to_pylist():
                subject, told = hashes[row[key]]
                yield subject, self._outcome(row, told)

    def _outcome(self, row: dict[str, Any], told: str) -> Outcome:
        lines = json.loads(row["lines"]) if row["lines"] else []
        once = one_off(self.prepared.programme)
        trace = {"household": json.loads(row["household"]), "lines": lines}
        if self._personal:
            trace["persons"] = json.loads(row["persons"]) if row["persons"] else {}
        return Outcome(
            eligible=row["eligible"],
            aid=row["aid"],
            amount_centimes=row["amount_centimes"],
            monthly_centimes=sum(amount for benefit, _, _, amount in lines if benefit not in once),
            reasons=tuple(row["reasons"]),
            trace=trace,
            inputs_hash=told,
            law_version=self.version,
        )

    @property
    def _personal(self) -> tuple[str, ...]:
        return traced(self.prepared)[1]

    def _query(self) -> str:
        inputs, graph = self.prepared.programme.law.inputs, self.prepared.graph
        key, person = inputs.household_key, inputs.person_key
        household, personal = traced(self.prepared)
        lines = lines_sql(self.prepared.programme, graph)
        joins, columns = "", f"CAST({_object(self._typed(HOUSEHOLD_RESULT, household))} AS VARCHAR) AS household"
        if lines:
            listed = f"json_array(benefit, {person}, rank, amount_centimes)"
            joins += (
                f" LEFT JOIN (SELECT {key}, CAST(to_json(list({listed} ORDER BY benefit, coalesce({person}, '')))"
                f" AS VARCHAR) AS lines FROM ({lines}) GROUP BY {key}) l USING ({key})"
            )
        if personal:
            joins += (
                f" LEFT JOIN (SELECT {key}, CAST(json_group_object({person},"
                f" {_object(self._typed(PERSON_RESULT, personal))}) AS VARCHAR) AS persons"
                f" FROM {PERSON_RESULT} GROUP BY {key}) p USING ({key})"
            )
        told = ["l.lines" if lines else "NULL AS lines", "p.persons" if personal else "NULL AS persons"]
        decided = decisions_sql(self.prepared.programme)
        return (
            f"SELECT d.*, {', '.join(told)}, h.household FROM ({decided}) d"
            f" JOIN (SELECT {key}, {columns} FROM {HOUSEHOLD_RESULT}) h USING ({key}){joins}"
        )

    def _typed(self, table: str, names: Sequence[str]) -> dict[str, str]:
        """Each column as JSON keeps it: a decimal or a date in words, a number as a number."""
        kinds = {row[0]: str(row[1]) for row in self.engine.execute(f"DESCRIBE {table}").fetchall()}
        written = {"HUGEINT": "BIGINT", "DATE": "VARCHAR"}
        return {
            name: f"CAST({name} AS {'VARCHAR' if kinds[name].startswith('DECIMAL') else written[kinds[name]]})"
            if kinds[name] in written or kinds[name].startswith("DECIMAL")
            else name
            for name in names
        }


def _object(columns: dict[str, str]) -> str:
    pairs = ", ".join(f"'{name}', {told}" for name, told in columns.items())
    return f"json_object({pairs})"
