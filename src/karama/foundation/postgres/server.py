"""The server of a data folder: started by its first user, stopped by its last, whoever that is.

Each user holds a shared lock on a file beside the data.  Who leaves tries to take it alone: when that succeeds, nobody
else is there and the server is stopped.  The system releases the lock of a killed process, so nothing is left to count.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING
from urllib.parse import quote

from karama.foundation.errors import StorageError
from karama.foundation.postgres import cluster as making
from karama.foundation.postgres.account import server_account
from karama.foundation.postgres.places import SOCKET, data_folder, make_passable, make_private, socket_folder
from karama.foundation.postgres.programs import Programs, find_programs, programs_for

if TYPE_CHECKING:
    import pwd
    from collections.abc import Iterator
    from pathlib import Path

    import psycopg

_START_SECONDS = 300
"""A server that was killed reads its log again before it answers."""

_LAST_BREATHS = 30
"""Seconds for the processes of a server killed at its head to end: until then another one is refused."""


@dataclass(frozen=True)
class Server:
    """A server's data, the folder of its socket, and how each role reaches a database of it."""

    cluster: Path
    socket: Path

    def owner_url(self, database: str = making.DATABASE) -> str:
        """The address for the role that owns and migrates."""
        return self._url(making.OWNER, database)

    def application_url(self, database: str = making.DATABASE) -> str:
        """The address for the role of the application."""
        return self._url(making.APPLICATION, database)

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{quote(database)}?host={quote(str(self.socket), safe='')}"

    @property
    def process(self) -> int | None:
        """The server's first process, when it runs; a number left by a dead one may be another program's by now."""
        try:
            number = int((self.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
            os.kill(number, 0)
            with socket.socket(socket.AF_UNIX) as there:
                there.connect(str(self.socket / SOCKET))
        except (OSError, ValueError, IndexError):
            return None
        return number

    def connect_as_owner(self, database: str = "postgres") -> psycopg.Connection:
        """A connection of the owner that commits by itself."""
        import psycopg  # noqa: PLC0415 - its library is loaded by who connects

        return psycopg.connect(self.owner_url(database), autocommit=True)


def server_at(folder: Path | None = None) -> Server:
    """The server of a folder of data (that of the service by default), running or not."""
    cluster = (folder or data_folder()).absolute() / "postgres"
    return Server(cluster, socket_folder(cluster))


@contextmanager
def running_server(folder: Path | None = None, *, durable: bool = True) -> Iterator[Server]:
    """The server of a folder of data, made and started when it was not; stopped when its last user leaves.

    ``durable=False`` is for tests: faster, and lost with the machine.

    Raises:
        StorageError: no programs, or a folder in the way; nothing that existed is changed.
    """
    server = server_at(folder)
    make_passable(server.cluster.parent)
    with _lock_file(server, "users") as users:
        with _alone(server):
            fcntl.flock(users, fcntl.LOCK_SH)
            programs = _start(server, durable=durable)
        try:
            yield server
        finally:
            with _alone(server):
                if _last(users):
                    _stop(server, programs)


def start_again(server: Server) -> bool:
    """Start a server that somebody still uses and that has died; says whether it had."""
    if server.process:
        return False
    with _alone(server):
        _start(server, durable=True)
    return True


def stop_server(server: Server) -> None:
    """Stop a server whoever uses it, when it runs."""
    if server.process:
        account = server_account(server.cluster)
        _stop(server, programs_for(find_programs(_major(server.cluster)), account, server.cluster.parent))


def _start(server: Server, *, durable: bool) -> Programs:
    account = server_account(server.cluster)
    programs = programs_for(find_programs(_major(server.cluster)), account, server.cluster.parent)
    if server.process:
        return programs
    make_private(server.cluster, account)
    make_private(server.socket, account)
    if not _major(server.cluster):
        making.initialise(server.cluster, programs, account, durable=durable)
    making.configure(server.cluster, server.socket, account, durable=durable)
    _launch(server, programs, account)
    _furnish(server)
    return programs


def _launch(server: Server, programs: Programs, account: pwd.struct_passwd) -> None:
    log = f"--log={server.cluster / 'server.log'}"
    words = ("start", f"--pgdata={server.cluster}", log, "--wait", f"--timeout={_START_SECONDS}")
    for _ in range(_LAST_BREATHS):
        with contextlib.suppress(StorageError):
            making.call(programs, "pg_ctl", *words, account=account)
            return
        time.sleep(1)
    making.call(programs, "pg_ctl", *words, account=account)


def _furnish(server: Server) -> None:
    with server.connect_as_owner() as connection:
        making.furnish(connection)
        asked = "SELECT 1 FROM pg_database WHERE datname = %s"
        if not connection.execute(asked, [making.DATABASE]).fetchone():
            making.create_database(connection, making.DATABASE)
    with server.connect_as_owner(making.DATABASE) as connection:
        making.extend(connection)


def _stop(server: Server, programs: Programs) -> None:
    words = (f"--pgdata={server.cluster}", "--mode=fast", "--wait", f"--timeout={_START_SECONDS}")
    making.call(programs, "pg_ctl", "stop", *words, account=server_account(server.cluster))


def _major(cluster: Path) -> int | None:
    try:
        return int((cluster / "PG_VERSION").read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StorageError(f"{cluster}: is not a data folder of PostgreSQL ({error}): choose another place") from error


@contextmanager
def _alone(server: Server) -> Iterator[None]:
    """Hold off others who start or stop the same server."""
    with _lock_file(server, "starting") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _last(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_file(server: Server, name: str) -> IO[str]:
    try:
        return (server.cluster.parent / f"postgres.{name}").open("a", encoding="utf-8")
    except OSError as error:
        place = server.cluster.parent
        raise StorageError(
            f"{place}: cannot be written ({error.strerror}): choose another place with KARAMA_DATA"
        ) from error
