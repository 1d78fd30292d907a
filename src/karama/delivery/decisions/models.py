"""Decisions: immutable records of what the law said of the facts known at a moment."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from karama.delivery.claims.models import Claim
from karama.delivery.decisions.notice.outcome import ANNOUNCED, Kind
from karama.delivery.decisions.states import Change, DecisionKind, Right
from karama.foundation.months import Month
from karama.record.models import Account
from karama.registry.models import Establishment, Household, Person

_ANNOUNCED = sorted(one.value for one in ANNOUNCED)


class Decision(models.Model):
    """One decision (décision).

    The facts are not copied: those of ``month`` as known at ``known_at`` are read again, and must give
    ``inputs_hash``; the law of ``law_version`` must give the same outcome.  That is a replay.
    """

    reference = models.CharField(max_length=16, unique=True)
    programme = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, choices=DecisionKind.choices)
    change = models.CharField(max_length=10, choices=Change.choices)
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, related_name="decisions")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    """The child, where the claim is an establishment's."""
    establishment = models.ForeignKey(Establishment, models.PROTECT, null=True, related_name="+")
    month = models.DateField()
    """First day of the month from which it counts."""
    known_at = models.DateTimeField()
    inputs_hash = models.CharField(max_length=70)
    law_version = models.CharField(max_length=64)
    eligible = models.BooleanField()
    aid = models.CharField(max_length=20)
    amount_centimes = models.BigIntegerField()
    """Of the month, one-off grants included."""
    monthly_centimes = models.BigIntegerField()
    """Of every month like it: without one-off grants.  What a reassessment compares."""
    reasons = ArrayField(models.CharField(max_length=60))
    previous = models.OneToOneField("self", models.PROTECT, null=True, related_name="next")
    """The decision it follows; each has one follower at most, so a household's decisions are one line."""
    in_place_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    """The decision that stood in its month until then, against which its change is told; empty where none stood.

    The one it follows, but where it counts from a month that lies before others decided already.
    """
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    """Empty for the service itself."""

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(monthly_centimes__gte=0, amount_centimes__gte=F("monthly_centimes")),
                name="decision_amounts_in_order",
            ),
            models.CheckConstraint(
                condition=Q(eligible=True) | Q(amount_centimes=0), name="decision_refused_pays_nothing"
            ),
            models.CheckConstraint(
                condition=Q(household__isnull=False, establishment=None)
                | Q(household=None, establishment__isnull=False, person__isnull=False),
                name="decision_of_household_or_child",
            ),
            models.UniqueConstraint(
                fields=["household", "programme"],
                condition=Q(previous=None, household__isnull=False),
                name="decision_first_of_household",
            ),
            models.UniqueConstraint(
                fields=["person", "programme"],
                condition=Q(previous=None, household=None),
                name="decision_first_of_child",
            ),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(kind=DecisionKind.CLAIM), name="decision_once_per_claim"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["household", "programme", "-id"], name="decision_of_household"),
            models.Index(fields=["person", "programme", "-id"], name="decision_of_child", condition=Q(household=None)),
        ]

    def __str__(self) -> str:
        """Its reference."""
        return self.reference

    def right(self, month: Month) -> Right:
        """The right it gives in a month: what is due once is due in its own."""
        once = self.amount_centimes - self.monthly_centimes if Month.of(self.month) == month else 0
        return Right(self.eligible, self.monthly_centimes, once)


class Trace(models.Model):
    """The intermediate columns of the law: of the household, of each person, and the lines.

    It stands apart from its decision because it tells who is severely disabled: ranks, sums and lines rest on that.
    """

    decision = models.OneToOneField(Decision, models.PROTECT, primary_key=True, related_name="trace")
    content = models.JSONField()

    def __str__(self) -> str:
        """The number of the decision."""
        return str(self.decision_id)


class Reassessment(models.Model):
    """A reassessment of all who claimed a programme for a month: how far it is, so that it can go on."""

    programme = models.CharField(max_length=40)
    month = models.DateField()
    changed_since = models.DateTimeField(null=True)
    """Only those of whom something was learnt since; all where empty."""
    after = models.BigIntegerField(default=0)
    """The last household, or child, looked at."""
    looked_at = models.BigIntegerField(default=0)
    decided = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "month"], condition=Q(ended_at=None), name="reassessment_runs_once"
            ),
            models.CheckConstraint(condition=Q(looked_at__gte=F("decided")), name="reassessment_counts_in_order"),
        ]

    def __str__(self) -> str:
        """What and when."""
        return f"{self.programme} {self.month:%Y-%m}"


class Notice(models.Model):
    """What was told of a decision, or an announcement: the short texts, and until when to appeal.

    The letter is made when somebody first asks for it.  An announcement has no decision and nothing to appeal against.
    """

    reference = models.CharField(max_length=16, unique=True)
    """The decision's own code; an announcement's is its own."""
    decision = models.OneToOneField(Decision, models.PROTECT, null=True, related_name="notice")
    kind = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Kind])
    programme = models.CharField(max_length=40)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    establishment = models.ForeignKey(Establishment, models.PROTECT, null=True, related_name="+")
    month = models.DateField()
    """First day of the month that it tells about."""
    text_fr = models.TextField()
    text_ar = models.TextField()
    synthetic = models.BooleanField()
    message_key = models.CharField(max_length=120, blank=True)
    """The key of the message that carries it; empty where no telephone number was known."""
    notified_at = models.DateTimeField()
    appeal_until = models.DateField(null=True)

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=[one.value for one in Kind]), name="notice_kind_known"),
            models.CheckConstraint(
                condition=Q(decision__isnull=False, appeal_until__isnull=False) & ~Q(kind__in=_ANNOUNCED)
                | Q(decision=None, appeal_until=None, kind__in=_ANNOUNCED),
                name="notice_of_decision_or_announcement",
            ),
            models.CheckConstraint(
                condition=Q(household__isnull=False, establishment=None)
                | Q(household=None, establishment__isnull=False, person__isnull=False),
                name="notice_of_household_or_child",
            ),
            models.UniqueConstraint(
                fields=["household", "person", "programme", "month", "kind"],
                condition=Q(decision=None),
                nulls_distinct=False,
                name="notice_announced_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["household", "-id"], name="notice_of_household")]

    def __str__(self) -> str:
        """Its reference."""
        return self.reference


class Letter(models.Model):
    """A letter as it was first shown, kept so that it stays the same; it may hold facts of health."""

    notice = models.OneToOneField(Notice, models.PROTECT, primary_key=True, related_name="letter")
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        """The hash of what it says."""
        return self.content_hash
