"""A month of the record, as it was known at a time, as a register folder that the law reads.

PostgreSQL sends the rows by ``COPY``, DuckDB gives them the columns' types and writes Parquet in the order of the keys.
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from django.db import connection

from karama.cycle.duck import failures
from karama.cycle.engine import literal, quoted
from karama.cycle.register import PAYMENT_COLUMNS
from karama.foundation.storage import file_digest, publish_folder, write_json
from karama.law.engine.expressions import Entity
from karama.law.inputs import REGISTER, WARDS
from karama.law.rsu.score.variables import VARIABLES
from karama.record.scope import SYSTEM, acting_as
from karama.registry.changed import changed_since
from karama.registry.month_view import MonthView

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from karama.foundation.months import Month

MEMORY = "768MB"
_PLACES = {"province": "VARCHAR", "region": "VARCHAR"}
_HOUSEHOLDS = {
    **{one.name: one.sql_type for one in REGISTER.of(Entity.HOUSEHOLD) if one.name != "region"},
    **{one.name: one.sql_type for one in PAYMENT_COLUMNS},
}
_PERSONS = {"household_id": "VARCHAR", **{one.name: one.sql_type for one in REGISTER.of(Entity.PERSON)}}
_WARDS = {one.name: one.sql_type for one in WARDS.of(Entity.HOUSEHOLD)} | _PLACES
_INPUTS = {
    "household_id": "VARCHAR",
    **{one.column: "BOOLEAN" if one.kind == "flag" else "INTEGER" for one in VARIABLES if not one.derived},
}


def export_month(
    out: Path, *, month: Month, known_at: dt.datetime, changed: dt.datetime | None = None, programme: str = "asd"
) -> dict[str, Any]:
    """Write ``out/YYYY-MM`` of all households, or of those about which something became known after ``changed``.

    Returns:
        The manifest: counts of rows, what was asked, the hashes of the files.

    Raises:
        StorageError: the disk is full or the place cannot be written.
    """
    target = out / str(month)
    with tempfile.TemporaryDirectory(prefix="karama-export-") as scratch, failures(target):
        with publish_folder(target) as draft, closing(duckdb.connect()) as duck:
            duck.execute(f"SET memory_limit = '{MEMORY}'; SET temp_directory = {literal(scratch)}")
            with acting_as(SYSTEM):
                if changed is None:
                    _read_by_scans()
                chosen = changed_since(changed) if changed else None
                view = MonthView(month, known_at, programme, chosen)
                queries = {"households": view.households, "persons": view.persons, "wards": view.wards}
                queries["score_inputs"] = view.score_inputs
                types = {"households": _HOUSEHOLDS, "persons": _PERSONS, "wards": _WARDS, "score_inputs": _INPUTS}
                for name, query in queries.items():
                    _receive(Path(scratch) / f"{name}.csv", query, view.params, types[name])
            rows = {name: _write(duck, Path(scratch), draft, name, columns, month) for name, columns in types.items()}
            manifest = _manifest(draft, month, known_at, changed, rows)
            write_json(draft / "manifest.json", manifest)
    return manifest


def _read_by_scans() -> None:
    """Join whole tables by hashing in this transaction: the planner takes a month's rows for a few, and would look up
    each of millions."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute("SET LOCAL work_mem = '96MB'")


def _receive(path: Path, query: str, params: Mapping[str, object], columns: Mapping[str, str]) -> None:
    selected = ", ".join(quoted(name) for name in columns)
    with connection.cursor() as cursor, path.open("wb") as file:
        with cursor.copy(f"COPY (SELECT {selected} FROM ({query}) q) TO STDOUT (FORMAT csv)", params) as copy:
            for block in copy:
                file.write(block)


def _write(
    duck: duckdb.DuckDBPyConnection, scratch: Path, draft: Path, name: str, columns: Mapping[str, str], month: Month
) -> int:
    """Write a table's file; the number of its rows."""
    duck.execute(f"CREATE VIEW {name} AS SELECT * FROM {_received(scratch, name, columns)}")
    selected, joined = f"{name}.*", ""
    if name == "households":
        selected = f"{name}.* EXCLUDE (payment_channel, payment_account), substr(commune, 1, 5) AS province"
        selected += ", substr(commune, 1, 2) AS region, coalesce(size, 0) AS size, payment_channel, payment_account"
        persons = _received(scratch, "persons", _PERSONS)
        joined = (
            "LEFT JOIN (SELECT household_id, CAST(count(*) AS INTEGER) AS size FROM"
            f" {persons} WHERE coalesce(death_date >= DATE '{month.first_day}', true)"
            " GROUP BY household_id) USING (household_id)"
        )
    order = ", ".join(key for key in ("household_id", "person_id") if key in columns)
    path = literal(str(draft / f"{name}.parquet"))
    written = duck.execute(
        f"COPY (SELECT {selected} FROM {name} {joined} ORDER BY {order}) TO {path} (FORMAT parquet, COMPRESSION zstd)"
    ).fetchone()
    return int(written[0]) if written else 0


def _received(scratch: Path, name: str, columns: Mapping[str, str]) -> str:
    """The table function that reads what PostgreSQL sent; nothing about it is guessed."""
    kinds = ", ".join(f"{literal(column)}: {literal(kind)}" for column, kind in columns.items())
    dialect = "auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', nullstr = ''"
    return f"read_csv({literal(str(scratch / name) + '.csv')}, columns = {{{kinds}}}, {dialect})"


def _manifest(
    draft: Path, month: Month, known_at: dt.datetime, changed: dt.datetime | None, rows: Mapping[str, int]
) -> dict[str, Any]:
    return {
        "generator": "karama registry export",
        "month": str(month),
        "known_at": known_at.isoformat(),
        "changed_since": changed.isoformat() if changed else None,
        "rows": dict(rows),
        "files": {f"{name}.parquet": file_digest(draft / f"{name}.parquet") for name in rows},
    }
