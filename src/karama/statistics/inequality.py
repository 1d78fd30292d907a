"""Measures of inequality."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def gini(totals: NDArray[np.int64], persons: NDArray[np.int64]) -> float:
    """Gini index of what each person has of a household's total, shared equally inside it.

    Twice the area between the diagonal and the Lorenz curve (Gini, 1914).

    Args:
        totals: of each household, not negative.
        persons: number of its members, at least one.

    Returns:
        0 where all persons have the same, near 1 where one has everything.
    """
    order = np.argsort(totals / persons, kind="stable")
    held = np.cumsum(totals[order]) / max(int(totals.sum()), 1)
    share = persons[order] / max(int(persons.sum()), 1)
    return float(1 - np.sum(share * (held + np.concatenate([[0.0], held[:-1]]))))
