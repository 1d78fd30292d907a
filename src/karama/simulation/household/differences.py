"""What differs between two decisions on one family: lines, refusals, the amount, and why; rights that end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from karama.simulation.household.causes import Decided, causes_of
from karama.simulation.household.trials import that_mattered

if TYPE_CHECKING:
    from decimal import Decimal

    from karama.foundation.months import Month
    from karama.law.engine.evaluate import Decision, Line
    from karama.simulation.household.causes import Cause, Read


@dataclass(frozen=True)
class LineDifference:
    """One benefit of one person, or of the family, in two decisions; None where it is not due."""

    benefit: str
    person_id: str | None
    before: Line | None
    after: Line | None

    @property
    def centimes(self) -> int:
        """What it adds to the amount, in centimes; negative where it takes away."""
        return (self.after.amount_centimes if self.after else 0) - (self.before.amount_centimes if self.before else 0)


@dataclass(frozen=True)
class Difference:
    """Two decisions compared; empty where the family receives the same for the same reasons.

    ``refusals_added`` and ``refusals_ended`` are the stable codes of ``reasons``.
    """

    before: Decided
    after: Decided
    lines: tuple[LineDifference, ...]
    refusals_added: tuple[str, ...]
    refusals_ended: tuple[str, ...]
    causes: tuple[Cause, ...]

    @property
    def centimes(self) -> int:
        """By how much the amount differs, in centimes."""
        return self.after.decision.amount_centimes - self.before.decision.amount_centimes

    def __bool__(self) -> bool:
        """Whether anything differs that the family would see."""
        return bool(self.lines or self.refusals_added or self.refusals_ended)


@dataclass(frozen=True)
class Otherwise:
    """What a month would be if a child's schooling were not what it is today.

    ``enrolled`` is the other possibility: false for a child who is at school today.
    """

    person_id: str
    enrolled: bool
    decision: Decision


@dataclass(frozen=True)
class Distance:
    """How far a value is from the limit of a condition, exact; negative beyond it."""

    condition: str
    value: Decimal
    limit: Decimal

    @property
    def left(self) -> Decimal:
        """What is left before the limit."""
        return self.limit - self.value


@dataclass(frozen=True)
class Ending:
    """A right that ends: the month without it, and of whom; ``benefit`` is None when the family's whole right ends."""

    month: Month
    benefit: str | None
    person_id: str | None
    change: Difference


def difference(before: Decided, after: Decided) -> Difference:
    """Compare two decisions on a family: of two months, or of one month with other facts."""
    old, new = before.decision, after.decision
    lines = () if old.lines == new.lines else tuple(_lines(before, after))
    ended = tuple(one for one in old.reasons if one not in new.reasons)
    added = tuple(one for one in new.reasons if one not in old.reasons)
    changed: list[Read] = []
    if lines or ended or added:
        changed = _changed(before, after, lines, {*ended, *added})
    causes = that_mattered(before, after, changed, causes_of(before, after, changed))
    return Difference(before, after, lines, added, ended, causes)


def _lines(before: Decided, after: Decided) -> list[LineDifference]:
    old = {(one.benefit, one.person_id): one for one in before.decision.lines}
    new = {(one.benefit, one.person_id): one for one in after.decision.lines}
    keys = sorted({*old, *new}, key=lambda key: (key[0], key[1] or ""))
    return [LineDifference(*key, old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)]


def _changed(before: Decided, after: Decided, lines: tuple[LineDifference, ...], refusals: set[str]) -> list[Read]:
    """The columns whose difference must be explained.

    While the right itself opens or ends, that explains the lines; else each line does for itself.
    """
    programme = after.prepared.programme
    conditions: list[Read] = [(one.formula, None) for one in programme.conditions if one.refusal in refusals]
    if before.decision.eligible != after.decision.eligible:
        return conditions or [(programme.eligible, None)]
    ranks = {one.formula: one.rank for one in programme.benefits}
    alone = programme.law.inputs.person_table is None  # the person is then the row of the household itself
    names = [(name, one.person_id) for one in lines for name in (one.benefit, ranks[one.benefit]) if name]
    return [*conditions, *((name, None if alone else who) for name, who in names)]
