"""The demonstration, made once for a module and served as ``karama demo`` serves it, and a browser before it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from karama.foundation.postgres import server_at, stop_server
from karama.record.states import Role
from tests.journeys import browser as chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

PATIENCE = 400


@dataclass(frozen=True)
class Account:
    """What the demonstration prints of an account."""

    username: str
    role: str
    password: str
    secret: str


@dataclass(frozen=True)
class Demo:
    """A demonstration that is served: its address, its accounts, the file of its text messages."""

    address: str
    accounts: dict[str, Account]
    messages: Path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser; where there is none, the journey says that it was not run."""
    if reason := chromium.missing():
        pytest.skip(reason)
    with chromium.started() as found:
        yield found


@pytest.fixture(scope="module")
def demo(browser: Browser) -> Iterator[Demo]:  # noqa: ARG001 - without a browser nothing is made
    """``karama demo`` with a small country, until the end of the module.

    A browser left open would hold the thread of the tests that follow.
    """
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
    with _open_folder() as folder:
        words = ["--share", "0.002", "--from", "2025-12", "--months", "2", "--port", str(port)]
        command = [sys.executable, "-m", "karama", "demo", *words, "--out", str(folder / "pages")]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("KARAMA_", "DATABASE_"))}
        environment = {**kept, "KARAMA_DATA": str(folder / "data"), "COLUMNS": "140"}
        log = folder / "log"
        with log.open("w") as said:
            process = subprocess.Popen(
                command, env=environment, stdout=said, stderr=subprocess.STDOUT, start_new_session=True
            )
        try:
            address = f"http://127.0.0.1:{port}"
            _until_it_answers(process, f"{address}/health", log)
            yield Demo(address, _accounts(log.read_text(encoding="utf-8")), folder / "data" / "demo" / "messages")
        finally:
            os.killpg(process.pid, signal.SIGINT)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            stop_server(server_at(folder / "data" / "demo"))


@contextmanager
def _open_folder() -> Iterator[Path]:
    """A folder that the account which runs the bundled server for root may enter; removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="karama-journey-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _until_it_answers(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text(encoding="utf-8")[-4000:]
        try:
            with urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"the demonstration does not answer: {log.read_text(encoding='utf-8')[-4000:]}")


def _accounts(printed: str) -> dict[str, Account]:
    rows = [line.strip("│").split("│") for line in printed.splitlines() if line.startswith("│")]
    cells = [[one.strip() for one in row] for row in rows]
    told = [row for row in cells if len(row) == 5 and row[1] in set(Role)]  # the other tables are of months
    return {name: Account(name, role, password, secret) for name, role, _, password, secret in told}
