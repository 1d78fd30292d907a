"""A month that is killed, interrupted or short of disk leaves the old result or nothing, and can be run again."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import textwrap
import time
from typing import TYPE_CHECKING

import duckdb
import pytest

from karama.cycle import verify_month
from karama.cycle.duck import failures
from tests.cycle.registers import decide, family, pupil, rows, write_register

if TYPE_CHECKING:
    from pathlib import Path

MONTH = "2026-02"
LONG = pytest.mark.long
RUN = """
import os, resource, signal, sys, time
from pathlib import Path
from karama.cycle import month as module, run_month
from karama.foundation.errors import KaramaError
from karama.foundation.months import Month

{trap}
try:
    run_month(register=Path({register!r}), month=Month(2026, 2), out=Path({out!r}))
except KaramaError as error:
    sys.stderr.write(str(error))
    sys.exit(error.exit_code)
"""
KILL_AFTER_STEP = """
_advance = module.Steps.advance
def advance(self, count=1):
    advance.done += 1
    if advance.done == {step}:
        os.kill(os.getpid(), signal.SIGKILL)
    _advance(self, count)
advance.done = 0
module.Steps.advance = advance
"""
KILL_AT_RENAME = """
_rename = Path.rename
def rename(self, target):
    rename.done += 1
    if rename.done == {rename}:
        os.kill(os.getpid(), signal.SIGKILL)
    return _rename(self, target)
rename.done = 0
Path.rename = rename
"""
SMALL_FILES = "resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))"
SLOW_STEP = """
_advance = module.Steps.advance
def advance(self, count=1):
    print("started", flush=True)
    time.sleep(60)
module.Steps.advance = advance
"""


def script(register: Path, out: Path, trap: str) -> list[str]:
    """A process that runs the month with a trap in it."""
    return [sys.executable, "-c", RUN.format(register=str(register), out=str(out), trap=textwrap.dedent(trap))]


def run(register: Path, out: Path, trap: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(script(register, out, trap), capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """A register month whose second version has one family more."""
    return write_register(tmp_path / "register", *(family(f"H{number}", pupil("2012-01-05")) for number in range(4)))


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


@pytest.mark.parametrize("step", [5, *(pytest.param(step, marks=LONG) for step in (1, 3, 8))])
def test_a_run_killed_at_any_step_leaves_nothing_and_the_next_succeeds(
    register: Path, tmp_path: Path, step: int
) -> None:
    killed = run(register, tmp_path / "out", KILL_AFTER_STEP.format(step=step))
    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "out").exists()
    result = decide(register, MONTH, tmp_path / "out")
    assert names(tmp_path) == ["out", "register"]
    assert result.manifest["outputs"]["decisions"]["rows"] == 4
    assert verify_month(tmp_path / "out").outputs_sha256 == result.manifest["outputs_sha256"]


@pytest.mark.parametrize("rename", [1, 2])
def test_a_run_killed_while_replacing_an_old_result_keeps_it_or_gives_it_back(
    register: Path, tmp_path: Path, rename: int
) -> None:
    old = decide(register, MONTH, tmp_path / "out").hashes
    killed = run(register, tmp_path / "out", KILL_AT_RENAME.format(rename=rename))
    assert killed.returncode == -signal.SIGKILL
    spoiled = write_register(tmp_path / "spoiled", family("H1"))
    (spoiled / "persons.parquet").write_bytes(b"nothing")
    refused = run(spoiled, tmp_path / "out", "")
    assert refused.returncode == 3
    assert rows(tmp_path / "out", "decisions", "household_id")[-1] == ("H3",)
    assert decide(register, MONTH, tmp_path / "out").hashes == old
    shutil.rmtree(spoiled)
    assert names(tmp_path) == ["out", "register"]


@pytest.mark.parametrize("size", [1500, *(pytest.param(size, marks=LONG) for size in (0, 3000))])
def test_a_full_disk_is_told_and_the_old_result_stays(register: Path, tmp_path: Path, size: int) -> None:
    old = decide(register, MONTH, tmp_path / "out")
    full = run(register, tmp_path / "out", SMALL_FILES.format(size=size))
    assert (full.returncode, "no space left on the disk; nothing was kept" in full.stderr) == (7, True), full.stderr
    assert names(tmp_path) == ["out", "register"]
    assert verify_month(tmp_path / "out").outputs_sha256 == old.manifest["outputs_sha256"]


def test_control_c_ends_with_its_code_and_leaves_the_old_result(register: Path, tmp_path: Path) -> None:
    old = decide(register, MONTH, tmp_path / "out")
    with subprocess.Popen(
        script(register, tmp_path / "out", SLOW_STEP), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (8, "out: stopped before its end; nothing was kept: run it again")
    assert names(tmp_path) == ["out", "register"]
    assert verify_month(tmp_path / "out").outputs_sha256 == old.manifest["outputs_sha256"]


LONG_QUERY = """
import os, signal, sys, threading
from pathlib import Path
import duckdb
from contextlib import closing
from karama.cycle.duck import DuckEngine, failures
from karama.foundation.errors import KaramaError

try:
    with failures(Path("out")), closing(DuckEngine(Path({folder!r}))) as engine:
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        engine.rows("SELECT count(*) FROM range(1000000000000) t(i) WHERE hash(i) = 5")
except KaramaError as error:
    sys.exit(error.exit_code)
"""


def test_control_c_stops_a_query_that_runs(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", LONG_QUERY.format(folder=str(tmp_path))], check=False, timeout=60)
    assert done.returncode == 8


def test_an_error_of_our_own_is_not_taken_for_a_stop_or_a_full_disk(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="a mistake"), failures(tmp_path):
        raise RuntimeError("a mistake")
    with duckdb.connect() as connection, pytest.raises(duckdb.IOException, match="No files"), failures(tmp_path):
        connection.execute(f"FROM read_parquet('{tmp_path}/none.parquet')")
