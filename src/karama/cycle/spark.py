"""Spark as the engine of the month: the same queries in its dialect, the whole country at once, spread over a cluster.

Tables are sorted by their key, hashed where they lie, and written by the workers.  The hash is that of
`karama.cycle.hashes`: each worker hashes the whole chunks of its range of rows; a chunk that two ranges share is put
together from its pieces by one of them.
"""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import sqlglot
from sqlglot import exp

from karama.cycle.engine import Part, Written, quoted
from karama.cycle.hashes import CHUNK_ROWS, chunk_digest, combined, in_key_order
from karama.cycle.tables import TABLE_NAMED
from karama.cycle.writing import ROW_GROUP
from karama.foundation.errors import BadInputError, StorageError
from karama.law.engine.spark import session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import DataType

    from karama.cycle.engine import Query
    from karama.cycle.tables import Table

_PARTS = ".parts"
"""Folder of the draft in which the workers write their pieces of a table."""
_TYPES = {
    "boolean": "BOOLEAN",
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "date": "DATE",
    "string": "VARCHAR",
    "binary": "BLOB",
    "array<string>": "VARCHAR[]",
    "void": "NULL",
}
"""Spark's types as DuckDB calls them; a decimal is written alike."""
_UNREADABLE = ("CANNOT_READ_FILE_FOOTER", "FAILED_READ_FILE", "UNABLE_TO_INFER_SCHEMA", "PATH_NOT_FOUND")
_FULL = ("no space left", "file too large", "disk quota")
_PIECES = "chunk bigint, place bigint, digest binary, content binary"
_COUNTS = "range bigint, rows bigint, strict boolean"


class SparkEngine:
    """The engine of a cluster, or of Spark on this machine; see `karama.cycle.engine.Engine`."""

    def __init__(self, draft: Path, memory_limit: str | None = None, master: str | None = None) -> None:
        """Work for the draft folder, which every worker must be able to write.

        Args:
            draft: folder of the month while it is made.
            memory_limit: memory of Spark on this machine, for example ``4GB``.
            master: the cluster; see `karama.law.engine.spark.session`.

        Raises:
            StorageError: Spark is not installed or does not start.
        """
        self._draft, self._memory_limit = draft, memory_limit
        memory = memory_limit and memory_limit.lower().removesuffix("b").strip()
        self._spark: SparkSession = session(master, memory=memory)
        self._kept: dict[str, DataFrame] = {}
        self._added: dict[str, DataFrame] = {}
        self._inputs: dict[str, Written] = {}
        self._outputs: dict[str, Written] = {}

    def describe(self) -> dict[str, Any]:
        """Name, version and settings, for the manifest."""
        master = self._spark.sparkContext.master
        return {"name": "spark", "version": self._spark.version, "memory_limit": self._memory_limit, "master": master}

    def open(self, name: str, path: Path) -> None:
        """Name the rows of a Parquet file, or of a folder of them."""
        rows = self._spark.read.parquet(_address(path))
        rows.selectExpr("*", "_metadata.row_index AS file_row_number").createOrReplaceTempView(name)

    def give(self, name: str, rows: pa.Table) -> None:
        """Name a small table."""
        self._spark.createDataFrame(rows).createOrReplaceTempView(name)

    def define(self, name: str, query: Query, *, kept: bool = False) -> None:
        """Name the rows of a query; those ``kept`` are stored by the workers when they are first read."""
        rows = self._query(query)
        if kept:
            self._keep(name, rows)
        rows.createOrReplaceTempView(name)

    def _keep(self, name: str, rows: DataFrame) -> None:
        if name in self._kept:
            self._kept.pop(name).unpersist()
        self._kept[name] = rows.persist()

    def add(self, name: str, query: Query) -> None:
        """Add rows to a relation that stays from part to part."""
        rows = self._query(query)
        self._added[name] = self._added[name].unionAll(rows) if name in self._added else rows
        self._added[name].createOrReplaceTempView(name)

    def columns(self, name: str) -> dict[str, str]:
        """Names and types of a relation's columns."""
        return {field.name: _type(field.dataType) for field in self._spark.table(name).schema.fields}

    def rows(self, query: Query) -> list[tuple[Any, ...]]:
        """The rows of a small answer."""
        return [tuple(row) for row in self._query(query).collect()]

    def repeated(self, name: str, column: str) -> list[str]:
        """The texts in more than one row."""
        key = quoted(column)
        known = f"SELECT {key} FROM {name} WHERE {key} IS NOT NULL"
        return [row[0] for row in self.rows(f"{known} GROUP BY {key} HAVING count(*) > 1 ORDER BY {key}")]

    def clustered(self, name: str, column: str) -> bool:
        """No: the workers store what is read more than once."""
        del name, column
        return False

    def parts(self, name: str, column: str) -> Iterable[Part]:
        """One: the cluster cuts the country itself."""
        del name, column
        return (Part(),)

    def digest(self, name: str, query: Query, key: Sequence[str]) -> None:
        """Hash the rows of an input; where keys are not unique, the other columns order its rows too."""
        rows = self._query(query)
        ordered = _in_order(rows, key)
        ranges = _ranges(ordered, key)
        if not ranges.strict:
            ordered.unpersist()
            ordered = _in_order(rows, [*key, *(one for one in rows.columns if one not in key)])
            ranges = _ranges(ordered, key)
        self._inputs[name] = _written(ordered, ranges)
        ordered.unpersist()

    def emit(self, table: Table, query: Query) -> None:
        """Hash the rows and write them to the table's file."""
        ordered = _in_order(self._query(query), table.key)
        self._outputs[table.name] = _written(ordered, _ranges(ordered, table.key))
        pieces = self._draft / _PARTS / table.name
        ordered.write.option("compression", "zstd").parquet(_address(pieces))
        _join(pieces, self._draft / table.file)
        ordered.unpersist()

    def finish(self) -> tuple[dict[str, Written], dict[str, Written]]:
        """Rows and hashes of inputs and outputs; each output is read from its file from now on."""
        shutil.rmtree(self._draft / _PARTS, ignore_errors=True)
        for name in self._outputs:
            self.open(name, self._draft / TABLE_NAMED[name].file)
        return self._inputs, self._outputs

    def reading(self, path: Path) -> contextlib.AbstractContextManager[None]:
        """Turn an unreadable Parquet file into a BadInputError that names it."""
        return _reading(path)

    def failures(self, place: Path) -> contextlib.AbstractContextManager[None]:
        """Turn what Spark cannot do for want of room into a StorageError that names the place."""
        return _failures(place)

    def close(self) -> None:
        """Give back what the workers store; the session goes on, it may be someone else's."""
        while self._kept:
            self._kept.popitem()[1].unpersist()

    def _query(self, query: Query) -> DataFrame:
        if isinstance(query, exp.Expression):
            return self._spark.sql(query.sql("spark"))
        (text,) = sqlglot.transpile(query, read="duckdb", write="spark")
        return self._spark.sql(text)


def _type(kind: DataType) -> str:
    """A type of Spark as DuckDB calls it."""
    name = str(kind.simpleString())
    return _TYPES.get(name, name.upper())


def _address(path: Path) -> str:
    """Where Spark finds a file of this machine; it would read brackets and stars as patterns."""
    escaped = "".join(f"\\{letter}" if letter in "[]{}*?\\" else letter for letter in str(path.resolve()))
    return f"file://{escaped}"


_JOINED_BYTES = 1 << 30
"""A table up to this size becomes one file; a larger one stays a folder of files, which every reader takes as one."""


def _join(pieces: Path, file: Path) -> None:
    """One Parquet file of the pieces of a table in their order, or a folder of them where one machine is too slow."""
    found = sorted(pieces.glob("part-*.parquet"))
    if sum(one.stat().st_size for one in found) > _JOINED_BYTES:
        for other in set(pieces.iterdir()) - set(found):
            other.unlink()
        pieces.rename(file)
        return
    schema = pq.read_schema(found[0]).remove_metadata()
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for piece in found:
            for batch in pq.ParquetFile(piece).iter_batches(ROW_GROUP):
                writer.write_batch(batch.cast(schema))
    shutil.rmtree(pieces)


# ------------------------------------------------------------------------------------------------- the hash
@dataclass(frozen=True)
class _Ranges:
    """The ranges in which sorted rows lie: the number of the first row of each, all rows, whether no key is twice."""

    starts: Mapping[int, int]
    rows: int
    strict: bool


def _in_order(rows: DataFrame, columns: Sequence[str]) -> DataFrame:
    """The rows in the order of some columns, unknown values first, stored by the workers."""
    return rows.orderBy(*(rows[name].asc_nulls_first() for name in columns)).persist()


def _ranges(ordered: DataFrame, key: Sequence[str]) -> _Ranges:
    """Count the rows of each range; equal keys lie in the same one."""
    counted = ordered.select(*key).mapInArrow(_count(key), _COUNTS).collect()
    return _laid_end_to_end((row["range"], row["rows"], row["strict"]) for row in counted)


def _laid_end_to_end(counted: Iterable[tuple[int, int, bool]]) -> _Ranges:
    """The ranges after each other by their number, from the number, the rows and the strictness of each."""
    found = sorted(counted)
    starts, rows = {}, 0
    for number, count, _ in found:
        starts[number] = rows
        rows += count
    return _Ranges(starts, rows, all(strict for _, _, strict in found))


def _number() -> int:
    """The number of the range that this worker has."""
    from pyspark import TaskContext  # noqa: PLC0415 - an extra

    context = TaskContext.get()
    return int(context.partitionId()) if context else 0


def _count(
    key: Sequence[str], number: Callable[[], int] = _number
) -> Callable[[Iterable[pa.RecordBatch]], Iterable[pa.RecordBatch]]:
    """What a worker does to count its range; ``number`` tells which range that is."""

    def count(batches: Iterable[pa.RecordBatch]) -> Iterable[pa.RecordBatch]:
        rows, strict, last = 0, True, None
        for batch in batches:
            table = pa.Table.from_batches([batch])
            strict = strict and in_key_order(table if last is None else pa.concat_tables([last, table]), key)
            rows, last = rows + len(batch), table.slice(len(table) - 1)
        if rows:
            yield pa.RecordBatch.from_pydict({
                "range": pa.array([number()], pa.int64()), "rows": pa.array([rows], pa.int64()),
                "strict": pa.array([strict]),
            })  # fmt: skip

    return count


def _written(ordered: DataFrame, ranges: _Ranges) -> Written:
    """Rows and hash of rows that stand in their order, computed where they lie."""
    pieces = ordered.mapInArrow(_cut(ranges.starts), _PIECES)
    if len(ranges.starts) > 1:
        pieces = pieces.groupBy("chunk").applyInArrow(_close, _PIECES)
    digests = _digests((row["chunk"], row["digest"], row["content"]) for row in pieces.collect())
    return Written(ranges.rows, combined(ordered.limit(0).toArrow().schema, digests))


def _digests(chunks: Iterable[tuple[int, Any, Any]]) -> list[bytes]:
    """The digests of the chunks in their order, from the number, the digest or the rows of each."""
    found = sorted(chunks, key=lambda chunk: chunk[0])
    return [bytes(digest) if content is None else _digest([content]) for _, digest, content in found]


def _cut(
    starts: Mapping[int, int], number: Callable[[], int] = _number
) -> Callable[[Iterable[pa.RecordBatch]], Iterable[pa.RecordBatch]]:
    """What a worker does with its range of rows: digests of whole chunks, the rows of those it shares with others.

    ``starts`` gives the number of the first row of each range, ``number`` tells which one the worker has.
    """

    def cut(batches: Iterable[pa.RecordBatch]) -> Iterable[pa.RecordBatch]:
        row = first = starts.get(number(), 0)
        waiting: list[pa.RecordBatch] = []
        for batch in batches:
            taken = 0
            while taken < len(batch):
                part = batch.slice(taken, CHUNK_ROWS - row % CHUNK_ROWS)
                taken, row = taken + len(part), row + len(part)
                waiting.append(part)
                if row % CHUNK_ROWS == 0:
                    yield _piece(first, pa.Table.from_batches(waiting))
                    waiting, first = [], row
        if waiting:
            yield _piece(first, pa.Table.from_batches(waiting))

    return cut


def _piece(first: int, rows: pa.Table) -> pa.RecordBatch:
    """A whole chunk as its digest, a piece of one as its rows; ``first`` is the number of its first row."""
    whole = len(rows) == CHUNK_ROWS
    values = {
        "chunk": pa.array([first // CHUNK_ROWS], pa.int64()),
        "place": pa.array([first], pa.int64()),
        "digest": pa.array([chunk_digest(rows) if whole else None], pa.binary()),
        "content": pa.array([None if whole else _packed(rows)], pa.binary()),
    }
    return pa.RecordBatch.from_pydict(values)


def _packed(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as stream:
        stream.write_table(rows)
    return bytes(sink.getvalue())


def _close(pieces: pa.Table) -> pa.Table:
    """One chunk whole, from its pieces in their order."""
    found = pieces.sort_by("place")
    contents = found.column("content").drop_null().to_pylist()
    digest = _digest(contents) if contents else found.column("digest")[0].as_py()
    return pa.table({
        "chunk": found.column("chunk").slice(0, 1), "place": found.column("place").slice(0, 1),
        "digest": pa.array([digest], pa.binary()), "content": pa.array([None], pa.binary()),
    })  # fmt: skip


def _digest(contents: Sequence[bytes]) -> bytes:
    return chunk_digest(pa.concat_tables(pa.ipc.open_stream(bytes(one)).read_all() for one in contents))


# ------------------------------------------------------------------------------------------------- errors
@contextlib.contextmanager
def _failures(place: Path) -> Iterator[None]:
    """Turn what Spark cannot do for want of room into our errors."""
    try:
        yield
    except Exception as error:
        if any(words in str(error).lower() for words in _FULL):
            message = f"{place}: no space left on the disk; nothing was kept: free some space and run again"
            raise StorageError(message) from error
        raise


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn an unreadable Parquet file into a BadInputError that names it."""
    try:
        yield
    except Exception as error:
        if not any(words in str(error) for words in _UNREADABLE):
            raise
        reason = str(error).strip().splitlines()[0]
        message = f"{path}: not readable as Parquet ({reason}): copy or export the file again"
        raise BadInputError(message) from error
