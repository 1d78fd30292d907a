"""Standard errors: textbook formulas, and drawing again and again from a population that is known whole."""

from __future__ import annotations

import math

import numpy as np
import pytest

from karama.foundation.errors import BadInputError
from karama.statistics import (
    Denominator,
    Sample,
    errors_of_totals,
    gini,
    gini_estimate,
    gini_influence,
    poverty_gaps,
    ratio,
    total,
)

RNG = np.random.default_rng(20260301)
STRATA, DRAWS, SHARE = 4, 1_500, 0.25
COUNTS = np.array([600, 400, 1_000, 400])
STRATUM = np.repeat(np.arange(STRATA), COUNTS)
SPENDING = np.exp(RNG.normal(9 + 0.2 * STRATUM, 0.6))
SIZE = RNG.integers(1, 9, len(STRATUM)).astype(np.float64)
LINE = 7_000.0
WEIGHTS = SIZE / SHARE


def drawn() -> np.ndarray:
    """Rows of one stratified sample without replacement."""
    parts = [RNG.permutation(np.flatnonzero(one == STRATUM))[: int(COUNTS[one] * SHARE)] for one in range(STRATA)]
    return np.concatenate(parts)


def resampled(sample: np.ndarray) -> np.ndarray:
    """Rows of one bootstrap of a sample: drawn with replacement inside each stratum, one row fewer (Rao and Wu)."""
    parts = []
    for one in range(STRATA):
        rows = sample[STRATUM[sample] == one]
        parts.append(RNG.choice(rows, len(rows) - 1))
    return np.concatenate(parts)


def poverty_of(rows: np.ndarray, alpha: int) -> tuple[np.ndarray, np.ndarray]:
    gaps = poverty_gaps(SPENDING[rows], LINE)
    return WEIGHTS[rows] * np.where(gaps > 0, gaps**alpha, 0), WEIGHTS[rows]


def test_the_error_of_a_total_is_the_textbook_formula() -> None:
    """Cochran, Sampling techniques, 1977, section 5.4: the sum over strata of N (N - n) s² / n."""
    values = np.array([2.0, 4, 9, 1, 5])
    found = total(values * 4, Sample(np.array([0, 0, 0, 1, 1]), 0.25))
    expected = 12 * 9 * values[:3].var(ddof=1) / 3 + 8 * 6 * values[3:].var(ddof=1) / 2
    assert found.value == 84
    assert found.standard_error == pytest.approx(math.sqrt(expected))


@pytest.mark.parametrize("alpha", [0, 1, 2])
def test_errors_of_poverty_measures_are_the_spread_over_repeated_samples(alpha: int) -> None:
    found = []
    for _ in range(DRAWS):
        rows = drawn()
        found.append(ratio(*poverty_of(rows, alpha), Sample(STRATUM[rows], SHARE)))
    spread = np.std([one.value for one in found])
    assert np.mean([one.standard_error for one in found]) == pytest.approx(spread, rel=0.06)
    truth = ratio(*poverty_of(np.arange(len(STRATUM)), alpha), Sample(STRATUM, 1)).value
    covered = np.mean([abs(one.value - truth) < 1.96 * one.standard_error for one in found])
    assert 0.92 < covered < 0.975


def test_the_error_of_the_gini_index_is_the_spread_over_repeated_samples() -> None:
    found = []
    for _ in range(DRAWS):
        rows = drawn()
        found.append(gini_estimate(SPENDING[rows], WEIGHTS[rows], Sample(STRATUM[rows], SHARE)))
    assert np.mean([one.standard_error for one in found]) == pytest.approx(np.std([o.value for o in found]), rel=0.06)
    truth = gini(SPENDING, SIZE)
    covered = np.mean([abs(one.value - truth) < 1.96 * one.standard_error for one in found])
    assert 0.92 < covered < 0.975


def test_errors_are_those_of_a_bootstrap_where_the_population_is_large() -> None:
    sample = drawn()
    measures = {alpha: ratio(*poverty_of(sample, alpha), Sample(STRATUM[sample])) for alpha in (0, 1, 2)}
    measures[3] = gini_estimate(SPENDING[sample], WEIGHTS[sample], Sample(STRATUM[sample]))
    again: dict[int, list[float]] = {key: [] for key in measures}
    for _ in range(DRAWS):
        rows = resampled(sample)
        for alpha in (0, 1, 2):
            numerator, denominator = poverty_of(rows, alpha)
            again[alpha].append(numerator.sum() / denominator.sum())
        again[3].append(gini(SPENDING[rows], WEIGHTS[rows]))
    for key, measure in measures.items():
        assert measure.standard_error == pytest.approx(np.std(again[key]), rel=0.08)


def test_a_ratio_of_each_group_is_that_of_its_rows_alone() -> None:
    rows = drawn()
    groups = np.array([0, 1, 0, 2, 3])  # a fifth stratum has no row, nor has its group
    numerator, denominator = poverty_of(rows, 1)
    sample = Sample(STRATUM[rows], np.array([0.25, 0.2, 0.1, 0.5, 0.3]))
    country, found = Denominator.of(denominator, sample, 5).ratios(numerator, np.zeros(5, np.int64), groups)
    four = Sample(sample.stratum, sample.share[:4])  # type: ignore[index]
    assert (country.value[0], country.standard_error[0]) == (
        pytest.approx(ratio(numerator, denominator, four).value),
        pytest.approx(ratio(numerator, denominator, four).standard_error),
    )
    for group in range(3):
        inside = groups[STRATUM[rows]] == group
        own = Sample(STRATUM[rows][inside], np.array([0.25, 0.2, 0.1, 0.5])[: STRATUM[rows][inside].max() + 1])
        alone = ratio(numerator[inside], denominator[inside], own)
        assert (found.value[group], found.standard_error[group]) == pytest.approx((alone.value, alone.standard_error))
    assert np.isnan([found.value[3], found.standard_error[3]]).all()


def test_a_whole_register_has_no_error_of_sampling() -> None:
    sample = Sample(STRATUM, 1)
    assert ratio(SPENDING * SIZE, SIZE, sample).standard_error == 0
    assert gini_estimate(SPENDING, SIZE, sample) == gini_estimate(SPENDING, SIZE, Sample(STRATUM, np.ones(STRATA)))
    assert total(SPENDING, sample).standard_error == 0


def test_more_rows_of_a_population_leave_less_error() -> None:
    rows = drawn()
    errors = [gini_estimate(SPENDING[rows], None, Sample(STRATUM[rows], share)).standard_error for share in (0, 0.5, 1)]
    assert errors[0] > errors[1] > errors[2] == 0
    assert errors[1] == pytest.approx(errors[0] / math.sqrt(2))


def test_a_stratum_of_one_row_is_held_against_all_rows() -> None:
    found = total([1.0, 2, 3, 10], Sample(np.array([0, 0, 0, 1])))
    assert found.standard_error == pytest.approx(math.sqrt(3 * 1 + (10 - 4) ** 2))


def test_nobody_and_nothing_have_no_index() -> None:
    nobody = Sample(np.array([], dtype=np.int64), 0.1)
    assert math.isnan(ratio([], [], nobody).value)
    assert gini_estimate([0, 0], None, Sample(np.array([0, 0]))).standard_error == 0


def test_bad_samples_are_refused() -> None:
    with pytest.raises(BadInputError, match=r"share 1.5 of the population is not from 0 to 1"):
        Sample(np.array([0]), 1.5)
    with pytest.raises(BadInputError, match="whole numbers from 0 on"):
        Sample(np.array([-1]))
    with pytest.raises(BadInputError, match="whole numbers from 0 on"):
        Sample(np.array([0.5]))  # type: ignore[arg-type]
    with pytest.raises(BadInputError, match="strata: 1 named and others drawn"):
        Denominator.of([1, 1], Sample(np.array([0, 1])), 1)
    with pytest.raises(BadInputError, match="not one group for each of the 2 strata"):
        Denominator.of([1, 1], Sample(np.array([0, 1])), 2).ratios([1, 1], np.array([0]))
    with pytest.raises(BadInputError, match="contributions: shape"):
        total([1], Sample(np.array([0, 1])))


def test_rows_of_one_unit_are_added_up_before_anything_is_compared() -> None:
    rows = drawn()
    whole = Sample(STRATUM[rows], SHARE)
    unit = np.concatenate([np.arange(len(rows)), np.arange(len(rows))])
    halves = Sample(STRATUM[rows], SHARE, unit)
    twice = np.concatenate([rows, rows])
    numerator, denominator = poverty_of(rows, 1)
    found = ratio(np.tile(numerator / 2, 2), np.tile(denominator / 2, 2), halves)
    assert found.standard_error == pytest.approx(ratio(numerator, denominator, whole).standard_error)
    assert gini_estimate(SPENDING[twice], WEIGHTS[twice] / 2, halves).standard_error == pytest.approx(
        gini_estimate(SPENDING[rows], WEIGHTS[rows], whole).standard_error
    )


def test_units_without_a_row_count_as_drawn_and_empty() -> None:
    """A part of the population (a region, say) is estimated from all units drawn, most of which have nothing of it."""
    stratum = np.array([0, 0, 0, 0])
    found = total([3.0, 5.0], Sample(stratum, 0.0, np.array([1, 3])))
    assert found == total([0.0, 3, 0, 5], Sample(stratum))
    with pytest.raises(BadInputError, match="unit: 4 has no stratum"):
        Sample(stratum, 0.0, np.array([4]))


def test_errors_of_groups_are_those_of_each_group_alone() -> None:
    rows = drawn()
    groups = np.array([0, 1, 1, 0])
    found = errors_of_totals(SPENDING[rows], Sample(STRATUM[rows], SHARE), groups)
    for group in (0, 1):
        inside = groups[STRATUM[rows]] == group
        alone = total(SPENDING[rows][inside], Sample(STRATUM[rows][inside], SHARE))
        assert found[group] == pytest.approx(alone.standard_error)


def test_influences_are_what_one_more_of_each_household_does_to_the_index() -> None:
    rows = drawn()[:60]
    index, influence = gini(SPENDING[rows], WEIGHTS[rows]), gini_influence(SPENDING[rows], WEIGHTS[rows])
    for row in (0, 17, 59):
        more = WEIGHTS[rows].copy()
        more[row] += 1e-4
        assert (gini(SPENDING[rows], more) - index) / 1e-4 == pytest.approx(influence[row], abs=2e-5)
