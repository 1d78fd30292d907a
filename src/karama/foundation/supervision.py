"""Programs kept running together: one that ends is started again, all are stopped when the supervisor is told to."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from karama.foundation.errors import KaramaError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import FrameType

_LOOK_SECONDS = 0.2
_LONGEST_PAUSE = 30.0
STEADY_SECONDS = 10.0
"""A program that lived longer is started again at once."""

PATIENCE_SECONDS = 30.0
"""For programs to end by themselves once they are asked to."""

_PR_SET_PDEATHSIG = 1


@dataclass
class _Kept:
    """One program: its process, and when it may be started again."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    again: float = field(default=0.0)


class Supervisor:
    """Keeps programs running until SIGTERM or SIGINT."""

    def __init__(
        self,
        programs: Mapping[str, Sequence[str]],
        say: Callable[[str], None],
        *,
        steady: float = STEADY_SECONDS,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        """Take the programs by name, where to say what happens to them, and both times in seconds."""
        self._kept = [_Kept(name, command) for name, command in programs.items()]
        self._say = say
        self._steady, self._patience = steady, patience
        self._told = False

    def run(self, look: Callable[[], None] | None = None) -> None:
        """Start the programs and keep them running; ``look`` is called now and then for what else must be kept."""
        former = {number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            while not self._told:
                if look:
                    look()
                for one in self._kept:
                    self._keep(one)
                time.sleep(_LOOK_SECONDS)
        finally:
            self._end()
            for number, handler in former.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the system's signature
        self._told = True

    def _keep(self, one: _Kept) -> None:
        now = time.monotonic()
        if one.process is not None:
            code = one.process.poll()
            if code is None:
                return
            one.pause = 0.0 if now - one.started > self._steady else min(max(2 * one.pause, 0.5), _LONGEST_PAUSE)
            one.again, one.process = now + one.pause, None
            soon = f"in {one.pause:g} s" if one.pause else "at once"
            self._say(f"{one.name} ended ({_ending(code)}); it is started again {soon}")
        if now >= one.again:
            one.process = subprocess.Popen(list(one.command), stdin=subprocess.DEVNULL)  # noqa: S603 - given by our code
            one.started = now
            self._say(f"{one.name} runs as process {one.process.pid}")

    def _end(self) -> None:
        living = [one.process for one in self._kept if one.process and one.process.poll() is None]
        for process in living:
            process.terminate()
        until = time.monotonic() + self._patience
        for process in living:
            try:
                process.wait(max(until - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def end_with(parent: int) -> None:
    """Have the system end this process when its parent does, however that one ends.

    Raises:
        KaramaError: the parent has already gone.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        raise KaramaError("the supervisor has gone; this program ends with it")
