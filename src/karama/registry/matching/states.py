"""States of a pair of persons and of a contradiction, with the transitions allowed."""

from __future__ import annotations

from django.db import models


class PairState(models.TextChoices):
    """Where the review of a pair stands."""

    PROPOSED = "proposed", "à examiner"
    SAME = "same", "même personne"
    DIFFERENT = "different", "personnes différentes"


PAIR_TRANSITIONS: dict[str, frozenset[str]] = {
    PairState.PROPOSED: frozenset({PairState.SAME, PairState.DIFFERENT}),
    PairState.SAME: frozenset({PairState.DIFFERENT}),
    PairState.DIFFERENT: frozenset({PairState.SAME}),
}
"""A judgement may be reversed by a new one; a pair that was judged never comes back to the queue."""


class Verdict(models.TextChoices):
    """What a person judged of a pair."""

    SAME = "same", "même personne : fusion"
    DIFFERENT = "different", "personnes différentes"
    UNMERGED = "unmerged", "fusion défaite"


class ContradictionKind(models.TextChoices):
    """Why one person seems to be in two places."""

    TWO_HOUSEHOLDS = "two_households", "deux ménages"
    CUSTODY = "custody", "garde après un divorce"
    KAFALA = "kafala", "kafala"
    INSTITUTION = "institution", "établissement et ménage"


class ContradictionState(models.TextChoices):
    """Where a contradiction stands."""

    OPEN = "open", "à examiner"
    RESOLVED = "resolved", "tranchée"
    GONE = "gone", "disparue"


CONTRADICTION_TRANSITIONS: dict[str, frozenset[str]] = {
    ContradictionState.OPEN: frozenset({ContradictionState.RESOLVED, ContradictionState.GONE}),
}
"""``gone``: later facts ended it before anybody decided.  A contradiction that comes back is a new one."""
