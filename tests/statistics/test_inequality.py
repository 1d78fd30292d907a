"""Inequality: results of other software, known indices of small populations, and what holds of any population."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karama.foundation.errors import BadInputError
from karama.statistics import atkinson, concentration_curve, concentration_index, gini, lorenz_curve, theil
from tests.statistics.published import PUBLISHED, PYSAL

HOMES = st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 12)), min_size=1, max_size=30)


def test_the_indices_are_those_of_r() -> None:
    r = PUBLISHED["R"]
    assert gini(r["values"]) == pytest.approx(r["gini"], abs=1e-11)
    assert gini(r["values"]) * 10 / 9 == pytest.approx(r["gini_corrected"], abs=1e-11)
    assert theil(r["values"]) == pytest.approx(r["theil"], abs=1e-11)
    assert atkinson(r["values"], aversion=0.5) == pytest.approx(r["atkinson_half"], abs=1e-11)


@pytest.mark.parametrize("households", ["40", "300"])
def test_the_indices_of_persons_in_households_are_those_of_pysal(households: str) -> None:
    pysal = PYSAL[households]
    spending, size = pysal["spending"], pysal["size"]
    assert gini(spending, size) == pytest.approx(pysal["gini"], abs=1e-12)
    assert theil(spending, size) == pytest.approx(pysal["theil"], abs=1e-12)
    assert atkinson(spending, size, aversion=0.5) == pytest.approx(pysal["atkinson_half"], abs=1e-12)
    assert atkinson(spending, size, aversion=1) == pytest.approx(pysal["atkinson_one"], abs=1e-12)


def test_equal_shares_have_no_inequality_whatever_the_size_of_households() -> None:
    assert gini([100, 100, 100], [1, 3, 2]) == pytest.approx(0)
    assert theil([100, 100, 100], [1, 3, 2]) == pytest.approx(0)
    assert atkinson([100, 100, 100], [1, 3, 2], aversion=2) == pytest.approx(0)


def test_one_who_has_everything_among_n_has_one_less_an_nth() -> None:
    assert gini([0, 0, 0, 8]) == pytest.approx(0.75)
    assert theil([0, 0, 0, 8]) == pytest.approx(math.log(4))
    assert atkinson([0, 0, 0, 8], aversion=0.5) == pytest.approx(0.75)
    assert atkinson([0, 0, 0, 8], aversion=1) == 1


def test_where_nobody_has_anything_all_have_the_same() -> None:
    assert gini([0, 0]) == 0
    assert theil([0, 0]) == 0
    assert atkinson([0, 0], aversion=0.5) == 0


def test_a_population_of_nobody_has_no_index() -> None:
    assert math.isnan(theil([], []))
    assert math.isnan(gini([5, 7], [0, 0]))
    assert math.isnan(concentration_index([], [], []))
    assert np.isnan(lorenz_curve([], steps=2).held).all()
    assert math.isnan(atkinson([5, 7], [0, 0], aversion=2))


@given(HOMES)
def test_the_index_is_half_the_mean_difference_between_persons_over_the_mean(homes: list[tuple[int, int]]) -> None:
    each = np.repeat([total / size for total, size in homes], [size for _, size in homes])
    expected = np.abs(each[:, None] - each[None, :]).mean() / (2 * each.mean())
    found = gini([total / size for total, size in homes], [size for _, size in homes])
    assert found == pytest.approx(expected, abs=1e-9)


@given(HOMES, st.integers(2, 9))
def test_only_shares_count_not_the_unit_of_money_nor_of_weight(homes: list[tuple[int, int]], times: int) -> None:
    values, weights = np.array(homes).T
    for index in (gini, theil, lambda v, w: atkinson(v, w, aversion=0.7)):
        assert index(values * times, weights / times) == pytest.approx(index(values, weights), abs=1e-9)


@given(HOMES)
def test_giving_to_the_poorest_lowers_every_index(homes: list[tuple[int, int]]) -> None:
    values, weights = np.array(homes, dtype=np.float64).T
    if len(set(values)) == 1:
        return
    raised = values.copy()
    raised[values == values.min()] = np.sort(np.unique(values))[1]
    assert gini(raised, weights) < gini(values, weights)
    assert theil(raised, weights) < theil(values, weights)
    assert atkinson(raised, weights, aversion=0.5) < atkinson(values, weights, aversion=0.5)


@given(HOMES)
def test_a_thing_ranked_by_itself_has_its_gini_index_and_ranked_backwards_the_opposite(
    homes: list[tuple[int, int]],
) -> None:
    values, weights = np.array(homes).T
    assert concentration_index(values, values, weights) == pytest.approx(gini(values, weights), abs=1e-9)
    assert concentration_index(values, -values, weights) == pytest.approx(-gini(values, weights), abs=1e-9)


@given(HOMES, st.randoms(use_true_random=False))
def test_those_of_one_rank_share_equally_in_whatever_order_the_rows_come(
    homes: list[tuple[int, int]], chance: object
) -> None:
    order = np.arange(len(homes))
    chance.shuffle(order)  # type: ignore[attr-defined]
    values, weights = np.array(homes).T
    rank = weights % 3
    before = concentration_index(values, rank, weights)
    assert concentration_index(values[order], rank[order], weights[order]) == pytest.approx(before, abs=1e-12)
    assert concentration_index(values, np.ones(len(values)), weights) == pytest.approx(0, abs=1e-12)


def test_the_lorenz_curve_says_what_the_poorest_hold() -> None:
    curve = lorenz_curve([4, 1, 3, 2], steps=4)
    assert curve.population.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert curve.held == pytest.approx([0, 0.1, 0.3, 0.6, 1])
    assert curve.at([0.125, 1]) == pytest.approx([0.05, 1])
    assert curve.index() == pytest.approx(gini([4, 1, 3, 2]))


def test_an_aid_of_the_poorest_has_a_curve_above_the_diagonal() -> None:
    aid, spending, persons = [0, 500, 250, 0], [9, 1, 3, 7], [1, 4, 2, 3]
    curve = concentration_curve(aid, spending, persons, steps=10)
    assert curve.at([0.4, 0.6]) == pytest.approx([0.8, 1])
    assert (curve.held >= curve.population - 1e-12).all()
    assert concentration_index(aid, spending, persons) == pytest.approx(1 - (0.4 * 0.8 + 0.2 * 1.8 + 0.4 * 2))


def test_nothing_to_share_follows_the_diagonal() -> None:
    assert concentration_curve([0, 0], [1, 2], steps=2).held.tolist() == [0, 0.5, 1]


@pytest.mark.parametrize(
    ("values", "weights", "said"),
    [
        ([1, -2], None, "values, row 1: -2.0 is under 0"),
        ([1, math.nan], None, "values, row 1: nan is no finite number"),
        ([1, 2], [1], "weights: shape (1,) where 2 rows"),
        ([1, 2], [1, -1], "weights, row 1: -1.0 is under 0"),
        ([[1, 2]], None, "values: shape (1, 2) where"),
    ],
)
def test_a_value_or_weight_that_cannot_be_shared_is_named(
    values: list[float], weights: list[float] | None, said: str
) -> None:
    with pytest.raises(BadInputError) as raised:
        gini(values, weights)
    assert said in str(raised.value)


def test_inequality_without_aversion_is_refused() -> None:
    with pytest.raises(BadInputError, match=r"aversion 0 .* is not above 0"):
        atkinson([1, 2], aversion=0)
