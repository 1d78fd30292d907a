"""What the worker does by itself: claims decided, the month reassessed, ends announced; codes of a former key."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import override_settings
from django.utils.timezone import localdate

from karama.delivery.claims import actions as claims
from karama.delivery.decisions import tasks
from karama.delivery.decisions.models import Decision
from karama.delivery.decisions.states import Change
from karama.delivery.references import Subject, new_references, subject_of
from karama.record.scope import SYSTEM, acting_as
from karama.registry.models import Score
from tests.delivery import families

pytestmark = pytest.mark.usefixtures("db")


def test_the_worker_decides_reassesses_and_announces() -> None:
    household = families.household()
    mother = families.citizen(household)
    claim = claims.open_claim(programme="asd", kind="family", by=mother, household_id=household.pk)
    claims.submit(claim_id=claim.pk, by=mother)
    assert tasks.decide_waiting_claims(timestamp=0) == 1
    assert tasks.decide_waiting_claims(timestamp=0) == 0
    today = families.now()
    first = localdate(today).replace(day=1)
    following = (first + dt.timedelta(days=32)).replace(day=1)
    families.write(Score, following, household_id=household.pk, score="9.9", effective_from=following)
    assert tasks.announce_ends_and_decreases(timestamp=0) == 1
    assert tasks.announce_ends_and_decreases(timestamp=0) == 0
    moment = int(dt.datetime.combine(following, dt.time(12), dt.UTC).timestamp())
    assert tasks.reassess_month(timestamp=moment) == 1
    with acting_as(SYSTEM):
        taken = list(Decision.objects.filter(household=household).order_by("id").values_list("change", flat=True))
    assert taken == [Change.GRANT, Change.EXIT]


def test_a_code_printed_under_a_former_key_is_still_known() -> None:
    with override_settings(SECRET_KEY="the key of last year, which was as long as the one of today is"):
        ((key, code),) = new_references(Decision, Subject.DECISION)
    assert subject_of(code) is None
    with override_settings(SECRET_KEY_FALLBACKS=["the key of last year, which was as long as the one of today is"]):
        assert subject_of(code) == (Subject.DECISION, key)
