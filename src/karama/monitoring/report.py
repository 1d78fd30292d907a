"""The pages of a run of months: one per language, whole in themselves, with their tables as CSV beside them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any

from karama.foundation.languages import LANGUAGES
from karama.foundation.storage import read_json
from karama.law import explain
from karama.law.engine.values import json_text
from karama.monitoring.last_month_panels import changes_panel, distances_panel, places_panel
from karama.monitoring.month_figures import MonthFigures
from karama.monitoring.page import PageHead, page
from karama.monitoring.panels import benefits_panel, families_panel
from karama.monitoring.published_distance import distances

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import polars as pl

    from karama.foundation.languages import Language
    from karama.law.engine.explain import Explanation
    from karama.monitoring.example_household import Example
    from karama.monitoring.panels import Panel

PAGES: Mapping[Language, str] = {"fr": "index.html", "ar": "ar.html", "en": "en.html"}
EXAMPLE_FILE = "household.json"
TABLES_FOLDER = "tables"


@dataclass(frozen=True)
class Report:
    """What the pages tell: the months' figures, the distances to published figures, one household, its register."""

    figures: MonthFigures
    distances: pl.DataFrame
    example: Example
    register: Mapping[str, Any]

    @classmethod
    def read(cls, *, months: Path, register: Path, example: Example) -> Report:
        """Read everything from the folder of finished months and the synthetic register behind them.

        Raises:
            BadInputError: no finished month, or a register that was not generated.
        """
        return cls(
            figures=MonthFigures.read(months),
            distances=distances(months, register),
            example=example,
            register=read_json(register / "manifest.json"),
        )

    @cached_property
    def explanation(self) -> Explanation:
        """The example household's decision, explained."""
        return explain(self.example.household, self.example.month)

    @cached_property
    def panels(self) -> tuple[Panel, ...]:
        """The figures, in the order of the page."""
        period = (self.figures.months[0], self.figures.last)
        return (
            families_panel(self.figures),
            benefits_panel(self.figures),
            changes_panel(self.figures),
            places_panel(self.figures),
            distances_panel(self.distances, period),
        )


def write_report(report: Report, folder: Path) -> list[Path]:
    """Write index.html (French), ar.html, en.html, tables/*.csv and household.json into a folder; returns the pages.

    The pages load nothing: their pictures and styles are inside, their links lead to each other and to the files.
    """
    tables = folder / TABLES_FOLDER
    tables.mkdir(parents=True, exist_ok=True)
    for panel in report.panels:
        panel.table.write_csv(tables / f"{panel.name}.csv")
    (folder / EXAMPLE_FILE).write_text(json_text(report.example.household) + "\n", encoding="utf-8")
    style = resources.files("karama.monitoring").joinpath("report.css").read_text(encoding="utf-8")
    head = PageHead(
        pages=PAGES, tables=TABLES_FOLDER, example_file=EXAMPLE_FILE, style=style, register=dict(report.register)
    )
    written = []
    for language in LANGUAGES:
        path = folder / PAGES[language]
        text = page(
            head,
            figures=report.figures,
            panels=report.panels,
            explanation=report.explanation,
            example=report.example,
            language=language,
        )
        path.write_text(text + "\n", encoding="utf-8")
        written.append(path)
    return written
