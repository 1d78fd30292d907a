"""Poverty: how many are under a line, and by how much (Foster, Greer and Thorbecke, Econometrica, 1984)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karama.foundation.errors import BadInputError
from karama.statistics.columns import checked, weights_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from karama.statistics.columns import Floats


@dataclass(frozen=True, slots=True)
class Poverty:
    """The measures of one population, from weighted rows."""

    population: float
    """Sum of the weights."""
    poor: float
    """Weight of those under the line."""
    headcount: float
    """FGT 0: share of the population under the line, 0 to 1; not a number without population, as the next two."""
    gap: float
    """FGT 1: mean shortfall as a share of the line, 0 for those not under it."""
    severity: float
    """FGT 2: mean of the squared shares."""
    gap_total: float
    """What would lift everybody to the line exactly, in the unit of the values."""


def poverty_gaps(values: ArrayLike, line: ArrayLike) -> Floats:
    """Shortfall of each row as a share of its line, 0 for a value at the line or above.

    Args:
        values: of each row, spending per person say.
        line: one for all, or one for each row; above 0.

    Raises:
        BadInputError: a value that is not finite, a line that is not above 0, or not one per row.
    """
    values = checked("values", values, negative=True)
    lines = np.asarray(line, dtype=np.float64)
    if lines.ndim:
        lines = checked("line", lines, len(values), negative=True)
    if lines.size and not (np.isfinite(lines).all() and lines.min() > 0):
        raise BadInputError("line: a poverty line is not a number above 0: give it in the unit of the values")
    result: Floats = np.maximum(1 - values / lines, 0)
    return result


def fgt(values: ArrayLike, line: ArrayLike, weights: ArrayLike | None = None, *, alpha: float) -> float:
    """One measure of the family: the mean of the gaps raised to ``alpha`` (0 counts the poor).

    Args:
        values: as for `poverty_gaps`.
        line: as for `poverty_gaps`.
        weights: persons of each row say; all 1 when left out.
        alpha: aversion to poverty, from 0 on.

    Raises:
        BadInputError: as `poverty_gaps`; weights under 0 or not one per row; alpha under 0.
    """
    if alpha < 0:
        raise BadInputError(f"alpha {alpha} is under 0: give 0 (headcount), 1 (gap), 2 (severity)")
    gaps = poverty_gaps(values, line)
    weights = weights_of(weights, len(gaps))
    counted = weights.sum()
    raised = (gaps > 0).astype(np.float64) if alpha == 0 else gaps**alpha
    return float(np.dot(raised, weights) / counted) if counted > 0 else float("nan")


def poverty(values: ArrayLike, line: ArrayLike, weights: ArrayLike | None = None) -> Poverty:
    """Headcount, gap and severity of poverty together; poor is who is strictly under the line.

    Args:
        values: as for `poverty_gaps`.
        line: as for `poverty_gaps`.
        weights: as for `fgt`.

    Raises:
        BadInputError: as `fgt`.
    """
    gaps = poverty_gaps(values, line)
    weights = weights_of(weights, len(gaps))
    counted, poor = float(weights.sum()), float(np.dot(gaps > 0, weights))
    shortfall = gaps * weights
    lines = np.broadcast_to(np.asarray(line, dtype=np.float64), gaps.shape)
    sums = np.array([poor, shortfall.sum(), np.dot(shortfall, gaps)])
    means = sums / counted if counted > 0 else np.full(3, np.nan)
    return Poverty(counted, poor, float(means[0]), float(means[1]), float(means[2]), float(np.dot(shortfall, lines)))
