"""Targeting: whom an aid reaches, whom it should reach, and what reaches them.

Names follow Coady, Grosh and Hoddinott, "Targeting of transfers in developing countries" (World Bank, 2004), chapter 2,
and Ravallion, "How relevant is targeting to the success of an antipoverty program?" (World Bank Research Observer,
2009).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karama.foundation.errors import BadInputError
from karama.statistics.columns import checked, sums_by, weights_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from karama.statistics.columns import Floats


@dataclass(frozen=True, slots=True)
class Targeting:
    """How well an aid reaches a target; a share of nobody or of nothing is not a number."""

    target_share: float
    """Share of the population that is the target."""
    recipients_share: float
    """Share of the population that receives the aid."""
    coverage: float
    """Share of the target that receives it."""
    undercoverage: float
    """Share of the target that does not: the exclusion error."""
    leakage: float
    """Share of those who receive it that is not of the target: the inclusion error."""
    leakage_of_amount: float
    """Share of the money that goes to them."""
    amount_share: float
    """Share of the money that goes to the target (Ravallion's S)."""
    cgh_index: float
    """That share over the target's share of the population (Ravallion's NS): 1 without targeting, more when better."""
    targeting_differential: float
    """Coverage of the target less that of the others: 1 at best, 0 without targeting."""


def targeting(target: ArrayLike, amounts: ArrayLike, weights: ArrayLike | None = None) -> Targeting:
    """How well an aid reaches a target.

    Args:
        target: whether each row is of the target, the poor say.
        amounts: of the aid per unit of weight (per person where persons weigh), 0 for those without.
        weights: persons of each row say; all 1 when left out.

    Raises:
        BadInputError: columns of different lengths, an amount or weight under 0 or not finite.
    """
    amounts = checked("amounts", amounts)
    weights = weights_of(weights, len(amounts))
    wanted = checked("target", target, len(amounts)) > 0
    received = amounts > 0
    people, of_target = float(weights.sum()), float((weights * wanted).sum())
    reached, rightly = float((weights * received).sum()), float((weights * (received & wanted)).sum())
    money = weights * amounts
    spent, on_target = float(money.sum()), float((money * wanted).sum())
    coverage, target_share = _share(rightly, of_target), _share(of_target, people)
    return Targeting(
        target_share=target_share,
        recipients_share=_share(reached, people),
        coverage=coverage,
        undercoverage=1 - coverage,
        leakage=1 - _share(rightly, reached),
        leakage_of_amount=1 - _share(on_target, spent),
        amount_share=_share(on_target, spent),
        cgh_index=_share(_share(on_target, spent), target_share),
        targeting_differential=coverage - _share(reached - rightly, people - of_target),
    )


@dataclass(frozen=True, slots=True)
class Incidence:
    """What each group receives; one figure per group, the first group (the poorest) first."""

    population: Floats
    """Weight of the group."""
    recipients: Floats
    """Weight of those who receive the aid."""
    amount: Floats
    """Total of the aid."""
    amount_share: Floats
    """Share of the aid of all groups; not a number without aid."""

    @property
    def coverage(self) -> Floats:
        """Share of each group that receives the aid; not a number for an empty group."""
        return _shares(self.recipients, self.population)

    @property
    def per_unit(self) -> Floats:
        """Aid per unit of weight, with or without it."""
        return _shares(self.amount, self.population)

    @property
    def per_recipient(self) -> Floats:
        """Aid per unit of weight of those who receive it."""
        return _shares(self.amount, self.recipients)


def incidence(group: ArrayLike, amounts: ArrayLike, weights: ArrayLike | None = None, *, groups: int = 10) -> Incidence:
    """Benefit incidence: what each decile, or other group, receives.

    Args:
        group: of each row, 1 to ``groups``, as `quantile_groups` gives it.
        amounts: as for `targeting`.
        weights: as for `targeting`.
        groups: their number.

    Raises:
        BadInputError: as `targeting`, or a group outside 1 to ``groups``.
    """
    amounts = checked("amounts", amounts)
    weights = weights_of(weights, len(amounts))
    place = np.asarray(group, dtype=np.int64) - 1
    if len(place) != len(amounts) or (len(place) and not (place.min() >= 0 and place.max() < groups)):
        raise BadInputError(f"group: one from 1 to {groups} is needed for each of the {len(amounts)} rows")
    money = weights * amounts
    given = sums_by(place, money, groups)
    return Incidence(
        population=sums_by(place, weights, groups),
        recipients=sums_by(place, weights * (amounts > 0), groups),
        amount=given,
        amount_share=_shares(given, np.full(groups, given.sum())),
    )


def cost_of_gap_closed(cost: float, gap_before: float, gap_after: float) -> float:
    """What one unit of the poverty gap costs to close: cost of the aid over the fall of the total gap, 1 at best.

    Args:
        cost: of the aid.
        gap_before: total gap without it, in the same unit.
        gap_after: total gap with it.

    Returns:
        Infinity where a cost closes nothing; not a number without cost.
    """
    closed = gap_before - gap_after
    if cost <= 0:
        return float("nan")
    return cost / closed if closed > 0 else float("inf")


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")


def _shares(parts: Floats, wholes: Floats) -> Floats:
    result: Floats = np.divide(parts, wholes, out=np.full(len(parts), np.nan), where=wholes > 0)
    return result
