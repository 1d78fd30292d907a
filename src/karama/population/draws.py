"""Random draws that depend on nothing but the seed, the purpose and the person, and exact allotments in integers.

A draw is a hash of (seed, purpose, identifier): SplitMix64 on 64-bit integers (Steele, Lea and Flood, "Fast splittable
pseudorandom number generators", OOPSLA 2014).  So the same person gets the same draw on every machine, in every order
and in every batch, and a new purpose changes no other draw.  Allotments add integers only: no sum depends on the order
in which a processor adds floating-point numbers.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

PARTS = 1_000_000
_FINE = 1_000_000_000
"""A share becomes an integer weight in parts per million."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_TO_UNIT = 2.0**-53


def _mixed(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's finaliser: every bit of the input moves half the bits of the output."""
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    return state ^ (state >> np.uint64(31))


@dataclass(frozen=True, slots=True)
class Draws:
    """The draws of one seed."""

    seed: int

    def bits(self, purpose: str, ids: Ints) -> NDArray[np.uint64]:
        """64 random bits per identifier, for this purpose."""
        digest = hashlib.blake2b(f"{self.seed}:{purpose}".encode(), digest_size=8).digest()
        stream = np.uint64(int.from_bytes(digest, "little"))
        return _mixed(_mixed(ids.astype(np.uint64) * _GOLDEN + stream) + stream)

    def uniform(self, purpose: str, ids: Ints) -> Floats:
        """One number in [0, 1) per identifier, for this purpose."""
        return (self.bits(purpose, ids) >> np.uint64(11)).astype(np.float64) * _TO_UNIT

    def bell(self, purpose: str, ids: Ints) -> Floats:
        """One number in [0, 1), heaped around one half: the mean of three uniform draws."""
        first, second, third = (self.uniform(f"{purpose}/{turn}", ids) for turn in (1, 2, 3))
        return (first + second + third) / 3

    def below(self, purpose: str, ids: Ints, bound: Ints) -> Ints:
        """One integer in [0, bound) per identifier; 0 where the bound is 0."""
        return np.minimum((self.uniform(purpose, ids) * bound).astype(np.int64), np.maximum(bound - 1, 0))


def apportion(totals: Ints, weights: Ints, phase: Floats) -> Ints:
    """Split each row's total among its columns in proportion to the weights, in whole units.

    Cumulated rounding from a random phase in [0, 1): each row adds up to its total, each column is within one of its
    exact share and right on average.

    Args:
        totals: shape (rows,), what to split.
        weights: shape (rows, columns), not negative; a row of zeros receives nothing.
        phase: shape (rows,), where the rounding starts.

    Returns:
        Counts of shape (rows, columns).
    """
    cumulated = np.cumsum(weights, axis=1)
    whole = np.maximum(cumulated[:, -1:], 1)
    start = (phase[:, None] * whole).astype(np.int64)
    return np.diff((cumulated * totals[:, None] + start) // whole, axis=1, prepend=0)


def thin(counts: Ints, share: float, phase: float) -> Ints:
    """Whole counts proportional to ``counts``: their sum is the rounded share of the whole, each is near its own."""
    weight = round(share * _FINE)
    cumulated = np.cumsum(counts) * weight + int(phase * _FINE)
    whole = np.diff(cumulated // _FINE, prepend=np.int64(0))
    missing = round(int(counts.sum()) * share) - int(whole.sum())
    if missing and len(whole):
        # The phase may tip the last unit over; the largest row can bear it.
        whole[int(np.argmax(counts))] += missing
    return whole.astype(np.int64)


def starts(counts: Ints) -> Ints:
    """The position at which each group starts when groups of these sizes stand in a row."""
    return np.cumsum(counts) - counts


def rank_within(group: Ints, groups: int) -> Ints:
    """The position (0, 1, …) of each row inside its group; rows of a group must stand together, groups in order."""
    sizes = np.bincount(group, minlength=groups)
    return np.arange(len(group), dtype=np.int64) - starts(sizes)[group]


def place(guests: Ints, hosts: Ints, weights: Ints, phase: Floats) -> Ints:
    """Give each guest a host of its own group, hosts receiving in proportion to their weights.

    Systematic sampling: a host whose fair part is 1.4 guests receives one or two.

    Args:
        guests: group of each guest; guests of a group stand together, groups in order.
        hosts: group of each host, in the same order.
        weights: weight of each host, whole and not negative.
        phase: per group, a number in [0, 1).

    Returns:
        Per guest the position of its host, or -1 where the group has no host with weight.
    """
    groups = len(phase)
    cumulated = np.cumsum(weights)
    ends = np.searchsorted(hosts, np.arange(groups), side="right")
    before = np.concatenate([np.zeros(1, np.int64), cumulated])
    base = before[np.searchsorted(hosts, np.arange(groups), side="left")]
    width = before[ends] - base
    number = np.bincount(guests, minlength=groups).astype(np.int64)
    offset = (phase * width).astype(np.int64)
    order = rank_within(guests, groups)
    spot = base[guests] + (order * width[guests] + offset[guests]) // np.maximum(number, 1)[guests]
    found = np.searchsorted(cumulated, spot, side="right")
    return np.where(width[guests] > 0, found, -1)


def cut(group: Ints, key: Floats, quotas: Ints) -> Ints:
    """Sort each group by its key, highest first, and hand out the categories in order until each quota is used up.

    Args:
        group: group of each row, any order.
        key: what ranks the rows; equal keys keep their order.
        quotas: shape (groups, categories).

    Returns:
        The category of each row; rows beyond all quotas get the last category.
    """
    order = np.lexsort((-key, group))
    position = rank_within(group[order], len(quotas))
    bounds = np.cumsum(quotas, axis=1)[group[order]]
    category = np.minimum((position[:, None] >= bounds).sum(axis=1), quotas.shape[1] - 1)
    result = np.empty(len(group), np.int64)
    result[order] = category
    return result
