"""Reads of claims: what waits, for whom, until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q

from karama.delivery.claims.models import Claim
from karama.delivery.claims.permissions import may_decide
from karama.delivery.claims.states import ClaimState
from karama.record.scope import SYSTEM, acting_as
from karama.registry.models import Civil, Person

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from karama.record.scope import Actor

WAITING = (ClaimState.SUBMITTED, ClaimState.AWAITING_CORRECTION)
"""States in which the clock of the decision runs."""


def waiting(*, programme: str | None = None, territory: str = "") -> QuerySet[Claim]:
    """Claims that wait for a decision, the nearest deadline first; of a territory, by the prefix of its code.

    The rows are those that the actor of the transaction may see.
    """
    found = Claim.objects.filter(state__in=WAITING).select_related("household", "person", "establishment")
    if programme is not None:
        found = found.filter(programme=programme)
    if territory:
        found = found.filter(
            Q(household__commune__startswith=territory) | Q(establishment__commune__startswith=territory)
        )
    return found.order_by("due_on", "id")


def with_people(claims: Sequence[Claim]) -> Sequence[Claim]:
    """The same claims with whom each is about: who sees the claim of an establishment may not see the child yet."""
    placed = [one for one in claims if one.establishment_id is not None]
    if placed:
        with acting_as(SYSTEM):
            found = Person.objects.in_bulk({one.person_id for one in placed})
        for one in placed:
            one.person = found[one.person_id]
    return claims


def child_to_place(claim: Claim, by: Actor) -> Civil | None:
    """What the registry knows of the child of an establishment's claim, for the officer who compares its order."""
    if claim.establishment_id is None or not may_decide(by, claim):
        return None
    with acting_as(SYSTEM):
        return Civil.objects.filter(person_id=claim.person_id or 0, known__endswith=None).order_by("-validity").first()


def days_left(claim: Claim, today: dt.date) -> int | None:
    """Days left to decide a claim: 0 on the last day, negative when it is late; None where no clock runs."""
    if claim.due_on is None or claim.state not in WAITING:
        return None
    return (claim.due_on - today).days


@dataclass(frozen=True)
class Delays:
    """How a territory keeps the delay of its decisions."""

    waiting: int
    late: int
    due_within_a_week: int
    decided: int
    decided_late: int


def delays(today: dt.date, *, territory: str = "", since: dt.date | None = None) -> Delays:
    """The claims that wait and those decided ``since`` a day, of a territory; one query."""
    found = Claim.objects.exclude(due_on=None)
    if territory:
        found = found.filter(
            Q(household__commune__startswith=territory) | Q(establishment__commune__startswith=territory)
        )
    decided = Q(state__in=(ClaimState.DECIDED, ClaimState.CLOSED)) & (Q(ended_at__date__gte=since) if since else Q())
    open_ = Q(state__in=WAITING)
    week = today.toordinal() + 7
    counts = found.aggregate(
        waiting=Count("id", filter=open_),
        late=Count("id", filter=open_ & Q(due_on__lt=today)),
        due_within_a_week=Count("id", filter=open_ & Q(due_on__gte=today, due_on__lte=type(today).fromordinal(week))),
        decided=Count("id", filter=decided),
        decided_late=Count("id", filter=decided & Q(ended_at__date__gt=F("due_on"))),
    )
    return Delays(**counts)
