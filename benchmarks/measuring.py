"""Measuring one variant in a process of its own: how it is called, what it reports, how it may fail.

Every module of ``benchmarks/variants`` ends with ``report(measure)``.  Only the standard library is used here, so that
a peer's process holds nothing but the peer.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / ".venv-bench" / "bin" / "python"
MISSING = 7
"""Exit code of a variant whose library is not installed."""
LIMIT_SECONDS = 1800


@dataclass(frozen=True)
class Outcome:
    """What one run gave: its figures, or why there are none."""

    status: str  # done | not run | failed
    figures: dict[str, Any]
    why: str = ""


class Stopwatch:
    """Seconds of a block; ``.seconds`` after it."""

    seconds = 0.0

    def __enter__(self) -> Self:
        self._start = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._start


def peak_mb() -> float:
    """Largest resident memory of this process; the kernel's own count, which a parent process does not raise."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def report(measure: Callable[..., dict[str, Any]]) -> None:
    """Run a variant as its command line asks and print its figures as the last line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--register", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--option", action="append", default=[])
    asked = parser.parse_args()
    options = dict(option.split("=", 1) for option in asked.option)
    try:
        figures = measure(asked.register, asked.out, **options)
    except ModuleNotFoundError as error:
        print(f"{error.name} is not installed in {sys.prefix}", file=sys.stderr)
        raise SystemExit(MISSING) from None
    print(json.dumps({"peak_mb": peak_mb(), **figures}))


def run_apart(
    module: str, register: Path, *, python: Path | str = sys.executable, out: Path | None = None, **options: object
) -> Outcome:
    """Run ``benchmarks.variants.<module>`` in a fresh process; never raises for what happens in it."""
    command = [str(python), "-m", f"benchmarks.variants.{module}", "--register", str(register)]
    command += ["--out", str(out)] if out else []
    command += [f"--option={name}={value}" for name, value in options.items()]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return Outcome("failed", {}, f"not finished after {LIMIT_SECONDS} s")
    except FileNotFoundError:
        return Outcome("not run", {}, f"no Python at {python}: `make bench` installs it")
    if done.returncode == 0:
        return Outcome("done", json.loads(done.stdout.strip().splitlines()[-1]))
    said = " / ".join(done.stderr.strip().splitlines()[-3:]) or "no message"
    status = "not run" if done.returncode == MISSING else "failed"
    return Outcome(status, {}, said if status == "not run" else f"exit code {done.returncode}: {said}")


def peers_python() -> str:
    """The Python that holds the peers; this one where ``.venv-bench`` was not made."""
    return str(PEERS) if PEERS.exists() else sys.executable


def chunks(items: list[Any], size: int) -> Iterator[list[Any]]:
    """The items in lists of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
