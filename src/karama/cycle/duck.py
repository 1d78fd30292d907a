"""DuckDB as the engine of the month: one connection that spills into the draft, in parts that fit the memory."""

from __future__ import annotations

import contextlib
from importlib import metadata
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
from sqlglot import exp

from karama.cycle.engine import Part, Written, literal, quoted
from karama.cycle.hashes import CHUNK_ROWS, RowHash, in_key_order
from karama.cycle.writing import TableFiles
from karama.foundation.errors import BadInputError, InterruptedWorkError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from karama.cycle.engine import Query
    from karama.cycle.tables import Table

_FULL = ("no space left", "file too large", "disk quota", "could not write")
_SCRATCH = ".scratch"
_INPUT = "input "
"""Before the name of an input among the tables that are only hashed."""
_STOPPED = "Query interrupted"
"""What DuckDB says, in a RuntimeError, when Ctrl-C reaches it inside a query."""
_NOT_THE_FILE = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.InterruptException,
    duckdb.OutOfMemoryException,
    duckdb.ParserException,
)
"""Errors that a damaged file does not cause."""

PART_HOUSEHOLDS = 200_000
"""Households decided together: their rows and traces take about half a gigabyte."""


class DuckEngine:
    """The engine of one machine; see `karama.cycle.engine.Engine`."""

    def __init__(self, draft: Path, memory_limit: str | None = None) -> None:
        """Work beside the draft folder, whose files it writes.

        Raises:
            BadInputError: no such memory limit.
        """
        self._draft, self._memory_limit = draft, memory_limit
        self._tables = TableFiles()
        self._files: dict[str, Path] = {}
        self._kinds: dict[str, str] = {}
        self._opened: dict[str, Path] = {}
        self._connection = duckdb.connect()
        self._connection.execute(f"SET temp_directory = {literal(str(draft / _SCRATCH))}")
        if memory_limit is not None:
            try:
                self._connection.execute(f"SET memory_limit = {literal(memory_limit)}")
            except duckdb.Error as error:
                message = f"memory limit '{memory_limit}' is not understood: write for example 4GB"
                raise BadInputError(message) from error

    def describe(self) -> dict[str, Any]:
        """Name, version and settings, for the manifest."""
        return {"name": "duckdb", "version": metadata.version("duckdb"), "memory_limit": self._memory_limit}

    def open(self, name: str, path: Path) -> None:
        """Name the rows of a Parquet file."""
        source = f"read_parquet({literal(str(path))}, file_row_number = true, hive_partitioning = false)"
        self._name(name, "VIEW", f"SELECT * FROM {source}")
        self._opened[name] = path

    def give(self, name: str, rows: pa.Table) -> None:
        """Name a small table."""
        self._connection.register(name, rows)

    def define(self, name: str, query: Query, *, kept: bool = False) -> None:
        """Name the rows of a query; ``kept`` computes them once."""
        self._name(name, "TABLE" if kept else "VIEW", _text(query))

    def _name(self, name: str, kind: str, text: str) -> None:
        former = self._kinds.get(name, kind)
        if former != kind:
            self._connection.execute(f"DROP {former} {name}")
        self._connection.execute(f"CREATE OR REPLACE TEMP {kind} {name} AS {text}")
        self._kinds[name] = kind

    def add(self, name: str, query: Query) -> None:
        """Add rows to a relation that stays from part to part."""
        text = _text(query)
        self._connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} AS SELECT * FROM ({text}) LIMIT 0")
        self._connection.execute(f"INSERT INTO {name} {text}")

    def columns(self, name: str) -> dict[str, str]:
        """Names and types of a relation's columns."""
        return {row[0]: row[1] for row in self._connection.execute(f"DESCRIBE SELECT * FROM {name}").fetchall()}

    def rows(self, query: Query) -> list[tuple[Any, ...]]:
        """The rows of a small answer."""
        return self._connection.execute(_text(query)).fetchall()

    def repeated(self, name: str, column: str) -> list[str]:
        """The texts in more than one row.

        Texts of different hashes differ, so only those of equal hashes are compared: sorting eighteen million numbers
        costs a second, grouping as many texts ten.
        """
        known = f"{quoted(column)} IS NOT NULL"
        query = f"SELECT hash({quoted(column)}) AS h FROM {name} WHERE {known}"
        hashes = np.sort(self._connection.execute(query).fetchnumpy()["h"])
        twice = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
        if not len(twice):
            return []
        self._connection.register("equal_hashes", pa.table({"h": twice}))
        found = (
            f"SELECT {quoted(column)} FROM {name}"
            f" WHERE {known} AND hash({quoted(column)}) IN (SELECT h FROM equal_hashes)"
            f" GROUP BY 1 HAVING count(*) > 1 ORDER BY 1"
        )
        return [row[0] for row in self._connection.execute(found).fetchall()]

    def clustered(self, name: str, column: str) -> bool:
        """Whether the file's row groups follow each other in the column, by their own statistics."""
        rows = self.rows(
            "SELECT stats_min_value, stats_max_value FROM parquet_metadata("
            f"{literal(str(self._opened[name]))}) WHERE path_in_schema = {literal(column)} ORDER BY row_group_id"
        )
        known = all(low is not None and high is not None for low, high in rows)
        return known and all(before[1] <= after[0] for before, after in pairwise(rows))

    def parts(self, name: str, column: str) -> Iterator[Part]:
        """Ranges of about `PART_HOUSEHOLDS` identifiers."""
        known = self._arrow(f"SELECT {quoted(column)} FROM {name} WHERE {quoted(column)} IS NOT NULL")
        if not in_key_order(known, (column,)):
            known = known.sort_by(column)
        cuts = known.column(0).take(np.arange(PART_HOUSEHOLDS, len(known), PART_HOUSEHOLDS)).to_pylist()
        bounds: list[str | None] = [None, *dict.fromkeys(cuts), None]
        for number in range(len(bounds) - 1):
            yield Part(number == 0, bounds[number], bounds[number + 1])

    def digest(self, name: str, query: Query, key: Sequence[str]) -> None:
        """Let rows enter the hash of an input; most registers stand in the order of their key already."""
        rows = self._arrow(_text(query))
        if not in_key_order(rows, key):
            rows = self._arrow(f"SELECT * FROM ({_text(query)}) ORDER BY {_places([*key, *rows.column_names])}")
        self._tables.take(_INPUT + name, rows)

    def emit(self, table: Table, query: Query) -> None:
        """Write rows to the table's file."""
        rows = self._arrow(f"SELECT * FROM ({_text(query)}) ORDER BY {_places(table.key)}")
        self._files[table.name] = self._draft / table.file
        self._tables.take(table.name, rows, self._files[table.name])

    def _arrow(self, text: str) -> pa.Table:
        return self._connection.execute(text).to_arrow_table()

    def finish(self) -> tuple[dict[str, Written], dict[str, Written]]:
        """Close all files and name all their rows; rows and hashes of inputs and outputs."""
        closed = {name: self._tables.close(name) for name in self._tables.names}
        for name, path in self._files.items():
            self.open(name, path)
        inputs = {name.removeprefix(_INPUT): one for name, one in closed.items() if name.startswith(_INPUT)}
        return inputs, {name: one for name, one in closed.items() if not name.startswith(_INPUT)}

    def reading(self, path: Path) -> contextlib.AbstractContextManager[None]:
        """Turn an unreadable Parquet file into a BadInputError that names it."""
        return reading(path)

    def failures(self, place: Path) -> contextlib.AbstractContextManager[None]:
        """Turn want of room, or a stop, into our errors, which name the place."""
        return failures(place)

    def close(self) -> None:
        """Stop a query that still runs (closing would wait for it) and the writing."""
        self._connection.interrupt()
        self._tables.stop()
        self._connection.close()


def _text(query: Query) -> str:
    return query.sql("duckdb") if isinstance(query, exp.Expression) else query


def _places(key: Sequence[str]) -> str:
    return ", ".join(f"{quoted(name)} NULLS FIRST" for name in key)


# ------------------------------------------------------------------------------------- files of a finished month
def parquet(path: Path) -> str:
    """The table function that reads a Parquet file."""
    return f"read_parquet({literal(str(path))}, hive_partitioning = false)"


def columns_of(connection: duckdb.DuckDBPyConnection, source: str) -> dict[str, str]:
    """Names and types of what a table, view or table function gives, in order."""
    described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    return {row[0]: row[1] for row in described}


def row_hash(connection: duckdb.DuckDBPyConnection, source: str, key: Sequence[str]) -> str:
    """The hash of all rows of a table, view or table function, in hexadecimal; ``key`` names what orders them.

    Raises:
        ValueError: a column of a type that a month folder does not hold.
    """
    place = f"ROW({', '.join(quoted(name) for name in key)})"
    back = f"SELECT 1 FROM (SELECT {place} <= lag({place}) OVER () AS back FROM {source}) WHERE back LIMIT 1"
    query = f"SELECT * FROM {source}"
    if connection.execute(back).fetchone() is not None:
        query += f" ORDER BY {_places([*key, *columns_of(connection, source)])}"
    reader = connection.execute(query).to_arrow_reader(8 * CHUNK_ROWS)
    state = RowHash(reader.schema)
    for batch in reader:
        state.update(pa.Table.from_batches([batch]))
    return state.hexdigest()


# ------------------------------------------------------------------------------------------------- errors
@contextlib.contextmanager
def failures(place: Path, kept: str = "nothing was kept") -> Iterator[None]:
    """Turn what DuckDB cannot do for want of room, or because it was stopped, into errors that say what is kept."""
    try:
        yield
    except (KeyboardInterrupt, RuntimeError) as error:
        if isinstance(error, RuntimeError) and str(error) != _STOPPED:
            raise
        raise InterruptedWorkError(f"{place.name}: stopped before its end; {kept}: run it again") from error
    except duckdb.OutOfMemoryException as error:
        message = (
            f"{place}: memory and spill space are used up ({first_line(error)}): give a larger memory limit or disk"
        )
        raise StorageError(message) from error
    except duckdb.IOException as error:
        if not _is_full(error):
            raise
        message = f"{place}: no space left on the disk; {kept}: free some space and run again"
        raise StorageError(message) from error


@contextlib.contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn an unreadable Parquet file into a BadInputError that names it."""
    try:
        yield
    except _NOT_THE_FILE:
        raise
    except duckdb.Error as error:
        if _is_full(error):
            raise
        message = f"{path}: not readable as Parquet ({first_line(error)}): copy or export the file again"
        raise BadInputError(message) from error


def _is_full(error: duckdb.Error) -> bool:
    return isinstance(error, duckdb.IOException) and any(words in str(error).lower() for words in _FULL)


def first_line(error: BaseException) -> str:
    """The sentence of an error without its position in our SQL."""
    return str(error).splitlines()[0]
