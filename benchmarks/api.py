"""How long the API takes: one household's eligibility under an open load, up to saturation; the file of a household.

    python -m benchmarks.api [--share 0.01] [--data DIR] [--runs 3] [--seconds 20]

The load is open: the moments at which calls begin are fixed beforehand, and the time of a call is counted from the
moment it should have begun, so that a slow server cannot slow its own callers down.  The calls come over HTTP to the
web processes that ``karama serve`` starts, each from an address of its own.  ``--data`` measures a service that is
loaded already (its folder, as ``KARAMA_DATA``); otherwise a synthetic register is loaded into a server of its own.
Everything goes to ``results/api.json`` and to ``docs/reference/api-speed.md``.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from importlib.metadata import version
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from benchmarks.results import here, today
from benchmarks.service import households, load, own_service, postgres_version, register_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent
RESULT = HERE / "results" / "api.json"
PAGE = HERE.parent / "docs" / "reference" / "api-speed.md"
MONTH, ADDRESS = "2026-09", "127.0.0.1:8791"
RATE, BAR_ONE, BAR_FILE = 40, 60, 200
RATES = (40, 80, 120, 160, 200, 250, 300, 350, 400, 500, 600)
SATURATED = 1_000
"""Milliseconds at the 95th percentile: beyond, the server does not keep up."""
CALLERS = 96
"""Connections kept open; so many calls are under way at once, at most."""

HEAD = """# The API: the figures

How long a call takes over HTTP, counted from the moment at which it was meant to begin (an open load: a server that
falls behind is charged for the wait). Written by `python -m benchmarks.api`.

The server is what `karama serve` starts: {workers} web processes of {threads} threads each, with the bundled
PostgreSQL, on the same {cores} cores as the program that calls. The bars: one household's eligibility at most {one} ms
at the 95th percentile at {rate} calls a second; the whole file of a household at most {whole} ms, opened now and then
(two a second), with the national register loaded.
"""


def main() -> None:
    """Measure, keep, write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--share", type=float, default=0.01, help="share of the country to load")
    parser.add_argument("--data", type=Path, help="folder of a service that is loaded already")
    parser.add_argument("--runs", type=int, default=3, help="runs at the rate of the bar")
    parser.add_argument("--seconds", type=float, default=20, help="length of a run")
    parser.add_argument("--workers", type=int, default=2, help="web processes")
    parser.add_argument("--threads", type=int, default=4, help="threads of each")
    asked = parser.parse_args()
    with own_service(asked.data) as (folder, _):
        if asked.data is None:
            load(register_of(asked.share, MONTH, folder), MONTH)
        result = measure(asked)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(result), encoding="utf-8")
    print(page(result))


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    """All parts, on one server."""
    token, numbers = caller(200)
    question = json.dumps({"household": example(), "month": "2026-03"}).encode()
    with web(asked):
        load = Load(lambda at: ("POST", "/api/v1/eligibility", question, stranger(at)))
        load.run(RATE, 5)  # the law of the month is compiled, the connections are open
        runs = [load.run(RATE, asked.seconds) for _ in range(asked.runs)]
        steps = []
        for rate in RATES:
            steps.append(load.run(rate, min(asked.seconds, 10)))
            if steps[-1]["p95"] > SATURATED:
                break
        holder = {"Authorization": f"Bearer {token}"}
        files = Load(lambda at: ("GET", f"/api/v1/households/{numbers[at % len(numbers)]}", None, holder))
        cold = files.run(5, 4)
        read = [files.run(2, asked.seconds) for _ in range(asked.runs)]
        busy = files.run(10, asked.seconds)
    return {
        "households": households(),
        "workers": asked.workers,
        "threads": asked.threads,
        "eligibility": runs,
        "saturation": steps,
        "file_first": cold,
        "file": read,
        "file_busy": busy,
        "rate_alone_ms": cost_of_a_rate(),
        "machine": here()
        | {
            "postgres": postgres_version(),
            **{name: version(name) for name in ("django", "django-ninja", "gunicorn", "psycopg")},
        },
        "day": today(),
    }


# ------------------------------------------------------------------------------------------------------------ the load
class Load:
    """Calls at fixed moments over connections that stay open."""

    def __init__(self, call: Callable[[int], tuple[str, str, bytes | None, dict[str, str]]]) -> None:
        self._call = call

    def run(self, rate: float, seconds: float) -> dict[str, Any]:
        """Figures of a run, in milliseconds."""
        rng = random.Random(rate)
        moments, at = [], 0.0
        while (at := at + rng.expovariate(rate)) < seconds:
            moments.append(at)
        waiting: SimpleQueue[tuple[int, float] | None] = SimpleQueue()
        took: list[float] = []
        statuses: dict[int, int] = {}
        workers = [threading.Thread(target=self._work, args=(waiting, took, statuses)) for _ in range(CALLERS)]
        for one in workers:
            one.start()
        begun = time.perf_counter() + 0.2
        for number, moment in enumerate(moments):
            time.sleep(max(0.0, begun + moment - time.perf_counter()))
            waiting.put((number, begun + moment))
        for _ in workers:
            waiting.put(None)
        for one in workers:
            one.join()
        took.sort()
        figures = {name: round(took[int(len(took) * part)], 1) for name, part in (("p50", 0.5), ("p95", 0.95))}
        print(rate, figures, statuses, flush=True)
        ended = time.perf_counter() - begun
        return {
            "rate": rate,
            "calls": len(took),
            **figures,
            "worst": round(took[-1], 1),
            "answered_a_second": round(len(took) / ended, 1),
            "statuses": statuses,
            "load": round(os.getloadavg()[0], 1),
        }

    def _work(
        self, waiting: SimpleQueue[tuple[int, float] | None], took: list[float], statuses: dict[int, int]
    ) -> None:
        connection = http.client.HTTPConnection(ADDRESS, timeout=60)
        while (asked := waiting.get()) is not None:
            number, meant = asked
            method, path, body, headers = self._call(number)
            headers = {"Content-Type": "application/json", "Host": "localhost", **headers} if body else headers
            status = 0
            for _ in range(2):  # the server closes a connection that was idle for two seconds: any client asks again
                try:
                    connection.request(method, path, body, headers)
                    response = connection.getresponse()
                    response.read()
                    status = response.status
                    break
                except (OSError, http.client.HTTPException):
                    connection.close()
            took.append((time.perf_counter() - meant) * 1000)
            statuses[status] = statuses.get(status, 0) + 1
        connection.close()


def stranger(number: int) -> dict[str, str]:
    """Another address for each call, as the proxy in front tells it."""
    return {"X-Forwarded-For": f"10.{number // 65536 % 256}.{number // 256 % 256}.{number % 256}"}


class web:  # noqa: N801 - reads as `with web(...)`
    """The web processes, until the end of the block."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self._asked = asked

    def __enter__(self) -> None:
        from django.db import connections

        from karama.cli.processes import WEB, commands

        connections.close_all()
        command = commands(address=ADDRESS, workers=self._asked.workers, threads=self._asked.threads)[WEB]
        self._process = subprocess.Popen(command)
        for _ in range(240):
            try:
                connection = http.client.HTTPConnection(ADDRESS, timeout=5)
                connection.request("GET", "/health")
                if connection.getresponse().status == http.HTTPStatus.OK:
                    return
            except OSError:
                time.sleep(0.5)
        sys.exit("the web processes do not answer")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(30)


# ------------------------------------------------------------------------------------------------------ what is there
def caller(count: int) -> tuple[str, list[str]]:
    """The token of a claims officer over the nation's first region that has files, and numbers of households there."""
    from django.utils import timezone

    from karama.record.models import Account, RoleGrant
    from karama.record.scope import SYSTEM, acting_as
    from karama.record.states import Role
    from karama.record.tokens import create_token
    from karama.registry.models import Household

    with acting_as(SYSTEM):
        last = Household.objects.order_by("-id").values_list("id", flat=True)[0]
        ids = random.Random(1).sample(range(1, last + 1), min(count * 3, last))
        found = list(Household.objects.filter(id__in=ids).values_list("number", "commune")[:count])
    name = f"bench-{os.getpid()}"
    account = Account.objects.create(username=name, kind="staff")
    for territory in sorted({commune[:2] for _, commune in found}):
        RoleGrant.objects.create(
            account=account,
            role=Role.CLAIMS_OFFICER,
            territory=territory,
            health=True,
            granted_by="bench",
            granted_at=timezone.now(),
        )
    _, secret = create_token(account=account, name="bench", scopes=["facts:read"], days=1, by=SYSTEM)
    return secret, [number for number, _ in found]


def example() -> dict[str, Any]:
    """The household of the documentation."""
    text = (HERE.parent / "docs" / "examples" / "household.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


def cost_of_a_rate() -> float:
    """Milliseconds of one count of a rate in the database, by the median."""
    from karama.record.rates import Allowance, wait_before

    def each() -> Iterator[float]:
        for number in range(500):
            start = time.perf_counter()
            wait_before(f"bench {number % 50}", Allowance(1_000_000, 1_000_000))
            yield (time.perf_counter() - start) * 1000

    return round(statistics.median(each()), 3)


# ------------------------------------------------------------------------------------------------------------- the page
def page(result: dict[str, Any]) -> str:
    """The figures as a page."""
    machine = result["machine"]
    one = statistics.median(run["p95"] for run in result["eligibility"])
    file = statistics.median(run["p95"] for run in result["file"])
    head = HEAD.format(**result, cores=machine["cores"], one=BAR_ONE, rate=RATE, whole=BAR_FILE)
    rows = [
        ("bar", "measured", "limit", ""),
        ("---", "---", "---", "---"),
        (f"eligibility at {RATE} a second, p95", f"{one:.0f} ms", f"{BAR_ONE} ms", verdict(one, BAR_ONE)),
        (
            f"file of a household, p95 ({result['households']:,} households)",
            f"{file:.0f} ms",
            f"{BAR_FILE} ms",
            verdict(file, BAR_FILE),
        ),
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    runs = [
        ("asked a second", "answered a second", "p50 ms", "p95 ms", "worst ms", "load of the machine"),
        ("---",) * 6,
    ]
    runs += [told(run) for run in (*result["eligibility"], *result["saturation"])]
    files = [runs[0], runs[1], told(result["file_first"]), *map(told, result["file"]), told(result["file_busy"])]
    return (
        f"{head}\n{table}\n\n## Eligibility, one household\n\n"
        f"The first {len(result['eligibility'])} rows are the runs of the bar; then the rate rises until the 95th"
        " percentile passes a\nsecond.\n\n"
        + "\n".join(f"| {' | '.join(row)} |" for row in runs)
        + "\n\n## The file of a household\n\nA claims officer's program reads whole files drawn over the country, under"
        " row-level security, each\nreading journaled: the first reading of all, the runs of the bar, ten a second.\n\n"
        + "\n".join(f"| {' | '.join(row)} |" for row in files)
        + f"\n\nCounting a call against its rate costs {result['rate_alone_ms']} ms (median): one statement on a table"
        f" that is not logged.\n\n{machine['cores']} cores, {machine['memory_gib']} GiB, Python {machine['python']},"
        f" Django {machine['django']}, django-ninja {machine['django-ninja']}, gunicorn {machine['gunicorn']}, psycopg"
        f" {machine['psycopg']}; {result['day']}; raw runs in `benchmarks/results/api.json`.\n"
    )


def told(run: dict[str, Any]) -> tuple[str, ...]:
    """A run as a row; calls that failed are told."""
    failed = sum(count for status, count in run["statuses"].items() if str(status) != "200")
    rate = f"{run['rate']}" + (f" ({failed} failed)" if failed else "")
    names = ("answered_a_second", "p50", "p95", "worst", "load")
    return (rate, *(str(run[name]) for name in names))


def verdict(figure: float, limit: float) -> str:
    """Whether a bar is held."""
    return "held" if figure <= limit else "**missed**"


if __name__ == "__main__":
    main()
