"""Appeals against decisions, what is said in them and the evidence that comes with them, and complaints."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from karama.delivery.appeals.states import (
    ENDED_APPEALS,
    HEARD_BY_A_JUDGE,
    JUDGED,
    AppealState,
    ComplaintCategory,
    ComplaintState,
    StatementKind,
)
from karama.delivery.claims.models import Document
from karama.delivery.claims.states import Channel
from karama.delivery.decisions.models import Decision
from karama.record.models import Account
from karama.registry.models import Establishment, Household


class Appeal(models.Model):
    """An appeal (recours) against one decision; what is said in it stands apart, as it may tell of health."""

    reference = models.CharField(max_length=16, unique=True)
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="appeals")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    establishment = models.ForeignKey(Establishment, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    state = models.CharField(max_length=16, choices=AppealState.choices)
    notified_at = models.DateTimeField()
    """The notice of the decision, from which the delay to appeal ran."""
    appeal_until = models.DateField()
    """Last day to appeal."""
    late = models.BooleanField()
    """Received after that day: kept, flagged, and put to a person."""
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(db_index=True)
    """Last day to answer."""
    reminded_at = models.DateTimeField(null=True)
    """When the people in charge were told that this day comes near."""
    examined_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    examined_at = models.DateTimeField(null=True)
    """Who said whether the appeal can be heard, and when."""
    judge = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    executed_by_decision = models.OneToOneField(Decision, models.PROTECT, null=True, related_name="executes")
    idempotency_key = models.CharField(max_length=80, null=True)  # noqa: DJ001 - not every appeal is made with a key

    class Meta:
        """Database constraints; who may judge is a trigger of migration 0003, that it is in words one of 0005."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=AppealState.values), name="appeal_state_known"),
            models.CheckConstraint(
                condition=Q(household__isnull=False, establishment=None)
                | Q(household=None, establishment__isnull=False),
                name="appeal_of_household_or_establishment",
            ),
            models.CheckConstraint(
                condition=Q(received_at__gte=F("notified_at"), due_on__gt=F("received_at__date")),
                name="appeal_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(late=True, received_at__date__gt=F("appeal_until"))
                | Q(late=False, received_at__date__lte=F("appeal_until")),
                name="appeal_late_to_the_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("received", "withdrawn"), examined_at=None)
                | Q(examined_at__isnull=False, examined_by__isnull=False),
                name="appeal_examined_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=HEARD_BY_A_JUDGE) | Q(judge__isnull=False), name="appeal_heard_by_a_judge"
            ),
            models.CheckConstraint(
                condition=Q(state__in=(*JUDGED, "executed"), judged_at__isnull=False)
                | ~Q(state__in=(*JUDGED, "executed")) & Q(judged_at=None),
                name="appeal_judged_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="executed", executed_by_decision__isnull=False)
                | ~Q(state="executed") & Q(executed_by_decision=None),
                name="appeal_executed_by_a_decision",
            ),
            models.CheckConstraint(
                condition=Q(executed_by_decision=None) | ~Q(executed_by_decision=F("decision")),
                name="appeal_executed_by_another_decision",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED_APPEALS, ended_at__isnull=False)
                | ~Q(state__in=ENDED_APPEALS) & Q(ended_at=None),
                name="appeal_ended_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["decision"],
                condition=~Q(state__in=("withdrawn", "inadmissible")),
                name="appeal_once_per_decision",
            ),
            models.UniqueConstraint(fields=["received_by", "idempotency_key"], name="appeal_received_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["household", "id"], name="appeal_of_household"),
            models.Index(fields=["judge", "due_on"], name="appeal_of_judge", condition=Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        """Its reference."""
        return self.reference


class Statement(models.Model):
    """What was said of an appeal in somebody's words, as it was said: its grounds, a question, the reasons."""

    appeal = models.ForeignKey(Appeal, models.PROTECT, related_name="statements")
    kind = models.CharField(max_length=16, choices=StatementKind.choices)
    text = models.TextField()
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    walled_at = models.DateTimeField(null=True)
    """When it was said to tell of health: seen since with that right only, and never otherwise again."""

    class Meta:
        """Database constraints; a judgment has its reasons by a trigger of migration 0005."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=StatementKind.values), name="statement_kind_known"),
            models.CheckConstraint(condition=~Q(text=""), name="statement_in_words"),
            models.UniqueConstraint(
                fields=["appeal", "kind"], condition=Q(kind__in=("grounds", "reasons")), name="statement_said_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["appeal", "id"], name="statement_of_appeal")]

    def __str__(self) -> str:
        """Of what kind it is; the words are for who opens it."""
        return self.kind


class Evidence(Document):
    """A document that came with an appeal."""

    appeal = models.ForeignKey(Appeal, models.PROTECT, related_name="evidence")
    walled_at = models.DateTimeField(null=True)
    """When it was said to tell of health: seen since with that right only, and never otherwise again."""

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            *Document.Meta.constraints,
            models.UniqueConstraint(fields=["appeal", "sha256"], name="evidence_once_per_appeal"),
        ]


class Complaint(models.Model):
    """A complaint (réclamation) about anything but the content of a decision."""

    reference = models.CharField(max_length=16, unique=True)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    commune = models.CharField(max_length=9)
    """Whose territory answers."""
    category = models.CharField(max_length=10, choices=ComplaintCategory.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    state = models.CharField(max_length=10, choices=ComplaintState.choices)
    text = models.TextField()
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(db_index=True)
    """Last day to answer."""
    escalate_on = models.DateField(db_index=True)
    """Last day before it goes to the manager of the territory."""
    assigned_to = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    escalated_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    """The last answer; those before it stand in the journal."""
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    idempotency_key = models.CharField(max_length=80, null=True)  # noqa: DJ001 - not every complaint is made with a key

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ComplaintState.values), name="complaint_state_known"),
            models.CheckConstraint(condition=Q(category__in=ComplaintCategory.values), name="complaint_category_known"),
            models.CheckConstraint(condition=Q(commune__regex=r"^[0-9]{9}$"), name="complaint_commune_is_hcp_code"),
            models.CheckConstraint(condition=Q(due_on__gte=F("escalate_on")), name="complaint_dates_in_order"),
            models.CheckConstraint(
                condition=~Q(state="assigned") | Q(assigned_to__isnull=False), name="complaint_assigned_to_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(state="escalated") | Q(escalated_at__isnull=False), name="complaint_escalated_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("answered", "closed")) | Q(answered_at__isnull=False) & ~Q(answer=""),
                name="complaint_answered_in_words",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | ~Q(state="closed") & Q(closed_at=None),
                name="complaint_closed_at_a_time",
            ),
            models.UniqueConstraint(fields=["received_by", "idempotency_key"], name="complaint_received_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["household", "id"], name="complaint_of_household"),
            models.Index(fields=["commune", "due_on"], name="complaint_of_place", condition=Q(closed_at=None)),
        ]

    def __str__(self) -> str:
        """Its reference."""
        return self.reference
