"""What ``karama demo`` prints: totals by month, changes, distances, one household in French and in Arabic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from rich.console import Console
from rich.table import Table

from karama.foundation.money import format_money
from karama.foundation.wording import number, signed
from karama.law.letter import as_text
from karama.monitoring.words import AIDS, KINDS, reasons

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from karama.monitoring import Report

_MOST_REASONS = 12
_DETAIL = " " * 6
_WIDTH_OF_A_FILE = 110


def print_report(report: Report, pages: Sequence[Path], times: Mapping[str, float]) -> None:
    """Print the whole report to standard output."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDTH_OF_A_FILE)
    for table in (_totals(report), _changes(report), _distances(report)):
        console.print()
        console.print(table)
    for language in ("fr", "ar"):
        console.print()
        console.rule()
        text = as_text(report.explanation, language)
        console.print("\n".join(one for one in text.splitlines() if not one.startswith(_DETAIL)), markup=False)
    example = pages[0].parent / "household.json"
    console.print(
        f"\nThe whole explanation: karama law explain {example} --month {report.example.month}", soft_wrap=True
    )
    console.print(f"in all: {sum(times.values()):.1f} s")
    for page in pages:
        console.print(str(page), soft_wrap=True)


def _table(title: str, *columns: str) -> Table:
    """A table of which all columns but the first stand to the right."""
    table = Table(title=f"{title} (synthetic data)", title_justify="left")
    for place, name in enumerate(columns):
        table.add_column(name, justify="right" if place else "left")
    return table


def _totals(report: Report) -> Table:
    """Families by aid, children and amount by month."""
    names = [AIDS[aid].en for aid in AIDS]
    table = _table("Totals by month", "month", *names, "families", "children", "amount")
    for month in report.figures.months:
        at = report.figures.aids.filter(pl.col("month") == str(month))
        families = [int(at.filter(pl.col("aid") == aid)["families"].sum()) for aid in AIDS]
        children = int(at.filter(pl.col("aid") == "child")["children"].sum())
        counts = [number(count, "en") for count in (*families, sum(families), children)]
        table.add_row(str(month), *counts, format_money(int(at["amount_centimes"].sum()), "en"))
    return table


def _changes(report: Report) -> Table:
    """Changes of the last month by kind and reason."""
    title = f"Changes of {report.figures.last} by reason"
    table = _table(title, "reason", "movement", "number", "a month")
    rows = report.figures.changes.to_dicts()
    for row in rows[:_MOST_REASONS]:
        table.add_row(
            reasons()[row["reason"]].en,
            KINDS[row["kind"]].en,
            number(row["beneficiaries"], "en"),
            format_money(row["difference_centimes"], "en"),
        )
    if len(rows) > _MOST_REASONS:
        table.add_row(f"{len(rows) - _MOST_REASONS} more, on the page", "", "", "")
    return table


def _distances(report: Report) -> Table:
    """Distance to the published figures, brought to the country."""
    columns = ("figure and date", "published", "synthetic", "distance", "use")
    table = _table("Distance to published figures", *columns)
    for row in report.distances.to_dicts():
        table.add_row(
            f"{row['label_en']} ({row['date']})",
            number(row["value"], "en"),
            number(row["synthetic"], "en"),
            f"{signed(row['distance_percent'], 'en', 1)} %",
            row["use"],
        )
    return table
