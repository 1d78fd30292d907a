"""The amounts of one month for a million households: the law's graph beside hand-written SQL and a bare scan.

    python benchmarks/month_amounts.py [--households 1000000] [--runs 5]

All three read the same Parquet files in DuckDB, in turn (scan, SQL, graph, scan, SQL, graph, ...), each in a fresh
process so that peak memory is its own.  The amounts of the graph and of the SQL must be equal for every household,
or nothing is published.  Raw runs, machine and versions go to ``benchmarks/results/month_amounts.json``, the table to
``docs/reference/benchmarks.md``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import duckdb

HERE = Path(__file__).parent
RESULT = HERE / "results" / "month_amounts.json"
PAGE = HERE.parent / "docs" / "reference" / "benchmarks.md"
MONTH = "2025-11"
SHARE, SEED = 0.01, 1
BAR = 1.2
VARIANTS = ("scan", "sql", "graph")
LABELS = {
    "scan": "bare scan of the columns needed",
    "sql": "hand-written DuckDB SQL, amounts only",
    "graph": "the law's graph, amounts only",
}


def build_register(households: int, folder: Path) -> dict[str, int]:
    """Write households.parquet and persons.parquet by repeating a synthetic register under new identifiers."""
    from karama.foundation.months import Month  # noqa: PLC0415 - measured processes import nothing of it
    from karama.population import generate  # noqa: PLC0415

    generate(share=SHARE, seed=SEED, out=folder / "one", first_month=Month.parse(MONTH), months=1)
    counts = {}
    with duckdb.connect() as connection:
        source = folder / "one" / MONTH
        own = connection.read_parquet(str(source / "households.parquet")).count("*").fetchall()[0][0]
        copies = -(-households // own)
        for table, keys in (("households", ["household_id"]), ("persons", ["household_id", "person_id"])):
            renamed = ", ".join(f"{key} || '-' || n AS {key}" for key in keys)
            copied = f"SELECT * REPLACE ({renamed}) FROM read_parquet('{source / table}.parquet'), range({copies}) t(n)"
            target = f"'{folder / table}.parquet' (FORMAT parquet)"
            connection.execute(f"COPY ({copied} ORDER BY {', '.join(keys)}) TO {target}")
            counts[table] = connection.read_parquet(str(folder / f"{table}.parquet")).count("*").fetchall()[0][0]
    return counts


def query_of(variant: str) -> str:
    """The SQL of a variant."""
    if variant == "sql":
        return (HERE / "month_amounts.sql").read_text(encoding="utf-8")
    from dataclasses import replace  # noqa: PLC0415

    from karama.foundation.months import Month  # noqa: PLC0415
    from karama.law import programme_named  # noqa: PLC0415
    from karama.law.engine.evaluate import plan_of  # noqa: PLC0415
    from karama.law.engine.expressions import Entity  # noqa: PLC0415

    programme = replace(programme_named("asd"), conditions=(), benefits=(), trace=(), person_trace=())
    plan = plan_of(programme, Month.parse(MONTH))
    query = plan.single_query(Entity.HOUSEHOLD, ["household_id", "eligible", "amount"])
    if variant == "graph":
        return query.sql("duckdb")
    columns = {"h": [], "p": []}
    for column in plan.graph.input_columns:
        columns["h" if column.entity is Entity.HOUSEHOLD else "p"].append(column.name)
    scans = [
        f"SELECT {', '.join(f'count({name})' for name in ['household_id', *names])} FROM {table}"
        for table, names in (("households", columns["h"]), ("persons", columns["p"]))
    ]
    return " UNION ALL BY NAME ".join(scans)


def measure(variant: str, folder: Path, out: Path | None) -> dict[str, float]:
    """Run one variant in this process: seconds of the query, peak memory, and the amounts written if asked."""
    query = query_of(variant)
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        for table in ("households", "persons"):
            connection.read_parquet(str(folder / f"{table}.parquet")).create_view(table)
        start = time.perf_counter()
        if variant == "scan":
            connection.execute(query).fetchall()
        else:
            connection.execute(f"CREATE TEMP TABLE amounts AS {query}")
        seconds = time.perf_counter() - start
        if out is not None and variant != "scan":
            connection.execute(f"COPY (FROM amounts ORDER BY household_id) TO '{out}' (FORMAT parquet)")
    return {"seconds": seconds, "peak_mb": peak_mb()}


def peak_mb() -> float:
    """Largest resident memory of this process; the kernel's own count, which a parent process does not raise."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def measure_apart(variant: str, folder: Path, out: Path | None = None) -> dict[str, float]:
    """The same in a process of its own."""
    command = [sys.executable, __file__, "--measure", variant, "--folder", str(folder)]
    if out is not None:
        command += ["--out", str(out)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def check_equal(folder: Path) -> dict[str, int]:
    """Stop unless SQL and graph give every household the same; count them."""
    files = {variant: folder / f"{variant}.parquet" for variant in ("sql", "graph")}
    for variant, file in files.items():
        measure_apart(variant, folder, file)
    with duckdb.connect() as connection:
        differences = connection.execute(
            f"SELECT count(*) FROM '{files['sql']}' s FULL JOIN '{files['graph']}' g USING (household_id)"
            " WHERE s.amount IS DISTINCT FROM g.amount OR s.eligible IS DISTINCT FROM g.eligible"
        ).fetchall()[0][0]
        if differences:
            message = (
                f"{differences} households differ between the hand-written SQL and the graph: nothing is published"
            )
            raise SystemExit(message)
        row = connection.execute(
            f"SELECT count(*), count(*) FILTER (WHERE eligible), sum(amount) FROM '{files['graph']}'"
        ).fetchall()[0]
    return {"households": row[0], "eligible": row[1], "amount_centimes": int(row[2])}


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("duckdb", "sqlglot", "karama")},
        "note": "shared machine: read medians and ratios, not seconds",
    }


def publish(content: dict[str, object], raw: dict[str, list[dict[str, float]]]) -> str:
    """Write the results and the page; give the table."""
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    median = {name: statistics.median(run["seconds"] for run in runs) for name, runs in raw.items()}
    ratios = [g["seconds"] / s["seconds"] for g, s in zip(raw["graph"], raw["sql"], strict=True)]
    lines = ["| variant | median s | least to most s | peak MB | × scan | × SQL |", "|---|---|---|---|---|---|"]
    for name, runs in raw.items():
        seconds = [run["seconds"] for run in runs]
        peak = statistics.median(run["peak_mb"] for run in runs)
        lines.append(
            f"| {LABELS[name]} | {median[name]:.2f} | {min(seconds):.2f} to {max(seconds):.2f} | {peak:.0f} |"
            f" {median[name] / median['scan']:.1f} | {median[name] / median['sql']:.2f} |"
        )
    ratio = statistics.median(ratios)
    met = "met" if ratio <= BAR else "**not met**"
    table = "\n".join(lines)
    PAGE.write_text(_page(content, table, f"{ratio:.2f} (bar of the full-size work: {BAR}; {met})"), encoding="utf-8")
    return f"{table}\n\ngraph / SQL, median of the ratios run by run: {ratio:.2f} (bar: {BAR}; {met})"


def _said(raw: dict[str, list[dict[str, float]]]) -> str:
    return ", ".join(f"{variant} {runs[-1]['seconds']:.2f} s" for variant, runs in raw.items())


def _page(content: dict[str, object], table: str, ratio: str) -> str:
    counts, about = content["counts"], content["machine"]
    return f"""<!-- Written by `python benchmarks/month_amounts.py`; do not edit. -->

# Benchmarks

## The amounts of one month

Synthetic register, {counts["households"]:,} households and {content["persons"]:,} persons, month {MONTH},
run on {content["date"]}: {about["cores"]} cores, {about["memory_gib"]} GiB, Python {about["python"]},
DuckDB {about["versions"]["duckdb"]},
SQLGlot {about["versions"]["sqlglot"]}. {content["runs"]} runs of each variant in turn, each in a fresh process; the
machine is shared, so medians and ratios count, not seconds. The graph and the SQL give every household the same amount
({counts["eligible"]:,} eligible, {counts["amount_centimes"] / 100:,.2f} MAD).

{table}

Graph to SQL, median of the ratios run by run: {ratio}.

What the graph does beyond the SQL: every open reading of the law is a switch, every condition a column of its own.
`make bench` measures again; the raw runs are in `benchmarks/results/month_amounts.json`.
"""


def main() -> None:
    """Measure all variants in turn, or one of them when called back."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--measure", choices=VARIANTS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(asked.measure, asked.folder, asked.out)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        counts = build_register(asked.households, folder)
        equal = check_equal(folder)
        raw: dict[str, list[dict[str, float]]] = {variant: [] for variant in VARIANTS}
        for number in range(asked.runs):
            for variant in VARIANTS:
                raw[variant].append(measure_apart(variant, folder))
            print(f"run {number + 1} of {asked.runs}: {_said(raw)}")
    content = {
        "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "month": MONTH,
        "persons": counts["persons"],
        "runs": asked.runs,
        "counts": equal,
        "machine": machine(),
        "raw": raw,
    }
    print(publish(content, raw))


if __name__ == "__main__":
    main()
