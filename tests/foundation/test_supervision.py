"""Programs kept running together: real processes, ended and killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from karama.foundation.errors import KaramaError
from karama.foundation.supervision import Supervisor, end_with

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WAITING = [sys.executable, "-c", "import time; time.sleep(600)"]
DEAF = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(sys.argv[1], "w")
time.sleep(600)
"""


def _told_to_stop_when(holds: Callable[[], bool]) -> Callable[[], None]:
    """What the supervisor looks at: it is told to stop as soon as that holds, or the test fails."""
    until = time.monotonic() + 60

    def look() -> None:
        if holds() or time.monotonic() > until:
            os.kill(os.getpid(), signal.SIGTERM)

    return look


def _numbers(said: list[str], name: str) -> list[int]:
    """The numbers of the processes that ran by that name, the first one first."""
    return [int(found[1]) for line in said if (found := re.fullmatch(rf"{name} runs as process (\d+)", line))]


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_program_that_is_killed_is_started_again_beside_another_that_goes_on() -> None:
    said: list[str] = []

    def killed_once() -> bool:
        if (first := _numbers(said, "kept")) and len(first) == 1 and not any("ended" in line for line in said):
            os.kill(first[0], signal.SIGKILL)
        return len(first) > 1

    Supervisor({"kept": WAITING, "beside": WAITING}, said.append).run(_told_to_stop_when(killed_once))
    assert "kept ended (signal SIGKILL); it is started again in 0.5 s" in said
    assert len(_numbers(said, "kept")) == 2
    assert len(_numbers(said, "beside")) == 1
    assert not any(_lives(one) for name in ("kept", "beside") for one in _numbers(said, name))


def test_one_that_ends_at_once_each_time_is_waited_for_longer_each_time() -> None:
    said: list[str] = []
    failing = {"failing": [sys.executable, "-c", "raise SystemExit(3)"]}
    Supervisor(failing, said.append).run(_told_to_stop_when(lambda: len(_numbers(said, "failing")) > 2))
    ended = [line for line in said if "ended" in line]
    assert ended[:2] == [
        "failing ended (exit code 3); it is started again in 0.5 s",
        "failing ended (exit code 3); it is started again in 1 s",
    ]


def test_one_that_had_run_for_long_is_started_again_at_once() -> None:
    said: list[str] = []

    def ended_once() -> bool:
        if len(found := _numbers(said, "kept")) == 1:
            os.kill(found[0], signal.SIGTERM)
        return len(found) > 1

    Supervisor({"kept": WAITING}, said.append, steady=0).run(_told_to_stop_when(ended_once))
    assert "kept ended (signal SIGTERM); it is started again at once" in said


def test_one_that_does_not_listen_is_killed_in_the_end(tmp_path: Path) -> None:
    said: list[str] = []
    ready = tmp_path / "ready"
    deaf = {"deaf": [sys.executable, "-c", DEAF, str(ready)]}
    began = time.monotonic()
    Supervisor(deaf, said.append, patience=0.5).run(_told_to_stop_when(ready.exists))
    assert time.monotonic() - began >= 0.5
    (process,) = _numbers(said, "deaf")
    assert not _lives(process)


def test_the_signals_are_what_they_were_once_it_has_ended() -> None:
    former = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    Supervisor({}, print).run(_told_to_stop_when(lambda: True))
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == former


END_WITH = """
import os, subprocess, sys, time
from karama.foundation.supervision import end_with
if sys.argv[1:]:
    end_with(int(sys.argv[1]))
    print(os.getpid(), flush=True)
    time.sleep(600)
child = subprocess.Popen([sys.executable, "-c", sys.stdin.read(), str(os.getpid())], stdout=sys.stdout)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has gone")
def test_a_process_ends_with_its_parent_even_when_that_one_is_killed() -> None:
    command = [sys.executable, "-c", END_WITH]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdin
        assert parent.stdout
        parent.stdin.write(END_WITH)
        parent.stdin.close()
        child = int(parent.stdout.readline())
        assert _lives(child)
        parent.kill()
        parent.wait()
    until = time.monotonic() + 60
    while _lives(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _lives(child)


def test_a_process_whose_parent_had_already_gone_does_not_begin() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", END_WITH, "1999999999"], capture_output=True, text=True, check=False, timeout=60
    )
    assert "the supervisor has gone; this program ends with it" in ended.stderr
    assert ended.returncode == 1


def test_where_the_system_cannot_tell_of_it_a_process_still_looks_for_its_parent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    end_with(os.getppid())
    with pytest.raises(KaramaError, match="the supervisor has gone"):
        end_with(os.getpid())


def test_it_ends_when_it_is_told_to_with_nothing_else_to_look_at(tmp_path: Path) -> None:
    said: list[str] = []
    started = tmp_path / "started"
    tells = (
        f"import os, time; open({str(started)!r}, 'w'); os.kill({os.getpid()}, {int(signal.SIGTERM)}); time.sleep(600)"
    )
    Supervisor({"stops": [sys.executable, "-c", tells]}, said.append).run()
    assert started.exists()
    assert [_lives(one) for one in _numbers(said, "stops")] == [False]
