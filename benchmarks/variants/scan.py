"""The bare scan: every column that the work reads is read whole, and nothing is done with it but its largest value.

A count would not do: DuckDB answers it from the file's metadata where a column is never unknown, and reads nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.measuring import Stopwatch, report
from benchmarks.registers import KEYS, MONTH

if TYPE_CHECKING:
    from pathlib import Path


def columns_of(work: str) -> dict[str, list[str]]:
    """The columns that the amounts, or the score, read of each table."""
    from karama.foundation.months import Month
    from karama.law.engine.expressions import Entity

    found: dict[str, list[str]] = {}
    if work == "amounts":
        from benchmarks.variants.graph import amounts_plan

        for column in amounts_plan().graph.input_columns:
            table = "households" if column.entity is Entity.HOUSEHOLD else "persons"
            found.setdefault(table, list(KEYS[table])).append(column.name)
    else:
        from karama.law import rsu

        scored = {column.name for column in rsu.SCORE_COLUMNS}
        for column in rsu.PROGRAMME.graph(Month.parse(MONTH)).input_columns:
            owner = "score_inputs" if column.name in scored else "households"
            table = "persons" if column.entity is Entity.PERSON else owner
            found.setdefault(table, list(KEYS[table])).append(column.name)
    return {table: list(dict.fromkeys(names)) for table, names in found.items()}


def measure(register: Path, out: Path | None, work: str = "amounts") -> dict[str, Any]:  # noqa: ARG001 - nothing to write
    """Seconds to read the columns."""
    from benchmarks.variants.duckdb_register import opened

    found = columns_of(work)
    with opened(register) as connection, Stopwatch() as watch:
        for table, names in found.items():
            largest = ", ".join(f"max({name})" for name in names)
            connection.execute(f"SELECT {largest} FROM {table}").fetchall()
    return {"seconds": watch.seconds, "columns": sum(len(names) for names in found.values())}


if __name__ == "__main__":
    report(measure)
