"""One file's timeline: what happened to a household's claims, decisions, appeals, complaints and messages, in order.

It is read from the journal, whose every event of the household has its place; what is told of each comes from the row
it is about, so that the walls of the database hold here too: an event about a row the reader may not see (a claim that
is a health fact) only says that there is one, and what was said in an appeal is told to who may read it.  What was
loaded without events stands by the days of its row.  A child in an establishment has a file of its own.
"""

from __future__ import annotations

import functools
import operator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.dateparse import parse_date

from karama.delivery.appeals.models import Appeal, Complaint, Statement
from karama.delivery.appeals.states import StatementKind
from karama.delivery.claims.models import Claim
from karama.delivery.claims.states import ClaimState
from karama.delivery.decisions.models import Decision, Notice
from karama.delivery.decisions.warning import WHAT
from karama.delivery.timeline.words import ANNOUNCEMENTS, CATEGORIES, CHANGES, DIFFERENCES, EVENTS, RESERVED
from karama.delivery.transition import schemes
from karama.foundation.languages import LANGUAGES, Label, isolated
from karama.foundation.money import format_money
from karama.foundation.months import Month
from karama.foundation.reference_codes import spoken
from karama.law.engine.sentences import say_value
from karama.law.engine.speech import say_month
from karama.record.models import Event
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import AccountKind

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping

    from django.db.models import QuerySet

    from karama.foundation.languages import Language

_TEXTS = ("text", "reasons", "reason")
"""Where an event holds words that a person wrote; that of an appeal holds the number of its statement."""

_SUBJECTS: Mapping[str, Any] = {
    "claim": Claim,
    "decision": Decision,
    "appeal": Appeal,
    "complaint": Complaint,
}


class By(StrEnum):
    """Who did it, as a family reads it."""

    FAMILY = "family"
    AGENCY = "agency"
    SERVICE = "service"


@dataclass(frozen=True)
class Entry:
    """One line of a file's timeline."""

    at: dt.datetime
    kind: str
    subject: str
    """``claim``, ``decision``, ``appeal``, ``complaint``, ``notice``, ``message`` or ``household``."""
    reference: str
    """The code of what it is about; empty where the reader may not see it."""
    label: Label
    text: str
    """Words that a person wrote, in the language written; empty where none."""
    by: By
    actor: str
    """The name of the account, for staff; a family reads ``by``."""


def timeline(household_id: int) -> list[Entry]:
    """The timeline of a household's file, the first event first; a fixed number of queries.

    Whoever reads has opened the transaction with ``acting_as``.
    """
    rows = {name: _rows(model.objects.filter(household_id=household_id)) for name, model in _SUBJECTS.items()}
    return _lines(_events(household_id=household_id), rows)


def timeline_of_child(person_id: int) -> list[Entry]:
    """The timeline of a child in care: all that establishments claimed for it, the first event first.

    An event of the journal belongs to no establishment.  Those about the rows that the reader sees are read for him,
    and no other: a director reads nothing of what another establishment did for the child.
    """
    own: dict[str, QuerySet[Any]] = {
        "claim": Claim.objects.filter(person_id=person_id, household=None),
        "decision": Decision.objects.filter(person_id=person_id, household=None),
        "appeal": Appeal.objects.filter(decision__person_id=person_id, household=None),
    }
    rows = {name: _rows(found) for name, found in own.items()}
    notices = Notice.objects.filter(person_id=person_id, household=None).values_list("reference", flat=True)
    seen = [Q(subject_type=name, subject_id__in=list(found)) for name, found in [*rows.items(), ("notice", notices)]]
    with acting_as(SYSTEM):
        events = list(_events(functools.reduce(operator.or_, seen)))
    return _lines(events, rows)


def _events(*about: Q, **of: int) -> QuerySet[Event]:
    """The events that a file tells, in their order."""
    return Event.objects.filter(*about, **of, kind__in=EVENTS).select_related("account").order_by("id")


def _lines(events: Iterable[Event], rows: Mapping[str, dict[str, Any]]) -> list[Entry]:
    """The entries of events, and those of the rows of which the journal tells nothing."""
    found = list(events)
    said = _said_in(rows["appeal"].values())
    told = [_of_event(one, rows, said) for one in found]
    known = {(one.subject_type, one.subject_id) for one in found}
    silent = (
        entry
        for name, held in rows.items()
        for key, row in held.items()
        if (name, key) not in known
        for entry in _of_row(name, row)
    )
    return sorted([*told, *silent], key=lambda one: one.at)


def _said_in(appeals: Iterable[Appeal]) -> dict[int, str]:
    """What was said in appeals, by the statement's number, as far as the reader may see it."""
    found = Statement.objects.filter(appeal__in=list(appeals)).exclude(kind=StatementKind.GROUNDS)
    return dict(found.values_list("pk", "text"))


def _rows(found: QuerySet[Any]) -> dict[str, Any]:
    return {row.reference: row for row in found}


def _of_event(event: Event, rows: Mapping[str, Mapping[str, Any]], said: Mapping[int, str]) -> Entry:
    subject, key = event.subject_type, event.subject_id
    row = rows[subject].get(key) if subject in rows else None
    hidden = subject in rows and row is None
    coded = subject in rows or subject == "notice"
    text = said.get(event.data.get("statement", 0)) or next(
        (str(event.data[name]) for name in _TEXTS if event.data.get(name)), ""
    )
    return Entry(
        at=event.at,
        kind=event.kind,
        subject=subject,
        reference="" if hidden or not coded else key,
        label=RESERVED if hidden else _label(_sentence(event), key if coded else "", _values(event.data, row)),
        text="" if hidden else text,
        by=_by(event),
        actor=event.actor,
    )


def _sentence(event: Event) -> str:
    """The sentence of an event: an announcement is made as a notice is, and says something else."""
    if difference := event.data.get("difference_centimes"):
        return f"{event.kind}:{'arrears' if difference > 0 else 'overpayment'}"
    announced = f"{event.kind}:{event.data.get('kind')}"
    return announced if announced in ANNOUNCEMENTS else event.kind


def _of_row(subject: str, row: Any) -> Iterator[Entry]:  # noqa: ANN401 - a row of any of the subjects
    """What the days of a row tell, where the journal tells nothing of it."""
    for kind, at, text in _milestones(subject, row):
        if at is not None:
            label = _label(kind, row.reference, _values({}, row))
            yield Entry(at, kind, subject, row.reference, label, text, By.SERVICE, "")


def _milestones(subject: str, row: Any) -> Iterable[tuple[str, dt.datetime | None, str]]:  # noqa: ANN401 - as above
    """Claims and decisions may be loaded as they stand; appeals and complaints only begin, by the database's rule."""
    if subject == "claim":
        ended = ClaimState.DECIDED if row.state == ClaimState.CLOSED else row.state
        submitted = ("claim.submitted", row.submitted_at, "")
        return [("claim.opened", row.opened_at, ""), submitted, (f"claim.{ended}", row.ended_at, "")]
    if subject == "decision":
        return [("decision.taken", row.decided_at, "")]
    return [(f"{subject}.received", row.received_at, "")]


def _by(event: Event) -> By:
    if event.account is None:
        return By.SERVICE
    return By.FAMILY if event.account.kind == AccountKind.CITIZEN else By.AGENCY


def _values(data: Mapping[str, Any], row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of any of the subjects
    """What a sentence may say: from the row where there is one, else from the event."""
    month = row.month if isinstance(row, Decision) else data.get("month")
    difference = data.get("difference_centimes")
    return {
        "day": getattr(row, "due_on", None) or parse_date(str(data.get("due_on", ""))),
        "month": None if month is None else Month.parse(str(month)[:7]),
        "amount": getattr(row, "monthly_centimes", None) if difference is None else abs(difference),
        "what": CHANGES.get(getattr(row, "change", ""))
        or CATEGORIES.get(getattr(row, "category", ""))
        or WHAT.get(data.get("changed", ""))
        or getattr(schemes().get(data.get("scheme", "")), "label", None),
    }


def _label(kind: str, reference: str, values: Mapping[str, Any]) -> Label:
    return Label(**{language: _said(kind, reference, values, language) for language in LANGUAGES})


def _said(kind: str, reference: str, values: Mapping[str, Any], language: Language) -> str:
    day, month, amount, what = (values[name] for name in ("day", "month", "amount", "what"))
    return (
        {**EVENTS, **ANNOUNCEMENTS, **DIFFERENCES}[kind]
        .get(language)
        .format(
            code=isolated(spoken(reference), language),
            day="" if day is None else say_value(day, language),
            month="" if month is None else say_month(month, language),
            amount="" if amount is None else format_money(amount, language),
            what="" if what is None else what.get(language),
        )
    )


__all__ = ["By", "Entry", "timeline", "timeline_of_child"]
