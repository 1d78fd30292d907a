"""A medical certificate is seen by whoever may read facts of health, wherever in the country the others look from."""

from __future__ import annotations

import pytest

from karama.delivery.claims import actions as claims
from karama.delivery.claims.models import Claim, Proof
from karama.delivery.claims.proofs import add_proof
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from karama.registry.models import Membership
from tests.delivery import families
from tests.delivery.appeals.cases import PNG

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.parametrize("place", ["", "06", "06181"])
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.CLAIMS_OFFICER, Role.PAYMENT_PREPARER])
def test_a_certificate_is_seen_with_its_claim_or_not_at_all(role: Role, place: str) -> None:
    household = families.household()
    mother = families.citizen(household)
    with acting_as(SYSTEM):
        child = Membership.objects.filter(household=household, role="child").values_list("person_id", flat=True)[0]
    claim = claims.open_claim(
        programme="asd",
        kind="disability",
        by=mother,
        household_id=household.pk,
        person_id=child,
        answers={"since": "2026-02-01"},
    )
    add_proof(claim_id=claim.pk, kind="medical_certificate", name="certificat.png", content=PNG, by=mother)
    blind, seeing = (families.staff(role, place, health=health) for health in (False, True))
    with acting_as(blind):
        assert (Claim.objects.count(), Proof.objects.count()) == (0, 0)
    with acting_as(seeing):
        assert Proof.objects.count() == Claim.objects.count()
        assert Proof.objects.count() == 1 or role == Role.ADMINISTRATOR
    with acting_as(mother):
        assert Proof.objects.count() == 1
