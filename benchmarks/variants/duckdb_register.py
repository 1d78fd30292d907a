"""The register's files as views of a DuckDB connection, for the variants that read them there."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def opened(register: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own that knows the tables of the register."""
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        for table in ("households", "persons", "score_inputs"):
            if (register / f"{table}.parquet").exists():
                connection.read_parquet(str(register / f"{table}.parquet")).create_view(table)
        yield connection


def write(connection: duckdb.DuckDBPyConnection, table: str, out: Path | None) -> None:
    """Write the amounts, ordered, for the comparison; outside every measured second."""
    if out:
        connection.execute(f"COPY (FROM {table} ORDER BY household_id) TO '{out}' (FORMAT parquet)")
