"""The life of an appeal and of a complaint."""

from __future__ import annotations

from django.db import models


class AppealState(models.TextChoices):
    """Where an appeal (recours) stands."""

    RECEIVED = "received", "reçu"
    ADMISSIBLE = "admissible", "recevable"
    INADMISSIBLE = "inadmissible", "irrecevable"
    UNDER_REVIEW = "under_review", "en examen"
    EVIDENCE_ASKED = "evidence_asked", "pièces demandées"
    UPHELD = "upheld", "accueilli"
    PARTLY_UPHELD = "partly_upheld", "accueilli en partie"
    REJECTED = "rejected", "rejeté"
    EXECUTED = "executed", "exécuté"
    WITHDRAWN = "withdrawn", "retiré"


S = AppealState
APPEAL_TRANSITIONS: dict[str, frozenset[str]] = {
    S.RECEIVED: frozenset({S.ADMISSIBLE, S.INADMISSIBLE, S.WITHDRAWN}),
    S.ADMISSIBLE: frozenset({S.UNDER_REVIEW, S.WITHDRAWN}),
    S.INADMISSIBLE: frozenset(),
    S.UNDER_REVIEW: frozenset({S.EVIDENCE_ASKED, S.UPHELD, S.PARTLY_UPHELD, S.REJECTED, S.WITHDRAWN}),
    S.EVIDENCE_ASKED: frozenset({S.UNDER_REVIEW, S.WITHDRAWN}),
    S.UPHELD: frozenset({S.EXECUTED}),
    S.PARTLY_UPHELD: frozenset({S.EXECUTED}),
    S.REJECTED: frozenset(),
    S.EXECUTED: frozenset(),
    S.WITHDRAWN: frozenset(),
}
"""What each state may become; the database holds the same table."""

OPEN_APPEALS = (S.RECEIVED, S.ADMISSIBLE, S.UNDER_REVIEW, S.EVIDENCE_ASKED)
"""States in which who appealed waits for an answer: the clock of the answer runs."""

HEARD_BY_A_JUDGE = (S.UNDER_REVIEW, S.EVIDENCE_ASKED, S.UPHELD, S.PARTLY_UPHELD, S.REJECTED, S.EXECUTED)
"""States that no appeal reaches without a judge."""

JUDGED = (S.UPHELD, S.PARTLY_UPHELD, S.REJECTED)
"""What a judgment may be."""

TO_EXECUTE = (S.UPHELD, S.PARTLY_UPHELD)
"""States that ask for another decision."""

ENDED_APPEALS = tuple(state for state, after in APPEAL_TRANSITIONS.items() if not after)
"""States after which nothing changes any more."""


class StatementKind(models.TextChoices):
    """What somebody's words in an appeal are."""

    GROUNDS = "grounds", "motifs"
    EVIDENCE_ASKED = "evidence_asked", "pièces demandées"
    REASONS = "reasons", "motivation"
    """Of the judgment, or why the appeal cannot be heard."""


class ComplaintCategory(models.TextChoices):
    """What a complaint (réclamation) is about."""

    DELAY = "delay", "délai"
    PAYMENT = "payment", "paiement"
    RECEPTION = "reception", "accueil"
    DATA = "data", "données"


class ComplaintState(models.TextChoices):
    """Where a complaint stands."""

    RECEIVED = "received", "reçue"
    ASSIGNED = "assigned", "confiée"
    ESCALATED = "escalated", "transmise au responsable"
    ANSWERED = "answered", "répondue"
    CLOSED = "closed", "close"


C = ComplaintState
COMPLAINT_TRANSITIONS: dict[str, frozenset[str]] = {
    C.RECEIVED: frozenset({C.ASSIGNED, C.ESCALATED, C.ANSWERED}),
    C.ASSIGNED: frozenset({C.ASSIGNED, C.ESCALATED, C.ANSWERED}),
    C.ESCALATED: frozenset({C.ANSWERED}),
    C.ANSWERED: frozenset({C.CLOSED, C.ESCALATED}),
    C.CLOSED: frozenset(),
}
"""What each state may become; the database holds the same table."""

OPEN_COMPLAINTS = (C.RECEIVED, C.ASSIGNED, C.ESCALATED)
"""States in which who complained waits for an answer."""

BEFORE_ESCALATION = (C.RECEIVED, C.ASSIGNED)
"""States that go to the manager when their day passes."""
