"""What a database holds, in figures that two databases can be compared by."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from karama.foundation.errors import StorageError
from karama.foundation.postgres import Programs, find_programs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LIBPQ = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
_VARIABLES = {"dbname": "PGDATABASE"}
_TABLES = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY c.relname
"""
_SUM = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {} t"


@dataclass(frozen=True)
class Address:
    """How the owner reaches a database, from Django's description of it."""

    parts: Mapping[str, str]

    @classmethod
    def of(cls, settings: Mapping[str, Any], database: str | None = None) -> Address:
        """The address of a connection's database, or of another one on its server."""
        parts = {name: str(settings[key]) for key, name in _LIBPQ.items() if settings.get(key)}
        options = {name: str(value) for name, value in settings.get("OPTIONS", {}).items()}
        return cls(options | parts | ({"dbname": database} if database else {}))

    @property
    def database(self) -> str:
        """The database's name."""
        return self.parts["dbname"]

    def connect(self, **options: bool) -> psycopg.Connection:
        """A connection; ``autocommit=True`` for what no transaction takes."""
        return psycopg.connect(
            psycopg.conninfo.make_conninfo(**self.parts), autocommit=options.get("autocommit", False)
        )

    def run(self, programs: Programs, name: str, *words: str) -> None:
        """Run one of PostgreSQL's programs on the database; a password goes by its environment, unseen by others.

        Raises:
            StorageError: it failed, with its last words.
        """
        said = {_VARIABLES.get(key, f"PG{key.upper()}"): value for key, value in self.parts.items()}
        done = subprocess.run(  # noqa: S603 - a program of the folder that was chosen
            [programs[name], *words, "--no-password"],
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", **said},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode:
            raise StorageError(f"PostgreSQL's {name} failed: {' '.join(done.stderr.split()[:80])}: nothing was kept")


def programs_of(connection: psycopg.Connection) -> Programs:
    """The programs that fit the server: of its version, else newer ones.

    Raises:
        StorageError: none.
    """
    major = connection.info.server_version // 10_000
    try:
        return find_programs(major)
    except StorageError:
        newest = find_programs()
        if newest.major < major:
            raise
        return newest


def sums(connection: psycopg.Connection) -> dict[str, dict[str, Any]]:
    """Of each table the number of its rows and a sum over all their values, whatever their order."""
    connection.execute("SET LOCAL timezone = 'UTC'")
    connection.execute("SET LOCAL datestyle = 'ISO'")
    connection.execute("SET LOCAL extra_float_digits = 1")
    connection.execute("SET LOCAL row_security = off")  # an error instead of a part of the rows
    found = {}
    for (table,) in connection.execute(_TABLES).fetchall():
        rows, values = connection.execute(sql.SQL(_SUM).format(sql.Identifier(table))).fetchone() or (0, "0")
        found[table] = {"rows": rows, "values": values}
    return found


def differences(told: Mapping[str, Any], found: Mapping[str, Any]) -> Iterable[str]:
    """Where two databases differ, a line for each table."""
    for table in sorted({*told, *found}):
        if told.get(table) != found.get(table):
            rows = [one.get(table, {}).get("rows", "no table") for one in (told, found)]
            yield f"{table}: {rows[0]} rows were backed up, {rows[1]} are there" + (
                "" if rows[0] != rows[1] else ", with other values"
            )
