"""The table of published figures beside a forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from benchmarks.back_test import page
from karama.population import published_figures
from karama.simulation.forecast import Forecast, forecast
from karama.simulation.forecast.back_test import back_test, kept_back_test
from tests.simulation.forecast.conftest import START

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def ahead(register: Path) -> Forecast:
    """Two years from December 2025, on dates and law alone."""
    return forecast(register, START, 2, events=False)


def test_every_published_figure_of_the_months_is_compared(ahead: Forecast) -> None:
    table = back_test(ahead)
    assert set(table.select("metric", "date").iter_rows()) == {
        ("families", "2026-02-18"),
        ("persons", "2026-02-18"),
        ("children", "2026-02-18"),
        ("persons_60_plus", "2026-02-18"),
        ("budget", "2026"),
    }
    for row in table.iter_rows(named=True):
        assert row["relative_error"] == pytest.approx(row["forecast"] / row["published"] - 1, abs=1e-4)
    families = table.row(by_predicate=pl.col("metric") == "families", named=True)
    counted = ahead.caseload.filter(pl.col("month") == "2026-02", pl.col("category") == "families")["count"][0]
    assert families["forecast"] == counted
    spent = ahead.years.filter(pl.col("fiscal_year") == 2026)["amount_centimes"].sum()
    assert table.row(by_predicate=pl.col("metric") == "budget", named=True)["forecast"] == spent / 100_000_000


def test_the_kept_table_holds_the_published_values_and_their_use() -> None:
    kept = kept_back_test()
    published = {(row["code"], row["date"]): row for row in published_figures().iter_rows(named=True)}
    assert len(kept) >= 15
    for row in kept.iter_rows(named=True):
        figure = published[row["metric"], row["date"]]
        assert (row["published"], row["use"], row["source"]) == (figure["value"], figure["use"], figure["source"])


def test_the_page_shows_each_figure_once(ahead: Forecast) -> None:
    rows = list(back_test(ahead).iter_rows(named=True))
    text = page(rows, share=0.1, households=1234)
    assert text.count("| 2026-02-18 |") == 4
    assert "1,234 households" in text
    assert "pupils with back-to-school grant" in text  # among those not compared
