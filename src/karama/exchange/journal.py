"""`/journal`: what was written and who read what, for the auditor; and whether it is as it was sealed."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from ninja import Query, Router, Schema
from pydantic import Field

from karama.exchange.operations import Call, operation
from karama.exchange.paging import Cursor, Limit, Page, page_of
from karama.exchange.telling import Moment
from karama.record import journal
from karama.record.clock import now
from karama.record.journal.verifying import verify
from karama.record.models import Event
from karama.record.permissions import read_journal, require, verify_journal
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import TokenScope
from karama.registry.models import Household

router = Router(tags=["journal"])
MOST_SEALS = 50
TOLD = 20
"""Faults that an answer names; the count is of all."""


class Line(Schema):
    """One line of the journal."""

    number: int = Field(description="Its place in the journal.")
    at: Moment
    kind: str = Field(description="What happened: claim.submitted, file.read.")
    subject_type: str
    subject: str = Field(description="Its code or number.")
    by: str = Field(description="Name of the account, or of the part of the service.")
    household: str | None = Field(description="Number of the household whose file it is about.")
    data: dict[str, Any]


class Wrong(Schema):
    """Something in the journal that is not as it was written."""

    fault: str
    number: int = Field(description="Of the event or of the seal.")
    says: str


class Verification(Schema):
    """What a verification looked at, and what it found."""

    seals: int = Field(description="Seals whose chain was computed again: all there are.")
    events: int = Field(description="Events that those seals cover.")
    looked_at: int = Field(description="Seals whose events were each hashed again, the newest.")
    waiting: int = Field(description="Events that no seal covers yet.")
    faults: int
    first: list[Wrong] = Field(description=f"The first {TOLD} faults.")


@operation(router, "GET", "/journal", gives=Page[Line], scope=TokenScope.JOURNAL_READ)
def read_journal_lines(  # noqa: PLR0917 - the filters of the address
    call: Call,
    cursor: Cursor,
    limit: Limit,
    household: Annotated[str | None, Query(None, min_length=1, max_length=32, description="Number of a household.")],
    kind: Annotated[str | None, Query(None, pattern=r"^[a-z_.]{1,60}$", description="What happened: file.read.")],
    by: Annotated[str | None, Query(None, min_length=1, max_length=150, description="Name of an account.")],
    since: Annotated[dt.date | None, Query(None, description="On this day or later.")],
) -> dict[str, Any]:
    """Read the journal of the whole country, the newest line first.

    The reading stands in the journal itself. Lines about claims of health are shown to who may read facts of health.
    """
    require(read_journal.test(call.actor), "reading the journal")
    asked = {"household": household, "kind": kind, "by": by, "since": since and since.isoformat()}
    given = {
        "household_id__in": Household.objects.filter(number=household).values("pk") if household else None,
        "kind": kind,
        "actor": by,
        "at__date__gte": since,
    }
    page = page_of(Event.objects.filter(**{name: one for name, one in given.items() if one is not None}), cursor, limit)
    told = {name: value for name, value in asked.items() if value}
    journal.write(kind="journal.read", subject=("journal", "lines"), by=call.actor, at=now(), data=told)
    homes = {one.household_id for one in page["items"] if one.household_id}
    numbers = dict(Household.objects.filter(pk__in=homes).values_list("pk", "number"))
    return {**page, "items": [_line(one, numbers) for one in page["items"]]}


@operation(router, "GET", "/journal/verification", gives=Verification, scope=TokenScope.JOURNAL_READ)
def verify_journal_chain(
    call: Call,
    newest: Annotated[int, Query(3, ge=1, le=MOST_SEALS, description="Seals whose events are each looked at.")],
) -> dict[str, Any]:
    """Compute the chain of the journal's seals again, and the hashes of the newest events.

    Every event from the first, and the anchors that were published, are looked at by `karama audit verify`, on the
    machine of the service.
    """
    require(verify_journal.test(call.actor), "verifying the journal")
    with acting_as(SYSTEM):
        report = verify(newest=newest)
    return {
        "seals": report.seals,
        "events": report.events,
        "looked_at": report.whole,
        "waiting": report.waiting,
        "faults": len(report.findings),
        "first": [{"fault": one.fault, "number": one.number, "says": one.says} for one in report.findings[:TOLD]],
    }


def _line(event: Event, numbers: dict[int, str]) -> dict[str, Any]:
    return {
        "number": event.pk,
        "at": event.at,
        "kind": event.kind,
        "subject_type": event.subject_type,
        "subject": event.subject_id,
        "by": event.actor,
        "household": numbers.get(event.household_id or 0),
        "data": event.data,
    }
