"""Poverty: printed examples, other software, and the axioms of the measures."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karama.foundation.errors import BadInputError
from karama.statistics import fgt, poverty, poverty_gaps
from tests.statistics.published import PUBLISHED

HOMES = st.lists(st.tuples(st.integers(0, 20_000), st.integers(1, 12)), min_size=1, max_size=30)
LINE = 5_000


@pytest.mark.parametrize("source", ["R", "handbook"])
def test_the_measures_are_those_printed_and_computed_elsewhere(source: str) -> None:
    expected = PUBLISHED[source]
    found = poverty(expected["values"], expected["line"])
    assert found.headcount == pytest.approx(expected["headcount"], abs=1e-12)
    assert found.gap == pytest.approx(expected["gap"], abs=1e-12)
    assert found.severity == pytest.approx(expected["severity"], abs=1e-12)


def test_who_is_at_the_line_is_not_poor() -> None:
    found = poverty([4_999, 5_000, 5_001], 5_000, [1, 2, 3])
    assert (found.population, found.poor, found.headcount) == (6, 1, pytest.approx(1 / 6))
    assert found.gap_total == pytest.approx(1)


def test_each_row_may_have_its_own_line() -> None:
    found = poverty([5_000, 5_000], [5_300, 4_900], [4, 6])
    assert found.poor == 4
    assert found.gap_total == pytest.approx(4 * 300)
    assert poverty_gaps([5_000, 5_000], [5_300, 4_900]) == pytest.approx([300 / 5_300, 0])


def test_nobody_has_no_rate_but_a_total_of_zero() -> None:
    found = poverty([], LINE)
    assert (found.population, found.poor, found.gap_total) == (0, 0, 0)
    assert math.isnan(found.headcount)
    assert math.isnan(fgt([], LINE, alpha=1))


@given(HOMES)
def test_the_three_measures_together_are_each_of_them_alone(homes: list[tuple[int, int]]) -> None:
    values, weights = np.array(homes).T
    found = poverty(values, LINE, weights)
    each = np.repeat(values, weights)
    gaps = np.where(each < LINE, (LINE - each) / LINE, 0)
    for alpha, measure in enumerate((found.headcount, found.gap, found.severity)):
        assert fgt(values, LINE, weights, alpha=alpha) == pytest.approx(measure, abs=1e-12)
        assert measure == pytest.approx(np.mean(np.where(each < LINE, gaps**alpha, 0)), abs=1e-12)
    assert found.gap_total == pytest.approx(np.maximum(LINE - each, 0).sum())


@given(HOMES)
def test_measures_of_parts_add_up_by_their_population(homes: list[tuple[int, int]]) -> None:
    values, weights = np.array(homes).T
    part = weights % 2 == 0
    whole, one, other = (poverty(values[w], LINE, weights[w]) for w in (part | ~part, part, ~part))
    assert whole.poor == one.poor + other.poor
    assert whole.gap_total == pytest.approx(one.gap_total + other.gap_total)


@given(HOMES, st.integers(1, 3_000))
def test_an_aid_never_raises_poverty(homes: list[tuple[int, int]], aid: int) -> None:
    values, weights = np.array(homes).T
    before, after = poverty(values, LINE, weights), poverty(values + aid, LINE, weights)
    assert after.headcount <= before.headcount
    assert after.gap_total <= before.gap_total
    assert after.severity < before.severity or before.severity == 0


def test_severity_falls_more_when_the_poorer_of_two_poor_is_helped() -> None:
    assert poverty([2_000, 4_000], LINE).gap == pytest.approx(poverty([3_000, 3_000], LINE).gap)
    assert poverty([2_000, 4_000], LINE).severity > poverty([3_000, 3_000], LINE).severity


@pytest.mark.parametrize("line", [0, -1, math.nan, [5_000, 0], [5_000]])
def test_a_line_that_is_none_is_refused(line: object) -> None:
    with pytest.raises(BadInputError, match="line"):
        poverty([1, 2], line)  # type: ignore[arg-type]


def test_an_aversion_under_zero_is_refused() -> None:
    with pytest.raises(BadInputError, match=r"alpha -1 is under 0"):
        fgt([1], LINE, alpha=-1)
