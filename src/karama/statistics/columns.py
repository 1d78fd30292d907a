"""Columns of figures with their weights: checked once, and put in order once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from karama.foundation.errors import BadInputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def checked(name: str, column: ArrayLike, rows: int | None = None, *, negative: bool = False) -> Floats:
    """The column as floats.

    Args:
        name: of the column, for the error.
        column: one figure per row.
        rows: number of rows that it must have.
        negative: whether a figure may be under 0.

    Raises:
        BadInputError: another number of rows, a figure that is not finite, one under 0 that may not be.
    """
    found = np.asarray(column, dtype=np.float64)
    if found.ndim != 1 or (rows is not None and len(found) != rows):
        raise BadInputError(f"{name}: shape {found.shape} where {rows} rows in one column are needed: give one per row")
    fault = ~np.isfinite(found)
    if fault.any():
        row = int(np.argmax(fault))
        raise BadInputError(f"{name}, row {row}: {found[row]} is no finite number: leave the row out or complete it")
    if not negative and len(found) and found.min() < 0:
        row = int(np.argmin(found))
        raise BadInputError(f"{name}, row {row}: {found[row]} is under 0: measures of sharing need figures from 0 on")
    return found


def weights_of(weights: ArrayLike | None, rows: int) -> Floats:
    """The weights of the rows, all 1 where none are given.

    Raises:
        BadInputError: as `checked`.
    """
    return np.ones(rows) if weights is None else checked("weights", weights, rows)


def in_order(key: NDArray[Any], *others: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """The columns sorted by the first one; untouched, and not copied, when they already are."""
    if len(key) < 2 or bool((key[1:] >= key[:-1]).all()):  # noqa: PLR2004 - one row is always in order
        return key, *others
    order = np.argsort(key, kind="stable")
    return key[order], *(other[order] for other in others)


def sums_by(place: Ints, column: NDArray[Any], groups: int = 0) -> Floats:
    """Sum of the column in each place, numbered from 0; at least ``groups`` of them."""
    return np.bincount(place, weights=column, minlength=groups).astype(np.float64, copy=False)
