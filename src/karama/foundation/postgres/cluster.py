"""A data folder with its two roles: the owner, who migrates, and the application, who cannot bypass a right.

The operating system names who connects.  Only the user who starts the server is let in, as either role; on a server
of his own he is its owner anyway, and the application opens its connections as the weaker role.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from typing import TYPE_CHECKING

from karama.foundation.errors import StorageError
from karama.foundation.postgres.account import as_account, named_account

if TYPE_CHECKING:
    import pwd
    from pathlib import Path

    import psycopg

    from karama.foundation.postgres.programs import Programs

OWNER = "karama_owner"
APPLICATION = "karama_app"
DATABASE = "karama"
EXTENSIONS = ("btree_gist", "pg_trgm")

_USUAL = {"max_connections": "100", "max_locks_per_transaction": "512"}
"""A transaction that writes facts one after another holds the locks of their temporary tables to its end."""

_DURABLE = {**_USUAL, "shared_buffers": "256MB", "max_wal_size": "4GB", "work_mem": "16MB"}
_PASSING = {**_USUAL, "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_APPLICATION_RIGHTS = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"


def call(programs: Programs, name: str, *words: object, account: pwd.struct_passwd) -> None:
    """Run one of the programs; its output goes to a file, because a started server keeps it open.

    Raises:
        StorageError: it failed, with its last words.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        done = subprocess.run(  # noqa: S603 - a program of the folder that was chosen
            [programs[name], *map(str, words)],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            cwd="/",
            check=False,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            **as_account(account),
        )
        if done.returncode:
            said.seek(0)
            raise StorageError(f"PostgreSQL's {name} failed: {' '.join(said.read().split()[-60:])}")


def initialise(cluster: Path, programs: Programs, account: pwd.struct_passwd, *, durable: bool) -> None:
    """Fill an empty folder with a cluster in UTF-8, ordered by bytes."""
    call(
        programs,
        "initdb",
        f"--pgdata={cluster}",
        f"--username={OWNER}",
        "--auth=peer",
        "--encoding=UTF8",
        "--locale=C",
        "--data-checksums" if durable else "--no-sync",
        account=account,
    )


def configure(cluster: Path, socket: Path, account: pwd.struct_passwd, *, durable: bool) -> None:
    """Write who may connect, and the settings; done before each start, so that a new version of us is followed."""
    user = named_account(os.geteuid()).pw_name
    settings = _DURABLE if durable else _PASSING
    lines = {
        **settings,
        "listen_addresses": "",
        "unix_socket_directories": str(socket),
        "unix_socket_permissions": "0777",  # the folder is closed to others; peer asks the system who connects
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    quoted = {name: value.replace("\\", "\\\\").replace("'", "''") for name, value in lines.items()}
    files = {
        "karama.conf": "".join(f"{name} = '{value}'\n" for name, value in quoted.items()),
        "pg_hba.conf": "local all all peer map=karama\n",
        "pg_ident.conf": "".join(f'karama "{user}" {role}\n' for role in (OWNER, APPLICATION)),
    }
    for name, text in files.items():
        path = cluster / name
        path.write_text(text, encoding="utf-8")
        os.chown(path, account.pw_uid, account.pw_gid)
        path.chmod(0o600)
    main = cluster / "postgresql.conf"
    if "include 'karama.conf'" not in main.read_text(encoding="utf-8"):
        with main.open("a", encoding="utf-8") as file:
            file.write("include 'karama.conf'\n")


def furnish(connection: psycopg.Connection) -> None:
    """Make what is missing on a new cluster: the application's role and the database with its extensions."""
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION]).fetchone()
    if not known:
        connection.execute(f"CREATE ROLE {APPLICATION} {_APPLICATION_RIGHTS}")


def create_database(connection: psycopg.Connection, name: str, template: str = "template0") -> None:
    """Make a database of the owner on a connection that commits by itself; its extensions are made by ``extend``."""
    connection.execute(f'CREATE DATABASE "{name}" OWNER {OWNER} TEMPLATE "{template}"')


def drop_database(connection: psycopg.Connection, name: str) -> None:
    """Remove a database and put out who is in it."""
    connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def extend(connection: psycopg.Connection) -> None:
    """Make the extensions in the connection's database."""
    for extension in EXTENSIONS:
        connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
