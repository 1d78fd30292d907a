"""A claim that is open already is told so; whatever else the database refuses is not told in those words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError

from karama.delivery.claims import actions as claims
from karama.foundation.errors import ConflictError
from karama.record.constraints import broken_rule
from karama.record.states import Role
from tests.delivery import families

pytestmark = pytest.mark.usefixtures("db")
ASKED = {"programme": "asd", "kind": "family"}


def test_the_same_claim_twice_is_already_open() -> None:
    household = families.household()
    mother = families.citizen(household)
    claims.open_claim(**ASKED, household_id=household.pk, by=mother)
    with pytest.raises(ConflictError, match="already open for the same"):
        claims.open_claim(**ASKED, household_id=household.pk, by=mother)


def test_a_key_used_for_a_claim_that_is_no_longer_seen_is_not_told_as_an_open_claim() -> None:
    here, there = families.household(), families.household(commune=families.TANGER)
    agent = families.staff(Role.COUNTER_AGENT, "06181")
    claims.open_claim(**ASKED, household_id=here.pk, by=agent, idempotency_key="k")
    moved = replace(agent, territories=("01",), territories_of={Role.COUNTER_AGENT: ("01",)})
    with pytest.raises(IntegrityError) as refused:
        claims.open_claim(**ASKED, household_id=there.pk, by=moved, idempotency_key="k")
    assert broken_rule(refused.value) == "claim_opened_once"
    assert claims.open_claim(**ASKED, household_id=there.pk, by=moved, idempotency_key="l").household_id == there.pk
