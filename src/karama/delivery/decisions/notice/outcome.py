"""What a decision means for those it concerns: granted, refused, more, less, ended; whatever the programme."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from karama.law import programme_named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karama.delivery.decisions.notice.facts import NoticeFacts
    from karama.foundation.languages import Label
    from karama.foundation.months import Month
    from karama.law.engine.explain import Explanation


class Kind(StrEnum):
    """What a notice says in one word."""

    GRANTED = "granted"
    REFUSED = "refused"
    INCREASED = "increased"
    DECREASED = "decreased"
    UNCHANGED = "unchanged"
    ENDED = "ended"
    GRANT = "grant"
    """A grant due once, beside an unchanged monthly aid."""
    GRANT_REFUSED = "grant_refused"
    ENDING = "ending"
    """An announcement: the right is about to end; no decision yet."""
    DECREASING = "decreasing"
    """An announcement: the monthly aid is about to fall; no decision yet."""


ANNOUNCED = frozenset({Kind.ENDING, Kind.DECREASING})
"""What is told before anything is decided."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a notice says, without who and why.

    Amounts are centimes; ``monthly`` is None for a programme that pays nothing.  ``grants`` are the benefits due once
    with their amounts, ``reasons`` the codes of the refusal.
    """

    kind: Kind
    programme: str
    month: Month
    aid: str
    monthly: int | None
    before: int | None = None
    grants: tuple[tuple[str, int], ...] = ()
    reasons: tuple[str, ...] = ()
    asked: str = ""
    """The grant that was claimed, where the claim was for one."""

    @property
    def refuses_a_grant(self) -> bool:
        """Whether the grant claimed is refused beside what the kind says of the right."""
        told = self.kind in {Kind.GRANT_REFUSED, Kind.REFUSED, Kind.ENDED}
        return bool(self.asked) and not told and self.asked not in dict(self.grants)


def outcome_of(explanation: Explanation, facts: NoticeFacts) -> Outcome:
    """The outcome of an explained decision, beside the one before."""
    decision, programme = explanation.decision, explanation.programme
    once = {one.formula for one in programme.benefits if one.one_off}
    sums: dict[str, int] = {}
    for line in decision.lines:
        if line.benefit in once:
            sums[line.benefit] = sums.get(line.benefit, 0) + line.amount_centimes
    monthly = decision.amount_centimes - sum(sums.values()) if programme.amount else None
    asked = facts.claim.benefit if facts.claim else ""
    return Outcome(
        kind=kind_of(
            eligible=decision.eligible,
            monthly=monthly or 0,
            grants=frozenset(sums),
            before=(facts.previous.eligible, facts.previous.monthly_centimes) if facts.previous else None,
            asked=asked,
            announced=facts.announced,
        ),
        programme=programme.name,
        month=decision.month,
        aid=decision.aid,
        monthly=monthly,
        before=facts.previous.monthly_centimes if facts.previous and programme.amount else None,
        grants=tuple(sums.items()),
        reasons=decision.reasons,
        asked=asked,
    )


def kind_of(
    *,
    eligible: bool,
    monthly: int,
    grants: frozenset[str],
    before: tuple[bool, int] | None,
    asked: str = "",
    announced: bool = False,
) -> Kind:
    """The kind of a notice, from the right now and the right before (whether it was open, its monthly centimes)."""
    if announced:
        return Kind.DECREASING if eligible else Kind.ENDING
    had, former = before or (False, 0)
    if not eligible:
        return Kind.ENDED if had else Kind.REFUSED
    if not had:
        return Kind.GRANTED
    if monthly != former:
        return Kind.INCREASED if monthly > former else Kind.DECREASED
    if asked and asked not in grants:
        return Kind.GRANT_REFUSED
    return Kind.GRANT if grants else Kind.UNCHANGED


@cache
def refusal_labels(programme: str) -> Mapping[str, Label]:
    """The words of each code of refusal."""
    return {one.refusal: one.refusal_label for one in programme_named(programme).conditions}
