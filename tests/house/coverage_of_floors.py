"""Branch coverage, floor by floor: `python -m tests.house.coverage_of_floors coverage.json` fails under the bar.

The bar is on branches alone, and on each floor by itself, so that a well-covered floor cannot hide a bare one.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

FLOORS = ("foundation", "law", "territory", "statistics", "population", "cycle", "simulation")
BAR = 95.0  # per cent of the branches of a floor


def branches_by_floor(report: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """The branches taken and the branches there are, for each floor, from coverage's JSON report."""
    taken: Counter[str] = Counter()
    there: Counter[str] = Counter()
    for name, file in report["files"].items():
        floor = Path(name).parts[2] if name.startswith("src/karama/") else ""
        taken[floor] += file["summary"]["covered_branches"]
        there[floor] += file["summary"]["num_branches"]
    return {floor: (taken[floor], there[floor]) for floor in FLOORS}


def share(taken: int, there: int) -> float:
    """Branches taken in per cent; a floor without branches is wholly covered."""
    return 100.0 * taken / there if there else 100.0


def report_on(report: dict[str, Any]) -> tuple[str, bool]:
    """A table of the floors, and whether all reach the bar."""
    counts = branches_by_floor(report)
    lines = [f"{'floor':<12}{'branches':>10}{'taken':>10}{'share':>9}"]
    lines += [
        f"{floor:<12}{there:>10}{taken:>10}{share(taken, there):>8.1f}%" for floor, (taken, there) in counts.items()
    ]
    low = [floor for floor, count in counts.items() if share(*count) < BAR]
    lines.append(f"under {BAR:.0f} %: {', '.join(low)}" if low else f"every floor reaches {BAR:.0f} %")
    return "\n".join(lines), not low


def main() -> int:
    """Print the table; 1 when a floor is under the bar."""
    text, enough = report_on(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    print(text)
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main())
