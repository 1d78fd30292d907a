"""The census margins: national totals as published, every cell complete, denominators right."""

from __future__ import annotations

import polars as pl
import pytest

from karama.territory import AGE_GROUPS, HOUSEHOLD_COLUMNS, PEOPLE_COLUMNS, household_margins, people_margins


def test_households_add_up_to_the_published_totals() -> None:
    by_milieu = household_margins().group_by("milieu").agg(pl.col("households").sum())
    assert dict(by_milieu.iter_rows()) == {"urban": 6_173_930, "rural": 3_101_108}
    assert household_margins()["households"].sum() == 9_275_038


def test_the_denominator_is_the_municipal_population() -> None:
    assert household_margins()["population"].sum() == 36_490_591
    assert people_margins()["population"].sum() == 36_490_591


def test_el_jadida_has_its_published_households() -> None:
    el_jadida = household_margins().filter(pl.col("code").str.starts_with("06181"))
    assert el_jadida["households"].sum() == 221_678


def test_every_unit_and_milieu_has_one_row_and_every_sex_one() -> None:
    cells = household_margins().select("code", "milieu")
    assert (len(cells), cells.n_unique(), cells["code"].n_unique()) == (1698, 1698, 1538)
    assert people_margins().select("code", "milieu", "sex").n_unique() == 3396


@pytest.mark.parametrize(
    ("table", "columns"), [(household_margins(), HOUSEHOLD_COLUMNS), (people_margins(), PEOPLE_COLUMNS)]
)
def test_no_margin_is_missing(table: pl.DataFrame, columns: tuple[str, ...]) -> None:
    values = table.select(columns)
    assert values.null_count().sum_horizontal()[0] == 0
    assert values.select(pl.all().is_nan().any()).row(0) == (False,) * len(columns)


def test_units_without_indicators_say_that_theirs_are_borrowed() -> None:
    borrowed = household_margins().filter(pl.col("borrowed"))
    assert borrowed["code"].to_list() == ["120660103", "120660303", "120660309", "123910505"]


def test_a_cell_without_women_borrows_their_shares_and_keeps_its_count() -> None:
    women = people_margins().filter((pl.col("population") == 0) & (pl.col("sex") == "F"))
    assert women["code"].to_list() == ["123910507"]
    assert women["borrowed"].all()


def test_shares_of_ages_add_up_to_one_within_the_rounding_of_the_census() -> None:
    ages = [name for name in PEOPLE_COLUMNS if name.startswith("age_")]
    assert len(ages) == len(AGE_GROUPS) == 16
    totals = people_margins().select(pl.sum_horizontal(ages))["age_0_4"]
    assert totals.is_between(0.985, 1.015).all()


def test_known_places_have_their_census_figures() -> None:
    tanger = household_margins().filter(pl.col("code").str.starts_with("0151101"), milieu="urban")
    assert tanger.filter(pl.col("code").is_in(["015110105", "015110106"]))["households"].to_list() == [70_679, 33_489]
    zouada = people_margins().filter(code="013310717", milieu="rural", sex="F")
    assert zouada.select("population", "marital_status_single", "marital_status_widowed").row(0) == (
        12_479,
        pytest.approx(0.214),
        pytest.approx(0.076),
    )
