"""A complaint from its reception to its end: handed out, escalated by the night or by who complained, answered."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from karama.delivery.appeals import actions
from karama.delivery.appeals.models import Appeal, Complaint
from karama.delivery.appeals.states import AppealState, ComplaintState
from karama.delivery.appeals.tasks import daily
from karama.foundation.errors import BadInputError, ConflictError, NotAllowedError
from karama.foundation.reference_codes import spoken
from karama.record.clock import now
from karama.record.messages.models import Delivery, Message
from karama.record.models import Event
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from karama.registry.models import Contact
from tests.delivery import families
from tests.delivery.appeals import cases

if TYPE_CHECKING:
    from karama.registry.models import Household

pytestmark = pytest.mark.usefixtures("db")


def received(days_ago: int, household: Household, state: str = "received", **more: object) -> Complaint:
    """A complaint of some days ago, set as a month of use would leave it."""
    at = now() - dt.timedelta(days=days_ago)
    day = at.astimezone(cases.MOROCCO).date()
    with acting_as(SYSTEM):
        made = Complaint.objects.create(
            reference=f"C{Complaint.objects.count()}-{days_ago}",
            household=household,
            commune=household.commune,
            category="delay",
            channel="online",
            state="received",
            text="Rien.",
            received_at=at,
            escalate_on=day + dt.timedelta(days=20),
            due_on=day + dt.timedelta(days=30),
        )
        if state != "received":
            Complaint.objects.filter(pk=made.pk).update(state=state, **more)
    return made


def test_the_night_puts_before_the_manager_what_nobody_answered_by_its_day_and_only_once() -> None:
    household = families.household(children=[])
    agent = families.staff(Role.COUNTER_AGENT, cases.PROVINCE)
    answered = {"answer": "Voilà.", "answered_at": now()}
    on_its_day, passed, long_passed = (received(days, household) for days in (20, 21, 300))
    assigned = received(25, household, "assigned", assigned_to_id=agent.account_id)
    done = received(40, household, "answered", **answered)
    assert daily(timestamp=0) == {"escalated": 3, "reminded": 0}
    states = {one.pk: cases.as_stored(one)["state"] for one in (on_its_day, passed, long_passed, assigned, done)}
    assert list(states.values()) == ["received", "escalated", "escalated", "escalated", "answered"]
    assert daily(timestamp=0)["escalated"] == 0
    with acting_as(SYSTEM):
        told = Event.objects.filter(kind="complaint.escalated", household_id=household.pk)
        assert sorted(told.values_list("subject_id", "actor")) == sorted(
            (one.reference, "system") for one in (passed, long_passed, assigned)
        )
    with pytest.raises(NotAllowedError):
        actions.answer_complaint(complaint_id=assigned.pk, text="Trop tard.", by=agent)
    manager = families.staff(Role.TERRITORIAL_MANAGER, cases.PROVINCE)
    assert actions.answer_complaint(complaint_id=assigned.pk, text="Réparé.", by=manager).state == "answered"


@pytest.mark.parametrize(("language", "words"), [("fr", "transmise au responsable"), ("ar", "على المسؤول")])
def test_the_night_tells_the_family_once_that_its_complaint_went_to_the_manager(language: str, words: str) -> None:
    household = families.household(children=[])
    families.write(Contact, household_id=household.pk, phone="+212600000001", language=language)
    _, late = received(20, household), received(21, household)
    assert [daily(timestamp=0)["escalated"] for _ in range(3)] == [1, 0, 0]
    with acting_as(SYSTEM):
        (message,) = Message.objects.filter(household_id=household.pk)
        (told,) = Event.objects.filter(kind="message.queued", subject_id=message.key)
        text = Delivery.objects.get(message=message).text or ""
    assert message.key.startswith(f"complaint.escalated:{late.reference}:")
    assert (message.address, told.actor, told.household_id) == ("+212600000001", "system", household.pk)
    assert (spoken(late.reference) in text, words in text) == (True, True)


def test_appeals_due_soon_are_reminded_of_once() -> None:
    appeals = {}
    for days in (22, 23, 30, 45):
        household = families.household(score="9.8", children=[])
        decision = cases.decided_at(household, now() - dt.timedelta(days=60))
        appeals[days] = _appeal_received(days, decision)
    assert daily(timestamp=0) == {"escalated": 0, "reminded": 3}
    reminded = {days: cases.as_stored(one)["reminded_at"] is not None for days, one in appeals.items()}
    assert reminded == {22: False, 23: True, 30: True, 45: True}
    assert daily(timestamp=0)["reminded"] == 0


def _appeal_received(days_ago: int, decision: object) -> Appeal:
    at = now() - dt.timedelta(days=days_ago)
    day = at.astimezone(cases.MOROCCO).date()
    with acting_as(SYSTEM):
        return Appeal.objects.create(
            reference=f"A-{decision.pk}",
            decision=decision,
            household=decision.household,
            channel="online",
            state=AppealState.RECEIVED,
            notified_at=decision.decided_at,
            appeal_until=decision.decided_at.astimezone(cases.MOROCCO).date() + dt.timedelta(days=15),
            late=day > decision.decided_at.astimezone(cases.MOROCCO).date() + dt.timedelta(days=15),
            received_at=at,
            due_on=day + dt.timedelta(days=30),
        )


def test_who_is_not_content_opens_it_again_before_the_manager_until_it_is_closed() -> None:
    household = families.household(children=[])
    mother, agent = families.citizen(household), families.staff(Role.COUNTER_AGENT, cases.PROVINCE)
    manager = families.staff(Role.TERRITORIAL_MANAGER, cases.PROVINCE)
    complaint = actions.receive_complaint(
        category="payment", text="Rien en mars.", household_id=household.pk, by=mother
    )
    actions.answer_complaint(complaint_id=complaint.pk, text="C'est versé.", by=agent)
    again = actions.escalate_complaint(complaint_id=complaint.pk, reason="Rien n'est venu.", by=mother)
    assert again.state == ComplaintState.ESCALATED
    with pytest.raises(ConflictError, match="escalated"):
        actions.close_complaint(complaint_id=complaint.pk, by=mother)
    actions.answer_complaint(complaint_id=complaint.pk, text="Versé aujourd'hui.", by=manager)
    closed = actions.close_complaint(complaint_id=complaint.pk, by=mother)
    assert (closed.state, closed.answer) == (ComplaintState.CLOSED, "Versé aujourd'hui.")
    with acting_as(SYSTEM):
        told = Event.objects.filter(subject_id=complaint.reference).order_by("id")
        assert [one.kind for one in told] == [
            "complaint.received",
            "complaint.answered",
            "complaint.reopened",
            "complaint.answered",
            "complaint.closed",
        ]
        assert told[1].data["text"] == "C'est versé."  # the first answer is not lost


def test_a_complaint_is_put_to_staff_of_its_territory_by_the_manager() -> None:
    household = families.household(children=[])
    complaint = actions.receive_complaint(
        category="reception", text="Reçue debout.", household_id=household.pk, by=families.citizen(household)
    )
    manager = families.staff(Role.TERRITORIAL_MANAGER, cases.PROVINCE)
    here, there = (families.staff(Role.COUNTER_AGENT, place) for place in (cases.PROVINCE, "01"))
    with pytest.raises(NotAllowedError):
        actions.assign_complaint(complaint_id=complaint.pk, to=here.account_id, by=here)
    with pytest.raises(BadInputError, match="answers no complaints"):
        actions.assign_complaint(complaint_id=complaint.pk, to=there.account_id, by=manager)
    actions.assign_complaint(complaint_id=complaint.pk, to=here.account_id, by=manager)
    other = families.staff(Role.COUNTER_AGENT, cases.PROVINCE)
    with pytest.raises(NotAllowedError):
        actions.answer_complaint(complaint_id=complaint.pk, text="Pas la mienne.", by=other)
    assert actions.answer_complaint(complaint_id=complaint.pk, text="Pardon.", by=here).state == "answered"


def test_a_complaint_names_a_file_or_a_place_and_says_something() -> None:
    agent = families.staff(Role.COUNTER_AGENT, cases.PROVINCE)
    asked = {"category": "reception", "text": "Fermé à midi.", "by": agent}
    with pytest.raises(BadInputError, match="household or a commune"):
        actions.receive_complaint(**asked)
    with pytest.raises(BadInputError, match="empty"):
        actions.receive_complaint(**{**asked, "text": " \n"}, commune=families.SETTAT)
    with pytest.raises(BadInputError, match="no category"):
        actions.receive_complaint(**{**asked, "category": "weather"}, commune=families.SETTAT)
    with pytest.raises(NotAllowedError):
        actions.receive_complaint(**asked, commune=families.TANGER)
    made = actions.receive_complaint(**asked, commune=families.SETTAT, idempotency_key="k")
    assert actions.receive_complaint(**asked, commune=families.SETTAT, idempotency_key="k").pk == made.pk
    assert (made.household_id, made.commune) == (None, families.SETTAT)
