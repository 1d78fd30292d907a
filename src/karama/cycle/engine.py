"""What computes a month: relations by name, queries in plain SQL, tables handed over in the order of their key.

The month itself (intake, decisions, payments, changes) is written once, as queries in the dialect of DuckDB over named
relations, in forms that mean the same on every engine.  An engine opens files under a name, computes relations, answers
small questions and writes tables with their hash.  It may work through the country in parts, one range of households
after the other; a part is whole in itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import pyarrow as pa
    from sqlglot import exp

    from karama.cycle.tables import Table

Query: TypeAlias = "str | exp.Expression"
"""A query in DuckDB's dialect, or as SQLGlot's tree."""

ENGINES = ("duckdb", "spark")


@dataclass(frozen=True)
class Written:
    """The rows of a table and their hash."""

    rows: int
    rows_sha256: str

    def as_dict(self) -> dict[str, Any]:
        """As the manifest says it."""
        return {"rows": self.rows, "rows_sha256": self.rows_sha256}


@dataclass(frozen=True)
class Part:
    """A range of households: identifiers from ``lower`` on, before ``upper``, both open where None.

    The first part also holds the rows without identifier, and those who stand alone, outside households.
    """

    first: bool = True
    lower: str | None = None
    upper: str | None = None

    def holds(self, column: str) -> str:
        """The condition, in SQL, that a row is of this part by its household's identifier."""
        bounds = [f"{column} >= {literal(self.lower)}"] if self.lower is not None else []
        bounds += [f"{column} < {literal(self.upper)}"] if self.upper is not None else []
        inside = " AND ".join(bounds) or "true"
        return f"({inside} OR {column} IS NULL)" if self.first and bounds else inside


class Engine(Protocol):
    """Computes relations by their names; every error it meets becomes one of ours."""

    def describe(self) -> dict[str, Any]:
        """Name, version and settings, for the manifest."""

    def open(self, name: str, path: Path) -> None:
        """Name the rows of a Parquet file, with their position from 0 as ``file_row_number``."""

    def give(self, name: str, rows: pa.Table) -> None:
        """Name a small table."""

    def define(self, name: str, query: Query, *, kept: bool = False) -> None:
        """Name the rows of a query, in the place of a former relation of that name; ``kept`` computes them once."""

    def add(self, name: str, query: Query) -> None:
        """Add rows to a relation that stays from part to part."""

    def columns(self, name: str) -> dict[str, str]:
        """Names of a relation's columns with their types as DuckDB calls them, in order."""

    def rows(self, query: Query) -> list[tuple[Any, ...]]:
        """The rows of a small answer."""

    def repeated(self, name: str, column: str) -> list[str]:
        """The texts that stand in more than one row of a relation; unknown ones do not count."""

    def clustered(self, name: str, column: str) -> bool:
        """Whether a file lies in the order of a column, so that reading a range of it again costs little."""

    def parts(self, name: str, column: str) -> Iterable[Part]:
        """The parts into which the work is cut, by the identifiers of a relation."""

    def digest(self, name: str, query: Query, key: Sequence[str]) -> None:
        """Let the rows of a query enter the hash of an input, in the order of their key, part after part."""

    def emit(self, table: Table, query: Query) -> None:
        """Write the rows of a query to the table's file in the order of its key, part after part."""

    def finish(self) -> tuple[dict[str, Written], dict[str, Written]]:
        """Close all files; rows and hashes of the inputs digested and of the tables emitted.

        Afterwards the name of each table emitted means all its rows, those of every part.
        """

    def reading(self, path: Path) -> AbstractContextManager[None]:
        """Turn an unreadable file into a BadInputError that names it."""

    def failures(self, place: Path) -> AbstractContextManager[None]:
        """Turn want of room for the result into a StorageError that names its place."""

    def close(self) -> None:
        """Stop all work and give back what was used."""


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A column's name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def single(engine: Engine, query: Query) -> Any:  # noqa: ANN401 - a query answers what it asks
    """The single value that a query gives."""
    rows = engine.rows(query)
    return rows[0][0] if rows else None


def union(queries: Sequence[str]) -> str:
    """All rows of several queries with the same columns."""
    return " UNION ALL ".join(queries)
