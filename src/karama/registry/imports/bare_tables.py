"""Tables without what makes loading them slow, and given it back: constraints and indexes are built once, at the end.

What is taken away is read from the database's own catalogue and written down before: whoever comes after a kill knows
what is missing.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from karama.registry.facts import table_of
from karama.registry.models import FACTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.utils import CursorWrapper

FACT_TABLES = tuple(table_of(fact) for fact in FACTS)
TABLES = ("registry_person", "registry_household", *FACT_TABLES)
WORKERS = 2
BUILDING_MEMORY = "256MB"
"""Of each worker."""

Statement = dict[str, str]
"""``table``, ``name``, ``kind`` (pg_constraint's letter, i for an index, r for row security), ``make``."""

_CONSTRAINTS = """
    SELECT t.relname, c.conname, c.contype::text, pg_get_constraintdef(c.oid) FROM pg_constraint c
    JOIN pg_class t ON t.oid = c.conrelid
    WHERE t.relname = ANY (%s) AND c.contype = ANY (%s)
        AND (c.contype = 'f' OR NOT EXISTS (
            SELECT 1 FROM pg_constraint r WHERE r.contype = 'f' AND r.conindid = c.conindid))
"""
_INDEXES = """
    SELECT t.relname, i.relname, pg_get_indexdef(x.indexrelid) FROM pg_index x
    JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
    WHERE t.relname = ANY (%s) AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = x.indexrelid)
"""


def taken_away(cursor: CursorWrapper) -> list[Statement]:
    """What `strip` will take away, as statements that give it back, in the order in which they must run."""
    found: list[Statement] = []
    for tables, kinds in (
        (list(FACT_TABLES), ["p", "u", "x", "f"]),
        (["registry_person", "registry_household"], ["f"]),
    ):
        cursor.execute(_CONSTRAINTS, [tables, kinds])
        for table, name, kind, told in cursor.fetchall():
            late = " NOT VALID" if kind == "f" else ""
            make = f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {told}{late}'
            found.append({"table": table, "name": name, "kind": kind, "make": make})
    cursor.execute(_INDEXES, [list(TABLES)])
    found += [{"table": table, "name": name, "kind": "i", "make": make} for table, name, make in cursor.fetchall()]
    forced = "FORCE ROW LEVEL SECURITY"
    found += [
        {"table": table, "name": "", "kind": "r", "make": f"ALTER TABLE {table} {forced}"}
        for table in ("registry_rejection", *TABLES)
    ]
    return found


def strip(cursor: CursorWrapper, statements: Iterable[Statement]) -> None:
    """Take all of it away; in the transaction that writes the statements down."""
    # COPY is refused where row security holds for the one who copies: the owner is let through until the end.
    for one in sorted(statements, key=lambda one: one["kind"] != "f"):
        if one["kind"] == "r":
            cursor.execute(f"ALTER TABLE {one['table']} NO FORCE ROW LEVEL SECURITY")
        elif one["kind"] == "i":
            cursor.execute(f'DROP INDEX "{one["name"]}"')
        else:
            cursor.execute(f'ALTER TABLE {one["table"]} DROP CONSTRAINT "{one["name"]}"')


def build(owner: BaseDatabaseWrapper, statements: list[Statement], done: Callable[[], None]) -> None:
    """Give everything back, two tables at a time; what is there already is left.

    Foreign keys come last: those of all tables look up the same few.
    """
    for late in (False, True):
        by_table: dict[str, list[Statement]] = {}
        for one in statements:
            if (one["kind"] == "f") == late:
                by_table.setdefault(one["table"], []).append(one)
        order = sorted(by_table, key=lambda table: -_size(owner, table))
        with ThreadPoolExecutor(WORKERS) as pool:
            waiting = [pool.submit(_build_table, owner.copy(), by_table[table], done) for table in order]
            for each in waiting:
                each.result()


def _build_table(owner: BaseDatabaseWrapper, statements: list[Statement], done: Callable[[], None]) -> None:
    owner.inc_thread_sharing()
    try:
        with owner.cursor() as cursor:
            cursor.execute(f"SET maintenance_work_mem = '{BUILDING_MEMORY}'")
            cursor.execute("SET max_parallel_maintenance_workers = 0")
            for one in statements:
                if not _there(cursor, one):
                    cursor.execute(one["make"])
                if one["kind"] == "f":
                    cursor.execute(f'ALTER TABLE {one["table"]} VALIDATE CONSTRAINT "{one["name"]}"')
                done()
    finally:
        owner.close()


def _there(cursor: CursorWrapper, one: Statement) -> bool:
    if one["kind"] == "r":
        return False
    catalogue = "pg_class WHERE relname" if one["kind"] == "i" else "pg_constraint WHERE conname"
    cursor.execute(f"SELECT count(*) FROM {catalogue} = %s", [one["name"]])
    return _single(cursor) > 0


def _size(owner: BaseDatabaseWrapper, table: str) -> int:
    with owner.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size(%s::regclass)", [table])
        return _single(cursor)


def _single(cursor: CursorWrapper) -> int:
    found: tuple[Any, ...] | None = cursor.fetchone()
    return int(found[0]) if found else 0
