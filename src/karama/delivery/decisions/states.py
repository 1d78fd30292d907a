"""Why a decision was taken and what it changes."""

from __future__ import annotations

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
    SAME = "same", "sans changement"


def change_between(kind: str, before: tuple[bool, int] | None, after: tuple[bool, int]) -> Change:
    """What a decision changes; ``before`` and ``after`` are (eligible, amount in centimes)."""
    eligible, amount = after
    if before is None or (kind == DecisionKind.CLAIM and not before[0]):
        return Change.GRANT if eligible else Change.REFUSAL
    if eligible != before[0]:
        return Change.ENTRY if eligible else Change.EXIT
    if amount != before[1]:
        return Change.INCREASE if amount > before[1] else Change.DECREASE
    return Change.SAME
