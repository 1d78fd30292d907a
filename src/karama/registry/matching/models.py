"""Pairs of persons to review, what was judged of them, and memberships that contradict each other."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from karama.registry.matching.states import ContradictionKind, ContradictionState, PairState, Verdict
from karama.registry.models import Establishment, Household, Person


class CandidatePair(models.Model):
    """Two persons who may be one; proposed by a search, judged by a person."""

    left = models.ForeignKey(Person, models.PROTECT, related_name="+")
    right = models.ForeignKey(Person, models.PROTECT, related_name="+")
    """The person recorded later: its number is the greater one."""
    probability = models.FloatField()
    weight = models.FloatField()
    """Bits, of all comparisons and of how rare duplicates are."""
    comparisons = models.JSONField()
    """``[{"code", "level", "weight"}]``, in the order in which they are read."""
    state = models.CharField(max_length=10, choices=PairState.choices, default=PairState.PROPOSED)
    found_at = models.DateTimeField()

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["left", "right"], name="pair_once"),
            models.CheckConstraint(condition=Q(left__lt=F("right")), name="pair_in_order"),
            models.CheckConstraint(condition=Q(state__in=PairState.values), name="pair_state_known"),
            models.CheckConstraint(condition=Q(probability__range=(0, 1)), name="pair_probability"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-weight", "id"], condition=Q(state="proposed"), name="pair_queue"),
            models.Index(fields=["right"], name="pair_of_right"),
        ]

    def __str__(self) -> str:
        """The two numbers."""
        return f"{self.left_id} and {self.right_id}"


class Judgement(models.Model):
    """What a person judged of a pair, and what it changed; never changed itself."""

    pair = models.ForeignKey(CandidatePair, models.PROTECT, related_name="judgements")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    kept = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    """Whom the other one was merged into, or was separated from."""
    home = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    """Where the person counts after the merge."""
    since = models.DateField(null=True)
    """From which day the merge counts."""
    reason = models.TextField()
    proof = models.CharField(max_length=200, blank=True)
    trace = models.JSONField(default=dict)
    """For each table of facts, the rows closed and written."""
    judged_by = models.CharField(max_length=150)
    judged_at = models.DateTimeField()

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="judgement_verdict_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="judgement_has_a_reason"),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.DIFFERENT) | Q(kept__isnull=False), name="judgement_names_the_kept"
            ),
        ]

    def __str__(self) -> str:
        """The verdict."""
        return str(self.verdict)


class Contradiction(models.Model):
    """One person in two places at once: two households, or a household and an establishment."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=ContradictionKind.choices)
    first_household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    """Where the person counts meanwhile: the household that was known first."""
    second_household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    establishment = models.ForeignKey(Establishment, models.PROTECT, null=True, related_name="+")
    since = models.DateField()
    """The first day on which both hold."""
    state = models.CharField(max_length=10, choices=ContradictionState.choices, default=ContradictionState.OPEN)
    found_at = models.DateTimeField()

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(second_household=None, establishment__isnull=False)
                | Q(second_household__isnull=False, establishment=None),
                name="contradiction_of_two_places",
            ),
            models.UniqueConstraint(
                fields=["person", "first_household", "second_household", "establishment"],
                condition=Q(state="open"),
                nulls_distinct=False,
                name="contradiction_open_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=ContradictionKind.values), name="contradiction_kind_known"),
            models.CheckConstraint(condition=Q(state__in=ContradictionState.values), name="contradiction_state_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["since", "id"], condition=Q(state="open"), name="contradiction_queue"),
        ]

    def __str__(self) -> str:
        """The kind."""
        return str(self.kind)


class Settlement(models.Model):
    """How a person settled a contradiction; never changed."""

    contradiction = models.OneToOneField(Contradiction, models.PROTECT, related_name="settlement")
    stays = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    """The household the person belongs to; none where it is the establishment."""
    since = models.DateField()
    """From which day it counts."""
    reason = models.TextField()
    proof = models.CharField(max_length=200)
    settled_by = models.CharField(max_length=150)
    settled_at = models.DateTimeField()

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason="") & ~Q(proof=""), name="settlement_has_reason_and_proof"),
        ]

    def __str__(self) -> str:
        """From when."""
        return f"since {self.since}"
