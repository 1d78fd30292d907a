"""A complaint is received, handed out, answered; it goes to the manager when its day passes, or when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from karama.delivery import procedure
from karama.delivery.appeals.actions.receiving import in_words
from karama.delivery.appeals.actions.telling import tell
from karama.delivery.appeals.models import Complaint
from karama.delivery.appeals.permissions import (
    COMPLAINT_STAFF,
    may_answer,
    may_complain,
    may_direct,
    may_escalate,
)
from karama.delivery.appeals.states import (
    BEFORE_ESCALATION,
    COMPLAINT_TRANSITIONS,
    ComplaintCategory,
    ComplaintState,
)
from karama.delivery.claims.states import Channel
from karama.delivery.references import Subject, new_references
from karama.foundation.errors import BadInputError, ConflictError, NotAllowedError
from karama.record.clock import now
from karama.record.models import RoleGrant
from karama.record.permissions import require
from karama.record.scope import SYSTEM, acting_as
from karama.registry.models import Household

if TYPE_CHECKING:
    from karama.record.scope import Actor


def receive_complaint(
    *,
    category: ComplaintCategory,
    text: str,
    by: Actor,
    household_id: int | None = None,
    commune: str | None = None,
    channel: Channel = Channel.ONLINE,
    idempotency_key: str | None = None,
) -> Complaint:
    """Receive a complaint about a household's file, or about a place where it is nobody's file.

    With the same key by the same account, the complaint received before is given back.

    Raises:
        BadInputError: nothing is said, the category is unknown, or neither a household nor a commune is named.
        NotAllowedError: the household may not be seen, or the actor may not complain for it.
    """
    said = in_words(text, "the complaint")
    if category not in ComplaintCategory.values:
        raise BadInputError(f"'{category}' is no category: choose one of {', '.join(ComplaintCategory.values)}")
    with acting_as(by):
        if idempotency_key and (known := _received_with(idempotency_key, by)):
            return known
        place = _commune_of(household_id) if household_id is not None else commune
        if not place:
            raise BadInputError("a complaint names a household or a commune: say where it happened")
        require(may_complain(by, household_id, place), "complaining about this file")
        at = now()
        (key, reference), *_ = new_references(Complaint, Subject.COMPLAINT)
        complaint = Complaint(
            id=key,
            reference=reference,
            household_id=household_id,
            commune=place,
            category=category,
            channel=channel,
            state=ComplaintState.RECEIVED,
            text=said,
            received_at=at,
            received_by_id=by.account_id,
            due_on=procedure.due("days_to_answer_a_complaint", at),
            escalate_on=procedure.due("days_before_a_complaint_is_escalated", at),
            idempotency_key=idempotency_key,
        )
        try:
            with transaction.atomic():
                complaint.save(force_insert=True)
        except IntegrityError:
            if idempotency_key and (known := _received_with(idempotency_key, by)):
                return known
            raise
        days = {"due_on": complaint.due_on, "escalate_on": complaint.escalate_on}
        tell("received", complaint, by=by, at=at, category=category, channel=channel, **days)
        return complaint


def assign_complaint(*, complaint_id: int, to: int, by: Actor) -> Complaint:
    """Put a complaint to one of the staff of the territory, or to another one.

    Raises:
        BadInputError: that account answers no complaints there.
        ConflictError: it is escalated, answered or closed.
        NotAllowedError: the actor does not direct the territory.
    """
    with acting_as(by):
        complaint = held_complaint(complaint_id)
        require(may_direct(by, complaint), "handing out this complaint")
        _check(complaint, ComplaintState.ASSIGNED)
        if not _answers_there(to, complaint.commune):
            raise BadInputError(
                f"account {to} answers no complaints of commune {complaint.commune}: choose one who does"
            )
        complaint.state, complaint.assigned_to_id = ComplaintState.ASSIGNED, to
        complaint.save(update_fields=["state", "assigned_to"])
        tell("assigned", complaint, by=by, at=now(), to=to)
        return complaint


def answer_complaint(*, complaint_id: int, text: str, by: Actor) -> Complaint:
    """Answer a complaint, in words.

    Raises:
        BadInputError: nothing is said.
        ConflictError: it is answered or closed.
        NotAllowedError: it was put to somebody else, or is the manager's now.
    """
    said = in_words(text, "the answer")
    with acting_as(by):
        complaint = held_complaint(complaint_id)
        require(may_answer(by, complaint), "answering this complaint")
        _check(complaint, ComplaintState.ANSWERED)
        at = now()
        complaint.state, complaint.answer, complaint.answered_at = ComplaintState.ANSWERED, said, at
        complaint.save(update_fields=["state", "answer", "answered_at"])
        tell("answered", complaint, by=by, at=at, text=said)
        return complaint


def escalate_complaint(*, complaint_id: int, reason: str, by: Actor) -> Complaint:
    """Put a complaint before the manager: nobody answered, or the answer does not content who complained.

    Raises:
        BadInputError: no reason is given.
        ConflictError: it is before the manager already, or closed.
        NotAllowedError: the actor neither complained nor has the complaint.
    """
    said = in_words(reason, "the reason")
    with acting_as(by):
        complaint = held_complaint(complaint_id)
        require(may_escalate(by, complaint), "putting this complaint before the manager")
        _check(complaint, ComplaintState.ESCALATED)
        at = now()
        opened_again = complaint.state == ComplaintState.ANSWERED
        complaint.state, complaint.escalated_at = ComplaintState.ESCALATED, at
        complaint.save(update_fields=["state", "escalated_at"])
        tell("reopened" if opened_again else "escalated", complaint, by=by, at=at, reason=said)
        return complaint


def close_complaint(*, complaint_id: int, by: Actor) -> Complaint:
    """Close an answered complaint.

    Raises:
        ConflictError: it is not answered.
        NotAllowedError: the actor neither complained nor has the complaint.
    """
    with acting_as(by):
        complaint = held_complaint(complaint_id)
        require(may_escalate(by, complaint), "closing this complaint")
        _check(complaint, ComplaintState.CLOSED)
        at = now()
        complaint.state, complaint.closed_at = ComplaintState.CLOSED, at
        complaint.save(update_fields=["state", "closed_at"])
        tell("closed", complaint, by=by, at=at)
        return complaint


def escalate_those_passed() -> int:
    """Put before the manager every complaint nobody answered by its day, and tell the family; done twice, once.

    Returns:
        How many.
    """
    with acting_as(SYSTEM):
        at = now()
        late = Complaint.objects.filter(state__in=BEFORE_ESCALATION, escalate_on__lt=localdate(at))
        passed = list(late.select_for_update().order_by("id"))
        for complaint in passed:
            complaint.state, complaint.escalated_at = ComplaintState.ESCALATED, at
            complaint.save(update_fields=["state", "escalated_at"])
            tell("escalated", complaint, by=SYSTEM, at=at, reason="its day passed")
        return len(passed)


def held_complaint(complaint_id: int) -> Complaint:
    """The complaint with its row held until the end of the transaction.

    Raises:
        NotAllowedError: there is none that the actor may see.
    """
    found = Complaint.objects.select_for_update().filter(pk=complaint_id).first()
    if found is None:
        raise NotAllowedError(f"no complaint {complaint_id} may be seen")
    return found


def _check(complaint: Complaint, to: ComplaintState) -> None:
    if to not in COMPLAINT_TRANSITIONS[complaint.state]:
        raise ConflictError(f"complaint {complaint.reference} is {complaint.state}: it cannot become {to}")


def _commune_of(household_id: int) -> str:
    found = Household.objects.filter(pk=household_id).values_list("commune", flat=True).first()
    if found is None:
        raise NotAllowedError(f"no household {household_id} may be seen")
    return found


def _answers_there(account_id: int, commune: str) -> bool:
    held = RoleGrant.objects.filter(
        account_id=account_id, account__is_active=True, role__in=COMPLAINT_STAFF, revoked_at=None
    )
    return any(commune.startswith(place) for place in held.values_list("territory", flat=True))


def _received_with(key: str, by: Actor) -> Complaint | None:
    return Complaint.objects.filter(received_by_id=by.account_id, idempotency_key=key).first()
