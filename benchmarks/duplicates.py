"""How well persons entered twice are found, on synthetic registers with known duplicates, and how long it takes.

    python -m benchmarks.duplicates [--share 0.003 --share 0.01 --share 0.1] [--seeds 4]

Each register is generated, its persons named; twins, homonyms and births known by their year only are put in; two
persons in a hundred are entered a second time with what goes wrong at counters.  Everything goes to
``benchmarks/results/duplicates.json`` and to ``docs/reference/duplicates.md``.
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
RESULT = HERE / "results" / "duplicates.json"
PAGE = HERE.parent / "docs" / "reference" / "duplicates.md"
ENTERED_TWICE = 0.02
REGISTER_SEED = 1
SHARES = (0.003, 0.01, 0.1)
THRESHOLDS = (0.1, 0.5, 0.7, 0.9, 0.99)
BAR = 0.95

HEAD = """# Finding persons entered twice: the figures

How well [the search for duplicates](../explanation/duplicates.md) does on synthetic registers with known duplicates.
Written by `python -m benchmarks.duplicates`.

The persons are those of `karama population generate`, with drawn names. Before the search, 1.2 % of children are made
twins of the child before them (some of them Hassan and Houssine), one person in a hundred gets the names of another of
the same sex and year of birth, one in a thousand those of a person born on the same day elsewhere, one older adult in
twenty-five is "born on the first of January", and one person in ten is written in Latin letters only: none of them may
be taken for another. Then two persons in a hundred are entered a second time, in another household (half of them in the
same commune), each with one kind of mistake; besides, a fifth lacks the commune of birth, another is given in a tenth
of the others, and two in five lack the mother.

**How often each mistake happens is our guess, and the names are ours too.** The probabilities of the model were set by
hand with such registers in view, so these figures say that the method works, not what it will give on the RNP. Measure
again there, with pairs that persons have judged.
"""


TABLE = (
    "| persons | entered twice | draw | proposed | precision | recall | F1 | bar | plain | time | processor | memory |"
)


def registers(share: float, scratch: Path) -> Any:  # noqa: ANN401 - a frame; Polars is imported where it is used
    """The persons of a generated register with names and with those who only look alike."""
    import polars as pl

    from karama.population.naming import entries
    from karama.population.naming.mistakes import lookalikes

    folder = scratch / f"register-{share:g}"
    words = ["population", "generate", "--share", str(share), "--seed", str(REGISTER_SEED), "--out", str(folder)]
    subprocess.run([sys.executable, "-m", "karama", *words], check=True, stdout=subprocess.DEVNULL)
    (month,) = (path for path in folder.iterdir() if path.is_dir())
    tables = [pl.read_parquet(month / f"{name}.parquet") for name in ("persons", "households")]
    return lookalikes(entries(*tables), seed=REGISTER_SEED)


def searched(persons: Any, seed: int) -> dict[str, Any]:  # noqa: ANN401 - a frame
    """One search in one register with known duplicates."""
    from karama.population.naming.mistakes import second_entries
    from karama.registry.matching.finding import probable_duplicates

    known = second_entries(persons, share=ENTERED_TWICE, seed=seed)
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    found = probable_duplicates(known.persons, threshold=min(THRESHOLDS))
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    return {
        "seed": seed,
        "entries": len(known.persons),
        "entered_twice": len(known.pairs),
        "seconds": round(seconds, 1),
        "processor_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "peak_gb": round(after.ru_maxrss / 2**20, 2),
        **judged(found, known.pairs),
        "same_names_and_date": same_names_and_date(known.persons, known.pairs),
    }


def judged(found: Any, pairs: Any) -> dict[str, Any]:  # noqa: ANN401 - frames
    """Precision, recall and F1 at each threshold, and recall by kind of mistake at the threshold in use."""
    import polars as pl

    from karama.registry.matching.finding import THRESHOLD

    truth = ordered(pairs)
    told = found.join(truth, on=["left", "right"], how="left")
    curve = []
    for threshold in THRESHOLDS:
        kept = told.filter(pl.col("probability") >= threshold)
        curve.append({"threshold": threshold, **scores(len(kept), kept["kind"].count(), len(truth))})
    in_use = told.filter(pl.col("probability") >= THRESHOLD).select("left", "right", "probability")
    kinds = (
        truth.join(in_use, on=["left", "right"], how="left")
        .group_by("kind")
        .agg(persons=pl.len(), found=pl.col("probability").count())
        .sort("kind")
    )
    return {"curve": curve, "kinds": kinds.to_dicts()}


def ordered(pairs: Any) -> Any:  # noqa: ANN401 - frames
    """Known pairs in the order of a search's answer."""
    import polars as pl

    sides = pl.min_horizontal("first", "second"), pl.max_horizontal("first", "second")
    return pairs.select(sides[0].alias("left"), sides[1].alias("right"), "kind")


def scores(proposed: int, right: int, true: int) -> dict[str, float]:
    """Precision, recall and F1 from counts of pairs."""
    precision, recall = right / max(proposed, 1), right / true
    return {
        "proposed": proposed,
        "right": right,
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(2 * precision * recall / max(precision + recall, 1e-9), 4),
    }


def same_names_and_date(persons: Any, pairs: Any) -> dict[str, float]:  # noqa: ANN401 - frames
    """The plain way beside it: the same Latin names and birth date, letter by letter."""
    truth = ordered(pairs).drop("kind")
    on = ["family_name_fr", "given_name_fr", "birth_date"]
    told = persons.select("person_id", *on).drop_nulls()
    met = told.join(told, on=on).filter(told_before()).select(left="person_id", right="person_id_right")
    return scores(len(met), len(met.join(truth, on=["left", "right"])), len(truth))


def told_before() -> Any:  # noqa: ANN401 - an expression
    """Each pair once."""
    import polars as pl

    return pl.col("person_id") < pl.col("person_id_right")


def measured(shares: list[float], seeds: int) -> dict[str, Any]:
    """All searches, with machine and versions; the smallest register is searched with several seeds."""
    runs = []
    with tempfile.TemporaryDirectory() as name:
        for share in shares:
            persons = registers(share, Path(name))
            many = seeds if share == min(shares) else 1
            for seed in range(1, many + 1):
                runs.append({"share": share, "persons": len(persons), **searched(persons, seed)})
                print(f"share {share:g}, seed {seed}: {runs[-1]['curve']}, {runs[-1]['seconds']} s")
    return {
        "measured": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, shared with other work",
        "versions": {name: version(name) for name in ("splink", "duckdb", "polars")},
        "runs": runs,
    }


def page(result: dict[str, Any]) -> str:
    """The page of the tables."""
    from karama.registry.matching.finding import THRESHOLD

    libraries = ", ".join(f"{name} {number}" for name, number in result["versions"].items())
    return "\n".join(
        [
            HEAD,
            f"Measured on {result['measured']}: {result['machine']}; {libraries}.",
            "",
            f"## At the threshold in use, probability {THRESHOLD:g}",
            "",
            f"Bar: F1 ≥ {BAR}. *Plain* is the F1 of asking for the same Latin names and birth date, letter by letter.",
            "",
            TABLE,
            "|---|---|---|---|---|---|---|---|---|---|---|---|",
            *(_run_line(run, THRESHOLD) for run in result["runs"]),
            "",
            "## Recall by kind of mistake",
            "",
            *_kind_lines(result["runs"]),
            "",
            "## Other thresholds",
            "",
            "Precision / recall / F1; a lower threshold gives officers more pairs to look at.",
            "",
            "| persons | draw | " + " | ".join(f"{one:g}" for one in THRESHOLDS) + " |",
            "|---" * (2 + len(THRESHOLDS)) + "|",
            *(_curve_line(run) for run in result["runs"]),
            "",
        ]
    )


def _run_line(run: dict[str, Any], threshold: float) -> str:
    (at,) = (one for one in run["curve"] if one["threshold"] == threshold)
    verdict = "held" if at["f1"] >= BAR else "**missed**"
    return (
        f"| {run['persons']:,} | {run['entered_twice']:,} | {run['seed']} | {at['proposed']:,} | {at['precision']:.3f}"
        f" | {at['recall']:.3f} | **{at['f1']:.3f}** | {verdict} | {run['same_names_and_date']['f1']:.3f}"
        f" | {run['seconds']:.0f} s | {run['processor_seconds']:.0f} s | {run['peak_gb']:.1f} GB |"
    )


def _kind_lines(runs: list[dict[str, Any]]) -> list[str]:
    """Recall of each kind in each size of register, the kind found best first."""
    sizes = sorted({run["persons"] for run in runs})
    totals: dict[str, dict[int, list[int]]] = {}
    for run in runs:
        for one in run["kinds"]:
            total = totals.setdefault(one["kind"], {}).setdefault(run["persons"], [0, 0])
            total[0] += one["persons"]
            total[1] += one["found"]
    recalls = {kind: [of[size][1] / of[size][0] for size in sizes] for kind, of in totals.items()}
    return [
        "| mistake in the second entry | " + " | ".join(f"{size:,} persons" for size in sizes) + " |",
        "|---" * (1 + len(sizes)) + "|",
        *(
            f"| {kind.replace('_', ' ')} | " + " | ".join(f"{one:.1%}" for one in recalls[kind]) + " |"
            for kind in sorted(recalls, key=lambda kind: -recalls[kind][0])
        ),
    ]


def _curve_line(run: dict[str, Any]) -> str:
    points = " | ".join(f"{one['precision']:.3f} / {one['recall']:.3f} / {one['f1']:.3f}" for one in run["curve"])
    return f"| {run['persons']:,} | {run['seed']} | {points} |"


def main() -> None:
    """Measure, keep the result, write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", type=float, action="append")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--page-only", action="store_true", help="write the page again from the kept result")
    options = parser.parse_args()
    if not options.page_only:
        result = measured(options.share or list(SHARES), options.seeds)
        RESULT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(page(json.loads(RESULT.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main()
