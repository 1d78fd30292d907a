"""The fit of whole cells at full size: the bars of the project, two points in the middle and five at the edge."""

from __future__ import annotations

import polars as pl
import pytest

from karama.population.cells import census_cells
from karama.population.draws import Draws
from karama.population.fit import COUNTS, MARGINS, MEANS, census_fit
from karama.population.registration import generate_households

DRAWS = Draws(5)
FIRST, LAST = 560, 590


@pytest.fixture(scope="module")
def fit() -> pl.DataFrame:
    """Thirty neighbouring cells, urban and rural, with all their households."""
    generated = generate_households(census_cells(1, DRAWS).part(FIRST, LAST), DRAWS)
    return census_fit(generated).with_columns((pl.col("generated") / pl.col("base")).alias("found"))


@pytest.mark.parametrize("margin", [name for name in MARGINS if name not in {*MEANS, *COUNTS}])
def test_a_margin_is_within_its_bars_in_whole_cells(fit: pl.DataFrame, margin: str) -> None:
    cells = fit.filter((pl.col("margin") == margin) & (pl.col("base") > 0))
    distance = 100 * (cells["found"] - cells["census"]).abs()
    assert len(cells) >= LAST - FIRST
    # A tenth of the bars: a whole cell has thousands of persons.
    assert distance.quantile(0.5) < 0.2
    assert distance.quantile(0.95) < 0.5


def test_households_and_persons_are_those_of_the_census(fit: pl.DataFrame) -> None:
    cells = census_cells(1, DRAWS).part(FIRST, LAST)
    sizes = fit.filter(margin="household_size")
    assert sorted(sizes["base"].to_list()) == sorted(cells.households.tolist())
    assert sorted(sizes["generated"].to_list()) == sorted(cells.persons.tolist())


def test_persons_per_room_are_those_of_the_census(fit: pl.DataFrame) -> None:
    rooms = fit.filter(margin="people_per_room")
    assert (rooms["found"] - rooms["census"]).abs().max() < 0.01
