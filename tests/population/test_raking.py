"""Joint tables: their margins are the census's, their inner ties the assumed ones; allotments are exact."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karama.population.draws import Draws, cut
from karama.population.home_tables import AMENITIES, BLOCKS, FUELS, RANKS, household_margin, household_tables
from karama.population.person_tables import ACTIVITIES, MARITAL, person_tables
from karama.population.raking import blend, placed, rake, share_out
from karama.territory import household_margins, people_margins

CELLS = 1698


def test_a_table_is_fitted_to_all_its_margins_and_keeps_its_odds_ratio() -> None:
    seed = np.array([[4.0, 1.0], [1.0, 1.0]])
    rows, columns = np.array([[0.3], [0.7]]), np.array([[0.6], [0.4]])
    fitted = rake(seed, [(0, rows), (1, columns)], rounds=60)[..., 0]
    assert fitted.sum(axis=1) == pytest.approx([0.3, 0.7])
    assert fitted.sum(axis=0) == pytest.approx([0.6, 0.4])
    assert fitted[0, 0] * fitted[1, 1] / (fitted[0, 1] * fitted[1, 0]) == pytest.approx(4)


def test_what_the_assumed_table_excludes_stays_excluded() -> None:
    fitted = rake(np.array([[1.0, 0.0], [1.0, 1.0]]), [(0, np.array([[0.5], [0.5]])), (1, np.array([[0.8], [0.2]]))])
    assert fitted[0, 1, 0] == 0
    assert fitted.sum() == pytest.approx(1)


def test_persons_of_every_cell_have_the_ages_of_the_census_and_nearly_its_marital_status() -> None:
    classes = person_tables().classes
    assert classes.sum(axis=(1, 2, 3)) == pytest.approx(np.ones(CELLS), abs=1e-9)
    people = people_margins()
    shape = (CELLS, 2)
    adults = classes[:, :, 3:].sum(axis=(2, 3))
    for position, status in enumerate(MARITAL):
        wanted = people[f"marital_status_{status}"].to_numpy().reshape(shape)
        found = classes[:, :, 3:, position].sum(axis=2) / np.where(adults > 0, adults, 1)
        distance = np.abs(found - wanted)[people["population"].to_numpy().reshape(shape) > 100]
        assert np.median(distance) < 0.0003
        assert np.quantile(distance, 0.95) < 0.002
    young = people["age_0_4"].to_numpy().reshape(shape) - classes[:, :, 0, 0] / classes.sum(axis=(2, 3)).clip(1e-9)
    assert np.quantile(np.abs(young), 0.99) < 0.001


def test_schooling_falls_with_age_and_work_rises_with_it_as_assumed() -> None:
    tables = person_tables()
    levels = tables.education / tables.education.sum(axis=-1, keepdims=True).clip(1e-12)
    none_young, none_old = levels[:, :, 4, 1, 0], levels[:, :, 13, 1, 0]
    assert (none_young <= none_old).mean() > 0.99
    assert (tables.literate[..., 0] <= tables.literate[..., 2]).mean() > 0.99
    assert tables.activity.shape == (CELLS, 2, len(ACTIVITIES))


@pytest.mark.parametrize("block", BLOCKS)
def test_households_have_the_census_margins_at_every_cell_and_equal_ranks(block: tuple[str, ...]) -> None:
    fitted = household_tables()[block]
    assert fitted.sum(axis=tuple(range(1, fitted.ndim - 1))) == pytest.approx(np.full((RANKS, CELLS), 1 / RANKS))
    for axis, name in enumerate(block, 1):
        others = tuple(other for other in range(fitted.ndim - 1) if other != axis)
        distance = np.abs(fitted.sum(axis=others).T - household_margin(name))
        assert np.quantile(distance, 0.95) < 0.01


def test_the_better_off_have_more_and_nobody_cooks_with_a_current_they_lack() -> None:
    water = household_tables()["running_water", "toilet", "kitchen", "bathroom"]
    rich, poor = water[-1, 1].sum(axis=(0, 1, 2)), water[0, 1].sum(axis=(0, 1, 2))
    assert (rich >= poor - 1e-12).all()
    assert (household_tables()["electricity", "cooking_fuel"][:, 0, FUELS.index("electricity")] == 0).all()
    share = household_margins()["amenities_kitchen"].to_numpy()
    assert household_margin("kitchen")[:, AMENITIES.index("kitchen") + 1] == pytest.approx(share)


@given(weight=st.floats(0, 1), seed=st.integers(0, 1000))
def test_a_blend_is_evenly_spread_and_follows_its_first_part(weight: float, seed: int) -> None:
    ids = np.arange(4000)
    standing, noise = Draws(seed).uniform("a", ids), Draws(seed).uniform("b", ids)
    mixed = blend(standing, noise, weight)
    assert mixed.min() >= 0
    assert mixed.max() < 1
    assert np.abs(np.quantile(mixed, [0.1, 0.5, 0.9]) - [0.1, 0.5, 0.9]).max() < 0.05
    if weight > 0.6:
        assert np.corrcoef(mixed, standing)[0, 1] > np.corrcoef(mixed, noise)[0, 1]


def test_a_place_tells_the_category_and_a_cut_moves_only_its_edge() -> None:
    chances = np.tile([0.5, 0.3, 0.2], (1000, 1))
    drawn = Draws(1).uniform("place", np.arange(1000))
    place = placed(chances, drawn)
    own = np.floor(place).astype(int)
    assert own.tolist() == np.searchsorted([0.5, 0.8], drawn, side="right").tolist()
    found = 2 - cut(np.zeros(1000, np.int64), place, np.array([[210, 300, 490]]))
    assert np.bincount(found).tolist() == [490, 300, 210]
    assert np.abs(found - own).max() <= 1


@given(st.integers(0, 500), st.lists(st.integers(0, 9), min_size=2, max_size=9), st.floats(0, 0.999))
def test_shares_of_a_group_add_up_and_are_within_one(total: int, weights: list[int], phase: float) -> None:
    if not sum(weights):
        weights = [*weights, 1]
    parts = share_out(np.zeros(len(weights), np.int64), np.array([total]), np.array(weights), np.array([phase]))
    assert parts.sum() == total
    assert np.abs(parts - total * np.array(weights) / sum(weights)).max() <= 1
