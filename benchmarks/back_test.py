"""The forecast from December 2023 beside every published figure since; writes a page and keeps the table.

    python -m benchmarks.back_test [--share 0.05] [--seed 1]

The register of December 2023 is generated from the census; the forecast then runs on its own rates, the take-up ramp
among them.  Nothing is fitted here: a figure marked `test` guided no assumption.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import results
from benchmarks.measuring import ROOT
from karama.foundation.months import Month
from karama.population import generate, published_figures
from karama.simulation.forecast import forecast
from karama.simulation.forecast.assumed import all_rates
from karama.simulation.forecast.back_test import KEPT, back_test

PAGE = ROOT / "docs" / "reference" / "back-test.md"
TABLE = ROOT / "src" / "karama" / "simulation" / "forecast" / KEPT
START, YEARS = Month(2023, 12), 4


def main() -> None:
    """Generate, forecast, compare, write."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.back_test", description=__doc__.splitlines()[0])
    asked.add_argument("--share", type=float, default=0.05, help="share of the country")
    asked.add_argument("--seed", type=int, default=1, help="of the register and of the forecast")
    words = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="karama-back-test-") as scratch:
        register = Path(scratch) / "register"
        generate(share=words.share, seed=words.seed, out=register, first_month=START)
        ahead = forecast(register, START, YEARS, seed=words.seed)
    table = back_test(ahead)
    table.write_csv(TABLE)
    rows = list(table.iter_rows(named=True))
    PAGE.write_text(page(rows, share=words.share, households=ahead.manifest["rows"]["households"]), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {len(rows)} figures")


def page(rows: list[dict[str, Any]], *, share: float, households: int) -> str:
    """The page in Markdown."""
    labels = {
        (code, date): label for code, date, label in published_figures().select("code", "date", "label_en").iter_rows()
    }
    lines = [
        "<!-- Written by `python -m benchmarks.back_test`; do not edit. -->",
        "",
        "# Back-test of the forecast",
        "",
        f"A synthetic register of {START} at share {share:g} ({households:,} households), carried by the",
        f"[forecast](../explanation/forecast.md) to {START + (12 * YEARS - 1)}, beside every published",
        f"figure of those months. Made on {results.today()}.",
        "",
        "A figure of use *test* guided no assumption of the population or of the forecast; one of use *fit* may have,",
        "and its error says less. The amounts are those paid by the law's parameters; a budget voted is not the sum",
        "spent.",
        "",
        "| figure | date | use | published | forecast | relative error | source |",
        "| --- | --- | --- | ---: | ---: | ---: | --- |",
    ]
    for row in rows:
        label = labels[row["metric"], row["date"]]
        published, ours = (_said(row[name], row["unit"]) for name in ("published", "forecast"))
        lines.append(
            f"| {label} | {row['date']} | {row['use']} | {published} | {ours} | {100 * row['relative_error']:+.1f} %"
            f" | {row['source']} |"
        )
    compared = {(row["metric"], row["date"]) for row in rows}
    left = [labels[key] for key in labels if key not in compared and key[1][:4] >= str(START.year)]
    ramp = all_rates()["claim_months"]
    lines += [
        "",
        f"Published figures since then that the forecast does not give: {'; '.join(left)}.",
        "",
        f"The take-up ramp is an input: {ramp.meaning}; source: {ramp.source}; status: {ramp.status}.",
        "It and the chance of claiming by score are those of the synthetic population, which was fitted to the figures",
        "marked *fit* only.",
        "",
    ]
    return "\n".join(lines)


def _said(value: float, unit: str) -> str:
    return f"{value:,.1f} {unit}" if unit == "percent" else f"{value:,.0f} {unit}"


if __name__ == "__main__":
    main()
