"""Totals are those of the month folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.monitoring import MonthFigures
from karama.monitoring.month_figures import IN_CARE
from tests.monitoring.month_folders import write_month

if TYPE_CHECKING:
    from pathlib import Path

    from tests.monitoring.conftest import Country


@pytest.fixture
def two_months(tmp_path: Path) -> Path:
    write_month(tmp_path / "2025-12", territory=[("06", "urban", "child", 2, 5, 9, 150_000)])
    write_month(
        tmp_path / "2026-01",
        lines=[("H1", "child_aid", 40_000), ("H1", "child_aid", 20_000), ("H2", "flat_aid", 50_000)],
        territory=[
            ("06", "urban", "child", 1, 2, 3, 60_000),
            ("06", "rural", "flat", 1, 0, 2, 50_000),
            ("06", "rural", "none", 7, 3, 20, 0),
            ("01", None, "institution", 0, 2, 2, 100_000),
        ],
        changes=[
            ("increase", ["rate_changed", "child_born"], 50_000, 60_000),
            ("increase", ["rate_changed"], 50_000, 55_000),
            ("exit", ["pension"], 50_000, 0),
        ],
    )
    return tmp_path


def test_families_without_aid_are_not_counted(two_months: Path) -> None:
    found = MonthFigures.read(two_months).aids.filter(month="2026-01")
    assert dict(found.select("aid", "families").iter_rows()) == {"child": 1, "flat": 1, "institution": 0}
    assert found["amount_centimes"].sum() == 210_000


def test_amounts_add_up_by_benefit(two_months: Path) -> None:
    found = MonthFigures.read(two_months).benefits
    assert found.rows() == [("2026-01", "child_aid", 2, 60_000), ("2026-01", "flat_aid", 1, 50_000)]


def test_a_change_with_two_reasons_counts_under_each(two_months: Path) -> None:
    figures = MonthFigures.read(two_months)
    assert figures.changes.rows() == [
        ("increase", "rate_changed", 2, 15_000),
        ("exit", "pension", 1, -50_000),
        ("increase", "child_born", 1, 10_000),
    ]
    assert figures.moves.rows() == [("2026-01", "exit", 1, -50_000), ("2026-01", "increase", 2, 15_000)]


def test_children_in_care_stand_beside_urban_and_rural(two_months: Path) -> None:
    figures = MonthFigures.read(two_months)
    assert figures.last == Month(2026, 1)
    assert figures.places.rows() == [
        ("01", IN_CARE, 0, 2, 100_000),
        ("06", "rural", 1, 0, 50_000),
        ("06", "urban", 1, 2, 60_000),
    ]


def test_a_folder_without_months_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no finished month"):
        MonthFigures.read(tmp_path)


def test_totals_are_those_of_the_manifests(country: Country) -> None:
    figures = country.report.figures
    for month, manifest in zip(figures.months, figures.manifests, strict=True):
        totals = manifest["totals"]
        aids = figures.aids.filter(month=str(month))
        assert aids["families"].sum() == totals["eligible_families"]
        assert aids["amount_centimes"].sum() == round(100 * totals["amount"])
        benefits = figures.benefits.filter(month=str(month))
        amounts = {row["benefit"]: row["amount_centimes"] for row in benefits.to_dicts()}
        assert amounts == {name: round(100 * one["amount"]) for name, one in totals["by_benefit"].items()}
    reasons = figures.changes.group_by("reason").agg(pl.col("beneficiaries").sum())
    assert dict(reasons.select("reason", "beneficiaries").iter_rows()) == totals["change_reasons"]
