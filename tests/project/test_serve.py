"""``karama serve`` as somebody runs it: its processes are really killed, and the service goes on."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from karama.foundation.postgres import running_server, server_at, stop_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.long
PATIENCE = 120


@pytest.fixture
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="karama-serve-"))
    folder.chmod(0o711)
    yield folder
    stop_server(server_at(folder))
    shutil.rmtree(folder)


def _environment(data: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KARAMA_", "DATABASE_"))}
    return {**kept, "KARAMA_DATA": str(data), "KARAMA_MODE": "demo", **more}


def _karama(data: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "karama", *words],
        env=_environment(data, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def _serving(data: Path) -> Iterator[tuple[subprocess.Popen[bytes], int, Path]]:
    port, log = _free_port(), data / "log"
    command = [sys.executable, "-m", "karama", "serve", "--port", str(port), "--workers", "1"]
    with log.open("w") as said:
        process = subprocess.Popen(command, env=_environment(data), stderr=said)
    try:
        yield process, port, log
    finally:
        process.kill()
        process.wait()


def _until(holds: Callable[[], object]) -> object:
    """The first truthy answer, or a failure after a while."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if found := holds():
            return found
        time.sleep(0.1)
    pytest.fail(f"not within {PATIENCE} s: {holds.__qualname__}")


WORKERS = ("jobs", "messages", "journal")


def _health(port: int) -> dict[str, bool]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return dict(json.load(answer))
    except OSError:
        return {}


def _answers(port: int) -> bool:
    return _health(port).get("database", False)


def _all_run(port: int) -> bool:
    """The web answers, reaches its database, and sees each worker there."""
    return _health(port) == {"database": True, **dict.fromkeys(WORKERS, True)}


def _process(log: Path, name: str, after: int = 0) -> int:
    """The number of the newest process of that name, when there is one newer than ``after``."""
    lines = [line.split() for line in log.read_text().splitlines() if line.startswith(f"karama: {name} runs as")]
    number = int(lines[-1][-1]) if lines else 0
    return number if number != after else 0


def _work_is_done(data: Path) -> bool:
    """A job asked for now is done soon: the journal's worker takes it up."""
    with psycopg.connect(server_at(data).owner_url(), autocommit=True) as connection:
        asked = "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('journal', 'journal.seal', %s)"
        ((job,),) = connection.execute(f"{asked} RETURNING id", ['{"timestamp": 0}']).fetchall()
        done = "SELECT status = 'succeeded' FROM procrastinate_jobs WHERE id = %s"
        return bool(_until(lambda: connection.execute(done, [job]).fetchall()[0][0]))


def test_each_process_and_the_database_are_killed_and_the_service_goes_on(data: Path) -> None:
    with _serving(data) as (process, port, log):
        _until(lambda: _all_run(port))
        for name in ("web", *WORKERS):
            former = _process(log, name)
            os.kill(former, signal.SIGKILL)
            assert _until(lambda name=name, former=former: _process(log, name, after=former))
            _until(lambda: _all_run(port))

        os.kill(server_at(data).process or 0, signal.SIGKILL)
        _until(lambda: "had died and runs again" in log.read_text())
        _until(lambda: _all_run(port))
        assert _work_is_done(data)

        os.kill(server_at(data).process or 0, signal.SIGINT)  # as pg_ctl stop does: connections are ended in order
        _until(lambda: log.read_text().count("runs again") == 2)
        _until(lambda: _all_run(port))
        assert _work_is_done(data)

        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        assert log.read_text().splitlines()[-1] == "karama: stopped"
    assert server_at(data).process is None
    assert not _answers(port)


def test_a_supervisor_killed_takes_its_processes_along_and_the_next_one_serves(data: Path) -> None:
    with _serving(data) as (process, port, log):
        _until(lambda: _answers(port))
        numbers = [_process(log, name) for name in ("web", *WORKERS)]
        process.kill()
        process.wait()
        _until(lambda: not any(Path(f"/proc/{number}").exists() for number in numbers))
    with _serving(data) as (process, port, log):
        _until(lambda: _answers(port))
        process.terminate()
        assert process.wait(PATIENCE) == 0


def test_what_cannot_be_served_is_refused_before_anything_starts(data: Path) -> None:
    unsafe = _karama(data, "serve", KARAMA_MODE="production", KARAMA_DEBUG="1")
    assert unsafe.returncode == 3
    assert "the service does not start: KARAMA_DEBUG is 1" in unsafe.stderr
    assert "KARAMA_SECRET_KEY is absent" in unsafe.stderr
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = _karama(data, "serve", "--port", str(taken.getsockname()[1]))
    assert busy.returncode == 3
    assert "is used by another program: choose another with --port" in busy.stderr
    nowhere = _karama(data, "serve", DATABASE_URL="postgresql://nobody@127.0.0.1:1/karama")
    assert nowhere.returncode == 7
    assert "the database cannot be reached" in nowhere.stderr


def test_a_named_database_is_migrated_by_its_owner_and_served_by_a_weaker_role(data: Path) -> None:
    with running_server(data, durable=False) as server:
        urls = {"DATABASE_URL": server.application_url(), "KARAMA_OWNER_DATABASE_URL": server.owner_url()}
        early = _karama(data, "serve", DATABASE_URL=urls["DATABASE_URL"])
        assert early.returncode == 3
        assert "migrations are not applied: run 'karama migrate' first" in early.stderr
        alone = _karama(data, "migrate", DATABASE_URL=urls["DATABASE_URL"])
        assert alone.returncode == 3
        assert "KARAMA_OWNER_DATABASE_URL is not set" in alone.stderr
        migrated = _karama(data, "migrate", **urls)
        assert migrated.returncode == 0, migrated.stderr
        assert "rights of karama_app on" in migrated.stderr
        strong = _karama(data, "serve", DATABASE_URL=urls["KARAMA_OWNER_DATABASE_URL"])
        assert strong.returncode == 3
        assert "karama_owner is a superuser, whom row-level security does not hold" in strong.stderr
