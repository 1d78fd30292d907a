"""The score of every household from its RSU variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.measuring import Stopwatch, report
from benchmarks.registers import MONTH

if TYPE_CHECKING:
    from pathlib import Path


def measure(register: Path, out: Path | None) -> dict[str, Any]:  # noqa: ARG001 - nothing to compare
    """Seconds from files to a table of scores, and how many there are."""
    from benchmarks.variants.duckdb_register import opened
    from karama.foundation.months import Month
    from karama.law import rsu

    with opened(register) as connection:
        with Stopwatch() as watch:
            rsu.score_households(connection, Month.parse(MONTH))
        scored = connection.execute("SELECT count(score) FROM scores").fetchall()[0][0]
    return {"seconds": watch.seconds, "scored": scored}


if __name__ == "__main__":
    report(measure)
