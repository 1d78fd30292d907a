"""Memory of several processes at once: the largest sum of proportional sizes, sampled while a block runs."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Self

EVERY_SECONDS = 0.25


class TreePeak:
    """Peak memory of a process and of all below it; ``.mb`` after the block.

    The proportional size (Pss) shares each page among those who map it, so that the shared buffers of a database count
    once.  Sampled: a peak shorter than a quarter of a second may be missed.
    """

    mb = 0.0

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._over = threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._sampler.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._sampler.join()

    def _sample(self) -> None:
        while not self._over.is_set():
            self.mb = max(self.mb, sum(proportional_mb(pid) for pid in tree(self._pid)))
            self._over.wait(EVERY_SECONDS)


def proportional_mb(pid: int) -> float:
    """The proportional size of a process; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for one in found:
        try:
            threads = list(Path(f"/proc/{one}/task").iterdir())
            found += [int(child) for thread in threads for child in (thread / "children").read_text().split()]
        except OSError:
            continue
    return found
