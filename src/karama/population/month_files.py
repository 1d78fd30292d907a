"""The Parquet files of all months, open at once, to which batches of households append in their order.

A batch is carried through all months before it is forgotten, so memory holds a batch, not the country.  Several batches
may be on their way in threads: in each month they wait for their turn, so the files are the same as from one thread.
"""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any, Self, TypeVar

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    import polars as pl

    from karama.foundation.months import Month

Batch = TypeVar("Batch")
Result = TypeVar("Result")

_ORDERED_BY = "household_id"


class StoppedError(Exception):
    """Another batch failed: this one has nothing to wait for."""


class MonthFiles:
    """One folder per month, one open file per table; used as a context, which closes the files."""

    def __init__(self, folder: Path, months: Sequence[Month]) -> None:
        """Make the folders; files are opened when their first rows come."""
        self._folder = folder
        self._writers: dict[tuple[Month, str], Any] = {}
        self._last: dict[tuple[Month, str], str] = {}
        self._turn = dict.fromkeys(months, 0)
        self._moved = threading.Condition()
        self._stopped = False
        self.rows: dict[Month, dict[str, int]] = {month: {} for month in months}
        for month in months:
            (folder / str(month)).mkdir()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers.values():
            with contextlib.ExitStack() as quiet:
                if kind is not None:
                    # A full disk fails again when the file is ended: the first error is the one to tell.
                    quiet.enter_context(contextlib.suppress(OSError))
                writer.close()

    def path(self, month: Month, table: str) -> Path:
        """Where a table of a month is written."""
        return self._folder / str(month) / f"{table}.parquet"

    def append(self, month: Month, turn: int, frames: dict[str, pl.DataFrame]) -> None:
        """Append the rows of one batch to the month's files, after all batches before it.

        Args:
            month: of the rows.
            turn: position of the batch, from 0; every batch comes to every month once.
            frames: rows of each table; those with a ``household_id`` follow on those of the batch before.

        Raises:
            StoppedError: another batch failed.
        """
        with self._moved:
            self._moved.wait_for(lambda: self._stopped or self._turn[month] == turn)
            if self._stopped:
                raise StoppedError
        for table, frame in frames.items():
            self.write(month, table, frame)
        with self._moved:
            self._turn[month] += 1
            self._moved.notify_all()

    def write(self, month: Month, table: str, frame: pl.DataFrame) -> None:
        """Append rows to one table, whoever's turn it is."""
        place = (month, table)
        self._check_order(place, frame)
        arrow = frame.to_arrow()
        if place not in self._writers:
            self._writers[place] = pq.ParquetWriter(self.path(month, table), arrow.schema, compression="zstd")
        if len(frame):
            self._writers[place].write_table(arrow)
        self.rows[month][table] = self.rows[month].get(table, 0) + len(frame)

    def _check_order(self, place: tuple[Month, str], frame: pl.DataFrame) -> None:
        """Whole files are sorted by household: a batch begins after the last household of the one before."""
        if _ORDERED_BY not in frame.columns or not len(frame):
            return
        keys = frame[_ORDERED_BY]
        if keys[0] <= self._last.get(place, "") or not keys.is_sorted():
            month, table = place
            raise AssertionError(f"{table} of {month}: rows from {keys[0]} on do not follow {self._last.get(place)}")
        self._last[place] = keys[-1]

    def stop(self) -> None:
        """Let no batch wait any longer."""
        with self._moved:
            self._stopped = True
            self._moved.notify_all()


def in_turn(
    batches: Sequence[Batch], work: Callable[[int, Batch], Result], *, files: MonthFiles, threads: int
) -> Iterator[Result]:
    """Work on the batches, so many at a time, and yield the results in the order of the batches.

    Args:
        batches: in the order of their households.
        work: takes a batch's position and the batch; it appends to ``files``.
        files: told to stop when a batch fails, so that none waits for its turn in vain.
        threads: batches held in memory together.
    """
    if threads <= 1 or len(batches) <= 1:
        yield from (work(turn, batch) for turn, batch in enumerate(batches))
        return
    with ThreadPoolExecutor(threads) as pool:
        try:
            coming = (pool.submit(work, turn, batch) for turn, batch in enumerate(batches))
            waiting = list(islice(coming, threads))
            while waiting:
                yield waiting.pop(0).result()
                waiting.extend(islice(coming, 1))
        except BaseException:
            files.stop()
            raise
