"""Appeals against decisions, complaints, and the evidence asked for."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from karama.delivery.appeals.states import AppealState, ComplaintCategory, ComplaintState
from karama.delivery.decisions.models import Decision
from karama.record.models import Account
from karama.registry.models import Establishment, Household


class Appeal(models.Model):
    """An appeal (recours) against one decision."""

    reference = models.CharField(max_length=16, unique=True)
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="appeals")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    establishment = models.ForeignKey(Establishment, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=16, choices=AppealState.choices)
    grounds = models.TextField()
    """Why, in the words of who appeals."""
    late = models.BooleanField()
    """Received after the delay: kept, flagged, and put to a person."""
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(db_index=True)
    """Last day to answer."""
    judge = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    evidence_asked = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    """The reasons of the judgment, told to who appealed."""
    judged_at = models.DateTimeField(null=True)
    executed_by_decision = models.OneToOneField(Decision, models.PROTECT, null=True, related_name="executes")

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=AppealState.values), name="appeal_state_known"),
            models.CheckConstraint(condition=Q(judged_at=None) | ~Q(answer=""), name="appeal_judged_has_reasons"),
            models.CheckConstraint(
                condition=Q(executed_by_decision=None) | ~Q(executed_by_decision=F("decision")),
                name="appeal_executed_by_another_decision",
            ),
            models.UniqueConstraint(
                fields=["decision"],
                condition=~Q(state__in=("withdrawn", "inadmissible")),
                name="appeal_once_per_decision",
            ),
        ]

    def __str__(self) -> str:
        """Its reference."""
        return self.reference


class Complaint(models.Model):
    """A complaint (réclamation) about anything but the content of a decision."""

    reference = models.CharField(max_length=16, unique=True)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    commune = models.CharField(max_length=9)
    """Whose territory answers."""
    category = models.CharField(max_length=10, choices=ComplaintCategory.choices)
    state = models.CharField(max_length=10, choices=ComplaintState.choices)
    text = models.TextField()
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(db_index=True)
    escalate_on = models.DateField()
    assigned_to = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ComplaintState.values), name="complaint_state_known"),
            models.CheckConstraint(condition=Q(category__in=ComplaintCategory.values), name="complaint_category_known"),
            models.CheckConstraint(condition=Q(answered_at=None) | ~Q(answer=""), name="complaint_answered_in_words"),
        ]

    def __str__(self) -> str:
        """Its reference."""
        return self.reference
