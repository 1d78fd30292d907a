"""DuckDB as the cycle uses it: one connection that spills into the draft, names in SQL, its errors in our classes."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import duckdb

from karama.foundation.errors import BadInputError, InterruptedWorkError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_FULL = ("no space left", "file too large", "disk quota", "could not write")
_SCRATCH = ".scratch"
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


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A column's name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def parquet(path: Path) -> str:
    """The table function that reads a Parquet file."""
    return f"read_parquet({literal(str(path))}, hive_partitioning = false)"


@contextlib.contextmanager
def working_in(folder: Path, memory_limit: str | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that spills into a folder of its own below ``folder``, gone at the end.

    Raises:
        BadInputError: no such memory limit.
    """
    with duckdb.connect() as connection:
        connection.execute(f"SET temp_directory = {literal(str(folder / _SCRATCH))}")
        if memory_limit is not None:
            try:
                connection.execute(f"SET memory_limit = {literal(memory_limit)}")
            except duckdb.Error as error:
                message = f"memory limit '{memory_limit}' is not understood: write for example 4GB"
                raise BadInputError(message) from error
        try:
            yield connection
        except BaseException:
            connection.interrupt()  # a query stopped by Ctrl-C goes on in its threads, and closing would wait for it
            raise


@contextlib.contextmanager
def failures(place: Path) -> Iterator[None]:
    """Turn what DuckDB cannot do for want of room, or because it was stopped, into our errors."""
    try:
        yield
    except (KeyboardInterrupt, RuntimeError) as error:
        if isinstance(error, RuntimeError) and str(error) != _STOPPED:
            raise
        raise InterruptedWorkError(f"{place.name}: stopped before its end; nothing was kept: run it again") from error
    except duckdb.OutOfMemoryException as error:
        message = (
            f"{place}: memory and spill space are used up ({first_line(error)}): give a larger memory limit or disk"
        )
        raise StorageError(message) from error
    except duckdb.IOException as error:
        if not _is_full(error):
            raise
        message = f"{place}: no space left on the disk; nothing was kept: free some space and run again"
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


def value(connection: duckdb.DuckDBPyConnection, query: str) -> Any:  # noqa: ANN401 - a query answers what it asks
    """The single value that a query gives."""
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def write(connection: duckdb.DuckDBPyConnection, query: str, path: Path, order: Sequence[str]) -> None:
    """Write the rows of a query to a Parquet file in the order of some columns, unknown values first."""
    places = ", ".join(f"{quoted(name)} NULLS FIRST" for name in order)
    connection.execute(
        f"COPY (SELECT * FROM ({query}) ORDER BY {places}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)"
    )
