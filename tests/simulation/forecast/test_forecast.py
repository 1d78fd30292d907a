"""The public call, what it writes, and what it refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from karama.foundation.errors import BadInputError, KaramaError, UnknownParameterError
from karama.foundation.months import Month
from karama.population import published_figures
from karama.simulation.forecast import Forecast, as_text, forecast, write
from karama.simulation.forecast.assumed import drawn, rates, read_rates, uncertain
from karama.simulation.forecast.results import _arrears
from tests.simulation.forecast.conftest import SHARE, START

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def ahead(register: Path) -> Forecast:
    """Two years."""
    return forecast(register, START, 2)


def test_costs_add_up_over_benefits_months_and_fiscal_years(ahead: Forecast) -> None:
    whole = ahead.costs["amount_centimes"].sum()
    assert whole == ahead.years["amount_centimes"].sum() == ahead.cash["paid_centimes"].sum()
    by_month = ahead.costs.group_by("month", maintain_order=True).agg(pl.col("amount_centimes").sum())
    assert by_month["amount_centimes"].to_list() == ahead.cash["paid_centimes"].to_list()
    assert by_month["month"].to_list() == [str(month) for month in Month.range(START, 24)]


def test_families_are_those_with_child_aid_and_those_with_flat_aid(ahead: Forecast) -> None:
    counts = ahead.caseload.pivot(on="category", index="month", values="count")
    both = counts["families_child_aid"] + counts["families_flat_aid"]
    assert (both - counts["families"]).abs().max() <= 1  # each is rounded once brought to the whole country
    assert (counts["widows_with_children"] <= counts["widows"]).all()
    assert (counts["families"] <= counts["households"]).all()


def test_a_register_at_a_share_is_brought_to_the_whole_country_and_said_so(ahead: Forecast) -> None:
    households = ahead.caseload.filter(pl.col("category") == "households")["count"][0]
    assert households == round(ahead.manifest["rows"]["households"] / SHARE)
    assert ahead.manifest["synthetic"] is True
    assert "synthetic register at share 0.0008" in as_text(ahead)


def test_the_grant_comes_in_september_only(ahead: Forecast) -> None:
    paid = ahead.costs.filter(pl.col("benefit") == "back_to_school_grant", pl.col("amount_centimes") > 0)
    assert paid["month"].to_list() == ["2026-09", "2027-09"]


def test_the_appropriation_is_the_published_budget_of_the_year(ahead: Forecast) -> None:
    budgets = dict(published_figures().filter(pl.col("code") == "budget").select("date", "value").iter_rows())
    shown = dict(ahead.years.select("fiscal_year", "appropriation_centimes").unique().iter_rows())
    assert shown == {2025: budgets["2025"] * 100_000_000, 2026: budgets["2026"] * 100_000_000, 2027: None}


def test_the_first_month_differs_from_the_paid_one_where_the_law_came_earlier(register: Path) -> None:
    cash = forecast(register, START, 1, events=False).cash
    gap = cash["legal_centimes"] - cash["paid_centimes"]
    assert cash["carried_over_centimes"].to_list() == gap.cum_sum().to_list()
    legal = forecast(register, START, 1, events=False, amounts="legal").cash
    assert legal["paid_centimes"].to_list() == cash["legal_centimes"].to_list()


def test_arrears_are_paid_once_both_clocks_agree_and_only_where_the_assumption_says_so() -> None:
    gap = pl.Series([0, 100, 50, 0, 0, 0]).to_numpy()
    kept, carried = _arrears(gap, rates())
    assert (kept.tolist(), carried.tolist()) == ([0] * 6, [0, 100, 150, 150, 150, 150])
    paid, carried = _arrears(gap, rates({"arrears_paid": True}))
    assert (paid.tolist(), carried.tolist()) == ([0, 0, 0, 0, 150, 0], [0, 100, 150, 150, 0, 0])


def test_children_in_establishments_are_counted_with_their_capital(ahead: Forecast) -> None:
    assert ahead.caseload.filter(pl.col("category") == "institution_children")["count"].max() > 0
    blocked = ahead.cash["blocked_centimes"].sum()
    of_them = ahead.costs.filter(pl.col("benefit").str.starts_with("institution"))["amount_centimes"].sum()
    assert blocked == of_them > 0
    cash = ahead.cash
    out = cash["paid_centimes"] + cash["arrears_centimes"] - cash["blocked_centimes"] + cash["released_centimes"]
    assert out.to_list() == cash["cash_out_centimes"].to_list()


def test_what_is_written_is_what_was_computed_and_replaces_only_a_forecast(ahead: Forecast, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(ahead, out)
    assert pl.read_parquet(out / "costs.parquet").equals(ahead.costs)
    whole = json.loads((out / "forecast.json").read_text(encoding="utf-8"))
    assert round(sum(row["amount_mad"] for row in whole["costs"]) * 100) == ahead.costs["amount_centimes"].sum()
    assert pl.read_csv(out / "years.csv")["amount_mad"].sum() == pytest.approx(
        ahead.years["amount_centimes"].sum() / 100
    )
    write(ahead, out)
    other = tmp_path / "mine"
    other.mkdir()
    (other / "letter.txt").write_text("kept")
    with pytest.raises(BadInputError, match="did not write"):
        write(ahead, other)
    assert [one.name for one in other.iterdir()] == ["letter.txt"]


def test_every_assumption_has_its_meaning_source_and_status(ahead: Forecast) -> None:
    assert ahead.assumptions.select("meaning", "source", "status").null_count().row(0) == (0, 0, 0)
    assert set(ahead.assumptions["status"]) <= {"census", "published", "assumption", "unknown"}
    assert ahead.assumptions["name"].n_unique() == len(ahead.assumptions)


def test_draws_lie_between_their_bounds_around_their_value() -> None:
    values = drawn(3, 4000)
    for name, one in uncertain().items():
        assert one.low is not None
        assert one.high is not None
        assert one.low <= values[name].min() < values[name].max() <= one.high
        assert values[name].mean() == pytest.approx(
            (one.low + float(one.value) + one.high) / 3, abs=0.02 * (one.high - one.low)
        )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"births_levl": 1}, "did you mean 'births_level'"),
        ({"deaths_men": [0.1] * 3}, "3 values where 16 are needed"),
        ({"deaths_men": [1.5] * 16}, "1.5 is no chance"),
        ({"registrations_a_year": "many"}, "is no number"),
        ({"moving_up": {"primary": 0.9}, "leaving_at_the_end": {"primary": 0.2}}, "primary adds up to 1.1"),
        ({"claim_months": {"2023-12": 0.5, "2024-01": 0.4}}, "add up to 0.9, not to 1"),
    ],
)
def test_rates_that_do_not_hold_together_are_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(KaramaError, match=said):
        rates(given)


def test_rates_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("births_level: 1.1\njobs_level: {value: 2, source: me}\n")
    assert read_rates(file) == {"births_level": 1.1, "jobs_level": 2}
    with pytest.raises(BadInputError, match="no such file"):
        read_rates(tmp_path / "none.yaml")
    file.write_text("- 1\n")
    with pytest.raises(BadInputError, match="no names with values"):
        read_rates(file)


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("households", "milieu", None, "no column 'milieu'"),
        ("persons", "birth_date", None, "no column 'birth_date'"),
        ("persons", "role", pl.lit("godfather"), "column 'role'"),
        ("persons", "household_id", pl.lit("H999999999"), "does not hold"),
        ("households", "household_id", pl.lit("H1"), "stands in several rows"),
        ("persons", "birth_date", pl.lit(None, pl.Date), "holds no DATE"),
    ],
)
def test_a_register_that_is_not_whole_is_refused(  # noqa: PLR0917 - the cases' columns
    register: Path, tmp_path: Path, table: str, column: str, value: pl.Expr | None, said: str
) -> None:
    folder = tmp_path / str(START)
    folder.mkdir()
    for name in ("households", "persons"):
        frame = pl.read_parquet(register / str(START) / f"{name}.parquet")
        if name == table:
            frame = frame.drop(column) if value is None else frame.with_columns(value.alias(column))
        frame.write_parquet(folder / f"{name}.parquet")
    with pytest.raises(BadInputError, match=said):
        forecast(tmp_path, START, 1)


def test_rows_in_another_order_give_the_same_forecast(register: Path, tmp_path: Path) -> None:
    folder = tmp_path / str(START)
    folder.mkdir()
    for name in ("households", "persons"):
        frame = pl.read_parquet(register / str(START) / f"{name}.parquet")
        frame.sample(fraction=1, shuffle=True, seed=4).write_parquet(folder / f"{name}.parquet")
    mixed = forecast(tmp_path, START, 1)
    ordered = forecast(register, START, 1)
    of_households = ~pl.col("benefit").str.starts_with("institution")
    assert mixed.manifest["share"] == 1
    first = mixed.costs.filter(of_households)["recipients"]
    assert (first / SHARE).round().cast(pl.Int64).to_list() == ordered.costs.filter(of_households)[
        "recipients"
    ].to_list()


def test_a_call_out_of_bounds_is_refused(register: Path) -> None:
    with pytest.raises(BadInputError, match="11 years is not between 1 and 10"):
        forecast(register, START, 11)
    with pytest.raises(BadInputError, match=r"neither households\.parquet"):
        forecast(register, Month(2026, 5), 1)
    with pytest.raises(UnknownParameterError):
        forecast(register, START, 1, programme="asdf")
    with pytest.raises(BadInputError, match="no column"):
        forecast(register, START, 1, programme="bolsa_familia")
