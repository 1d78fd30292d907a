"""Measures of inequality: who holds how much of a total, from the poorest on.

A value is what one unit has (spending per person, say) and a weight how many units the row stands for (persons).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karama.foundation.errors import BadInputError
from karama.statistics.columns import checked, in_order, weights_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from karama.statistics.columns import Floats


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of a Lorenz or concentration curve, from (0, 0) to (1, 1)."""

    population: Floats
    """Share of the population, from the poorest on, rising."""
    held: Floats
    """Share of the total that this part holds."""

    def index(self) -> float:
        """One less twice the area under the points: the Gini or concentration index when the points are all rows."""
        return float(1 - (np.diff(self.population) * (self.held[1:] + self.held[:-1])).sum())

    def at(self, shares: ArrayLike) -> Floats:
        """What the poorest shares of the population hold, straight between points."""
        result: Floats = np.interp(np.asarray(shares, dtype=np.float64), self.population, self.held)
        return result


def gini(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Gini index: twice the area between the diagonal and the Lorenz curve (Gini, 1914).

    The index of the population itself, without the factor n / (n - 1) that some software applies to a small sample.

    Args:
        values: of each row, from 0 on; of a household shared equally inside it, the value per person.
        weights: of each row, the number of its persons say; all 1 when left out.

    Returns:
        0 where all have the same, near 1 where one has everything; not a number where nobody weighs anything.

    Raises:
        BadInputError: columns of different lengths, a value or weight under 0 or not finite.
    """
    values = checked("values", values)
    return _all_points(values, values, weights_of(weights, len(values)), tied=False).index()


def concentration_index(values: ArrayLike, ranked_by: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Concentration index: as the Gini index, of one thing over people ranked by another (Kakwani, 1980).

    Args:
        values: whose distribution is measured, an aid say.
        ranked_by: what puts people in order, spending say, the poorest first; those of one rank share equally.
        weights: as for `gini`.

    Returns:
        From -1 (the poorest has it all) over 0 (all the same) to 1.  Targeting papers often give its opposite.

    Raises:
        BadInputError: as `gini`.
    """
    values = checked("values", values)
    return _all_points(values, _ranks(ranked_by, len(values)), weights_of(weights, len(values))).index()


def lorenz_curve(values: ArrayLike, weights: ArrayLike | None = None, steps: int = 100) -> Curve:
    """Lorenz curve at equal steps of the population (Lorenz, 1905).

    Args:
        values: as for `gini`.
        weights: as for `gini`.
        steps: number of steps; one point more is returned.

    Raises:
        BadInputError: as `gini`.
    """
    return concentration_curve(values, values, weights, steps)


def concentration_curve(
    values: ArrayLike, ranked_by: ArrayLike, weights: ArrayLike | None = None, steps: int = 100
) -> Curve:
    """Concentration curve at equal steps of the population.

    Args:
        values: as for `concentration_index`.
        ranked_by: as for `concentration_index`.
        weights: as for `gini`.
        steps: number of steps; one point more is returned.

    Raises:
        BadInputError: as `gini`.
    """
    values = checked("values", values)
    points = _all_points(values, _ranks(ranked_by, len(values)), weights_of(weights, len(values)))
    shares = np.linspace(0, 1, steps + 1)
    return Curve(shares, points.at(shares))


def theil(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Theil index T, the mean of r ln r where r is the value over the mean (Theil, 1967); a value of 0 counts as 0.

    Returns:
        0 where all have the same, ln n where one of n has everything.

    Raises:
        BadInputError: as `gini`.
    """
    relative, weights = _relative(values, weights)
    logarithm = np.log(np.where(relative > 0, relative, 1))
    return _mean(relative * logarithm, weights)


def atkinson(values: ArrayLike, weights: ArrayLike | None = None, *, aversion: float) -> float:
    """Atkinson index: the share of the total that could be given up if the rest were equal (Atkinson, 1970).

    Args:
        values: as for `gini`.
        weights: as for `gini`.
        aversion: to inequality, above 0; at 1 and above a single value of 0 makes the index 1.

    Raises:
        BadInputError: as `gini`, or an aversion of 0 or less.
    """
    if aversion <= 0:
        raise BadInputError(f"aversion {aversion} to inequality is not above 0: give for example 0.5 or 1")
    relative, weights = _relative(values, weights)
    if aversion >= 1 and bool((relative[weights > 0] <= 0).any()):
        return 1.0
    if aversion == 1:
        return float(1 - np.exp(_mean(np.log(np.where(relative > 0, relative, 1)), weights)))
    power = 1 - aversion
    return float(1 - _mean(np.where(relative > 0, relative, 1.0) ** power * (relative > 0), weights) ** (1 / power))


def _all_points(values: Floats, ranks: Floats, weights: Floats, *, tied: bool = True) -> Curve:
    """The curve with a point after every row, or after every group of equal ranks where these must stay together."""
    ranks, held, weights = in_order(ranks, values, weights)
    held = held * weights
    if tied and len(ranks):
        first = np.flatnonzero(np.concatenate([[True], ranks[1:] > ranks[:-1]]))
        if len(first) < len(ranks):
            held, weights = np.add.reduceat(held, first), np.add.reduceat(weights, first)
    population, share = _from_zero(weights), _from_zero(held)
    if population[-1] == 0:
        return Curve(np.array([0.0, 1.0]), np.full(2, np.nan))
    # A total of nothing is shared equally: the curve is the diagonal.
    return Curve(population, population if share[-1] == 0 else share)


def _from_zero(amounts: Floats) -> Floats:
    """Cumulated shares with a 0 before them; the last stays 0 without a total."""
    result = np.zeros(len(amounts) + 1)
    np.cumsum(amounts, out=result[1:])
    if result[-1] > 0:
        result /= result[-1]
    return result


def _ranks(ranked_by: ArrayLike, rows: int) -> Floats:
    return checked("ranks", ranked_by, rows, negative=True)


def _relative(values: ArrayLike, weights: ArrayLike | None) -> tuple[Floats, Floats]:
    """Values over their mean (1 where there is nothing to share), and the weights."""
    found = checked("values", values)
    known = weights_of(weights, len(found))
    mean = _mean(found, known)
    return (found / mean if mean > 0 else np.ones_like(found)), known


def _mean(values: Floats, weights: Floats) -> float:
    total = float(weights.sum())
    return float(np.dot(values, weights)) / total if total > 0 else float("nan")
