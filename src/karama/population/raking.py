"""Joint tables fitted to all their margins together, and their allotment to whole persons and households.

Fitting is iterative proportional fitting (Deming and Stephan, 1940; "raking"): an assumed table is multiplied, margin
after margin and round after round, until all margins are the census's.  What the margins do not say (how age goes with
schooling, schooling with work) stays as assumed: the fitted table is the nearest one in relative entropy (Csiszár,
1975).  Tables are fitted for the whole country at once, as shares, whatever the share generated: no row depends on the
batch.

Whole persons follow in one cut per margin.  The fitted table gives each person its own chances among the categories,
and a draw its *place*: so many categories below it, and so far inside its own.  The line of a cell is then sorted by
place and cut at the census's numbers: the margin is exact to one person, and only those at the edge of a category move
to its neighbour.

Libraries were weighed: ``ipfn`` 1.4 and ``humanleague`` 2.4 fit one table at a time, here there are 3,396 tables of
3,900 entries; ``weightipy``, ``balance`` and ``samplics`` weight the rows of a sample, and no sample of the census of
2024 is published; ``populationsim`` brings a whole transport model and also needs a sample.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from karama.population.draws import Floats, Ints

ROUNDS = 12
"""Enough for the largest gap of a margin to fall under a thousandth in all but the smallest cells."""

_LEAST = 1e-9


def ratio(wanted: Floats, found: Floats) -> Floats:
    """What a margin is to be multiplied by; 0 where the table has nothing to multiply."""
    nothing = np.zeros(np.broadcast_shapes(wanted.shape, found.shape))
    result: Floats = np.divide(wanted, found, out=nothing, where=found > 0)
    return result


def rake(seed: Floats, targets: Sequence[tuple[int, Floats]], rounds: int = ROUNDS) -> Floats:
    """Fit one table per cell to the margins of its single dimensions.

    Args:
        seed: the assumed table, without cells.
        targets: for each margin its dimension in the seed and the shares wanted, shape (categories, cells).
        rounds: how often all the margins are gone through.

    Returns:
        Shape (dimensions of the seed, cells); the last margin is met exactly wherever the seed allows it.
    """
    fitted = np.repeat(seed[..., None], targets[0][1].shape[-1], axis=-1)
    axes = range(seed.ndim)
    for _ in range(rounds):
        for axis, target in targets:
            found = fitted
            for other in reversed([one for one in axes if one != axis]):
                # One sum at a time, cells last: the order of the additions is the same on every machine.
                found = found.sum(axis=other, keepdims=True)
            shape = [1] * seed.ndim + [target.shape[-1]]
            shape[axis] = target.shape[0]
            fitted *= ratio(target.reshape(shape), found)
    return fitted


def blend(standing: Floats, noise: Floats, weight: float) -> Floats:
    """A number evenly spread over [0, 1) that follows ``standing`` by ``weight`` (0 to 1) and chance by the rest.

    The two are evenly spread themselves; their weighted mean is not (it heaps in the middle), so it is replaced by its
    own distribution function, a trapezium's.
    """
    small, large = sorted((weight, 1 - weight))
    mean = weight * standing + (1 - weight) * noise
    if small <= _LEAST:
        return np.clip(mean, 0, 1 - _LEAST)
    rising = mean**2 / (2 * small * large)
    level = (mean - small / 2) / large
    falling = 1 - (1 - mean) ** 2 / (2 * small * large)
    result: Floats = np.where(mean < small, rising, np.where(mean < large, level, falling))
    return np.clip(result, 0, 1 - _LEAST)


def placed(chances: Floats, drawn: Floats) -> Floats:
    """Where each person stands on the line of categories: whole categories passed, and the part of its own.

    Args:
        chances: shape (persons, categories), relative, lowest category first.
        drawn: evenly spread over [0, 1), what is high comes to a high category.

    Returns:
        A number from 0 to the number of categories, for `karama.population.draws.cut`.
    """
    reached = np.cumsum(chances + _LEAST, axis=1)
    spot = drawn * reached[:, -1]
    category: Ints = np.minimum((spot[:, None] >= reached).sum(axis=1), chances.shape[1] - 1)
    rows = np.arange(len(chances))
    own = chances[rows, category] + _LEAST
    inside = (spot - (reached[rows, category] - own)) / own
    result: Floats = category.astype(np.float64) + np.clip(inside, 0, 1 - _LEAST)
    return result


def share_out(group: Ints, totals: Ints, weights: Ints, phase: Floats) -> Ints:
    """Split each group's total among its rows in proportion to their weights, in whole units.

    Args:
        group: group of each row, rows of a group together and groups in order.
        totals: per group, what to split.
        weights: per row, whole and not negative.
        phase: per group, where the cumulated rounding starts.

    Returns:
        Whole parts; those of a group add up to its total unless all its weights are zero.
    """
    reached = np.cumsum(weights)
    before = np.concatenate([np.zeros(1, np.int64), reached])
    first = np.searchsorted(group, np.arange(len(totals)), side="left")
    last = np.searchsorted(group, np.arange(len(totals)), side="right")
    whole = np.maximum(before[last] - before[first], 1)
    start = (phase * whole).astype(np.int64)
    inside = reached - before[first][group]
    upper = (inside * totals[group] + start[group]) // whole[group]
    lower = ((inside - weights) * totals[group] + start[group]) // whole[group]
    result: Ints = upper - lower
    return result
