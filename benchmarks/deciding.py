"""How long the service takes to decide: a hundred thousand claims, a month's reassessment, one claim at a time.

    python -m benchmarks.deciding [--claims 100000] [--runs 3] [--sample 200]

A synthetic register is generated and loaded into a server of its own (the bundled PostgreSQL, in a scratch folder); the
households that have claimed get a submitted claim each.  Then the batch decides them, as the application's role, with
everything that a decision is: facts read, law, trace, event, notice.  Everything goes to ``results/deciding.json`` and
to ``docs/reference/deciding.md``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import resource
import statistics
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.results import here, today
from benchmarks.service import households, load, own_service, postgres_version, register_of

HERE = Path(__file__).parent
RESULT = HERE / "results" / "deciding.json"
PAGE = HERE.parent / "docs" / "reference" / "deciding.md"
BAR_SECONDS = 120
BAR_CLAIMS = 100_000
MONTH = f"{dt.datetime.now(tz=dt.UTC):%Y-%m}"
"""Claims are decided in the month that they are made for."""
CLAIMING = 0.55
"""Share of a register's households that have claimed, at least; so many more are generated than claims are asked."""

_CLAIMS = """
    INSERT INTO claims_claim (reference, programme, kind, household_id, state, channel, answers, claim_month,
        opened_at, submitted_at, due_on, correction, health)
    SELECT 'B' || %s || '-' || e.household_id, 'asd', 'family', e.household_id, 'submitted', 'online', '{}', %s, now(),
        now(), '2026-12-31', '', false
    FROM registry_enrolment e WHERE e.programme = 'asd' ORDER BY e.household_id LIMIT %s"""

_TOLD = """{households:,} households in the record. {cores} cores, {memory_gib} GiB, PostgreSQL {postgres}, Python
{python}, DuckDB {duckdb}, psycopg {psycopg}; load of the machine at the end of each batch: {loads}. {day}, raw runs in
`benchmarks/results/deciding.json`. Memory is the process's highest so far. The law alone reads the register's files and
decides every household of them: what a batch would take if it neither read the record nor wrote to it."""

HEAD = """# Deciding: the figures

How long the service takes to decide, everything included that a decision is: the facts read as they are known, the law,
the immutable decision with its trace, the events of the journal, the notice.
Written by `python -m benchmarks.deciding`.

The register is synthetic. The server is the bundled PostgreSQL with its usual settings, on the same machine; decisions
are taken as the application's role, under row-level security. The claims are of the month in which they are decided;
one that is older by some months has each of these decided too, and takes so much longer.
"""


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, default=BAR_CLAIMS)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--sample", type=int, default=200, help="claims decided one by one, in each run")
    return parser.parse_args()


def main() -> None:
    """Measure, keep, write the page."""
    asked = arguments()
    with own_service() as (folder, _):
        result = measure(asked, folder)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(result), encoding="utf-8")


def measure(asked: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """The runs, each on claims of its own."""
    share = max(round(asked.claims / CLAIMING / 4_980_000, 4), 0.001)
    load(register_of(share, MONTH, folder), MONTH)
    runs: dict[str, list[dict[str, Any]]] = {"batch": [], "one by one": [], "law alone": [], "reassessment": []}
    for number in range(asked.runs):
        print(f"run {number + 1} ...", flush=True)
        claim(number, asked.claims)
        runs["one by one"].append(timed(lambda: one_by_one(asked.sample)))
        runs["batch"].append(timed(lambda: batch(asked.claims)))
        runs["law alone"].append(timed(lambda: law_alone(folder)))
        runs["reassessment"].append(timed(lambda number=number: reassessment(number)))
    return {
        "claims": asked.claims,
        "households": households(),
        "runs": runs,
        "machine": here()
        | {"postgres": postgres_version(), **{name: version(name) for name in ("duckdb", "psycopg", "django")}},
        "day": today(),
    }


def timed(work: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the four
    """Seconds by the wall and of this process, and what was done."""
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    count = work()
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "count": count,
        "seconds": round(seconds, 3),
        "processor_here": round(cpu, 3),
        "load": round(os.getloadavg()[0], 1),
        "peak_mb": after.ru_maxrss // 1024,
    }


def claim(number: int, count: int) -> None:
    """A submitted claim for each of the first households that claimed."""
    from django.db import connection, connections

    from karama.record.scope import SYSTEM, acting_as

    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_CLAIMS, [number, f"{MONTH}-01", count])
        if cursor.rowcount < count:
            sys.exit(f"only {cursor.rowcount} households claimed: lower CLAIMING")
    with connections["owner"].cursor() as cursor:  # what the server does by itself some minutes later
        cursor.execute("ANALYZE claims_claim")


def one_by_one(sample: int) -> int:
    """A transaction for each claim, as an officer decides them."""
    from karama.delivery.claims.models import Claim
    from karama.delivery.decisions.actions import decide_claim
    from karama.record.scope import SYSTEM, acting_as

    with acting_as(SYSTEM):
        chosen = list(Claim.objects.filter(state="submitted").order_by("-id").values_list("id", flat=True)[:sample])
    for one in chosen:
        decide_claim(claim_id=one, by=SYSTEM)
    return len(chosen)


def batch(count: int) -> int:
    """The claims that wait, in one transaction."""
    from karama.delivery.decisions.batch import decide_claims

    return decide_claims(programme="asd", most=count).decided


def law_alone(folder: Path) -> int:
    """The law on the whole register's files, nothing read from or written to the database."""
    from karama.foundation.months import Month
    from karama.law import decide_register

    decisions, _ = decide_register(folder / "r" / MONTH, Month.parse(MONTH))
    return int(decisions.num_rows)


def reassessment(number: int) -> int:
    """A later month for every household that claimed, what changes kept."""
    from karama.delivery.decisions.batch import reassess_programme
    from karama.foundation.months import Month

    month = Month.parse(MONTH) + (number + 1)
    return sum(done.looked_at for done in reassess_programme(programme="asd", month=month))


def page(result: dict[str, Any]) -> str:
    """The page, from the raw runs."""
    lines = [HEAD, "| work | decided or looked at | median | per 100,000 | processor of the client | memory, at most |"]
    lines.append("|---|---|---|---|---|---|")
    for name, runs in result["runs"].items():
        seconds = statistics.median(one["seconds"] for one in runs)
        count = statistics.median(one["count"] for one in runs)
        cpu = statistics.median(one["processor_here"] for one in runs)
        peak = max(one["peak_mb"] for one in runs)
        scaled = seconds / count * 100_000 if count else 0
        lines.append(f"| {name} | {count:,.0f} | {seconds:.1f} s | {scaled:.0f} s | {cpu:.1f} s | {peak:,} MB |")
    median = statistics.median(one["seconds"] / one["count"] * BAR_CLAIMS for one in result["runs"]["batch"])
    verdict = "met" if median <= BAR_SECONDS else "**not met**"
    machine = result["machine"]
    loads = ", ".join(str(one["load"]) for one in result["runs"]["batch"])
    lines += [
        "",
        f"The bar: {BAR_CLAIMS:,} claims in at most {BAR_SECONDS} s; measured {median:.0f} s: {verdict}.",
        "",
        _TOLD.format(loads=loads, day=result["day"], households=result["households"], **machine),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
