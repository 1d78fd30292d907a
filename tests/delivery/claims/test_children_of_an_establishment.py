"""A director claims for a child he names by its placement order; until an officer decided he sees nothing of it."""

from __future__ import annotations

import datetime as dt

import pytest

from karama.delivery.claims import actions as claims
from karama.delivery.claims.models import Claim
from karama.delivery.claims.proofs import add_proof
from karama.delivery.claims.queries import child_to_place, with_people
from karama.delivery.decisions import actions as decisions
from karama.delivery.timeline import timeline
from karama.foundation.errors import BadInputError, NotAllowedError
from karama.record.scope import SYSTEM, Actor, acting_as
from karama.record.states import Role
from karama.registry.models import Civil, Establishment, Health, Membership, Person, Placement, Schooling
from tests.delivery import families
from tests.delivery.appeals.cases import PNG
from tests.delivery.families import director

pytestmark = pytest.mark.usefixtures("db")
BORN = dt.date(2015, 5, 5)


def establishment() -> Establishment:
    with acting_as(SYSTEM):
        (made,) = Establishment.objects.bulk_create([Establishment(code="E-1", commune=families.SETTAT)])
    return made


def child() -> Person:
    """A child of a family of another region."""
    household = families.household(commune=families.TANGER, children=[])
    return families.member(household, f"{BORN}", "child", school="primary", given_name_fr="Salma")


def opened(by: Actor, home: Establishment, one: Person, born: dt.date = BORN) -> Claim:
    return claims.open_claim(
        programme="asd_institution",
        kind="institution",
        by=by,
        placed=claims.PlacedChild(home.pk, one.idcs, born),
        answers={"category": "orphan", "admitted": "2025-06-01"},
    )


def submitted(by: Actor, claim: Claim) -> Claim:
    add_proof(claim_id=claim.pk, kind="placement_order", name="ordonnance.png", content=PNG, by=by)
    return claims.submit(claim_id=claim.pk, by=by)


def seen(by: Actor, one: Person) -> tuple[int, ...]:
    with acting_as(by):
        of_facts = (fact.objects.filter(person_id=one.pk).count() for fact in (Civil, Schooling, Health))
        return Person.objects.filter(pk=one.pk).count(), *of_facts


def test_a_claim_shows_a_director_nothing_of_the_child_whether_it_waits_or_is_withdrawn() -> None:
    home, one = establishment(), child()
    by = director(home)
    claim = opened(by, home, one)
    assert seen(by, one) == (0, 0, 0, 0)
    submitted(by, claim)
    assert seen(by, one) == (0, 0, 0, 0)
    claims.withdraw(claim_id=claim.pk, by=by)
    assert seen(by, one) == (0, 0, 0, 0)
    with acting_as(SYSTEM):
        assert not Placement.objects.filter(person=one).exists()


def test_the_officer_compares_the_order_with_the_registry_and_his_decision_places_the_child() -> None:
    home, one = establishment(), child()
    by = director(home)
    claim = opened(by, home, one)
    claims.answer(claim_id=claim.pk, answers={"category": "orphan", "admitted": "2025-11-02"}, by=by)
    submitted(by, claim)
    officer = families.staff(Role.CLAIMS_OFFICER, "06181")
    with acting_as(officer):
        told = child_to_place(Claim.objects.get(pk=claim.pk), officer)
        (named,) = with_people(list(Claim.objects.select_related("person")))
    assert told is not None
    assert named.person is not None
    assert (told.given_name_fr, told.birth_date, named.person.idcs) == ("Salma", BORN, one.idcs)
    for other in (by, families.staff(Role.CLAIMS_OFFICER, "01"), families.staff(Role.AUDITOR)):
        assert child_to_place(claim, other) is None
    with acting_as(SYSTEM):
        home_of_family = Membership.objects.get(person=one).household_id
    decision = decisions.decide_claim(claim_id=claim.pk, by=officer)
    assert decision is not None
    assert (decision.eligible, decision.amount_centimes) == (True, 50_000)
    assert seen(by, one)[:2] == (1, 1)
    with acting_as(SYSTEM):
        assert Placement.objects.get(person=one).admitted == dt.date(2025, 11, 2)
        (left,) = Membership.objects.filter(person=one, known__endswith=None)
        assert left.validity.upper == claim.claim_month
        assert [entry.kind for entry in timeline(home_of_family)] == ["child.placed"]


def test_of_a_child_named_wrongly_a_director_learns_as_much_as_of_one_that_does_not_exist() -> None:
    home, one = establishment(), child()
    by = director(home)
    nobody = Person(idcs="P-nobody")
    told = []
    for named, born in ((one, dt.date(2015, 5, 6)), (nobody, BORN)):
        with pytest.raises(BadInputError, match="the registry knows nobody with IDCS") as refused:
            opened(by, home, named, born)
        told.append(str(refused.value).replace(named.idcs, "").replace(f"{born}", ""))
    assert told[0] == told[1]


def test_who_directs_no_establishment_learns_nothing_of_any_child() -> None:
    home, one = establishment(), child()
    for named, born in ((one, BORN), (Person(idcs="P-nobody"), BORN)):
        with pytest.raises(NotAllowedError, match="claiming for this establishment"):
            opened(families.staff(Role.CLAIMS_OFFICER, "06181"), home, named, born)
