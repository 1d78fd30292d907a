"""Why a decision was taken and what it changes."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models


class DecisionKind(models.TextChoices):
    """What asked for the decision."""

    CLAIM = "claim", "sur demande"
    REASSESSMENT = "reassessment", "réexamen"
    APPEAL = "appeal", "sur recours"


class Change(models.TextChoices):
    """What the decision changes for the household."""

    GRANT = "grant", "ouverture"
    REFUSAL = "refusal", "refus"
    ENTRY = "entry", "entrée"
    EXIT = "exit", "sortie"
    INCREASE = "increase", "augmentation"
    DECREASE = "decrease", "diminution"
    ONCE = "once", "prime"
    """What is due once, this month, beside an unchanged monthly amount."""
    SAME = "same", "sans changement"


@dataclass(frozen=True)
class Right:
    """A right as it stands in a month; amounts are centimes."""

    eligible: bool
    monthly: int
    once: int
    """Due in this month only."""


def change_between(kind: str, before: Right | None, after: Right) -> Change:
    """What a decision changes of the right that stood in its month."""
    if before is None or (kind == DecisionKind.CLAIM and not before.eligible):
        return Change.GRANT if after.eligible else Change.REFUSAL
    if after.eligible != before.eligible:
        return Change.ENTRY if after.eligible else Change.EXIT
    if after.monthly != before.monthly:
        return Change.INCREASE if after.monthly > before.monthly else Change.DECREASE
    return Change.SAME if after.once == before.once else Change.ONCE
