"""`/me`, `/households`: who calls, and the file of a household as its facts stood and were known."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

from django.utils import timezone
from ninja import Path, Query, Router, Schema
from pydantic import AwareDatetime, Field

from karama.delivery.appeals.models import Complaint
from karama.delivery.claims.models import Claim
from karama.delivery.decisions.models import Decision
from karama.delivery.decisions.notice.facts import HEALTH_COLUMNS
from karama.delivery.timeline import By, timeline_of_child
from karama.exchange import appeals, claims, decisions
from karama.exchange.appeals import AppealShort, ComplaintOut
from karama.exchange.claims import ClaimShort, file_of
from karama.exchange.decisions import AskedLanguage, DecisionShort
from karama.exchange.eligibility import USUAL, month_within_reach
from karama.exchange.operations import Call, operation
from karama.exchange.problems import INVALID, ProblemError, not_found
from karama.exchange.shapes import MONTH
from karama.exchange.telling import NAME, Day, Moment, NumberGiven, note_read, one_of
from karama.foundation.months import Month
from karama.foundation.rib import masked
from karama.record.clock import now
from karama.record.models import Event
from karama.record.permissions import File as Whose
from karama.record.permissions import see_health_facts
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import TokenScope
from karama.registry.models import Household, Person
from karama.registry.provenance import names_of, provenance
from karama.registry.queries import household_as_known, payment_as_known

if TYPE_CHECKING:
    from karama.registry.queries import Known

router = Router(tags=["households"])
NEWEST = 20
EVENTS = 50
AskedMonth = Annotated[
    str | None, Query(None, pattern=MONTH, description="Month of the facts, YYYY-MM; this month by default.")
]
AskedMoment = Annotated[
    AwareDatetime | None, Query(None, description="As they were known at this moment; now by default.")
]
Identifier = Annotated[str, Path(pattern="^[0-9A-Za-z._-]{1,32}$", description="IDCS of the child.")]
AskedProgramme = Annotated[str, Query(USUAL, pattern=NAME, description="Programme whose claim month is told.")]


class Me(Schema):
    """Who calls."""

    account: str
    roles: list[str]
    scopes: list[str] = Field(description="What the token may do, at most; all of it in a session.")
    nation: bool
    territories: list[str] = Field(description="Beginnings of commune codes.")
    households: list[str] = Field(description="Numbers of a citizen's own households.")
    establishment: str | None
    health: bool = Field(description="May read facts of health.")


class PersonName(Schema):
    """A member's name, in Latin and in Arabic letters; either may be empty."""

    person: str
    latin: str
    arabic: str


class Origin(Schema):
    """Where a fact comes from."""

    name: str
    person: str | None
    source: str
    valid_from: Day | None
    known_on: Day


class Facts(Schema):
    """The facts of a household in a month, in the form of HOUSEHOLD.json, and where each comes from."""

    household: str
    month: str
    known_at: Moment
    facts: dict[str, Any] = Field(description="As HOUSEHOLD.json; without facts of health for who may not read them.")
    origins: list[Origin]


class Payment(Schema):
    """Where the money of a household goes."""

    channel: str
    account: str = Field(description="The end of the account; empty where there is none.")
    recipient: str | None = Field(description="IDCS of the member who receives it; null where no claim named one.")


class Happening(Schema):
    """One line of the file's timeline."""

    at: Moment
    kind: str
    subject: str
    by: str


class File(Facts):
    """The whole file of a household."""

    commune: str
    names: list[PersonName]
    payment: Payment | None
    claims: list[ClaimShort] = Field(description=f"The {NEWEST} newest.")
    decisions: list[DecisionShort] = Field(description=f"The {NEWEST} newest.")
    appeals: list[AppealShort] = Field(description=f"The {NEWEST} newest.")
    complaints: list[ComplaintOut] = Field(description=f"The {NEWEST} newest.")
    timeline: list[Happening] = Field(description=f"The {EVENTS} newest.")


class ChildHappening(Schema):
    """One line of the timeline of a child in care."""

    at: Moment
    kind: str
    subject: str = Field(description="What it is about: claim, decision, appeal or notice.")
    reference: str = Field(description="Its code; empty where the reader may not see it.")
    label: str = Field(description="What happened, in the language asked.")
    text: str = Field(description="Words that a person wrote, in the language written; empty where none.")
    by: By


class ChildTimeline(Schema):
    """What establishments claimed for a child in care, and what was decided."""

    person: str
    timeline: list[ChildHappening] = Field(description=f"The {EVENTS} newest, the newest first.")


@operation(router, "GET", "/me", gives=Me, scope=TokenScope.FACTS_READ)
def read_me(call: Call) -> dict[str, Any]:
    """Tell who calls: account, roles, territories, own households."""
    actor = call.actor
    own = Household.objects.filter(pk__in=actor.households).order_by("number") if actor.households else ()
    return {
        "account": actor.name,
        "roles": sorted(actor.roles),
        "scopes": sorted(call.request.auth.scopes),  # type: ignore[attr-defined]
        "nation": actor.nation,
        "territories": list(actor.territories),
        "households": [one.number for one in own],
        "establishment": actor.establishment or None,
        "health": actor.health,
    }


@operation(router, "GET", "/households/{number}/facts", gives=Facts, scope=TokenScope.FACTS_READ)
def read_facts(
    call: Call, number: NumberGiven, month: AskedMonth, known_at: AskedMoment, programme: AskedProgramme
) -> dict[str, Any]:
    """Read the facts of a household: those of a month, as they were known at a moment.

    A fact of health is told only to who may read it. Each reading by the staff stands in the journal.
    """
    household = one_of(Household.objects.filter(number=number), "household")
    note_read(call, "facts", household.number, household)
    return _facts(call, household, _asked(month, known_at), programme)


@operation(router, "GET", "/households/{number}", gives=File, scope=TokenScope.FACTS_READ)
def read_household(
    call: Call, number: NumberGiven, month: AskedMonth, known_at: AskedMoment, programme: AskedProgramme
) -> dict[str, Any]:
    """Read the whole file of a household: facts, claims, decisions, appeals, complaints, timeline."""
    household = one_of(Household.objects.filter(number=number), "household")
    note_read(call, "file", household.number, household)
    asked = _asked(month, known_at)
    found = _facts(call, household, asked, programme)
    persons = [str(one["person_id"]) for one in found["facts"]["members"]]
    health = _reads_health(call, household)
    own = {"household": household}
    return {
        **found,
        "commune": household.commune,
        "names": [
            {"person": idcs, "latin": name.latin, "arabic": name.arabic}
            for idcs, name in names_of(persons, asked[1]).items()
        ],
        "payment": _payment(household, asked),
        "claims": [claims.told_short(one) for one in claims.seen().filter(**own).order_by("-id")[:NEWEST]],
        "decisions": [
            decisions.told_short(one, health=health) for one in decisions.seen().filter(**own).order_by("-id")[:NEWEST]
        ],
        "appeals": [appeals.told_short(one) for one in appeals.appeals_seen().filter(**own).order_by("-id")[:NEWEST]],
        "complaints": [
            appeals.told_complaint(one)
            for one in Complaint.objects.select_related("household").filter(**own).order_by("-id")[:NEWEST]
        ],
        "timeline": _timeline(household),
    }


@operation(router, "GET", "/children/{idcs}/timeline", gives=ChildTimeline, scope=TokenScope.CLAIMS_READ)
def read_child_timeline(call: Call, idcs: Identifier, language: AskedLanguage) -> dict[str, Any]:
    """Read the timeline of a child in care: claims, decisions, notices, appeals.

    A director reads what his own establishment did for the child; the staff what establishments of their territory did.
    """
    with acting_as(SYSTEM):  # whoever sees a claim for a child may not see the child itself yet
        child = Person.objects.filter(idcs=idcs).values_list("pk", flat=True).first()
    about = {"person_id": child or 0, "household": None}
    tables = (Claim.objects, Decision.objects)
    rows = (one.select_related("establishment").filter(**about).first() for one in tables)
    row = next((one for one in rows if one is not None), None)
    if row is None:
        raise not_found("child")
    note_read(call, "child", idcs, file_of(row))
    newest = timeline_of_child(row.person_id or 0)[: -EVENTS - 1 : -1]
    names = ("at", "kind", "subject", "reference", "text", "by")
    told = [{**{name: getattr(one, name) for name in names}, "label": one.label.get(language)} for one in newest]
    return {"person": idcs, "timeline": told}


def _asked(month: str | None, known_at: dt.datetime | None) -> tuple[Month, dt.datetime]:
    at = now()
    if known_at is not None and known_at > at:
        wrong = {"parameter": "known_at", "detail": "nothing is known yet of a moment to come"}
        raise ProblemError(INVALID, "the moment is to come", [wrong])
    asked = month_within_reach(month) if month is not None else Month.of(timezone.localdate())
    return asked, known_at or at


def _facts(call: Call, household: Household, asked: tuple[Month, dt.datetime], programme: str) -> dict[str, Any]:
    month, known_at = asked
    known: Known = household_as_known(household.pk, month, known_at, programme)
    members = known.facts["members"]
    health = _reads_health(call, household)
    if not health:
        members = [{name: value for name, value in one.items() if name not in HEALTH_COLUMNS} for one in members]
    persons = [str(one["person_id"]) for one in members]
    origins = provenance(household_id=household.pk, persons=persons, month=month, known_at=known_at)
    return {
        "household": household.number,
        "month": str(month),
        "known_at": known_at,
        "facts": {**known.facts, "members": members},
        "origins": [
            {
                "name": name,
                "person": person,
                "source": one.source,
                "valid_from": one.valid_from,
                "known_on": one.known_on,
            }
            for (name, person), one in sorted(origins.items(), key=lambda item: (item[0][1] or "", item[0][0]))
            if health or name not in HEALTH_COLUMNS
        ],
    }


def _reads_health(call: Call, household: Household) -> bool:
    return see_health_facts.test(call.actor, Whose(household.commune, household.pk))


def _payment(household: Household, asked: tuple[Month, dt.datetime]) -> dict[str, Any] | None:
    paid = payment_as_known(household.pk, *asked)
    if paid is None:
        return None
    recipient = paid.recipient.idcs if paid.recipient else None
    return {"channel": paid.channel, "account": masked(paid.account), "recipient": recipient}


def _timeline(household: Household) -> list[dict[str, Any]]:
    found = Event.objects.filter(household_id=household.pk).order_by("-id")[:EVENTS]
    return [{"at": one.at, "kind": one.kind, "subject": one.subject_id, "by": one.actor} for one in found.defer("data")]
