"""The page of the benchmarks, written from the results that are kept; parts never measured say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks import bars
from benchmarks.measuring import ROOT
from benchmarks.parts import LABELS, PARTS
from benchmarks.registers import MONTH
from benchmarks.results import load
from benchmarks.rounds import median_of, memory_of, ratio

if TYPE_CHECKING:
    from benchmarks.bars import Bar, Result

COUNTRY = 4_900_000
"""Households from which a register counts as that of the country; share 1 gives about 4,990,000."""
PAGE = ROOT / "docs" / "reference" / "benchmarks.md"
INTRODUCTION = f"""<!-- Written by `python -m benchmarks`; do not edit. -->

# Benchmarks

The month {MONTH} on a synthetic register, beside peers that do the same work on the same data. Every variant runs in a
fresh process, all in turn, several times over; medians are shown, and ratios are medians of the ratios run by run. The
amounts of all variants are compared household by household: where one differs, nothing is published. Raw runs, machine
and versions are kept in `benchmarks/results/`.

`make bench` measures again; `make bench PART=amounts HOUSEHOLDS=500000 RUNS=5 REGISTER=DIR` measures one part.
`PART=generation` generates the country at share 1.
"""
METHOD = """
## How it is measured

- **Scan**: every column that the graph reads is read from the Parquet files and its largest value taken. A count would
  not do: DuckDB answers it from the metadata of the file.
- **Seconds** run from the files to a table of amounts in the engine's memory. Imports are left out, the compilation of
  the law is not. PostgreSQL starts from loaded tables with keys and statistics. OpenFisca's seconds are shown with and
  without the loading of its arrays.
- **Memory** is the largest resident memory of the process (`VmHWM`). For PostgreSQL the server's processes are added:
  the largest sum of their proportional sizes, sampled four times a second, shared buffers included as far as touched.
- **Django's loops** work out 20,000 households spread over the register and save each amount in PostgreSQL; their time
  for the whole register is **extrapolated** in proportion.
- **The hand-written SQL** holds one reading of the law as constants and traces nothing. Polars, PostgreSQL, OpenFisca
  and the Django rule do the same. Karama's graph can switch every open reading; `cycle run` also checks the register,
  keeps the trace, writes lines, payments and changes, and hashes every row.
- **OpenFisca** holds numbers as float32 or int32. Its package takes the score as a whole number to stay exact
  (`benchmarks/openfisca_asd/README.md`).
"""


def write() -> str:
    """Write the page; give it."""
    text = page()
    PAGE.write_text(text, encoding="utf-8")
    return text


def page() -> str:
    """The whole page."""
    found = {part: load(part) for part in PARTS}
    table = bars.per_million(found["growth"], found["amounts"], found["cycle"])
    sections = [
        INTRODUCTION,
        summary(all_bars(found, table)) + smaller(found),
        amounts(found["amounts"]),
        cycle(found["cycle"]),
        scoring(found["scoring"]),
        django(found["django"]),
        growth(found["growth"], table),
        reform(found["reform"]),
        household(found["household"]),
        generation(found["generation"]),
        circumstances(found),
    ]
    return "".join(sections) + METHOD


def all_bars(found: dict[str, Result], table: dict[int, dict[str, float]]) -> list[Bar]:
    """Every bar, in the order of the page."""
    return [
        *bars.of_amounts(found["amounts"]),
        *bars.of_cycle(found["cycle"]),
        *bars.of_scoring(found["scoring"]),
        *bars.of_django(found["django"]),
        *bars.of_growth(table),
        *bars.of_reform(found["reform"]),
        *bars.of_household(found["household"]),
        *bars.of_generation(found["generation"]),
    ]


def summary(rows: list[Bar]) -> str:
    """The bars and their figures."""
    lines = [(bar.what, bar.limit, bar.figure, bar.verdict) for bar in rows]
    return "\n## The bars\n" + grid(("bar", "limit", "measured", ""), lines)


def smaller(found: dict[str, Result]) -> str:
    """Which parts were measured on less than the country; the bars are for the country."""
    parts = {
        part: result["households"]
        for part, result in found.items()
        if result and part not in {"household", "generation"} and result["households"] < COUNTRY
    }
    if not parts:
        return ""
    told = ", ".join(f"{part} on {households:,}" for part, households in parts.items())
    return f"\nThe bars are for five million households. **Measured on fewer: {told}.**\n"


def about(result: dict[str, Any]) -> str:
    """What was measured and when, in a line."""
    return (
        f"\n{result['households']:,} households, {result['persons']:,} persons; {runs_of(result)} runs of each on"
        f" {result['date']} at commit {result['commit']}; load of the machine before:"
        f" {result['machine']['load_before']}; the part took {result['seconds']:.0f} s.\n"
    )


def runs_of(result: dict[str, Any]) -> int:
    """How often the variant measured most often ran."""
    return max((len(runs) for runs in result.get("raw", {}).values()), default=result["runs"])


def circumstances(found: dict[str, Result]) -> str:
    """Registers and machines, each with the parts measured there."""
    lines: dict[str, list[str]] = {}
    for part, result in found.items():
        if result:
            machine = result["machine"]
            versions = ", ".join(
                f"{name} {number}" for name, number in sorted(machine["versions"].items()) if name != "postgresql"
            )
            place = (
                f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}"
            )
            lines.setdefault(f"Register: {result['register']}", []).append(part)
            lines.setdefault(f"Machine: {place}; Python {machine['python']}, {versions}", []).append(part)
            if "postgresql" in machine["versions"]:
                settings = ", ".join(f"{name} {value}" for name, value in result["postgresql_settings"].items())
                lines.setdefault(f"PostgreSQL {machine['versions']['postgresql']}: {settings}", []).append(part)
    return "\n## On what\n\n" + "".join(f"- {text} ({', '.join(parts)})\n" for text, parts in sorted(lines.items()))


def missing(result: dict[str, Any]) -> str:
    """What did not run, loudly."""
    return "".join(f"\n**{LABELS.get(name, name)}: {why}**\n" for name, why in result["missing"].items())


def head(title: str, result: Result) -> str:
    """A heading, and what was measured or that nothing was."""
    text = f"\n## {title}\n"
    return text + (about(result) + missing(result) if result else "\nNot measured yet.\n")


def variants(result: dict[str, Any], base: dict[str, str]) -> str:
    """A table of the variants: seconds, memory, ratios to the bases."""
    raw = result["raw"]
    rows = []
    for name, runs in raw.items():
        seconds = [run["seconds"] for run in runs]
        least_to_most = f"{min(seconds):.2f} to {max(seconds):.2f}" if len(seconds) > 1 else ""
        ratios = [f"{found:.2f}" if (found := ratio(raw, name, one)) is not None else "" for one in base]
        label = LABELS.get(name, "bare scan of the columns needed")
        rows.append((label, f"{median_of(runs):.2f}", least_to_most, f"{peak_of(runs):,.0f}", *ratios))
    return grid(("variant", "median s", "least to most", "peak MB", *base.values()), rows)


def peak_of(runs: list[dict[str, Any]]) -> float:
    """The largest memory of the runs."""
    return max(memory_of(run) for run in runs)


def amounts(result: Result) -> str:
    """The section of the amounts."""
    text = head("The amounts of one month", result)
    if not result:
        return text
    equal = result["equal"]
    said = (
        f"\nAll variants give every household the same: {equal['eligible']:,} eligible,"
        f" {equal['amount_centimes'] / 100:,.2f} MAD.\n"
    )
    loading = ""
    if result["raw"].get("openfisca"):
        calculation = median_of(result["raw"]["openfisca"], "calculation_seconds")
        beside = ratio(result["raw"], "openfisca", "graph", "calculation_seconds")
        loading = (
            f"\nOpenFisca's calculation alone, its arrays already loaded: {calculation:.2f} s"
            + (f", {beside:.2f} × the graph from files to amounts" if beside else "")
            + f". A float32 score would decide {result['moved_by_float32']:,} households otherwise.\n"
        )
    return text + variants(result, {"scan": "× scan", "sql": "× SQL"}) + said + loading


def cycle(result: Result) -> str:
    """The section of the whole month."""
    text = head("The whole month", result)
    if not result:
        return text
    text += variants(result, {"sql": "× SQL"})
    runs = result["raw"].get("cycle")
    if runs:
        middle = sorted(runs, key=lambda run: run["seconds"])[len(runs) // 2]
        steps = [(f"`{name}`", f"{seconds:.2f}") for name, seconds in middle["steps"].items()]
        rows = ", ".join(f"{count:,} {name}" for name, count in middle["rows"].items() if count)
        text += f"\nWritten: {rows}; {middle['written_mb']:,.0f} MB. Where the seconds go:\n"
        text += grid(("step", "s"), steps)
    return text


def scoring(result: Result) -> str:
    """The section of the scores."""
    text = head("The score of every household", result)
    return text + variants(result, {"scan": "× scan"}) if result else text


def django(result: Result) -> str:
    """The section of the loops."""
    text = head("Beside a loop over households", result)
    if not result:
        return text
    raw, rows = result["raw"], []
    graph = median_of(raw["graph"]) if raw.get("graph") else None
    for name in ("loop", "bulk"):
        if raw.get(name):
            whole = bars.extrapolated(result, name) or 0.0
            each = whole / result["households"]
            times = f"{whole / graph:,.0f}" if graph else ""
            sample = f"{raw[name][0]['households']:,}"
            median = f"{median_of(raw[name]):.1f}"
            rows.append((LABELS[name], sample, median, f"{1000 * each:.2f}", duration(whole), times))
    names = ("variant", "households", "median s", "ms each", "whole register, **extrapolated**", "× the graph")
    return text + grid(names, rows) if rows else text


def duration(seconds: float) -> str:
    """A long time in words."""
    hour, minute = 3600, 60
    if seconds >= hour:
        return f"{seconds / hour:.1f} h"
    return f"{seconds / minute:.1f} min" if seconds >= minute else f"{seconds:.0f} s"


def growth(result: Result, table: dict[int, dict[str, float]]) -> str:
    """The section of the growth."""
    text = head("Growth: seconds per million households", result)
    if not table:
        return text
    names = ("sql", "graph", "cycle")
    rows = [
        (f"{size:,}", *(f"{found[name]:.2f}" if name in found else "" for name in names))
        for size, found in table.items()
    ]
    return text + grid(("households", *(LABELS[name] for name in names)), rows)


def reform(result: Result) -> str:
    """The section of the reforms."""
    text = head("Reforms on the whole register", result)
    if not result:
        return text
    names = ("opening_seconds", "amounts_seconds", "threshold_seconds")
    rows = [
        (
            LABELS[name],
            *(f"{median_of(runs, one):.2f}" for one in names),
            *(_times(result, name, one) for one in names[1:]),
            f"{peak_of(runs):,.0f}",
        )
        for name, runs in result["raw"].items()
        if name.startswith("reform")
    ]
    columns = ("variant", "to open, s", "other amounts, s", "another threshold, s", "× Karama", "× Karama", "peak MB")
    text += grid(columns, rows)
    text += (
        f"\nAll variants give every household the same under both reforms: {result['equal']['eligible']:,} times"
        f" eligible, {result['equal']['amount_centimes'] / 100:,.2f} MAD. A reform's seconds run from the scenario, the"
        " query or the `Reform` to the number of families and the cost; each of Karama's is asked with three other"
        " values in turn, so that no answer is one kept. To open is to load the columns needed; Karama also sorts the"
        " households into kinds then, which is what makes a reform quick, and decides the law in force.\n"
    )
    small = result["small"]
    if small["raw"]:
        both = " and ".join(f"{median_of(small['raw'], name):.3f} s" for name in names[1:])
        text += f"\nAt share 0.05 ({small['households']:,} households): {both}.\n"
    compared = [
        (LABELS[name], f"{median_of(runs):.1f}", f"{median_of(runs, 'again_seconds'):.1f}", f"{peak_of(runs):,.0f}")
        for name, runs in result["raw"].items()
        if name.startswith("five")
    ]
    return text + grid(
        ("five scenarios beside the law, all tables", "from the files, s", "again, s", "peak MB"), compared
    )


def _times(result: dict[str, Any], name: str, figure: str) -> str:
    """How many times as long as Karama a variant takes for a reform."""
    found = ratio(result["raw"], name, "reform", figure)
    return "" if found is None else f"{found:.0f}"


def household(result: Result) -> str:
    """The section of one household."""
    text = head("One household", result)
    if not result or not result["raw"].get("warm"):
        return text
    warm = result["raw"]["warm"][0]
    rows = [
        (f"{said}, warm", *(f"{warm[name][one]:.3f}" for one in ("median_ms", "p95_ms", "median_cpu_ms", "p95_cpu_ms")))
        for name, said in (
            ("amount", "amount"),
            ("explanation", "explanation"),
            ("twelve_months", "twelve months ahead"),
        )
        if name in warm
    ]
    cold = sorted(run["seconds"] for run in result["raw"]["cold"])
    middle = median_of(result["raw"]["cold"])
    told = (
        f"\n{warm['households']} households of the register, {warm['rounds']} times each, from the fields of"
        f" HOUSEHOLD.json to the answer, the months {' and '.join(warm['months'])} and three languages in turn."
        f" `karama law explain` in a fresh process: median {middle:.2f} s of {len(cold)} runs, {cold[0]:.2f} to"
        f" {cold[-1]:.2f}; an empty Python in turn with it: {median_of(result['raw']['empty']):.2f} s.\n"
    )
    return text + grid(("", "median ms", "p95 ms", "median ms of processor", "p95 ms of processor"), rows) + told


def generation(result: Result) -> str:
    """The section of the generation."""
    text = head("Generation of the country", result)
    if not result:
        return text
    named = {"months_1": "one month", "months_2": "the same and a further month of events"}
    rows = [
        (named[name], f"{runs[0]['seconds']:.0f}", f"{runs[0]['peak_mb']:,.0f}") for name, runs in result["raw"].items()
    ]
    return text + grid(("`karama population generate`", "s", "peak MB, all processes together"), rows) if rows else text


def grid(names: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [names, tuple("---" for _ in names), *rows]
    return "\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)
