"""Statements that PostgreSQL plans once for a connection: those of a person's page, planned longer than they run.

Row-level security adds a condition to each table of a statement; for a statement of fifteen tables planning takes
several times what running takes.  Values are parameters here, never part of the text, so the plan serves every file:
each looks up the rows of a few persons by their keys, whoever they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper


class _Planned(psycopg.Cursor[tuple[Any, ...]]):
    """A cursor whose statements are prepared at their first run."""

    def execute(self, query: Any, params: Any = None, **_: Any) -> _Planned:  # noqa: ANN401 - psycopg's own signature
        """Run the statement by its plan."""
        return super().execute(query, params, prepare=True)


def planned(query: str, params: Mapping[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement whose text is the same each time it is asked; counted and logged as any other."""
    connection.ensure_connection()
    own: Any = _Planned(connection.connection)
    with connection.make_debug_cursor(own) if connection.queries_logged else connection.make_cursor(own) as cursor:
        cursor.execute(query, params)
        return list(cursor.fetchall())


def keep_plans(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Have a new connection keep the first plan: by itself PostgreSQL would plan for each file's number of members.

    Django forbids to prepare at all; with a number out of reach, what asks for it is prepared and nothing else.
    """
    connection.connection.prepare_threshold = 2**31
    with connection.cursor() as cursor:
        cursor.execute("SET plan_cache_mode = force_generic_plan")
