"""Living standards: of all households, poorer where more is lacking, and beside the published rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from karama.population.assumptions import mapping
from karama.population.draws import Draws
from karama.population.living import spending_per_person

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def living(register_folder: Path) -> pl.DataFrame:
    return pl.read_parquet(register_folder / "2026-07" / "living_standards.parquet")


def test_registered_households_are_those_of_the_register(living: pl.DataFrame, register_folder: Path) -> None:
    homes = pl.read_parquet(register_folder / "2026-07" / "households.parquet")
    kept = living.filter("registered")
    assert kept["household_id"].to_list() == homes["household_id"].to_list()
    assert kept["size"].to_list() == homes["size"].to_list()
    assert kept["commune"].cast(pl.String).to_list() == homes["commune"].to_list()
    assert 0.3 < len(kept) / len(living) < 0.6


def test_registered_households_spend_less_than_the_others(living: pl.DataFrame) -> None:
    means = living.group_by("registered").agg((pl.col("spending_mad_per_year") / pl.col("size")).mean().alias("mean"))
    by_kind = dict(means.iter_rows())
    assert by_kind[True] < 0.75 * by_kind[False]


def test_poor_and_vulnerable_are_told_by_the_line_of_their_milieu(living: pl.DataFrame) -> None:
    lines = mapping("poverty_line")
    line = pl.when(pl.col("milieu").cast(pl.String) == "urban").then(lines["urban"]).otherwise(lines["rural"])
    spent = pl.col("spending_mad_per_year") / pl.col("size")
    # The household's total is rounded to a dirham: those within it of the line may stand on either side.
    clear = living.filter((spent - line).abs() > 1, (spent - 1.5 * line).abs() > 1)
    assert (clear["poor"] == clear.select(spent < line).to_series()).all()
    assert (clear["vulnerable"] == clear.select((spent >= line) & (spent < 1.5 * line)).to_series()).all()


def test_those_deprived_of_a_third_are_poor_in_many_dimensions(living: pl.DataFrame) -> None:
    assert living["deprivation"].min() == 0
    assert living["deprivation"].max() <= 1
    assert (living["multidimensionally_poor"] == (living["deprivation"] >= 0.333)).all()
    assert sum(mapping("deprivation_weights").values()) == pytest.approx(1)


@pytest.mark.parametrize("urban", [True, False])
def test_spending_rises_with_the_standard_and_falls_with_size(*, urban: bool) -> None:
    keys, milieu = np.full(50, 7), np.full(50, urban)
    standard = np.linspace(0, 1, 50)
    rising = spending_per_person(standard, np.full(50, 4), milieu, Draws(1), keys)
    assert (np.diff(rising) > 0).all()
    falling = spending_per_person(np.full(50, 0.5), np.arange(1, 51), milieu, Draws(1), keys)
    assert (np.diff(falling) < 0).all()
