"""The whole month: what ``karama cycle run`` does, from the register's files to the files of the month."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measuring import Stopwatch, peak_mb, report
from benchmarks.registers import MONTH


def measure(register: Path, out: Path | None, memory_limit: str = "") -> dict[str, Any]:
    """Seconds, those of each step, and the hash over all the rows written; ``out`` gets the amounts alone."""
    from karama.cycle import run_month
    from karama.foundation.months import Month

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "month"
        with Stopwatch() as watch:
            done = run_month(register=register, month=Month.parse(MONTH), out=target, memory_limit=memory_limit or None)
        peak = peak_mb()
        written = sum(path.stat().st_size for path in target.iterdir())
        if out:
            keep_amounts(target, out)
    manifest = done.manifest
    rows = {name: one["rows"] for name, one in manifest["outputs"].items()}
    return {
        "seconds": watch.seconds,
        "peak_mb": peak,
        "steps": manifest["seconds"],
        "rows": rows,
        "written_mb": written / 1e6,
        "outputs_sha256": manifest["outputs_sha256"],
    }


def keep_amounts(folder: Path, out: Path) -> None:
    """Write eligibility and amount of every household, for the comparison."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT household_id, eligible, amount_centimes AS amount"
            f" FROM '{folder / 'decisions.parquet'}' WHERE household_id IS NOT NULL) TO '{out}' (FORMAT parquet)"
        )


if __name__ == "__main__":
    report(measure)
