"""The amounts by the law's own graph, compiled to SQL for DuckDB; the compilation counts, the imports do not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from benchmarks.measuring import Stopwatch, peak_mb, report
from benchmarks.registers import MONTH

if TYPE_CHECKING:
    from pathlib import Path

    from karama.law.engine.sql import Plan

COLUMNS = ["household_id", "eligible", "amount"]


def amounts_plan() -> Plan:
    """The plan of the programme with nothing kept but eligibility and amount."""
    from karama.foundation.months import Month
    from karama.law import programme_named
    from karama.law.engine.evaluate import plan_of

    alone = replace(programme_named("asd"), conditions=(), benefits=(), trace=(), person_trace=())
    return plan_of(alone, Month.parse(MONTH))


def measure(register: Path, out: Path | None) -> dict[str, Any]:
    """Seconds from files to a table of amounts, and those of the compilation alone."""
    import karama.law.asd
    import karama.law.engine.sql  # noqa: F401 - not measured
    from benchmarks.variants.duckdb_register import opened, write
    from karama.law.engine.expressions import Entity

    with opened(register) as connection:
        with Stopwatch() as whole:
            with Stopwatch() as compiling:
                query = amounts_plan().single_query(Entity.HOUSEHOLD, COLUMNS).sql("duckdb")
            connection.execute(f"CREATE TEMP TABLE amounts AS {query}")
        peak = peak_mb()
        write(connection, "amounts", out)
    return {"seconds": whole.seconds, "peak_mb": peak, "compile_seconds": compiling.seconds}


if __name__ == "__main__":
    report(measure)
