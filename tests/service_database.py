"""The database of the tests: one server for a run, one template with all migrations, a copy for whoever writes.

Nothing starts before a test asks.  The processes of a run share the server; whoever ends the run stops it.  A run that
was killed leaves its folder: the next one stops its server and removes it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connections, transaction

from karama.foundation.postgres import Server, create_database, drop_database, running_server, server_at, stop_server

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATE = "karama_template"
SECRET = "for the tests only, and longer than the fifty characters asked for"
_PREFIX = "karama-tests-"


def _environment(data: Path) -> dict[str, str]:
    """The variables of a service whose data is in a folder."""
    return {
        "KARAMA_DATA": str(data),
        "KARAMA_SECRET_KEY": SECRET,
        "KARAMA_MODE": "demo",
        "KARAMA_HOSTS": "localhost,127.0.0.1,testserver",
        "DJANGO_SETTINGS_MODULE": "karama.project.settings",
    }


def open_run() -> None:
    """Choose the folder of this run; its processes find it in their environment."""
    place = Path(tempfile.gettempdir())
    for left in place.glob(f"{_PREFIX}*"):
        if (owner := left.name.removeprefix(_PREFIX).partition("-")[0]).isdigit() and not _lives(int(owner)):
            _remove(left)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=place))
    folder.chmod(0o711)  # the account that runs the server for root passes through it
    os.environ.pop("DATABASE_URL", None)
    os.environ.update(_environment(folder / "s"))


def close_run() -> None:
    """Stop the run's server and remove its folder."""
    _remove(Path(os.environ["KARAMA_DATA"]).parent)


def _remove(folder: Path) -> None:
    for each in folder.glob("*/postgres"):
        stop_server(server_at(each.parent))
    shutil.rmtree(folder, ignore_errors=True)


def _lives(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


@dataclass(frozen=True)
class Database:
    """A database of a test: how each role reaches it, also from another process."""

    server: Server
    name: str
    data: Path

    @property
    def application_url(self) -> str:
        """The address for the application's role."""
        return self.server.application_url(self.name)

    @property
    def owner_url(self) -> str:
        """The address for the owner."""
        return self.server.owner_url(self.name)

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which another process serves this database."""
        return {
            **os.environ,
            **_environment(self.data),
            "DATABASE_URL": self.application_url,
            "KARAMA_OWNER_DATABASE_URL": self.owner_url,
        }


@contextmanager
def server_of_the_run() -> Iterator[Server]:
    """The server that the processes of this run share, its template migrated once."""
    folder = Path(os.environ["KARAMA_DATA"])
    with running_server(folder, durable=False) as server:
        with (folder / "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _migrate_template(server, folder)
        yield server


def _migrate_template(server: Server, folder: Path) -> None:
    with server.connect_as_owner() as connection:
        asked = "SELECT datistemplate FROM pg_database WHERE datname = %s"
        found = connection.execute(asked, [TEMPLATE]).fetchone()
        if found and found[0]:
            return
        drop_database(connection, TEMPLATE)
        create_database(connection, TEMPLATE, template="karama")
        database = Database(server, TEMPLATE, folder)
        done = subprocess.run(
            [sys.executable, "-c", _MIGRATE], env=database.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        connection.execute(f"ALTER DATABASE {TEMPLATE} IS_TEMPLATE true")


_MIGRATE = """
import django
from django.core.management import call_command
django.setup()
from django.db import connections, transaction
from karama.record.rights import grant
call_command("migrate", database="owner", verbosity=0)
with transaction.atomic(using="owner"):
    grant(connections["owner"], "karama_app")
"""
"""A process of its own: the tests' connections never see the template, so that it can be copied at any time."""


@contextmanager
def copy_of_the_template(server: Server, name: str, data: Path) -> Iterator[Database]:
    """A database of its own, removed at the end with whoever is still in it."""
    with server.connect_as_owner() as connection:
        drop_database(connection, name)
        create_database(connection, name, template=TEMPLATE)
    yield Database(server, name, data)
    with server.connect_as_owner() as connection:
        drop_database(connection, name)


@contextmanager
def rolled_back() -> Iterator[None]:
    """A transaction that is never committed; what is asked for on commit never happens."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def connected_to(database: Database) -> Iterator[None]:
    """Point Django's connections of this process to a database, and back at the end."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    _point(dict.fromkeys(before, database.name))
    try:
        yield
    finally:
        _point(before)


def _point(names: dict[str, str]) -> None:
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
