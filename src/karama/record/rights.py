"""What the application's role may do in the database: granted after each migration, from the tables as they then are.

Read and add everywhere; change only where no trigger forbids it, and then only the columns it lets through; delete
nowhere but where rows only pass through.  The role owns nothing and bypasses nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

PASSING = (
    "django_session",
    "procrastinate_",
    "record_unsealed",
    "record_rate",
    "record_keptanswer",
    "axes_",
    "account_",
    "mfa_",
    "socialaccount_",
)
"""Tables, or beginnings of their names, whose rows only pass through: they may be deleted."""

READ_ONLY = ("django_migrations",)
"""The owner alone writes which migrations were applied."""

CHANGING = {"registry_household": ("commune",)}
"""Tables of which some columns change again and again, and no other ever does."""

_TABLES = """
    SELECT c.relname, coalesce(array_agg(p.proname::text ORDER BY t.tgname) FILTER (WHERE p.oid IS NOT NULL), '{}'),
        coalesce(array_agg(t.tgargs ORDER BY t.tgname) FILTER (WHERE p.oid IS NOT NULL), '{}')
    FROM pg_class c
    LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
    LEFT JOIN pg_proc p ON p.oid = t.tgfoid AND p.proname IN ('karama_only_close_known', 'karama_refuse_change')
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
    GROUP BY c.relname ORDER BY c.relname
"""


_EVERYWHERE = (
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}",
    "GRANT USAGE ON SCHEMA {schema} TO {role}",
    "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
)


def grant(connection: BaseDatabaseWrapper, role: str) -> int:
    """Give ``role`` its rights on every table of the owner's schema, and take from it every other.

    Returns:
        The number of tables.

    Raises:
        django.db.Error: the connection is not the owner's.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_schema()")
        names = dict(zip(("database", "schema", "role"), map(sql.Identifier, (*cursor.fetchone(), role)), strict=True))
        for statement in _EVERYWHERE:
            cursor.execute(sql.SQL(statement).format(**names))
        cursor.execute(_TABLES)
        tables = cursor.fetchall()
        for table, functions, arguments in tables:
            rights = rights_on(table, dict(zip(functions, map(bytes, arguments), strict=True)))
            statement = f"GRANT {', '.join(rights)} ON {{}} TO {{}}"
            cursor.execute(sql.SQL(statement).format(sql.Identifier(table), names["role"]))
    return len(tables)


def rights_on(table: str, guards: dict[str, bytes]) -> list[str]:
    r"""The rights on a table, given the arguments of the triggers that guard its rows.

    ``{"karama_refuse_change": b"closed_at\0"}`` lets the column ``closed_at`` be changed and nothing else.
    """
    if table in READ_ONLY:
        return ["SELECT"]
    rights = ["SELECT", "INSERT"]
    if "karama_only_close_known" in guards:
        rights.append("UPDATE (known)")
    elif "karama_refuse_change" in guards:
        columns = [f'"{one}"' for one in guards["karama_refuse_change"].rstrip(b"\0").decode().split(",") if one]
        rights += [f"UPDATE ({', '.join(columns)})"] if columns else []
    elif table in CHANGING:
        rights.append(f"UPDATE ({', '.join(CHANGING[table])})")
    else:
        rights.append("UPDATE")
    return [*rights, "DELETE"] if table.startswith(PASSING) else rights


_ROLE = """
    SELECT r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb,
        EXISTS (SELECT 1 FROM pg_class c WHERE c.relkind IN ('r', 'p')
            AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
            AND c.relpersistence <> 't' AND pg_has_role(r.oid, c.relowner, 'MEMBER'))
    FROM pg_roles r WHERE r.rolname = current_user
"""
_STRENGTHS = (
    "is a superuser, whom row-level security does not hold",
    "bypasses row-level security",
    "may make other roles",
    "may make databases",
    "owns tables, or belongs to a role that does",
)


def faults_of_role(connection: BaseDatabaseWrapper) -> list[str]:
    """What makes the connection's role too strong for the application, in words; empty where nothing does."""
    with connection.cursor() as cursor:
        cursor.execute(_ROLE)
        name, *has = cursor.fetchone()
    return [f"{name} {strength}" for strength, held in zip(_STRENGTHS, has, strict=True) if held]
