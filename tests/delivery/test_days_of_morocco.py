"""Half past eleven in Greenwich is the next day in Morocco: what is dated, and what holds on the day, goes by that."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from karama.delivery.appeals import actions as appeals
from karama.delivery.checking import check
from karama.delivery.decisions.letters import letter_of
from karama.delivery.decisions.models import Notice
from karama.delivery.decisions.notice.letter import letter_html
from karama.delivery.privacy.own_data import own_data
from karama.delivery.transition.report import transition_report
from karama.foundation.months import Month
from karama.record import clock, journal
from karama.record.clock import now
from karama.record.journal.anchoring import publish
from karama.record.journal.sealing import seal_batch
from karama.record.messages.models import Message
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from karama.registry.matching.actions import find_contradictions
from karama.registry.matching.models import Contradiction
from karama.registry.matching.queries import contradiction_in_words
from karama.registry.models import Contact, Membership
from tests.delivery import families
from tests.delivery.appeals import cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.service_database import Database

LATE = dt.datetime(2026, 6, 30, 23, 30, tzinfo=dt.UTC)
"""The first of July at half past midnight in Morocco."""
TODAY = dt.date(2026, 7, 1)
RAMADAN = dt.datetime(2026, 2, 28, 23, 30, tzinfo=dt.UTC)
"""The hour is that of Greenwich then."""
PHONE = "+212600000000"


@pytest.fixture(autouse=True)
def _late(db: Database) -> Iterator[None]:  # noqa: ARG001 - all of it is rolled back
    with clock.invented(LATE):
        yield


def test_a_letter_bears_the_day_from_which_the_delay_of_its_appeal_runs() -> None:
    decision = cases.decided(families.household())
    with acting_as(SYSTEM):
        notice = Notice.objects.get(decision=decision)
    assert notice.appeal_until == TODAY + dt.timedelta(days=15)
    assert check(decision.reference).notified_on == TODAY
    html = letter_html(letter_of(notice_id=notice.pk, by=SYSTEM))
    assert "01/07/2026" in html
    assert "30/06/2026" not in html


def test_messages_go_to_the_number_of_the_day() -> None:
    household = families.household()
    families.write(Contact, TODAY, household_id=household.pk, phone=PHONE, language="fr")
    decision = cases.decided(household)
    appeals.receive_appeal(decision_id=decision.pk, grounds="Le score.", by=families.citizen(household))
    with acting_as(SYSTEM):
        assert sorted(Message.objects.values_list("purpose", "address")) == [("appeal", PHONE), ("notice", PHONE)]


def test_who_came_to_a_household_today_gets_a_copy_there_dated_today() -> None:
    household, somebody = families.household(), families.person("1990-01-01")
    families.write(Membership, TODAY, person_id=somebody.pk, household_id=household.pk, role="other")
    told = own_data(idcs=somebody.idcs, by=families.staff(Role.COUNTER_AGENT, cases.PROVINCE), at=now())
    assert told["at"][:10] == "2026-07-01"


def test_a_contradiction_says_the_day_on_which_each_became_known() -> None:
    one, other = families.household(), families.household()
    child = families.member(one, "2016-04-04", "child")
    families.write(Membership, person_id=child.pk, household_id=other.pk, role="child")
    find_contradictions(by=SYSTEM)
    with acting_as(SYSTEM):
        told = contradiction_in_words(Contradiction.objects.get(person=child).pk).text.en
    assert told.count("known on 2026-07-01") == 2


def test_the_anchor_and_the_report_of_the_transition_are_of_the_day(tmp_path: Path) -> None:
    with acting_as(SYSTEM):
        journal.write(kind="x", subject=("y", 1), by=SYSTEM, at=now())
    seal_batch()
    anchor = publish(str(tmp_path))
    assert anchor is not None
    assert anchor.day == "2026-07-01"
    assert transition_report(Month(2026, 7), by=SYSTEM).known_at[:16] == "2026-07-01T00:30"


@pytest.mark.parametrize(("moment", "day"), [(LATE, TODAY), (RAMADAN, dt.date(2026, 2, 28))])
def test_the_day_in_sql_is_that_of_morocco(moment: dt.datetime, day: dt.date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {clock.TODAY.replace('now()', '%s::timestamptz')}", [moment])
        assert cursor.fetchone() == (day,)
