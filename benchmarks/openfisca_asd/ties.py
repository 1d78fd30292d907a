"""What OpenFisca's own ranks leave open: equal birth dates, and ranks within a mother's children."""

from __future__ import annotations

import numpy as np

Array = np.ndarray


def settle_ties(
    by_age: Array, counted: Array, families: Array, *, days: Array, gain: Array, following: Array, last_first: int
) -> Array:
    """Ranks by age from 0, those of equal birth dates put in the order that gives the family most.

    Where the last of the first ranks may fall within the day, who gains most from it goes first; then who brings most
    at the next ranks; then the order of the file.  Only the few persons concerned are touched.
    """
    rows = np.flatnonzero(counted)
    code = families[rows].astype(np.int64) * (days[rows].max(initial=0) + 1) + days[rows]
    _, inverse, sizes = np.unique(code, return_inverse=True, return_counts=True)
    tied = sizes[inverse] > 1
    rows, code = rows[tied], code[tied]
    if not len(rows):
        return by_age
    first = np.lexsort((by_age[rows], code))
    place = np.empty(len(rows), by_age.dtype)
    starts = run_starts(code[first])
    place[first] = by_age[rows][first][starts]
    useful = np.where(place < last_first, gain[rows], 0)
    best = np.lexsort((rows, -following[rows], -useful, code))
    starts = run_starts(code[best])
    settled = by_age.copy()
    settled[rows[best]] = place[best] + np.arange(len(rows)) - starts
    return settled


def order_in_group(chosen: Array, families: Array, mothers: Array, birth_dates: Array) -> Array:
    """Order from 1 by date of birth among the chosen persons of one family and mother; 0 for the others."""
    rows = np.flatnonzero(chosen)
    sorted_rows = rows[np.lexsort((rows, birth_dates[rows], mothers[rows], families[rows]))]
    code = families[sorted_rows].astype(np.int64) * (int(mothers.max(initial=0)) + 1) + mothers[sorted_rows]
    order = np.zeros(len(chosen), np.int32)
    order[sorted_rows] = np.arange(len(rows)) - run_starts(code) + 1
    return order


def run_starts(sorted_codes: Array) -> Array:
    """For each place the place where its run of equal codes begins."""
    if not len(sorted_codes):
        return np.zeros(0, np.int64)
    new = np.r_[True, sorted_codes[1:] != sorted_codes[:-1]]
    return np.maximum.accumulate(np.where(new, np.arange(len(sorted_codes)), 0))
