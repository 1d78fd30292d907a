"""Claims, their proofs, and what every document that is kept has in common."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from karama.delivery.claims.states import Channel, ClaimState, ScanState
from karama.record.models import Account
from karama.registry.models import Establishment, Household, Person

LARGEST_DOCUMENT = 5 * 2**20
"""Bytes of one document, at most."""


class Claim(models.Model):
    """One claim (demande): what is asked, for whom, since when, and where it stands."""

    reference = models.CharField(max_length=16, unique=True)
    programme = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    establishment = models.ForeignKey(Establishment, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=20, choices=ClaimState.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    answers = models.JSONField(default=dict)
    """The form's answers, checked against the programme's description of it."""
    health = models.BooleanField(default=False)
    """Whether the claim itself is a health fact, seen only with that right."""
    claim_month = models.DateField()
    """First day of the month from which the aid is due if it is granted."""
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True, db_index=True)
    """Last day to decide it."""
    correction = models.TextField(blank=True)
    """What the officer asked to be corrected, in his words."""
    ended_at = models.DateTimeField(null=True)
    idempotency_key = models.CharField(max_length=80, null=True)  # noqa: DJ001 - not every claim is opened with a key

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ClaimState.values), name="claim_state_known"),
            models.CheckConstraint(
                condition=Q(household__isnull=False, establishment=None)
                | Q(household=None, establishment__isnull=False, person__isnull=False),
                name="claim_of_household_or_establishment",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "withdrawn")) | Q(submitted_at__isnull=False, due_on__isnull=False),
                name="claim_submitted_has_a_deadline",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None) | Q(submitted_at__gte=F("opened_at")),
                name="claim_submitted_after_opened",
            ),
            models.UniqueConstraint(fields=["opened_by", "idempotency_key"], name="claim_opened_once"),
            models.UniqueConstraint(
                fields=["household", "programme", "kind", "person"],
                condition=Q(state__in=("draft", "submitted", "awaiting_correction")),
                nulls_distinct=False,
                name="claim_open_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "due_on", "id"], name="claim_by_deadline")]

    def __str__(self) -> str:
        """Its reference."""
        return self.reference


class Document(models.Model):
    """A document that came with something: kept as it came, named by what it really is."""

    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    scan = models.CharField(max_length=12, choices=ScanState.choices)
    scanned_by = models.CharField(max_length=80, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    class Meta:
        """Constraints of every kind of document; each says beside them of what it is kept once."""

        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(size__gt=0, size__lte=LARGEST_DOCUMENT), name="%(class)s_size_in_limit"),
            models.CheckConstraint(condition=~Q(scan=ScanState.INFECTED), name="%(class)s_never_infected"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Proof(Document):
    """A document that came with a claim."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="proofs")

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            *Document.Meta.constraints,
            models.UniqueConstraint(fields=["claim", "sha256"], name="proof_once_per_claim"),
        ]
