"""Targeting: the tables printed in the literature, rebuilt person by person."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karama.foundation.errors import BadInputError
from karama.statistics import concentration_index, cost_of_gap_closed, incidence, quantile_groups, targeting
from tests.statistics.published import PUBLISHED


def test_errors_are_those_of_the_printed_table() -> None:
    table = PUBLISHED["cgh"]
    weights = [table[cell] for cell in ("poor_excluded", "poor_included", "nonpoor_included", "nonpoor_excluded")]
    found = targeting([True, True, False, False], [0, 100, 100, 0], weights)
    assert found.undercoverage == pytest.approx(table["undercoverage"])
    assert found.leakage == pytest.approx(table["leakage"])
    assert found.leakage_of_amount == pytest.approx(table["leakage"])
    assert found.coverage == pytest.approx(0.75)
    assert found.cgh_index == pytest.approx(0.75 / 0.4)
    assert (found.target_share, found.recipients_share) == (pytest.approx(0.4), pytest.approx(0.4))


@pytest.mark.parametrize("city", ["A", "B"])
def test_the_two_cities_of_the_literature_have_their_printed_indices(city: str) -> None:
    """In A half are poor and the poorest fifth is paid; in B a tenth is poor and the poorest two fifths are."""
    expected = PUBLISHED["ravallion"][city]
    people = 1000
    poor = np.arange(people) < people * expected["poor"]
    paid = np.arange(people) < people * expected["poorest_who_receive"]
    found = targeting(poor, paid * 10)
    assert found.amount_share == pytest.approx(expected["share_to_poor"])
    assert found.cgh_index == pytest.approx(expected["normalised_share"])
    assert found.targeting_differential == pytest.approx(expected["differential"], abs=0.005)
    assert found.coverage == pytest.approx(expected["poor_reached"] / expected["poor"])
    assert -concentration_index(paid, np.arange(people)) == pytest.approx(expected["concentration"])


def test_an_aid_for_all_is_not_targeted() -> None:
    found = targeting([True, False, False, True], [5, 5, 5, 5], [1, 2, 3, 4])
    assert (found.cgh_index, found.targeting_differential, found.undercoverage) == (pytest.approx(1), 0, 0)
    assert found.leakage == pytest.approx(found.leakage_of_amount) == pytest.approx(0.5)


def test_larger_amounts_for_the_poor_move_the_money_but_not_the_recipients() -> None:
    found = targeting([True, False], [300, 100])
    assert (found.leakage, found.leakage_of_amount, found.cgh_index) == (0.5, 0.25, 1.5)


def test_without_an_aid_or_a_target_there_is_nothing_to_say() -> None:
    without_aid = targeting([True, False], [0, 0])
    assert without_aid.coverage == 0
    assert math.isnan(without_aid.leakage)
    assert math.isnan(without_aid.cgh_index)
    assert math.isnan(targeting([False, False], [1, 1]).undercoverage)


@given(st.lists(st.tuples(st.integers(1, 10**5), st.integers(1, 9), st.integers(0, 900)), min_size=1, max_size=60))
def test_incidence_adds_up_over_deciles(rows: list[tuple[int, int, int]]) -> None:
    spending, persons, aid = np.array(rows).T
    found = incidence(quantile_groups(spending, persons), aid, persons)
    assert found.population.sum() == persons.sum()
    assert found.amount.sum() == (aid * persons).sum()
    assert found.recipients.sum() == persons[aid > 0].sum()
    assert np.nansum(found.amount_share) == pytest.approx(1 if (aid > 0).any() else 0)


def test_incidence_says_who_is_covered_and_what_each_receives() -> None:
    found = incidence([1, 1, 2], [50, 0, 10], [2, 2, 4], groups=3)
    assert found.coverage[:2].tolist() == [0.5, 1]
    assert found.per_unit[:2].tolist() == [25, 10]
    assert found.per_recipient[:2].tolist() == [50, 10]
    assert found.amount_share.tolist() == [100 / 140, 40 / 140, 0]
    assert math.isnan(found.coverage[2])


def test_a_group_outside_is_refused() -> None:
    with pytest.raises(BadInputError, match="one from 1 to 10 is needed for each of the 2 rows"):
        incidence([1, 11], [1, 1])
    with pytest.raises(BadInputError, match="one from 1 to 10 is needed for each of the 2 rows"):
        incidence([1], [1, 1])


def test_a_dirham_of_gap_costs_a_dirham_when_all_of_it_arrives_under_the_line() -> None:
    assert cost_of_gap_closed(100, 500, 400) == 1
    assert cost_of_gap_closed(100, 500, 475) == 4
    assert cost_of_gap_closed(100, 500, 500) == math.inf
    assert math.isnan(cost_of_gap_closed(0, 500, 500))
