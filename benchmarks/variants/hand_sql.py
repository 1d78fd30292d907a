"""The amounts by SQL written by hand for DuckDB: ``amounts_duckdb.sql``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.measuring import Stopwatch, peak_mb, report


def measure(register: Path, out: Path | None) -> dict[str, Any]:
    """Seconds from files to a table of amounts."""
    from benchmarks.variants.duckdb_register import opened, write

    query = Path(__file__).with_name("amounts_duckdb.sql").read_text(encoding="utf-8")
    with opened(register) as connection:
        with Stopwatch() as watch:
            connection.execute(f"CREATE TEMP TABLE amounts AS {query}")
        peak = peak_mb()
        write(connection, "amounts", out)
    return {"seconds": watch.seconds, "peak_mb": peak}


if __name__ == "__main__":
    report(measure)
