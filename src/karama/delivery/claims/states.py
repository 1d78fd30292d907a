"""The life of a claim."""

from __future__ import annotations

from django.db import models


class ClaimState(models.TextChoices):
    """Where a claim stands."""

    DRAFT = "draft", "brouillon"
    SUBMITTED = "submitted", "déposée"
    AWAITING_CORRECTION = "awaiting_correction", "à corriger"
    DECIDED = "decided", "décidée"
    CLOSED = "closed", "close"
    WITHDRAWN = "withdrawn", "retirée"


TRANSITIONS: dict[str, frozenset[str]] = {
    ClaimState.DRAFT: frozenset({ClaimState.SUBMITTED, ClaimState.WITHDRAWN}),
    ClaimState.SUBMITTED: frozenset({ClaimState.AWAITING_CORRECTION, ClaimState.DECIDED, ClaimState.WITHDRAWN}),
    ClaimState.AWAITING_CORRECTION: frozenset({ClaimState.SUBMITTED, ClaimState.DECIDED, ClaimState.WITHDRAWN}),
    ClaimState.DECIDED: frozenset({ClaimState.CLOSED}),
    ClaimState.CLOSED: frozenset(),
    ClaimState.WITHDRAWN: frozenset(),
}
"""What each state may become; the database holds the same table."""

OPEN = (ClaimState.DRAFT, ClaimState.SUBMITTED, ClaimState.AWAITING_CORRECTION)
"""States in which a claim waits for somebody."""


class Channel(models.TextChoices):
    """How a claim came."""

    ONLINE = "online", "en ligne"
    COUNTER = "counter", "au guichet"
    PARTNER = "partner", "par un partenaire"


class ScanState(models.TextChoices):
    """What the virus scan said of a proof."""

    NOT_SCANNED = "not_scanned", "non analysé"
    CLEAN = "clean", "sain"
    INFECTED = "infected", "infecté"
