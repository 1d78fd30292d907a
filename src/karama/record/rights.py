"""What the application's role may do in the database: read and add everywhere, change where it must, delete nowhere.

``karama migrate`` grants this again after every migration.  The role is neither owner nor superuser, so it cannot give
itself more, and row-level security holds for it on every table with a person's data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.backends.base.base import BaseDatabaseWrapper

NEVER_CHANGED = ("record_event", "record_seal")
"""Tables no row of which is ever changed: not even the right to try is given."""

MAY_DELETE = (
    "record_unsealed",
    "django_session",
    "procrastinate_",
    "account_",
    "mfa_",
    "socialaccount_",
    "axes_",
)
"""Tables, or beginnings of their names, whose rows come and go: queues, sessions, sign-in."""


def grant(connection: BaseDatabaseWrapper, role: str) -> int:
    """Give ``role`` its rights on every table of the schema ``public`` and take away any other.

    Returns:
        The number of tables.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        tables = [name for (name,) in cursor.fetchall()]
        for statement in _statements(tables, sql.Identifier(role)):
            cursor.execute(statement)
    return len(tables)


def _statements(tables: Iterable[str], role: sql.Identifier) -> Iterable[sql.Composed]:
    yield sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role)
    yield sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(role)
    for name in tables:
        table = sql.Identifier(name)
        yield sql.SQL("REVOKE ALL ON {} FROM {}").format(table, role)
        yield sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(", ".join(rights_on(name))), table, role)


def rights_on(table: str) -> tuple[str, ...]:
    """The rights of the application's role on one table."""
    if table in NEVER_CHANGED:
        return ("SELECT", "INSERT")
    if table.startswith("django_migrations"):
        return ("SELECT",)
    if table.startswith(MAY_DELETE):
        return ("SELECT", "INSERT", "UPDATE", "DELETE")
    return ("SELECT", "INSERT", "UPDATE")
