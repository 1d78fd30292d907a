"""The amounts by SQL written by hand for PostgreSQL, over tables already loaded: ``amounts_postgres.sql``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measuring import Stopwatch, report


def measure(register: Path, out: Path | None, dsn: str) -> dict[str, Any]:  # noqa: ARG001 - it is loaded
    """Seconds from loaded tables to a table of amounts."""
    import psycopg

    query = Path(__file__).with_name("amounts_postgres.sql").read_text(encoding="utf-8")
    with psycopg.connect(dsn, autocommit=True) as connection:
        with Stopwatch() as watch:
            connection.execute(f"CREATE TEMP TABLE amounts AS {query}")
        if out:
            write(connection, "amounts", out)
    return {"seconds": watch.seconds}


def write(connection: Any, table: str, out: Path) -> None:  # noqa: ANN401 - a connection of psycopg
    """Write a table of amounts as Parquet."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "rows.csv"
        with connection.cursor().copy(f"COPY {table} TO STDOUT (FORMAT csv)") as rows, text.open("wb") as file:
            for block in rows:
                file.write(block)
        columns = "{'household_id': 'VARCHAR', 'eligible': 'BOOLEAN', 'amount': 'BIGINT'}"
        with duckdb.connect() as files:
            files.execute(
                f"COPY (SELECT * FROM read_csv('{text}', header = false, columns = {columns}) ORDER BY household_id)"
                f" TO '{out}' (FORMAT parquet)"
            )


if __name__ == "__main__":
    report(measure)
