"""Deciles: equal weight, ties together, nobody left out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karama.foundation.errors import BadInputError
from karama.statistics import quantile_groups


def test_ten_persons_make_ten_deciles_in_the_order_of_their_values() -> None:
    assert quantile_groups([30, 10, 20, 40, 50, 100, 90, 80, 70, 60]).tolist() == [3, 1, 2, 4, 5, 10, 9, 8, 7, 6]


def test_a_large_household_takes_more_of_the_deciles_than_a_small_one() -> None:
    assert quantile_groups([1, 2, 3], [8, 1, 1], groups=2).tolist() == [1, 2, 2]
    assert quantile_groups([1, 2, 3, 4], [1, 1, 1, 7], groups=10).tolist() == [1, 2, 3, 7]


def test_equal_values_stay_together_in_the_group_of_their_middle() -> None:
    assert quantile_groups([5, 5, 5, 5, 9, 9], groups=3).tolist() == [1, 1, 1, 1, 3, 3]
    assert quantile_groups([7] * 4, groups=10).tolist() == [5] * 4


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 9)), max_size=60), st.integers(1, 12))
def test_groups_rise_with_values_and_hold_no_more_than_their_share_and_two_ties(
    rows: list[tuple[int, int]], groups: int
) -> None:
    values, weights = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    found = quantile_groups(values, weights, groups)
    assert ((found >= 1) & (found <= groups)).all()
    order = np.argsort(values, kind="stable")
    assert (np.diff(found[order]) >= 0).all()
    tied = max((weights[values == value].sum() for value in set(values.tolist())), default=0)
    share = weights.sum() / groups
    assert all(weights[found == group].sum() <= share + tied + 1e-9 for group in range(1, groups + 1))
    assert all(len(set(found[values == value])) == 1 for value in set(values.tolist()))


def test_no_group_is_refused() -> None:
    with pytest.raises(BadInputError, match="0 groups cannot be made"):
        quantile_groups([1, 2], groups=0)
