"""The parts of the benchmark: what is run beside what, and what is checked."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import registers
from benchmarks.equality import check_equal, moved_by_float32
from benchmarks.measuring import ROOT, Outcome, Stopwatch, run_apart
from benchmarks.memory import TreePeak
from benchmarks.registers import MONTH, SEED
from benchmarks.rounds import Rounds, Variant, run_rounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.postgres_server import Server

SCAN = Variant("scan", "bare scan of the columns needed", "scan", compared=False)
SQL = Variant("sql", "hand-written DuckDB SQL", "hand_sql")
GRAPH = Variant("graph", "Karama: the law's graph, amounts only", "graph")
POLARS = Variant("polars", "Polars, hand-written lazy query, streaming engine", "polars_lazy", peer=True)
POSTGRES = Variant("postgres", "PostgreSQL SQL, tables already loaded", "postgres", peer=True, needs_server=True)
OPENFISCA = Variant("openfisca", "OpenFisca-Core with a country package", "openfisca", peer=True)
CYCLE = Variant("cycle", "Karama: the whole `karama cycle run`", "whole_month")
LIMITED = Variant("limited", "the same with `--memory-limit 2GB`", "whole_month", {"memory_limit": "2GB"})
SCORE_SCAN = Variant("scan", "bare scan of the columns of the score", "scan", {"work": "score"}, compared=False)
SCORING = Variant("scoring", "Karama: the score of every household", "scoring", compared=False)
LOOP = Variant("loop", "Django, household by household", "django_loops", {"way": "loop"}, peer=True, needs_server=True)
BULK = Variant(
    "bulk", "Django, prefetch and bulk_create", "django_loops", {"way": "bulk"}, peer=True, needs_server=True
)
REFORM = Variant("reform", "Karama: reforms on an open register", "reform")
REFORM_SQL = Variant("reform_sql", "hand-written DuckDB SQL with other constants, tables in memory", "reform_sql")
REFORM_OPENFISCA = Variant(
    "reform_openfisca",
    "OpenFisca-Core, a `Reform` of the country package, arrays loaded",
    "reform_openfisca",
    peer=True,
)
FIVE = Variant(
    "five", "five scenarios of amounts and thresholds", "reform_comparison", {"fifth": "amounts"}, compared=False
)
FIVE_RULE = Variant(
    "five_rule", "four of these and a limit of the ranks", "reform_comparison", {"fifth": "rule"}, compared=False
)
SMALL_SHARE = 0.05
"""Share of the country at which a reform must answer while somebody moves a slider."""
_NAMED = (
    SQL, GRAPH, POLARS, POSTGRES, OPENFISCA, CYCLE, LIMITED, SCORING, LOOP, BULK,
    REFORM, REFORM_SQL, REFORM_OPENFISCA, FIVE, FIVE_RULE,
)  # fmt: skip
LABELS = {one.name: one.label for one in _NAMED}
GROWTH_SIZES = (50_000, 500_000)
COLD_RUNS = 11


@dataclass(frozen=True)
class Asked:
    """What a part works on."""

    register: Path
    counts: dict[str, int]
    runs: int
    scratch: Path
    server: Callable[[], Server | str]
    country_share: float = 1.0  # of the country, for the generation

    def rounds(self, *variants: Variant) -> Rounds:
        """The variants in turn on the register."""
        server = self.server() if any(one.needs_server for one in variants) else ""
        return run_rounds(list(variants), self.register, runs=self.runs, scratch=self.scratch, server=server)


def amounts(asked: Asked) -> dict[str, Any]:
    """The amounts of the month by every peer."""
    rounds = asked.rounds(SCAN, SQL, GRAPH, POLARS, POSTGRES, OPENFISCA)
    equal = check_equal(rounds.outputs, "sql")
    return {**told(rounds), "equal": equal, "moved_by_float32": moved_by_float32(asked.register)}


def cycle(asked: Asked) -> dict[str, Any]:
    """The whole month beside the hand-written SQL, and once within two gigabytes."""
    rounds = asked.rounds(SQL, CYCLE)
    limited = run_rounds([LIMITED], asked.register, runs=1, scratch=asked.scratch, server="")
    rounds.raw |= limited.raw
    rounds.missing |= limited.missing
    rounds.outputs |= limited.outputs
    equal = check_equal(rounds.outputs, "sql")
    hashes = {run["outputs_sha256"] for name in ("cycle", "limited") for run in rounds.raw.get(name, ())}
    return {**told(rounds), "equal": equal, "different_hashes": len(hashes)}


def scoring(asked: Asked) -> dict[str, Any]:
    """Scores beside a scan of what they read."""
    return told(asked.rounds(SCORE_SCAN, SCORING))


def django(asked: Asked) -> dict[str, Any]:
    """Both loops on a sample, beside the graph on all."""
    rounds = asked.rounds(SQL, GRAPH, BULK, LOOP)
    return {**told(rounds), "equal": check_equal(rounds.outputs, "sql", part_of=("loop", "bulk"))}


def growth(asked: Asked) -> dict[str, Any]:
    """The same work on smaller registers taken from this one; the page puts them beside the full size."""
    found: dict[str, Any] = {"sizes": {}, "missing": {}}
    for size in (size for size in GROWTH_SIZES if size < asked.counts["households"]):
        folder, _ = registers.prepare(register=asked.register, households=size, scratch=asked.scratch)
        rounds = run_rounds([SQL, GRAPH, CYCLE], folder, runs=asked.runs, scratch=asked.scratch, server="")
        check_equal(rounds.outputs, "sql")
        found["sizes"][str(registers.count(folder)["households"])] = rounds.raw
        found["missing"] |= rounds.missing
    return found


def reform(asked: Asked) -> dict[str, Any]:
    """Reforms beside the SQL and OpenFisca, the comparison of five, and the same at a twentieth of the size."""
    rounds = asked.rounds(REFORM_SQL, REFORM, REFORM_OPENFISCA)
    equal = check_equal(rounds.outputs, "reform_sql")
    compared = asked.rounds(FIVE, FIVE_RULE)
    size = round(asked.counts["households"] * SMALL_SHARE)
    folder, _ = registers.prepare(register=asked.register, households=size, scratch=asked.scratch)
    small = run_rounds([REFORM], folder, runs=asked.runs, scratch=asked.scratch, server="")
    return {
        "raw": rounds.raw | compared.raw,
        "missing": rounds.missing | compared.missing | small.missing,
        "equal": equal,
        "small": {"households": registers.count(folder)["households"], "raw": small.raw.get("reform", [])},
    }


def household(asked: Asked) -> dict[str, Any]:
    """One household: warm through the public calls, cold through the command line."""
    one = asked.scratch / "household.json"
    warm = run_apart("one_household", asked.register, out=one)
    rounds = Rounds()
    rounds.keep("warm", warm)
    if warm.status == "done":
        law = ["-m", "karama", "law", "explain", str(one), "--month", MONTH]
        for _ in range(COLD_RUNS):
            for name, words in (("cold", law), ("empty", ["-c", "pass"])):
                with Stopwatch() as watch:
                    subprocess.run([sys.executable, *words], cwd=ROOT, check=True, capture_output=True)
                rounds.raw.setdefault(name, []).append({"seconds": watch.seconds})
    return told(rounds)


def generation(asked: Asked) -> dict[str, Any]:
    """The country generated: one month, then again with a further one; the difference is what that one costs."""
    rounds = Rounds()
    for months in (1, 2):
        rounds.keep(f"months_{months}", generated(asked, months))
    counts = {name: rows for name, rows in next(iter(rounds.raw.values()), [{}])[0].items() if name in asked.counts}
    return {**told(rounds), **counts}


def generated(asked: Asked, months: int) -> Outcome:
    """One run of the generator, its memory with that of every process below it."""
    with tempfile.TemporaryDirectory(dir=asked.scratch) as folder, tempfile.TemporaryFile() as said:
        out = Path(folder) / "register"
        words = ["--share", str(asked.country_share), "--seed", str(SEED), "--from", MONTH, "--months", str(months)]
        command = [sys.executable, "-m", "karama", "population", "generate", *words, "--out", str(out)]
        with Stopwatch() as watch:
            running = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT)
            with TreePeak(running.pid) as peak:
                code = running.wait()
        if code:
            said.seek(0)
            last = said.read().decode(errors="replace").strip().splitlines()[-1:]
            return Outcome("failed", {}, f"exit code {code}: {' '.join(last)}")
        print(f"  {months} months: {watch.seconds:.0f} s, {peak.mb:,.0f} MB", flush=True)
        return Outcome("done", {"seconds": watch.seconds, "peak_mb": peak.mb, **registers.count(out / MONTH)})


def told(rounds: Rounds) -> dict[str, Any]:
    """Raw runs and what is missing, as they are kept."""
    return {"raw": rounds.raw, "missing": rounds.missing}


PARTS = {
    "amounts": amounts,
    "cycle": cycle,
    "scoring": scoring,
    "django": django,
    "growth": growth,
    "reform": reform,
    "household": household,
    "generation": generation,
}
USUAL = tuple(name for name in PARTS if name != "generation")
