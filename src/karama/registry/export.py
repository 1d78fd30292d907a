"""A month of the record, as it was known at a time, as a register folder that the law reads.

PostgreSQL sends the rows by ``COPY``, DuckDB gives them the columns' types and writes Parquet in the order of the keys.
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from django.db import connection

from karama.cycle.duck import failures
from karama.cycle.engine import literal, quoted
from karama.cycle.register import PAYMENT_COLUMNS
from karama.foundation.errors import BadInputError
from karama.foundation.storage import file_digest, publish_folder, write_json
from karama.law.engine.expressions import Entity
from karama.law.inputs import REGISTER, WARDS
from karama.law.rsu.score.variables import VARIABLES
from karama.record import clock
from karama.record.scope import SYSTEM, acting_as
from karama.registry.changed import changed_since, persons_changed_since
from karama.registry.copied import copied, copy_out
from karama.registry.facts import hold_registry, refuse_half_load
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
    "payment_recipient": "VARCHAR",
}
_PERSONS = {"household_id": "VARCHAR", **{one.name: one.sql_type for one in REGISTER.of(Entity.PERSON)}}
_WARDS = {one.name: one.sql_type for one in WARDS.of(Entity.HOUSEHOLD)} | _PLACES
_INPUTS = {
    "household_id": "VARCHAR",
    **{one.column: "BOOLEAN" if one.kind == "flag" else "INTEGER" for one in VARIABLES if not one.derived},
}

_FILES = {"households": _HOUSEHOLDS, "persons": _PERSONS, "wards": _WARDS, "score_inputs": _INPUTS}
"""Columns and types of each file, as PostgreSQL sends them."""


def export_month(
    out: Path, *, month: Month, known_at: dt.datetime, changed: dt.datetime | None = None, programme: str = "asd"
) -> dict[str, Any]:
    """Write ``out/YYYY-MM`` of all households, or of those about which something became known after ``changed``.

    Returns:
        The manifest: counts of rows, what was asked, the hashes of the files.

    Raises:
        BadInputError: ``known_at`` is still to come, so that the same question would have another answer later.
        ConflictError: a first load has not ended.
        StorageError: the disk is full or the place cannot be written.
    """
    target = out / str(month)
    with (
        tempfile.TemporaryDirectory(prefix="karama-export-") as folder,
        failures(target),
        publish_folder(target) as draft,
        closing(duckdb.connect()) as duck,
    ):
        scratch = Path(folder)
        duck.execute(f"SET memory_limit = '{MEMORY}'; SET temp_directory = {literal(folder)}")
        _let_writers_end(known_at)
        with acting_as(SYSTEM):
            if changed is None:
                _read_by_scans()
            _receive_all(scratch, MonthView(month, known_at, programme), changed)
        rows = {name: _write(duck, scratch, draft, name, month) for name in _FILES}
        manifest = _manifest(draft, month, known_at, changed, rows)
        write_json(draft / "manifest.json", manifest)
    return manifest


def _let_writers_end(known_at: dt.datetime) -> None:
    """Wait for those who write: what they learn was known when they began, and is to be seen only when they end.

    Who begins after it learns later than ``known_at``.
    """
    with acting_as(SYSTEM):
        hold_registry()
        refuse_half_load()
        if known_at > clock.now():
            raise BadInputError(f"{known_at:%Y-%m-%d %H:%M:%S %Z} is still to come: give an earlier time, or none")


def _read_by_scans() -> None:
    """Join whole tables by hashing in this transaction.

    The planner takes the rows of a month for a few, and would look up each of millions.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute("SET LOCAL work_mem = '96MB'")


def _receive_all(scratch: Path, view: MonthView, changed: dt.datetime | None) -> None:
    """Take the rows of every table from PostgreSQL."""
    alone = view
    if changed is not None:
        alone = replace(view, chosen=persons_changed_since(changed))
        view = replace(view, chosen=changed_since(changed))
    queries = {"households": view.households, "persons": view.persons, "score_inputs": view.score_inputs}
    for name, query in {**queries, "wards": alone.wards}.items():
        selected = ", ".join(quoted(column) for column in _FILES[name])
        with connection.cursor() as cursor:
            copy_out(cursor, f"SELECT {selected} FROM ({query}) q", view.params, scratch / f"{name}.csv")


def _write(duck: duckdb.DuckDBPyConnection, scratch: Path, draft: Path, name: str, month: Month) -> int:
    """Write a table's file; the number of its rows."""
    rows, columns = _received(scratch, name), _FILES[name]
    selected, joined = "*", ""
    if name == "households":
        paid = "payment_channel, payment_account, payment_recipient"
        selected = f"* EXCLUDE ({paid}, size), substr(commune, 1, 5) AS province"
        selected += f", substr(commune, 1, 2) AS region, coalesce(size, 0) AS size, {paid}"
        joined = (
            "LEFT JOIN (SELECT household_id, CAST(count(*) AS INTEGER) AS size FROM"
            f" {_received(scratch, 'persons')} WHERE coalesce(death_date >= DATE '{month.first_day}', true)"
            " GROUP BY household_id) USING (household_id)"
        )
    order = ", ".join(key for key in ("household_id", "person_id") if key in columns)
    path = literal(str(draft / f"{name}.parquet"))
    written = duck.execute(
        f"COPY (SELECT {selected} FROM {rows} {joined} ORDER BY {order}) TO {path} (FORMAT parquet, COMPRESSION zstd)"
    ).fetchone()
    return int(written[0]) if written else 0


def _received(scratch: Path, name: str) -> str:
    """The table function that reads what PostgreSQL sent; nothing about it is guessed."""
    return copied(scratch / f"{name}.csv", _FILES[name])


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
