"""What PostgreSQL plans by: the statistics of tables that have just grown by much.

Without them a table of millions of rows is planned as a small one, and a set of changes looks up each of them in all.
Autovacuum comes once a minute, which is after the next batch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from karama.registry.facts import table_of
from karama.registry.models import FACTS, Membership, Residence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FEW = 1_000
"""Rows that are not worth statistics of their own."""
_GROWN = 0.1
"""Share of a table from which it has grown by much: PostgreSQL's own, of autovacuum."""


def analyse_grown(written: Mapping[str, int]) -> list[str]:
    """Have the tables of facts that grew by much counted again, with those of their subjects.

    Args:
        written: rows just written, by the name of the fact.

    Returns:
        The tables.
    """
    rows = {table_of(fact): written.get(fact.__name__, 0) for fact in FACTS}
    rows["registry_person"] = rows[table_of(Membership)]
    rows["registry_household"] = rows[table_of(Residence)]
    many = {table: count for table, count in rows.items() if count > FEW}
    if not many:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reltuples FROM pg_class WHERE relname = ANY(%s) AND relkind = 'r'", [list(many)]
        )
        grown = sorted(table for table, known in cursor.fetchall() if many[table] > _GROWN * known)
    analyse(grown)
    return grown


def analyse(tables: Iterable[str]) -> None:
    """Have tables counted again, by the right of those who own them."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute("SELECT karama_analyse(%s)", [table])


def analyse_all() -> None:
    """Have every table counted again: after filling an empty service."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_stat_user_tables WHERE schemaname = 'public' ORDER BY relname")
        tables = [name for (name,) in cursor.fetchall()]
    analyse(tables)
