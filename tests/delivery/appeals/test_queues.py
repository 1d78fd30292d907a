"""What waits for whom, what is late, where: counted in one query however much there is."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from karama.delivery.appeals import actions, queries
from karama.delivery.appeals.queries import Load
from karama.foundation.errors import BadInputError
from karama.record.clock import now
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from tests.delivery import families
from tests.delivery.appeals import cases

pytestmark = pytest.mark.usefixtures("db")


def today() -> dt.date:
    return now().astimezone(cases.MOROCCO).date()


def received(commune: str = families.SETTAT, count: int = 1) -> list[object]:
    made = []
    for _ in range(count):
        household = families.household(score="9.8", children=[], commune=commune)
        decision = cases.decided_at(household, now() - dt.timedelta(days=3))
        mother = families.citizen(household)
        made.append(
            actions.receive_appeal(decision_id=decision.pk, grounds="Le score est faux.", health=False, by=mother)
        )
        actions.receive_complaint(category="delay", text="?", household_id=household.pk, by=mother)
    return made


def test_the_queue_is_in_the_order_of_the_last_days_and_goes_on_page_by_page() -> None:
    made, day = received(count=5), today()
    with acting_as(families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)), CaptureQueriesContext(connection) as caught:
        first = queries.appeals_waiting(day, most=3)
        last = first[-1].appeal
        rest = queries.appeals_waiting(day, most=3, after=(last.due_on, last.pk))
        for one in (*first, *rest):
            assert one.appeal.household.commune == families.SETTAT
            assert not one.appeal.decision.eligible
    assert len(caught) == 2
    assert [one.appeal.pk for one in (*first, *rest)] == [one.pk for one in made]
    assert {one.clock.left for one in first} == {30}


def test_each_sees_the_queue_of_his_territory_and_each_judge_his_own() -> None:
    here, there = received(count=2), received(families.TANGER)
    officer = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    actions.admit(appeal_id=here[0].pk, by=officer)
    actions.assign_judge(appeal_id=here[0].pk, judge_id=officer.account_id, by=officer)
    with acting_as(officer):
        assert {one.appeal.pk for one in queries.appeals_waiting(today())} == {one.pk for one in here}
        mine = queries.appeals_waiting(today(), judge_id=officer.account_id)
        assert [one.appeal.pk for one in mine] == [here[0].pk]
        assert len(queries.complaints_waiting(today())) == 2
    with acting_as(SYSTEM):
        assert [one.appeal.pk for one in queries.appeals_waiting(today(), territory="01")] == [there[0].pk]
        assert len(queries.complaints_waiting(today(), territory="01", category="delay")) == 1
        assert queries.complaints_waiting(today(), category="data") == []


def test_lateness_is_counted_to_the_day_territory_by_territory() -> None:
    received(count=3), received(families.TANGER)
    due = today() + dt.timedelta(days=30)
    at = {
        today(): [(0, 0, 0), (0, 0, 0)],
        due - dt.timedelta(days=8): [(0, 0, 0), (0, 0, 0)],
        due - dt.timedelta(days=7): [(1, 0, 0), (3, 0, 0)],
        due: [(1, 0, 0), (3, 0, 0)],
        due + dt.timedelta(days=1): [(0, 1, 1), (0, 3, 1)],
        due + dt.timedelta(days=40): [(0, 1, 40), (0, 3, 40)],
    }
    with acting_as(SYSTEM):
        for day, expected in at.items():
            for count in (queries.appeals_by_territory, queries.complaints_by_territory):
                with CaptureQueriesContext(connection) as caught:
                    found = count(day)
                assert len(caught) == 1
                assert [one.territory for one in found] == ["01051", "06181"]
                assert [(one.due_soon, one.late, one.most_days_late) for one in found] == expected
                assert [one.open for one in found] == [1, 3]
        assert [one.territory for one in queries.appeals_by_territory(due, "region")] == ["01", "06"]
        with pytest.raises(BadInputError, match="no territory"):
            queries.appeals_by_territory(due, "planet")
    with acting_as(families.staff(Role.TERRITORIAL_MANAGER, "06")):
        assert queries.appeals_by_territory(due) == [Load("06181", 3, 3, 0, 0, 0)]


def test_what_was_judged_waits_to_be_executed_and_no_longer_to_be_answered() -> None:
    household, decision = cases.refused()
    officer = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    appeal = cases.judged(decision, families.citizen(household), officer, "upheld")
    with acting_as(officer):
        assert queries.appeals_waiting(today()) == []
        assert [one.pk for one in queries.appeals_to_execute()] == [appeal.pk]
        (load,) = queries.appeals_by_territory(today())
        assert (load.open, load.other) == (0, 1)
    actions.execute(appeal_id=appeal.pk, by=officer, corrections=[cases.SCORE])
    day = today()
    with acting_as(officer), CaptureQueriesContext(connection) as caught:
        assert queries.appeals_to_execute() == []
        assert queries.appeals_by_territory(day) == []
        (kept,) = queries.appeals_of_file(household.pk)
        assert kept.executed_by_decision.kind == "appeal"
        assert list(kept.evidence.all()) == []
        assert [one.kind for one in kept.statements.all()] == ["grounds", "reasons"]
    assert len(caught) == 5
