"""Groups of equal weight: deciles, quintiles, the poorest x percent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from karama.foundation.errors import BadInputError
from karama.statistics.columns import checked, in_order, weights_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from karama.statistics.columns import Floats, Ints


def quantile_groups(values: ArrayLike, weights: ArrayLike | None = None, groups: int = 10) -> Ints:
    """The group of each row, 1 the poorest: deciles by default.

    Rows of one value are never parted: they go together to the group in which the middle of their weight falls.  So a
    group may be larger or smaller than its share, or empty, where many have the same value.  A row whose weight spans
    the edge of two groups (a large household) is not parted either.

    Args:
        values: what puts the rows in order, the poorest first.
        weights: persons of each row say; all 1 when left out.
        groups: their number, at least 1.

    Raises:
        BadInputError: no group; columns of different lengths; a value or a weight that is not finite, a weight under 0.
    """
    if groups < 1:
        raise BadInputError(f"{groups} groups cannot be made: give 10 for deciles, 5 for quintiles")
    return np.clip(np.ceil(groups * _middle(values, weights)), 1, groups).astype(np.int64)


def _middle(values: ArrayLike, weights: ArrayLike | None) -> Floats:
    """Share of the population below the middle of each row's group of equals."""
    found = checked("values", values, negative=True)
    counts = weights_of(weights, len(found))
    ordered, counted, row = in_order(found, counts, np.arange(len(found)))
    if not len(found):
        return found
    first = np.flatnonzero(np.concatenate([[True], ordered[1:] > ordered[:-1]]))
    weight = np.add.reduceat(counted, first)
    total = max(float(weight.sum()), np.finfo(np.float64).tiny)
    middle = (np.cumsum(weight) - weight / 2) / total
    result = np.empty(len(found))
    result[row] = np.repeat(middle, np.diff(np.append(first, len(found))))
    return result
