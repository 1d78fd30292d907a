"""Load the register into PostgreSQL, every column typed, with keys and statistics, before anything is measured."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measuring import Stopwatch, report

TYPES = {"VARCHAR": 'text COLLATE "C"', "INTEGER": "integer", "DATE": "date", "BOOLEAN": "boolean"}
KEYS = {"households": "household_id", "persons": "household_id, person_id"}
BLOCK = 1 << 20


def measure(register: Path, out: Path | None, dsn: str, sample: str = "20000") -> dict[str, Any]:  # noqa: ARG001
    """Seconds to load; the table ``sampled`` names the households of the loops."""
    import duckdb
    import psycopg

    with Stopwatch() as watch, psycopg.connect(dsn, autocommit=True) as target, duckdb.connect() as files:
        for table, key in KEYS.items():
            source = f"'{register / table}.parquet'"
            described = files.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
            columns = ", ".join(f"{name} {type_of(kind)}" for name, kind, *_ in described)
            target.execute(f"CREATE UNLOGGED TABLE {table} ({columns})")
            with tempfile.TemporaryDirectory() as folder:
                text = Path(folder) / "rows.csv"
                files.execute(f"COPY (FROM {source}) TO '{text}' (FORMAT csv, HEADER false)")
                _copy(target, table, text)
            target.execute(f"ALTER TABLE {table} ADD PRIMARY KEY ({key})")
            target.execute(f"VACUUM (ANALYZE) {table}")
        households = target.execute("SELECT count(*) FROM households").fetchone()[0]
        step = max(households // int(sample), 1)
        target.execute(
            "CREATE UNLOGGED TABLE sampled AS SELECT household_id FROM (SELECT household_id, row_number() OVER"
            f" (ORDER BY household_id) AS n FROM households) h WHERE n % {step} = 0 ORDER BY 1 LIMIT {int(sample)}"
        )
        target.execute("ALTER TABLE sampled ADD PRIMARY KEY (household_id)")
    return {"seconds": watch.seconds, "households": households}


def type_of(kind: str) -> str:
    """PostgreSQL's name of a type of DuckDB."""
    return TYPES.get(kind) or kind.replace("DECIMAL", "numeric")


def _copy(target: Any, table: str, text: Path) -> None:  # noqa: ANN401 - a connection of psycopg
    with target.cursor().copy(f"COPY {table} FROM STDIN (FORMAT csv)") as sink, text.open("rb") as rows:
        while block := rows.read(BLOCK):
            sink.write(block)


if __name__ == "__main__":
    report(measure)
