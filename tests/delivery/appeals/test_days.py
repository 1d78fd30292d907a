"""The days of appeals and complaints: to the day in Morocco, over the ends of months and leap days."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karama.delivery import procedure
from karama.delivery.appeals import actions
from karama.delivery.appeals.deadlines import Clock, delay_to_appeal
from karama.delivery.appeals.states import AppealState, ComplaintCategory
from karama.delivery.decisions.models import Decision
from karama.law.engine.parameters import Status
from karama.record.clock import now
from karama.record.states import Role
from tests.delivery import families
from tests.delivery.appeals import cases

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

MINUTE = dt.timedelta(minutes=1)
CASABLANCA: ZoneInfo = cases.MOROCCO


def noon(day: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=CASABLANCA)


@pytest.mark.parametrize(
    ("decided", "last_day"),
    [
        ("2026-03-01", "2026-03-16"),
        ("2026-01-31", "2026-02-15"),
        ("2026-12-20", "2027-01-04"),
        ("2028-02-14", "2028-02-29"),
        ("2028-02-20", "2028-03-06"),
        ("2027-02-20", "2027-03-07"),
    ],
)
def test_fifteen_days_after_the_day_of_the_notice(decided: str, last_day: str) -> None:
    decision = Decision(decided_at=noon(decided))
    assert delay_to_appeal(decision).last_day == dt.date.fromisoformat(last_day)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-01-31", "2026-03-02"),
        ("2028-01-30", "2028-02-29"),
        ("2028-01-31", "2028-03-01"),
        ("2026-12-15", "2027-01-14"),
    ],
)
def test_thirty_days_to_answer_after_the_day_it_came(received: str, due: str) -> None:
    assert procedure.due("days_to_answer_an_appeal", noon(received)) == dt.date.fromisoformat(due)


def test_a_day_is_a_day_in_morocco_not_in_greenwich() -> None:
    # A quarter past midnight in Casablanca is the day before in Greenwich; in Ramadan the clocks are the same.
    summer = dt.datetime(2026, 7, 1, 0, 15, tzinfo=CASABLANCA)
    assert summer.astimezone(dt.UTC).date() == dt.date(2026, 6, 30)
    assert delay_to_appeal(Decision(decided_at=summer.astimezone(dt.UTC))).last_day == dt.date(2026, 7, 16)
    ramadan = dt.datetime(2026, 2, 25, 0, 15, tzinfo=CASABLANCA)
    assert delay_to_appeal(Decision(decided_at=ramadan.astimezone(dt.UTC))).last_day == dt.date(2026, 3, 12)


@given(
    st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2035, 1, 1)).map(lambda one: one.replace(tzinfo=CASABLANCA)),  # noqa: DTZ001
    st.integers(0, 40 * 24 * 60),
)
def test_late_is_the_day_after_the_last_one_and_not_a_minute_before(decided: dt.datetime, minutes: int) -> None:
    decision = Decision(decided_at=decided.astimezone(dt.UTC))
    delay = delay_to_appeal(decision)
    last = delay.last_day
    assert (last - decided.date()).days == 15
    midnight = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), CASABLANCA).astimezone(dt.UTC)
    assert not delay.passed(midnight - MINUTE)
    assert delay.passed(midnight)
    at = decided.astimezone(dt.UTC) + minutes * MINUTE
    assert delay.passed(at) == (at >= midnight)


def test_the_clock_shows_the_days_left() -> None:
    assert Clock.on(dt.date(2026, 3, 1), dt.date(2026, 3, 1)) == Clock(dt.date(2026, 3, 1), 0)
    assert not Clock.on(dt.date(2028, 2, 28), dt.date(2028, 3, 1)).passed
    assert Clock.on(dt.date(2028, 2, 28), dt.date(2028, 3, 1)).left == 2
    assert Clock.on(dt.date(2026, 3, 2), dt.date(2026, 3, 1)).passed


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(("days", "late"), [(0, False), (15, False), (16, True), (400, True)])
def test_a_late_appeal_is_kept_flagged_and_heard_by_a_person(days: int, late: bool) -> None:  # noqa: FBT001 - a column
    household = families.household(score="9.8")
    today = now().astimezone(CASABLANCA)
    # The first minute of a day: the appeal comes on the same hour or later, never before.
    told = dt.datetime.combine(today.date() - dt.timedelta(days=days), dt.time(), CASABLANCA)
    decision = cases.decided_at(household, told.astimezone(dt.UTC))
    appeal = actions.receive_appeal(
        decision_id=decision.pk, grounds="J'étais en voyage.", health=False, by=families.citizen(household)
    )
    assert (appeal.state, appeal.late) == (AppealState.RECEIVED, late)
    assert appeal.due_on == today.date() + dt.timedelta(days=30)
    officer = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    assert actions.admit(appeal_id=appeal.pk, by=officer).state == AppealState.ADMISSIBLE


@pytest.mark.usefixtures("db")
def test_the_delays_of_complaints_are_parameters_that_nobody_confirmed() -> None:
    household = families.household()
    complaint = actions.receive_complaint(
        category=ComplaintCategory.DELAY,
        text="Rien depuis mars.",
        by=families.citizen(household),
        household_id=household.pk,
    )
    today = complaint.received_at.astimezone(CASABLANCA).date()
    assert (complaint.escalate_on, complaint.due_on) == (today + dt.timedelta(20), today + dt.timedelta(30))
    for name in ("days_to_answer_a_complaint", "days_before_a_complaint_is_escalated"):
        assert procedure.value_on(name, today).status is Status.UNKNOWN
    assert procedure.value_on("days_to_appeal", today).status is Status.CONFIRMED
