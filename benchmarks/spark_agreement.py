"""The month on Spark beside the month on DuckDB: the same rows and hashes, and what each takes; writes a page.

    python -m benchmarks.spark_agreement [--share 0.01] [--runs 1]

Both engines decide the second of two synthetic months, compared with the first, each run in a fresh process.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from benchmarks import results
from benchmarks.measuring import ROOT
from karama.cycle import run_month
from karama.foundation.months import Month
from karama.population import generate

PAGE = ROOT / "docs" / "reference" / "spark.md"
FIRST, SECOND = Month(2026, 2), Month(2026, 3)
ENGINES = ("duckdb", "spark")
MASTER = "local[2]"
NOT_COMPARED = {"seconds", "peak_memory_mb", "engine"}


def main() -> int:
    """Measure, keep the result, write the page; 1 when anything differs."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.spark_agreement", description=__doc__.splitlines()[0])
    asked.add_argument("--share", type=float, default=0.01, help="share of the country")
    asked.add_argument("--runs", type=int, default=1, help="runs of each engine, in turn")
    asked.add_argument("--one", nargs=2, metavar=("ENGINE", "DIR"), help=argparse.SUPPRESS)
    words = asked.parse_args()
    if words.one:
        print(json.dumps(one_month(words.one[0], Path(words.one[1]))))
        return 0
    machine = results.machine()
    with tempfile.TemporaryDirectory(prefix="karama-spark-") as scratch:
        folder = Path(scratch)
        generate(share=words.share, seed=1, out=folder / "register", first_month=FIRST, months=2)
        run_month(register=folder / "register", month=FIRST, out=folder / "before" / str(FIRST))
        runs = {engine: [] for engine in ENGINES}
        for _ in range(words.runs):
            for engine in ENGINES:
                runs[engine].append(apart(engine, folder))
        tables = compared(folder)
    content = {"date": results.today(), "commit": results.commit(), "machine": machine, "share": words.share}
    content |= {"tables": tables, "runs": runs}
    if any(one["rows_that_differ"] or not one["same_hash"] for one in tables.values()):
        print(json.dumps(tables, indent=1), file=sys.stderr)
        return 1
    results.save("spark", content)
    PAGE.write_text(page(content), encoding="utf-8")
    return 0


def apart(engine: str, folder: Path) -> dict[str, float]:
    """One run in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.spark_agreement", "--one", engine, str(folder)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def one_month(engine: str, folder: Path) -> dict[str, float]:
    """Seconds of a month, and of all processors at work for it; a second run in the same process is the warm one."""
    master = MASTER if engine == "spark" else None
    found: dict[str, float] = {}
    for name in ("cold", "warm"):
        started, used = time.perf_counter(), processor_seconds()
        run_month(
            register=folder / "register", month=SECOND, out=folder / engine, previous=folder / "before",
            engine=engine, master=master,
        )  # fmt: skip
        found[f"{name}_seconds"] = time.perf_counter() - started
        found[f"{name}_processor_seconds"] = processor_seconds() - used
    return found


def processor_seconds() -> float:
    """Processor time of this process and of all below it, Java and the workers of Spark among them; Linux only."""
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue  # ended meanwhile
        stats[int(path.parent.name)] = (int(fields[1]), sum(map(int, fields[11:15])))
    own = {os.getpid()}
    while more := {number for number, (parent, _) in stats.items() if parent in own} - own:
        own |= more
    return sum(stats[number][1] for number in own) / os.sysconf("SC_CLK_TCK")


def compared(folder: Path) -> dict[str, Any]:
    """Each table of the two months: rows, rows of one and not of the other, whether the hashes are the same."""
    ours, theirs = (json.loads((folder / name / "manifest.json").read_text(encoding="utf-8")) for name in ENGINES)
    found = {}
    for name, one in ours["outputs"].items():
        left, right = (f"read_parquet('{folder / engine / name}.parquet')" for engine in ENGINES)
        count = "SELECT count(*) FROM (FROM {} EXCEPT ALL FROM {})"
        differ = sum(duckdb.sql(count.format(*pair)).fetchall()[0][0] for pair in ((left, right), (right, left)))
        same = one == theirs["outputs"][name]
        found[name] = {"rows": one["rows"], "rows_that_differ": differ, "same_hash": same}
    rest = [name for name in ours if name not in NOT_COMPARED and ours[name] != theirs[name]]
    if rest:
        raise SystemExit(f"the manifests differ in {', '.join(rest)}")
    return found


def page(content: dict[str, Any]) -> str:
    """The page of the reference."""
    rows = content["tables"]["decisions"]["rows"]
    machine = content["machine"]
    tables = [
        f"| `{name}` | {one['rows']:,} | {one['rows_that_differ']} | {'yes' if one['same_hash'] else '**no**'} |"
        for name, one in content["tables"].items()
    ]
    names = ("cold_seconds", "cold_processor_seconds", "warm_seconds", "warm_processor_seconds")
    taken = []
    for engine, runs in content["runs"].items():
        medians = [f"{median(run[name] for run in runs):.1f}" for name in names]
        taken.append(f"| {engine} | {' | '.join(medians)} |")
    count = len(content["runs"]["spark"])
    measured = (
        f"{rows:,} households of a synthetic register at share {content['share']:g}, {SECOND} compared with {FIRST};"
        f" Spark on `{MASTER}`. Measured on {content['date']} at commit {content['commit']},"
        f" {machine['cores']} cores ({machine['processor']}), load of the machine before: {machine['load_before']};"
        f" medians of {count} {'run' if count == 1 else 'runs'}."
    )
    agreement = ["| table | rows | rows that differ | same hash |", "| --- | --- | --- | --- |", *tables]
    head = "| engine | cold s | cold processor s | warm s | warm processor s |"
    lines = ["<!-- Written by `python -m benchmarks.spark_agreement`; do not edit. -->", ""]
    lines += ["# The month on Spark beside DuckDB", "", measured, "", *agreement, ""]
    lines += ["All else that the manifests say of the month (inputs, faults, totals) is the same.", ""]
    lines += [head, "| --- | --- | --- | --- | --- |", *taken, ""]
    lines += ["Cold is the first month of a process, with the start of Java; warm the same month once more.", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
