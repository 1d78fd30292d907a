"""One household: its amount, its full explanation, and the command from a cold start.

    python benchmarks/one_household.py [--households 400] [--runs 3] [--cold 15]

Warm, in this process: households of a synthetic register as the dictionaries of HOUSEHOLD.json, in March 2026 and in
September 2026 (back to school), each with its fields checked, decided, explained and laid out as the whole JSON of the
contract, in turn in French, Arabic and English.  A first pass over other households warms up; then every household is
timed once a run.  Cold, in fresh processes: ``karama law explain`` in turn with ``python -c pass``.

Prints JSON: medians and 95th percentiles of the wall time and of the processor time, and the raw runs.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from karama.foundation.languages import LANGUAGES
from karama.foundation.months import Month
from karama.law import decide_household, explain
from karama.monitoring.example_household import household_of
from karama.population import generate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).parent.parent
HOUSEHOLD = ROOT / "docs" / "examples" / "household.json"
MONTHS = (Month(2026, 3), Month(2026, 9))
SHARE, SEED = 0.0005, 1
WARMING = 50
BARS_MS = {"decide": 0.1, "explain": 1.0, "cold": 1000.0}

Case = tuple[dict[str, Any], Month]


def cases(households: int, folder: Path) -> list[Case]:
    """Households of both months, evenly taken from a register; the first ``WARMING`` are there to warm up."""
    wanted, found = households + WARMING, []
    for number, month in enumerate(MONTHS):
        register = folder / str(month)
        generate(share=SHARE, seed=SEED, out=register, first_month=month, months=1)
        names = pl.read_parquet(register / str(month) / "households.parquet")["household_id"].sort()
        step = len(names) // wanted
        chosen = names.gather_every(step, offset=number)[: wanted // len(MONTHS)]
        found.append([(household_of(register / str(month), name), month) for name in chosen])
    return [one for pair in zip(*found, strict=True) for one in pair]


def decide(case: Case, number: int) -> int:  # noqa: ARG001 - the shape of a thing measured
    """The amount alone."""
    household, month = case
    return decide_household(household, month).amount_centimes


def explained(case: Case, number: int) -> dict[str, Any]:
    """The whole JSON of ``karama law explain``, in the languages in turn."""
    household, month = case
    return explain(household, month).as_dict(LANGUAGES[number % len(LANGUAGES)])


def timed(call: Callable[[Case, int], object], chosen: Sequence[Case]) -> dict[str, list[float]]:
    """Milliseconds of each case, by the clock and by the processor."""
    wall, processor = [], []
    for number, case in enumerate(chosen):
        started, used = time.perf_counter_ns(), time.thread_time_ns()
        call(case, number)
        processor.append((time.thread_time_ns() - used) / 1e6)
        wall.append((time.perf_counter_ns() - started) / 1e6)
    return {"wall": wall, "cpu": processor}


def warm(found: list[Case], runs: int) -> dict[str, Any]:
    """Both calls on every case, in turn; the figures are medians over the runs."""
    calls = {"decide": decide, "explain": explained}
    for call in calls.values():
        timed(call, found[:WARMING])
    raw = [{name: timed(call, found[WARMING:]) for name, call in calls.items()} for _ in range(runs)]
    return {
        name: {
            f"{quantile}_{clock}_ms": statistics.median(of(run[name][clock]) for run in raw)
            for clock in ("wall", "cpu")
            for quantile, of in (("median", statistics.median), ("p95", percentile_95))
        }
        | {"runs": [{clock: [round(one, 4) for one in run[name][clock]] for clock in run[name]} for run in raw]}
        for name in calls
    }


def percentile_95(values: Sequence[float]) -> float:
    """The value that 19 in 20 do not exceed."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def process(command: Sequence[str]) -> tuple[float, float]:
    """Milliseconds of a process from its start to its end: by the clock, and of the processor."""
    started = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)}: ended with {child.returncode}")
    return wall * 1000, (usage.ru_utime + usage.ru_stime) * 1000


def cold(runs: int) -> dict[str, Any]:
    """The command in a fresh process, and an empty program beside it in the same loop."""
    law = ["-m", "karama", "law", "explain", str(HOUSEHOLD), "--month", str(MONTHS[0])]
    commands = {"explain": [sys.executable, *law], "python_alone": [sys.executable, "-c", "pass"]}
    for command in commands.values():  # the files are read once, as on a machine that has run the command before
        process(command)
    raw = [{name: process(command) for name, command in commands.items()} for _ in range(runs)]
    return {
        name: {
            f"{quantile}_{clock}_ms": of([run[name][place] for run in raw])
            for place, clock in enumerate(("wall", "cpu"))
            for quantile, of in (("median", statistics.median), ("p95", percentile_95))
        }
        | {"runs": [[round(one, 1) for one in run[name]] for run in raw]}
        for name in commands
    }


def measured(households: int, runs: int, cold_runs: int) -> dict[str, Any]:
    """All figures with the bars beside them."""
    with tempfile.TemporaryDirectory() as folder:
        found = cases(households, Path(folder))
    return {
        "households": len(found) - WARMING,
        "months": [str(month) for month in MONTHS],
        "bars_ms": BARS_MS,
        "warm": warm(found, runs),
        "cold": cold(cold_runs),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--households", type=int, default=400)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--cold", type=int, default=15)
    asked = parser.parse_args()
    print(json.dumps(measured(asked.households, asked.runs, asked.cold), indent=1))


if __name__ == "__main__":
    main()
