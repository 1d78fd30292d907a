"""The bars of the full-size work, each with what was measured; a bar without a measurement says so."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Any

from benchmarks.rounds import median_of, memory_of, ratio

Result = dict[str, Any] | None
GIB_MB = 1024
STATED = "to be stated"
LINEAR = 1.5
"""How much dearer a household may be in the largest register than in the next one for growth to be about linear."""


@dataclass(frozen=True)
class Bar:
    """One bar: what, the limit in words, the figure in words, and whether it is met (None: not measured)."""

    what: str
    limit: str
    figure: str
    met: bool | None

    @property
    def verdict(self) -> str:
        """The verdict as the page shows it; a figure that is only to be stated has none."""
        if self.limit == STATED and self.figure:
            return ""
        return {True: "met", False: "**not met**", None: "**not measured**"}[self.met]


def at_most(what: str, limit: float, value: float | None, unit: str = "", shown: str = "{:.2f}") -> Bar:
    """A figure that must not exceed its limit."""
    if value is None:
        return Bar(what, f"≤ {limit:g}{unit}", "", None)
    return Bar(what, f"≤ {limit:g}{unit}", f"{shown.format(value)}{unit}", value <= limit)


def at_least(what: str, limit: float, value: float | None, unit: str = "") -> Bar:
    """A figure that must reach its limit."""
    if value is None:
        return Bar(what, f"≥ {limit:g}{unit}", "", None)
    return Bar(what, f"≥ {limit:g}{unit}", f"{value:.2f}{unit}", value >= limit)


def raw_of(result: Result) -> dict[str, list[dict[str, Any]]]:
    """The raw runs of a part; none where it was not measured."""
    return result["raw"] if result else {}


def of_amounts(result: Result) -> list[Bar]:
    """The amounts beside SQL and OpenFisca."""
    raw = raw_of(result)
    less = None
    if raw.get("graph") and raw.get("openfisca"):
        pairs = zip(raw["graph"], raw["openfisca"], strict=False)
        less = statistics.median(memory_of(other) / memory_of(own) for own, other in pairs)
    return [
        at_most("amounts by the graph ÷ hand-written DuckDB SQL", 1.2, ratio(raw, "graph", "sql")),
        at_least("OpenFisca ÷ graph, seconds from files to amounts", 5, ratio(raw, "openfisca", "graph")),
        at_least("OpenFisca ÷ graph, peak memory", 5, less),
    ]


def of_cycle(result: Result) -> list[Bar]:
    """The whole month beside the SQL, its memory, and the run within two gigabytes."""
    raw = raw_of(result)
    peak = max((memory_of(run) for run in raw.get("cycle", ())), default=None)
    limited = raw.get("limited")
    why = (result or {}).get("missing", {}).get("limited", "")
    figure = f"done, {memory_of(limited[0]):,.0f} MB at most, {limited[0]['seconds']:.0f} s" if limited else why
    same = bool(limited) and (result or {}).get("different_hashes") == 1
    return [
        at_most("whole `cycle run` ÷ the same SQL", 6, ratio(raw, "cycle", "sql")),
        at_most("whole `cycle run`, peak memory", 4, peak / GIB_MB if peak else None, " GB"),
        Bar("`cycle run --memory-limit 2GB`", "works, same hashes", figure, same if result else None),
    ]


def of_scoring(result: Result) -> list[Bar]:
    """The scores beside the scan."""
    return [at_most("scoring every household ÷ scan of its columns", 4, ratio(raw_of(result), "scoring", "scan"))]


def extrapolated(result: dict[str, Any], name: str) -> float | None:
    """Seconds of a loop for the whole register, in proportion to its sample."""
    runs = result["raw"].get(name)
    return median_of(runs) / runs[0]["households"] * result["households"] if runs else None


def of_django(result: Result) -> list[Bar]:
    """The loops beside the graph."""
    found = []
    for name, what in (("loop", "Django household by household"), ("bulk", "Django prefetch and bulk")):
        whole = extrapolated(result, name) if result else None
        graph = median_of(result["raw"]["graph"]) if result and result["raw"].get("graph") else None
        figure = f"{whole / graph:,.0f}, extrapolated" if whole and graph else ""
        found.append(Bar(f"{what} ÷ amounts by the graph", STATED, figure, None))
    return found


def of_reform(result: Result) -> list[Bar]:
    """A change of amounts or of the threshold on an open register, and five scenarios there and from the files."""
    raw = raw_of(result)
    small = result["small"]["raw"] if result else []
    peak = max((memory_of(run) for name in _FIVE for run in raw.get(name, ())), default=None)
    ways = {"again_seconds": "register open", "seconds": "from the files"}
    return [
        at_most("a change of amounts or of the threshold, register open", 2, _slowest(raw.get("reform", [])), " s"),
        at_most("the same at share 0.05", 0.3, _slowest(small), " s", "{:.3f}"),
        *(
            at_most(f"{what}, {way}", 20, median_of(raw[name], figure) if raw.get(name) else None, " s", "{:.1f}")
            for figure, way in ways.items()
            for name, what in _FIVE.items()
        ),
        at_most("five scenarios, peak memory", 8, peak / GIB_MB if peak else None, " GB"),
    ]


_FIVE = {
    "five": "five scenarios of amounts and thresholds",
    "five_rule": "five scenarios, one of them a limit of the ranks",
}


def _slowest(runs: list[dict[str, Any]]) -> float | None:
    """The median of the slower of the two reforms."""
    return statistics.median(max(run["amounts_seconds"], run["threshold_seconds"]) for run in runs) if runs else None


def of_household(result: Result) -> list[Bar]:
    """One household."""
    raw = raw_of(result)
    warm = raw["warm"][0] if raw.get("warm") else None
    cold = median_of(raw["cold"]) if raw.get("cold") else None
    names = ("amount", "explanation", "twelve_months")
    amount, explanation, year = (warm.get(name, {}).get("p95_ms") if warm else None for name in names)
    return [
        at_most("one household warm, amount (p95)", 0.1, amount, " ms", "{:.3f}"),
        at_most("one household warm, full explanation (p95)", 1, explanation, " ms", "{:.3f}"),
        at_most("one household warm, its next twelve months (p95)", 20, year, " ms", "{:.1f}"),
        at_most("`karama law explain` cold (median)", 1, cold, " s"),
    ]


def of_generation(result: Result) -> list[Bar]:
    """The country generated, and a further month of events: what two months cost more than one."""
    raw = raw_of(result)
    first, both = (raw[name][0] if raw.get(name) else {} for name in ("months_1", "months_2"))
    peak = max((found["peak_mb"] for found in (first, both) if found), default=None)
    further = both["seconds"] - first["seconds"] if first and both else None
    if further is not None and further <= 0:
        further = None  # the runs disturbed each other: no month costs less than nothing
    return [
        at_most("register at share 1", 600, first.get("seconds"), " s", "{:.0f}"),
        at_most("register at share 1, peak memory", 8, peak / GIB_MB if peak else None, " GB"),
        at_most("a further month of events", 120, further, " s", "{:.0f}"),
    ]


def per_million(growth: Result, amounts: Result, cycle: Result) -> dict[int, dict[str, float]]:
    """Seconds per million households by size; the full size comes from the other two parts, if of the same register."""
    found: dict[int, dict[str, float]] = {}
    for size, raw in (growth or {}).get("sizes", {}).items():
        found[int(size)] = {name: median_of(runs) * 1e6 / int(size) for name, runs in raw.items()}
    for result, names in ((amounts, ("sql", "graph")), (cycle, ("cycle",))):
        if growth and result and result["register"] == growth["register"]:
            size = result["households"]
            of_size = found.setdefault(size, {})
            of_size |= {name: median_of(result["raw"][name]) * 1e6 / size for name in names if result["raw"].get(name)}
    return dict(sorted(found.items()))


def of_growth(table: dict[int, dict[str, float]]) -> list[Bar]:
    """A household in the largest register costs about what it costs in the next one."""
    bars = []
    for name, what in (("graph", "amounts by the graph"), ("cycle", "whole `cycle run`")):
        sizes = [size for size, found in table.items() if name in found]
        more = table[sizes[-1]][name] / table[sizes[-2]][name] if len(sizes) > 1 else None
        between = f", {sizes[-2]:,} to {sizes[-1]:,} households" if len(sizes) > 1 else ""
        bars.append(at_most(f"{what}: growth of the cost of a household{between}", LINEAR, more))
    return bars
