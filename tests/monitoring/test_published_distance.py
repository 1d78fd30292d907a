"""The distance to published figures compares like with like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from karama.foundation.months import Month
from karama.monitoring import published_distance
from karama.monitoring.published_distance import Counted, family_totals
from tests.monitoring.conftest import FIRST, LAST, SHARE
from tests.monitoring.month_folders import write_month

if TYPE_CHECKING:
    from pathlib import Path

    from tests.monitoring.conftest import Country


def test_the_school_grant_counts_pupils_families_and_the_rural_share(tmp_path: Path) -> None:
    grant = "back_to_school_grant"
    write_month(
        tmp_path / "2026-09",
        lines=[("H1", grant, 20_000), ("H1", grant, 30_000), ("H2", grant, 20_000), ("H2", "child_aid", 30_000)],
        decisions=[("H1", "urban", "child"), ("H2", "rural", "child")],
    )
    found = list(published_distance._of_school(tmp_path, [Month(2026, 9)]))
    assert found == [
        Counted("2024-09", "back_to_school_pupils", 3, "2026-09"),
        Counted("2024-09", "back_to_school_families", 2, "2026-09"),
        Counted("2024-09", "back_to_school_rural_share", 100 / 3, "2026-09"),
    ]


def test_without_a_september_the_school_grant_is_not_compared(tmp_path: Path) -> None:
    write_month(tmp_path / "2026-08")
    assert list(published_distance._of_school(tmp_path, [Month(2026, 8)])) == []


def test_a_yearly_budget_counts_december_as_november(tmp_path: Path) -> None:
    months = list(Month.range(Month(2026, 1), 11))
    for month in months:
        write_month(tmp_path / str(month), lines=[("H1", "flat_aid", 100_000_000 * month.month)])
    assert list(published_distance._budgets(tmp_path, months)) == [Counted("2026", "budget", 66 + 11, "2026")]


def test_a_year_with_a_month_missing_has_no_budget(tmp_path: Path) -> None:
    months = list(Month.range(Month(2026, 2), 10))
    for month in months:
        write_month(tmp_path / str(month), lines=[("H1", "flat_aid", 50_000)])
    assert list(published_distance._budgets(tmp_path, months)) == []


def test_totals_of_families_agree_with_the_manifest(country: Country) -> None:
    totals = family_totals(country.months / str(LAST), country.register / str(LAST), LAST)
    by_aid = country.report.figures.manifests[-1]["totals"]["by_aid"]
    assert totals["child_aid_families"] == by_aid["child"]["families"]
    assert totals["flat_aid_families"] == by_aid["flat"]["families"]
    assert totals["families"] == totals["child_aid_families"] + totals["flat_aid_families"]
    assert 0 < totals["widows_with_children"] < totals["widows"] < totals["families"]
    assert 0 < totals["families_also_amo_tadamon"] < totals["families"] < totals["persons"]
    assert 0 < totals["persons_60_plus"] < totals["persons"]


def test_each_figure_is_counted_in_the_month_nearest_to_its_date(country: Country) -> None:
    found = country.report.distances
    assert set(found.filter(code="children", date="2025-04-18")["counted_in"]) == {str(FIRST)}
    assert set(found.filter(code="children", date="2026-02-18")["counted_in"]) == {str(LAST)}
    assert set(found["use"]) == {"fit", "test"}
    assert found.group_by("code", "date").len()["len"].max() == 1


def test_the_distance_is_that_of_the_figure_brought_to_the_country(country: Country) -> None:
    row = country.report.distances.filter(code="child_aid_families").to_dicts()[0]
    decided = pl.read_parquet(country.months / str(FIRST) / "decisions.parquet").filter(aid="child")
    assert row["synthetic"] == len(decided) / SHARE
    assert row["distance_percent"] == round(100 * (len(decided) / SHARE / 2_435_000 - 1), 1)
