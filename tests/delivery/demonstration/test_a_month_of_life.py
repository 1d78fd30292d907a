"""The month of a demonstration: every stage of a claim, appeals on time and late, one account for each role."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings

from karama.delivery.appeals.models import Appeal, Complaint
from karama.delivery.appeals.states import AppealState, ComplaintCategory
from karama.delivery.claims.models import Claim
from karama.delivery.claims.states import ClaimState
from karama.delivery.decisions import actions as decisions
from karama.delivery.decisions.models import Decision, Notice
from karama.delivery.demonstration import live_a_month, make_accounts
from karama.delivery.demonstration.story import province_of_the_story
from karama.foundation.errors import NotAllowedError
from karama.foundation.months import Month
from karama.record import clock, journal
from karama.record.messages.models import Delivery, Message
from karama.record.models import Account, Event, RoleGrant
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import STAFF_ROLES, Role
from karama.registry.models import Establishment
from tests.delivery import families

if TYPE_CHECKING:
    from tests.service_database import Database

pytestmark = pytest.mark.usefixtures("db")
MONTH = Month(2026, 3)
LONG_AGO = dt.datetime(2026, 2, 1, 8, tzinfo=dt.UTC)
END = dt.datetime(2026, 3, 28, 18, tzinfo=dt.UTC)
_WAITING = ("draft", "submitted", "awaiting_correction", "withdrawn")
PLAN: dict[str, Any] = {
    "decided": [{"programme": "asd", "kind": "family", "count": 5, "poorest": False}],
    "by_the_officer_one_in": 4,
    "closed": 1,
    "appeals_on_time": 4,
    "appeals_late": 1,
    "score_in_truth": "9.1",
    "waiting": [{"programme": "asd", "kind": "family", "count": 1, "state": state} for state in _WAITING],
    "conflicts": 1,
    **dict.fromkeys(("grounds", "complaint", "correction", "answer"), "Texte d'essai."),
}


@pytest.fixture
def story(db: Database) -> dict[str, int]:  # noqa: ARG001 - all of it is rolled back
    with clock.invented(LONG_AGO):
        for _ in range(5):
            families.household(score="9.9", children=["2015-05-05"])
        for _ in range(6):
            families.household(score="9.1", children=["2015-05-05"])
        with acting_as(SYSTEM):
            Establishment.objects.bulk_create([Establishment(code="E-1", commune=families.SETTAT)])
        people = make_accounts(*province_of_the_story())
    return live_a_month(people, MONTH, END, PLAN)


def test_a_claim_stands_at_every_stage(story: dict[str, int]) -> None:
    with acting_as(SYSTEM):
        states = set(Claim.objects.values_list("state", flat=True))
    assert states == set(ClaimState)
    assert story == {
        "appeals late": 1,
        "appeals on time": 4,
        "persons in two places, to settle": 1,
        "pairs of persons that may be one, to review": 0,
        "claims awaiting correction": 1,
        "claims closed": 1,
        "claims decided": 4,
        "claims draft": 1,
        "claims submitted": 1,
        "claims withdrawn": 1,
        "complaints": len(ComplaintCategory),
        "decisions granting": 1,
        "decisions refusing": 5,
        "text messages": 15,
    }


@pytest.mark.usefixtures("story")
def test_households_are_told_by_messages_to_numbers_of_nobody() -> None:
    with acting_as(SYSTEM):
        told = list(Message.objects.values_list("address", "language", "purpose"))
        texts = list(Delivery.objects.values_list("text", flat=True))
        notices = Notice.objects.count()
    assert told
    assert {address[:4] for address, _, _ in told} == {"+999"}
    assert {language for _, language, _ in told} == {"ar", "fr"}
    assert sum(purpose == "notice" for _, _, purpose in told) == notices == 6
    assert all(texts)


@pytest.mark.usefixtures("story")
def test_the_planner_knows_how_many_rows_were_filled_in() -> None:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        rows = {"claims_claim": Claim.objects.count(), "decisions_decision": Decision.objects.count()}
        cursor.execute("SELECT relname, reltuples::bigint FROM pg_class WHERE relname = ANY(%s)", [list(rows)])
        assert dict(cursor.fetchall()) == rows
    assert all(rows.values())


@pytest.mark.usefixtures("story")
def test_what_happened_is_in_the_order_of_its_days_and_replays() -> None:
    with acting_as(SYSTEM):
        times = list(Event.objects.order_by("id").values_list("at", flat=True))
        taken = list(Decision.objects.all())
        late = Appeal.objects.select_related("decision").get(late=True)
        heard = set(Appeal.objects.filter(late=False).values_list("state", flat=True))
    assert times == sorted(times)
    assert times[0] > LONG_AGO
    assert times[-1] < END
    assert all(decisions.replay(one).same for one in taken)
    assert late.received_at - late.decision.decided_at > dt.timedelta(days=15)
    assert heard == {AppealState.EXECUTED, AppealState.REJECTED, AppealState.EVIDENCE_ASKED, AppealState.INADMISSIBLE}


@pytest.mark.usefixtures("story")
def test_each_role_has_one_account_and_staff_a_second_factor() -> None:
    roles = list(RoleGrant.objects.filter(granted_by="karama demo").values_list("role", flat=True))
    assert sorted(roles) == sorted(Role)
    for account in Account.objects.filter(grants__granted_by="karama demo"):
        staff = account.grants.get().role in STAFF_ROLES
        assert account.authenticator_set.exists() is staff
    with acting_as(SYSTEM):
        assert Complaint.objects.count() == len(ComplaintCategory)


def test_time_is_invented_in_a_demonstration_only_and_never_goes_back() -> None:
    with clock.invented(LONG_AGO):
        first, second = clock.now(), clock.now()
    assert LONG_AGO < first < second < LONG_AGO + dt.timedelta(seconds=1)
    real = replace(settings.ENVIRONMENT, mode="production")
    with (
        override_settings(ENVIRONMENT=real),
        pytest.raises(NotAllowedError, match="in a demonstration only"),
        clock.invented(LONG_AGO),
    ):
        pytest.fail("time was invented")
    with acting_as(SYSTEM):
        journal.write(kind="test.happened", subject=("test", 1), by=SYSTEM, at=END)
    with pytest.raises(NotAllowedError, match="time does not go back"), clock.invented(LONG_AGO):
        pytest.fail("time went back")
