"""Rows on their way into the record: temporary tables of the transaction, their subjects found by name or made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from karama.cycle.engine import quoted
from karama.registry.imports.copying import copy_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    from django.db.backends.utils import CursorWrapper

_TYPES = {"VARCHAR": "text", "DOUBLE": "double precision"}
"""PostgreSQL's names where they differ from DuckDB's."""


def stage(source: duckdb.DuckDBPyConnection, relation: str, cursor: CursorWrapper, table: str) -> int:
    """Copy a relation of DuckDB into a temporary table of this transaction; the number of its rows."""
    kinds: dict[str, Any] = {row[0]: row[1] for row in source.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()}
    columns = ", ".join(f"{quoted(name)} {_TYPES.get(kind, kind)}" for name, kind in kinds.items())
    cursor.execute(f"DROP TABLE IF EXISTS {table}")
    cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns}) ON COMMIT DROP")
    rows = copy_rows(source, relation, cursor, table, {name: quoted(name) for name in kinds})
    cursor.execute(f"ANALYZE {table}")
    return rows


def keep(cursor: CursorWrapper, table: str, query: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> None:
    """Keep the rows of a query in a temporary table of this transaction, in the place of a former one."""
    cursor.execute(f"DROP TABLE IF EXISTS {table}")
    cursor.execute(f"CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS {query}", params or None)
    cursor.execute(f"ANALYZE {table}")


def make_households(cursor: CursorWrapper, staged: str) -> int:
    """Make the households not known yet; ``staged`` gives ``number`` and ``commune``."""
    cursor.execute(
        f"INSERT INTO registry_household (number, commune) SELECT DISTINCT ON (s.number) s.number, s.commune"
        f" FROM {staged} s WHERE NOT EXISTS (SELECT 1 FROM registry_household h WHERE h.number = s.number)"
        " ORDER BY s.number"
    )
    return int(cursor.rowcount)


def make_persons(cursor: CursorWrapper, staged: str) -> int:
    """Make the persons not known yet; ``staged`` gives ``idcs``."""
    cursor.execute(
        f"INSERT INTO registry_person (idcs) SELECT DISTINCT s.idcs FROM {staged} s"
        " WHERE NOT EXISTS (SELECT 1 FROM registry_person p WHERE p.idcs = s.idcs) ORDER BY s.idcs"
    )
    return int(cursor.rowcount)


def make_establishments(cursor: CursorWrapper, staged: str) -> int:
    """Make the establishments not known yet; ``staged`` gives ``establishment`` and ``commune``."""
    cursor.execute(
        "INSERT INTO registry_establishment (code, name, commune) SELECT DISTINCT ON (s.establishment)"
        f" s.establishment, '', coalesce(s.commune, '') FROM {staged} s"
        " WHERE NOT EXISTS (SELECT 1 FROM registry_establishment e WHERE e.code = s.establishment)"
        " ORDER BY s.establishment"
    )
    return int(cursor.rowcount)


def live_where_told(cursor: CursorWrapper, told: str) -> None:
    """Let each household told of be found in the commune of its latest residence; ``told`` gives ``household_id``."""
    cursor.execute(
        "UPDATE registry_household h SET commune = r.commune FROM (SELECT DISTINCT ON (k.household_id) k.household_id,"
        f" k.commune FROM registry_residence k WHERE k.household_id IN (SELECT household_id FROM {told} t)"
        " AND upper_inf(k.known) ORDER BY k.household_id, lower(k.validity) DESC) r"
        " WHERE r.household_id = h.id AND r.commune <> h.commune"
    )
