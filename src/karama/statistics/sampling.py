"""Standard errors where the rows are a sample: linearisation in strata, with the finite population correction.

A figure that is no total is replaced, for its variance, by the total of its influence function (Deville, "Variance
estimation for complex statistics and estimators", Survey Methodology, 1999).  The rows are taken as a simple random
sample without replacement inside each stratum.  The error is of sampling only: that of a model, of an assumption or of
a false declaration is not in it, and a whole register has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karama.foundation.errors import BadInputError
from karama.statistics.columns import checked, in_order, sums_by, weights_of
from karama.statistics.inequality import gini

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from karama.statistics.columns import Floats, Ints


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its standard error of sampling."""

    value: float
    standard_error: float


@dataclass(frozen=True, slots=True)
class Ratios:
    """Ratios of several groups; one figure per group."""

    value: Floats
    standard_error: Floats


@dataclass(frozen=True, slots=True)
class Sample:
    """How the rows were drawn.

    Attributes:
        stratum: of each row, numbered from 0.
        share: of the population's rows that was drawn, the same in all strata or one for each: 1 for a whole register,
            0 where it is small or unknown.

    Raises:
        BadInputError: a share outside 0 to 1, or strata that are not whole numbers from 0.
    """

    stratum: Ints
    share: float | Floats = 0.0

    def __post_init__(self) -> None:
        shares = np.atleast_1d(np.asarray(self.share, dtype=np.float64))
        if not ((shares >= 0) & (shares <= 1)).all():
            raise BadInputError(f"share {self.share} of the population is not from 0 to 1: give 1 for a whole register")
        if not np.issubdtype(self.stratum.dtype, np.integer) or (len(self.stratum) and self.stratum.min() < 0):
            raise BadInputError("stratum: strata are whole numbers from 0 on: number them")

    @property
    def whole(self) -> bool:
        """Whether every row of the population is there, so that there is no error of sampling."""
        return bool(np.all(np.asarray(self.share) == 1))

    def counts(self) -> Ints:
        """Rows of each stratum."""
        return np.bincount(self.stratum).astype(np.int64)

    def variances(self, sums: Floats, squares: Floats, counts: Ints) -> Floats:
        """Variance of the total of each stratum.

        Args:
            sums: of the rows' contributions by stratum.
            squares: sums of their squares.
            counts: rows of each stratum.

        Returns:
            One for each stratum.  A stratum of one row tells nothing of its spread: it is held against the mean of all
            rows, as the R package *survey* does with ``lonely.psu = "adjust"``.
        """
        rows = np.maximum(counts, 1)
        scattered = np.maximum(squares - sums**2 / rows, 0) * rows / np.maximum(rows - 1, 1)
        lone = counts == 1
        if lone.any():
            scattered[lone] = (sums[lone] - sums.sum() / max(int(counts.sum()), 1)) ** 2
        result: Floats = (1 - np.asarray(self.share)) * scattered
        return result


def total(contributions: ArrayLike, sample: Sample) -> Estimate:
    """A total, from what each row stands for (value times weight).

    Raises:
        BadInputError: not one contribution per row of the sample.
    """
    found = checked("contributions", contributions, len(sample.stratum), negative=True)
    return Estimate(float(found.sum()), _error_of_total(found, sample))


def ratio(numerator: ArrayLike, denominator: ArrayLike, sample: Sample) -> Estimate:
    """A ratio of two totals, such as a mean or a rate; both columns already multiplied by the weights.

    Raises:
        BadInputError: not one figure per row of the sample.
    """
    groups = np.zeros(_strata(sample), np.int64)
    found = ratios_by_group(numerator, denominator, sample, groups)
    return Estimate(float(found.value[0]), float(found.standard_error[0]))


def ratios_by_group(numerator: ArrayLike, denominator: ArrayLike, sample: Sample, groups: Ints) -> Ratios:
    """The same ratio in each of several groups of strata, at the cost of one.

    The influence of a row on a ratio R of totals Y and X is (y - R x) / X, so its variance follows from the sums of y,
    x and their products in each stratum.

    Args:
        numerator: of each row, multiplied by its weight.
        denominator: the same.
        sample: how the rows were drawn.
        groups: group of each stratum, numbered from 0 (a region is a group of strata).

    Returns:
        One ratio for each group, not a number where the denominator is 0.

    Raises:
        BadInputError: not one figure per row of the sample, or not one group per stratum.
    """
    rows, strata = len(sample.stratum), _strata(sample)
    if len(groups) < strata:
        raise BadInputError(f"groups: {len(groups)} given for {strata} strata: name the group of each stratum")
    strata = len(groups)
    y, x = (
        checked("numerator", numerator, rows, negative=True),
        checked("denominator", denominator, rows, negative=True),
    )

    def by_stratum(column: Floats) -> Floats:
        return sums_by(sample.stratum, column, strata)

    def by_group(sums: Floats) -> Floats:
        return sums_by(groups, sums)

    sum_y, sum_x = by_stratum(y), by_stratum(x)
    base = by_group(sum_x)
    known = base != 0
    value = np.divide(by_group(sum_y), base, out=np.full(len(base), np.nan), where=known)
    if sample.whole:
        return Ratios(value, np.where(known, 0.0, np.nan))
    slope = np.where(known, value, 0)[groups]
    squares = by_stratum(y * y) - 2 * slope * by_stratum(x * y) + slope**2 * by_stratum(x * x)
    counts = np.bincount(sample.stratum, minlength=strata)
    spread = by_group(sample.variances(sum_y - slope * sum_x, squares, counts))
    error = np.sqrt(np.divide(spread, base**2, out=np.full(len(base), np.nan), where=known))
    return Ratios(value, error)


def gini_estimate(values: ArrayLike, weights: ArrayLike | None, sample: Sample) -> Estimate:
    """The Gini index with its standard error (Langel and Tillé, "Variance estimation of the Gini index", 2013).

    Args:
        values: as for `karama.statistics.inequality.gini`.
        weights: persons times the inverse of the sampling share say; all 1 when None.
        sample: how the rows (households) were drawn.

    Raises:
        BadInputError: as `karama.statistics.inequality.gini`.
    """
    values = checked("values", values, len(sample.stratum))
    weights = weights_of(weights, len(values))
    values, weights, stratum = in_order(values, weights, sample.stratum)
    index = gini(values, weights)
    if sample.whole or not np.isfinite(index):
        return Estimate(index, 0.0 if sample.whole else float("nan"))
    influence = _gini_influence(values, weights, index)
    return Estimate(index, _error_of_total(influence * weights, Sample(stratum, sample.share)))


def _gini_influence(values: Floats, weights: Floats, index: float) -> Floats:
    """Influence of one unit of weight of each row on the Gini index; the rows in the order of their values."""
    held = values * weights
    people, amount = float(weights.sum()), float(held.sum())
    if amount <= 0:
        return np.zeros(len(values))
    below, held_below = np.cumsum(weights), np.cumsum(held)
    numerator = 2 * (values * below - held_below) + amount - people * values
    result: Floats = (numerator - index * (amount + people * values)) / (people * amount)
    return result


def _error_of_total(contributions: Floats, sample: Sample) -> float:
    sums = sums_by(sample.stratum, contributions)
    squares = sums_by(sample.stratum, contributions**2)
    return float(np.sqrt(sample.variances(sums, squares, sample.counts()).sum()))


def _strata(sample: Sample) -> int:
    return int(sample.stratum.max()) + 1 if len(sample.stratum) else 1
