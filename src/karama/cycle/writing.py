"""Tables written and hashed in a thread of their own, while the engine computes the next rows."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from karama.cycle.engine import Written
from karama.cycle.hashes import RowHash

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

ROW_GROUP = 122_880
"""Rows of a row group: what DuckDB reads as one piece."""
_WAITING = 4
"""Batches that may wait for the disk; more would fill the memory."""


class _TableFile:
    """One table: its file, if it has one, and its hash, batch after batch."""

    def __init__(self, path: Path | None, schema: pa.Schema) -> None:
        self._path = path
        self._hash = RowHash(schema)
        self._writer = None if path is None else pq.ParquetWriter(path, schema, compression="zstd")

    def take(self, rows: pa.Table) -> None:
        self._hash.update(rows)
        if self._writer is not None:
            self._writer.write_table(rows, row_group_size=ROW_GROUP)

    def close(self) -> Written:
        if self._writer is not None:
            self._writer.close()
        return Written(self._hash.rows, self._hash.hexdigest())


class TableFiles:
    """Tables by name; rows are taken at once and written in order, an error comes up with the next call."""

    def __init__(self) -> None:
        """Begin without tables."""
        self._files: dict[str, _TableFile] = {}
        self._pool = ThreadPoolExecutor(1, "writing")
        self._waiting: deque[Future[None]] = deque()

    def take(self, name: str, rows: pa.Table, path: Path | None = None) -> None:
        """Append rows to a table; one without path is only hashed.

        Raises:
            OSError: an earlier batch could not be written.
        """
        if name not in self._files:
            self._files[name] = _TableFile(path, rows.schema)
        self._waiting.append(self._pool.submit(self._files[name].take, rows))
        while len(self._waiting) > _WAITING:
            self._waiting.popleft().result()

    def settle(self) -> None:
        """Wait until all rows taken are written."""
        while self._waiting:
            self._waiting.popleft().result()

    def close(self, name: str) -> Written:
        """Close a table; its rows and hash."""
        self.settle()
        return self._files.pop(name).close()

    @property
    def names(self) -> tuple[str, ...]:
        """The tables still open."""
        return tuple(self._files)

    def stop(self) -> None:
        """Leave everything as it is."""
        self._pool.shutdown(cancel_futures=True)
