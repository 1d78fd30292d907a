"""The clock of thirty days, as the lists of a territory show it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.utils.timezone import localdate

from karama.delivery.claims import actions, queries
from karama.delivery.decisions.actions import decide_claim
from karama.record.scope import acting_as
from karama.record.states import Role
from tests.delivery import families

if TYPE_CHECKING:
    from karama.registry.models import Household

pytestmark = pytest.mark.usefixtures("db")


def submitted(household: Household) -> int:
    mother = families.citizen(household)
    claim = actions.open_claim(programme="asd", kind="family", by=mother, household_id=household.pk)
    return actions.submit(claim_id=claim.pk, by=mother).pk


def test_the_deadline_is_thirty_days_after_the_day_of_the_claim() -> None:
    household = families.household()
    claim = submitted(household)
    officer = families.staff(Role.CLAIMS_OFFICER, "06181")
    with acting_as(officer):
        (one,) = queries.waiting(territory="06")
    assert one.pk == claim
    assert one.submitted_at is not None
    day = localdate(one.submitted_at)
    assert one.due_on == day + dt.timedelta(days=30)
    assert queries.days_left(one, day) == 30
    assert queries.days_left(one, day + dt.timedelta(days=31)) == -1


def test_a_manager_sees_what_waits_and_what_is_late_in_his_territory() -> None:
    here, there = families.household(), families.household(commune=families.TANGER)
    claims = [submitted(one) for one in (here, there, families.household())]
    decide_claim(claim_id=claims[0], by=families.staff(Role.CLAIMS_OFFICER, "06181"))
    manager = families.staff(Role.TERRITORIAL_MANAGER, "06")
    today = localdate(families.now())
    with acting_as(manager):
        now = queries.delays(today)
        later = queries.delays(today + dt.timedelta(days=31), territory="06181")
        seen = set(queries.waiting().values_list("id", flat=True))
    assert seen == {claims[2]}
    assert now == queries.Delays(waiting=1, late=0, due_within_a_week=0, decided=1, decided_late=0)
    assert (later.waiting, later.late) == (1, 1)
    with acting_as(manager):
        soon = queries.delays(today + dt.timedelta(days=24))
    assert soon.due_within_a_week == 1
