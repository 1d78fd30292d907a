"""Inequality: known indices of small populations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karama.statistics import gini


def test_equal_shares_have_no_inequality_whatever_the_size_of_households() -> None:
    assert gini(np.array([100, 300, 200]), np.array([1, 3, 2])) == pytest.approx(0)


def test_one_who_has_everything_among_n_has_one_less_an_nth() -> None:
    assert gini(np.array([0, 0, 0, 8]), np.ones(4, np.int64)) == pytest.approx(0.75)


@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 12)), min_size=1, max_size=30))
def test_the_index_is_half_the_mean_difference_between_persons_over_the_mean(homes: list[tuple[int, int]]) -> None:
    each = np.repeat([total / size for total, size in homes], [size for _, size in homes])
    expected = np.abs(each[:, None] - each[None, :]).mean() / (2 * each.mean())
    found = gini(np.array([total for total, _ in homes]), np.array([size for _, size in homes]))
    assert found == pytest.approx(expected, abs=1e-9)
