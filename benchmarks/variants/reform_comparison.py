"""Five scenarios beside the law by Karama: costs of month and year, winners, movements, poverty; from the files."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measuring import Stopwatch, peak_mb, report
from benchmarks.reforms import five
from benchmarks.registers import MONTH


def measure(register: Path, out: Path | None, fifth: str) -> dict[str, Any]:  # noqa: ARG001 - nothing to compare
    """Seconds from the files to all frames, and those of the same again once the register is open."""
    import karama.law.asd
    import karama.law.engine.sql
    import karama.simulation.reform  # noqa: F401 - not measured
    from karama.foundation.months import Month
    from karama.simulation.reform import Country, compare
    from karama.simulation.scenario import load_scenario

    with tempfile.TemporaryDirectory() as folder:
        files = five(fifth, MONTH, Path(folder))
        with Stopwatch() as whole:
            scenarios = [load_scenario(path) for path in files]
            country = Country(register, Month.parse(MONTH))
            frames = compare(country, scenarios).frames()
        with Stopwatch() as again:
            compare(country, scenarios)
    rows = {name: frame.height for name, frame in frames.items()}
    return {"seconds": whole.seconds, "again_seconds": again.seconds, "peak_mb": peak_mb(), "rows": rows}


if __name__ == "__main__":
    report(measure)
