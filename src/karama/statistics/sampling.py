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
    """How the units (households) were drawn.

    Attributes:
        stratum: of each unit, numbered from 0.
        share: of the population's units that was drawn, the same in all strata or one for each: 1 for a whole register,
            0 where it is small or unknown.
        unit: of each row, numbered from 0, where a unit has several rows or none; None where each row is a unit.

    Raises:
        BadInputError: a share outside 0 to 1, strata that are not whole numbers from 0, a unit without stratum.
    """

    stratum: Ints
    share: float | Floats = 0.0
    unit: Ints | None = None

    def __post_init__(self) -> None:
        shares = np.atleast_1d(np.asarray(self.share, dtype=np.float64))
        if not ((shares >= 0) & (shares <= 1)).all():
            raise BadInputError(f"share {self.share} of the population is not from 0 to 1: give 1 for a whole register")
        if not np.issubdtype(self.stratum.dtype, np.integer) or (len(self.stratum) and self.stratum.min() < 0):
            raise BadInputError("stratum: strata are whole numbers from 0 on: number them")
        if self.unit is not None and len(self.unit) and self.unit.max() >= len(self.stratum):
            raise BadInputError(f"unit: {self.unit.max()} has no stratum: name the stratum of each unit")

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.stratum) if self.unit is None else len(self.unit)

    def by_unit(self, column: Floats) -> Floats:
        """Sum of a column of rows in each unit."""
        return column if self.unit is None else sums_by(self.unit, column, len(self.stratum))

    @property
    def whole(self) -> bool:
        """Whether every row of the population is there, so that there is no error of sampling."""
        return bool(np.all(np.asarray(self.share) == 1))

    def counts(self) -> Ints:
        """Units of each stratum."""
        return np.bincount(self.stratum).astype(np.int64)

    def variances(self, sums: Floats, squares: Floats, counts: Ints) -> Floats:
        """Variance of the total of each stratum.

        Args:
            sums: of the units' contributions by stratum.
            squares: sums of their squares.
            counts: units of each stratum.

        Returns:
            One for each stratum.  A stratum of one unit tells nothing of its spread: it is held against the mean of all
            units, as the R package *survey* does with ``lonely.psu = "adjust"``.
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
        BadInputError: not one finite contribution per row of the sample.
    """
    found = checked("contributions", contributions, sample.rows, negative=True)
    strata = int(sample.stratum.max(initial=0)) + 1
    return Estimate(float(found.sum()), float(errors_of_totals(found, sample, np.zeros(strata, np.int64))[0]))


def ratio(numerator: ArrayLike, denominator: ArrayLike, sample: Sample) -> Estimate:
    """A ratio of two totals, such as a mean or a rate; both columns already multiplied by the weights.

    Raises:
        BadInputError: not one finite figure per row of the sample.
    """
    strata = int(sample.stratum.max()) + 1 if len(sample.stratum) else 1
    (found,) = Denominator.of(denominator, sample, strata).ratios(numerator, np.zeros(strata, np.int64))
    return Estimate(float(found.value[0]), float(found.standard_error[0]))


@dataclass(frozen=True, slots=True)
class Denominator:
    """The denominator of ratios, added up once for all numerators and all groups of strata.

    The influence of a unit on a ratio R of totals Y and X is (y - R x) / X, so its variance follows from the sums of y,
    x and their products in each stratum.
    """

    sample: Sample
    x: Floats
    """Of each unit."""
    sums: Floats
    """Of each stratum."""
    squares: Floats
    counts: Ints
    """Units of each stratum."""

    @classmethod
    def of(cls, denominator: ArrayLike, sample: Sample, strata: int) -> Denominator:
        """The denominator of each row, multiplied by its weight, for that many strata.

        Raises:
            BadInputError: not one finite figure per row of the sample, or a stratum outside.
        """
        if len(sample.stratum) and sample.stratum.max() >= strata:
            raise BadInputError(f"strata: {strata} named and others drawn: name the group of each stratum")
        x = sample.by_unit(checked("denominator", denominator, sample.rows, negative=True))
        squares = np.zeros(strata) if sample.whole else sums_by(sample.stratum, x * x, strata)
        counts = np.bincount(sample.stratum, minlength=strata).astype(np.int64)
        return cls(sample, x, sums_by(sample.stratum, x, strata), squares, counts)

    def ratios(self, numerator: ArrayLike, *groupings: Ints) -> tuple[Ratios, ...]:
        """The ratio in each group of strata.

        Args:
            numerator: of each row, multiplied by its weight.
            groupings: for each grouping, the group of each stratum, numbered from 0 (a region is a group of strata).

        Returns:
            For each grouping one ratio for each group, not a number where the denominator is 0.

        Raises:
            BadInputError: not one finite figure per row of the sample, or not one group per stratum.
        """
        strata, stratum = len(self.sums), self.sample.stratum
        if any(len(one) != strata for one in groupings):
            raise BadInputError(f"groupings: not one group for each of the {strata} strata: name the group of each")
        y = self.sample.by_unit(checked("numerator", numerator, self.sample.rows, negative=True))
        sums = sums_by(stratum, y, strata)
        if self.sample.whole:
            return tuple(self._ratios(one, sums, None) for one in groupings)
        products = sums_by(stratum, y * y, strata), sums_by(stratum, self.x * y, strata)
        return tuple(self._ratios(one, sums, products) for one in groupings)

    def _ratios(self, groups: Ints, sums: Floats, products: tuple[Floats, Floats] | None) -> Ratios:
        base = sums_by(groups, self.sums)
        known = base != 0
        value = np.divide(sums_by(groups, sums), base, out=np.full(len(base), np.nan), where=known)
        if products is None:
            return Ratios(value, np.where(known, 0.0, np.nan))
        slope = np.where(known, value, 0)[groups]
        squares = products[0] - 2 * slope * products[1] + slope**2 * self.squares
        spread = sums_by(groups, self.sample.variances(sums - slope * self.sums, squares, self.counts))
        return Ratios(value, np.sqrt(np.divide(spread, base**2, out=np.full(len(base), np.nan), where=known)))


def errors_of_totals(contributions: ArrayLike, sample: Sample, groups: Ints) -> Floats:
    """Standard errors of the totals of groups of strata, each row contributing to the group of its stratum.

    Args:
        contributions: of each row, multiplied by its weight.
        sample: how the units were drawn.
        groups: of each stratum, numbered from 0.

    Raises:
        BadInputError: not one finite contribution per row of the sample.
    """
    found = sample.by_unit(checked("contributions", contributions, sample.rows, negative=True))
    strata = len(groups)
    sums, squares = (sums_by(sample.stratum, column, strata) for column in (found, found**2))
    counts = np.bincount(sample.stratum, minlength=strata).astype(np.int64)
    return np.sqrt(sums_by(groups, sample.variances(sums, squares, counts)))


def gini_estimate(values: ArrayLike, weights: ArrayLike | None, sample: Sample) -> Estimate:
    """The Gini index with its standard error (Langel and Tillé, "Variance estimation of the Gini index", 2013).

    Args:
        values: as for `karama.statistics.inequality.gini`.
        weights: persons times the inverse of the sampling share say; all 1 when None.
        sample: how the rows (households) were drawn.

    Raises:
        BadInputError: as `karama.statistics.inequality.gini`.
    """
    values = checked("values", values, sample.rows)
    weights = weights_of(weights, len(values))
    if sample.whole:
        return Estimate(gini(values, weights), 0.0)
    index = gini(values, weights)
    if not np.isfinite(index):
        return Estimate(index, float("nan"))
    return Estimate(index, total(weights * gini_influence(values, weights), sample).standard_error)


def gini_influence(values: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """Influence of one unit of weight of each row on the Gini index; rows in the order of their values cost less.

    Args:
        values: as for `karama.statistics.inequality.gini`.
        weights: the same.

    Raises:
        BadInputError: as `karama.statistics.inequality.gini`.
    """
    found = checked("values", values)
    counts = weights_of(weights, len(found))
    ordered, counted, row = in_order(found, counts, np.arange(len(found)))
    held = ordered * counted
    people, amount = float(counted.sum()), float(held.sum())
    result = np.zeros(len(found))
    if amount > 0:
        below, held_below = np.cumsum(counted), np.cumsum(held)
        above = 2 * (ordered * below - held_below) + amount - people * ordered
        result[row] = (above - gini(ordered, counted) * (amount + people * ordered)) / (people * amount)
    return result
