"""Two people at once: one does it, the other is told; nothing is lost, nothing is done twice."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from django.db import connections

from karama.delivery.appeals import actions
from karama.delivery.appeals.models import Appeal, Statement
from karama.delivery.appeals.states import AppealState
from karama.delivery.decisions.models import Decision
from karama.foundation.errors import KaramaError
from karama.record.models import Event
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from tests.delivery import families
from tests.delivery.appeals import cases

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("own_database")
UPHELD, REJECTED = AppealState.UPHELD, AppealState.REJECTED


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What each gave, done at the same moment by connections of their own: ``done`` or the class of the refusal."""
    start, told = threading.Barrier(len(acts)), ["lost"] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
            told[place] = "done"
        except KaramaError as error:
            told[place] = type(error).__name__
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


def test_two_judges_two_judgments_two_executions_two_receptions() -> None:
    household, decision = cases.refused()
    mother = families.citizen(household)
    one, other = (families.staff(Role.APPEALS_OFFICER, cases.PROVINCE) for _ in range(2))

    def receive() -> object:
        return actions.receive_appeal(decision_id=decision.pk, grounds="Le score est faux.", health=False, by=mother)

    assert at_once(receive, receive) == ["ConflictError", "done"]
    with acting_as(SYSTEM):
        appeal = Appeal.objects.get(decision=decision)
    key = appeal.pk

    assert at_once(
        lambda: actions.admit(appeal_id=key, by=one),
        lambda: actions.refuse_to_hear(appeal_id=key, reasons="Non.", by=other),
    ) == ["ConflictError", "done"]
    if cases.as_stored(appeal)["state"] == AppealState.INADMISSIBLE:
        key = actions.receive_appeal(decision_id=decision.pk, grounds="Encore.", health=False, by=mother).pk
        actions.admit(appeal_id=key, by=one)

    took = at_once(
        *(lambda who=who: actions.assign_judge(appeal_id=key, judge_id=who.account_id, by=who) for who in (one, other))
    )
    assert took == ["NotAllowedError", "done"]
    with acting_as(SYSTEM):
        appeal = Appeal.objects.get(pk=key)
    judge = one if appeal.judge_id == one.account_id else other
    actions.begin_review(appeal_id=key, by=judge)

    judged = at_once(
        *(
            lambda to=to: actions.judge(appeal_id=key, outcome=to, reasons=f"{to}.", by=judge)
            for to in (UPHELD, REJECTED)
        )
    )
    assert judged == ["ConflictError", "done"]
    stored = cases.as_stored(appeal)
    with acting_as(SYSTEM):
        assert Statement.objects.get(appeal=appeal, kind="reasons").text == f"{stored['state']}."
        assert Event.objects.filter(kind__in=("appeal.upheld", "appeal.rejected")).count() == 1


def test_a_judgment_is_executed_once_and_a_withdrawal_races_a_judgment() -> None:
    household, decision = cases.refused()
    mother, judge = families.citizen(household), families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    clerk = families.staff(Role.CLAIMS_OFFICER, cases.PROVINCE)
    appeal = cases.judged(decision, mother, judge, UPHELD)
    executed = at_once(
        *(
            lambda who=who: actions.execute(appeal_id=appeal.pk, by=who, corrections=[cases.SCORE])
            for who in (judge, clerk)
        ),
    )
    assert executed == ["ConflictError", "done"]
    with acting_as(SYSTEM):
        assert Decision.objects.filter(household=household).count() == 2

    household, decision = cases.refused()
    mother = families.citizen(household)
    appeal = cases.under_review(decision, mother, judge)
    raced = at_once(
        lambda: actions.withdraw_appeal(appeal_id=appeal.pk, by=mother),
        lambda: actions.judge(appeal_id=appeal.pk, outcome=REJECTED, reasons="Non.", by=judge),
    )
    assert raced == ["ConflictError", "done"]
    assert cases.as_stored(appeal)["state"] in {AppealState.WITHDRAWN, REJECTED}
