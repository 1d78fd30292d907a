"""A claim from its opening to its decision, as the application's role."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from karama.delivery.claims import actions as claims
from karama.delivery.claims.proofs import add_proof
from karama.delivery.claims.states import ClaimState
from karama.delivery.decisions import actions as decisions
from karama.delivery.decisions.deciding import Subject, explanation_of
from karama.delivery.decisions.models import Decision
from karama.delivery.decisions.states import Change, DecisionKind
from karama.foundation.errors import BadInputError, ConflictError, NotAllowedError
from karama.foundation.months import Month
from karama.record.models import Event
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from karama.registry import facts
from karama.registry.models import Health, Membership, Score
from tests.delivery import families

if TYPE_CHECKING:
    from karama.delivery.claims.models import Claim
    from karama.record.scope import Actor
    from karama.registry.models import Household

pytestmark = pytest.mark.usefixtures("march")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
MARCH = Month(2026, 3)


def submitted(household: Household, by: Actor | None = None) -> Claim:
    by = by or families.citizen(household)
    claim = claims.open_claim(programme="asd", kind="family", by=by, household_id=household.pk, claim_month=MARCH)
    return claims.submit(claim_id=claim.pk, by=by)


def test_a_family_under_the_threshold_is_granted_what_the_law_computes() -> None:
    household = families.household(score="9.1")
    claim = submitted(household)
    officer = families.staff(Role.CLAIMS_OFFICER, "06181")
    decision = decisions.decide_claim(claim_id=claim.pk, by=officer)
    assert (decision.eligible, decision.aid, decision.amount_centimes) == (True, "child", 60_000)
    assert decision.change == Change.GRANT
    assert decisions.replay(decision).same
    found = explanation_of(decision)
    explanation, known = found.explanation, found.known
    assert explanation.decision.amount_centimes == 60_000
    assert known.hash == decision.inputs_hash


def test_a_family_above_the_threshold_is_refused_with_every_reason() -> None:
    household = families.household(score="9.743002", pension=True)
    decision = decisions.decide_claim(claim_id=submitted(household).pk, by=families.staff(Role.CLAIMS_OFFICER, "06"))
    assert not decision.eligible
    assert decision.reasons == ["score_above_threshold", "pension"]
    assert decision.amount_centimes == 0


def test_whoever_decides_did_not_claim_and_holds_the_territory() -> None:
    household = families.household()
    claim = submitted(household)
    with pytest.raises(NotAllowedError):
        decisions.decide_claim(claim_id=claim.pk, by=families.staff(Role.CLAIMS_OFFICER, "01"))
    with pytest.raises(NotAllowedError):
        decisions.decide_claim(claim_id=claim.pk, by=families.staff(Role.AUDITOR))
    with pytest.raises(NotAllowedError):
        decisions.decide_claim(claim_id=claim.pk, by=families.citizen(household))


def test_late_knowledge_changes_the_month_but_never_the_decision() -> None:
    household = families.household(score="9.1", children=["2015-05-05"])
    claim = submitted(household)
    decision = decisions.decide_claim(claim_id=claim.pk, by=families.staff(Role.CLAIMS_OFFICER, ""))
    assert decision.amount_centimes == 50_000
    with acting_as(SYSTEM):
        child = Membership.objects.get(household=household, role="child").person_id
    families.write(Health, dt.date(2024, 1, 1), "ASD", person_id=child, severe_disability=True)
    with acting_as(SYSTEM):
        membership = Membership.objects.filter(household=household, role="child").count()
    assert membership == 1
    assert decisions.replay(decision).same
    families.write(
        Score, dt.date(2026, 1, 1), household_id=household.pk, score="9.8", effective_from=dt.date(2026, 1, 1)
    )
    again = decisions.reassess(subject=Subject(household_id=household.pk), programme="asd", month=MARCH, by=SYSTEM)
    assert (again.change, again.eligible, again.previous_id) == (Change.EXIT, False, decision.pk)
    assert decisions.replay(decision).same
    assert decisions.replay(again).same
    nothing = decisions.reassess(subject=Subject(household_id=household.pk), programme="asd", month=MARCH, by=SYSTEM)
    assert nothing is None


def test_a_disability_claim_needs_its_certificate_and_its_officer_the_right_to_health_facts() -> None:
    household = families.household(children=["2015-05-05", "2017-01-01", "2019-02-02"])
    mother = families.citizen(household)
    officer = families.staff(Role.CLAIMS_OFFICER, "06181", health=True)
    first = decisions.decide_claim(claim_id=submitted(household, mother).pk, by=officer)
    with acting_as(SYSTEM):
        child = Membership.objects.filter(household=household, role="child").order_by("person_id").first().person_id
    claim = claims.open_claim(
        programme="asd",
        kind="disability",
        by=mother,
        household_id=household.pk,
        person_id=child,
        answers={"since": "2026-02-01"},
        claim_month=MARCH,
    )
    with pytest.raises(BadInputError, match="medical_certificate"):
        claims.submit(claim_id=claim.pk, by=mother)
    add_proof(claim_id=claim.pk, kind="medical_certificate", name="certificat.png", content=PNG, by=mother)
    claims.submit(claim_id=claim.pk, by=mother)
    with pytest.raises(NotAllowedError):
        decisions.decide_claim(claim_id=claim.pk, by=families.staff(Role.CLAIMS_OFFICER, "06181"))
    second = decisions.decide_claim(claim_id=claim.pk, by=officer)
    assert second.amount_centimes - first.amount_centimes == 10_000
    assert (second.change, second.previous_id) == (Change.INCREASE, first.pk)


def test_a_claim_is_opened_once_for_a_key_and_once_for_a_family() -> None:
    household = families.household()
    mother = families.citizen(household)
    one = claims.open_claim(programme="asd", kind="family", by=mother, household_id=household.pk, idempotency_key="k")
    same = claims.open_claim(programme="asd", kind="family", by=mother, household_id=household.pk, idempotency_key="k")
    assert one.pk == same.pk
    with pytest.raises(ConflictError):
        claims.open_claim(programme="asd", kind="family", by=mother, household_id=household.pk)
    claims.withdraw(claim_id=one.pk, by=mother)
    again = claims.open_claim(programme="asd", kind="family", by=mother, household_id=household.pk)
    assert (again.state, again.pk != one.pk) == (ClaimState.DRAFT, True)


def test_every_step_stands_in_the_files_timeline() -> None:
    household = families.household()
    claim = submitted(household)
    decisions.decide_claim(claim_id=claim.pk, by=families.staff(Role.CLAIMS_OFFICER, "06181"))
    with acting_as(SYSTEM):
        kinds = list(Event.objects.filter(household_id=household.pk).order_by("id").values_list("kind", flat=True))
        count = Decision.objects.filter(household=household, kind=DecisionKind.CLAIM).count()
    assert kinds == ["claim.opened", "claim.submitted", "claim.decided", "decision.taken", "notice.made"]
    assert count == 1


def test_a_claim_that_tells_of_health_is_opened_by_who_may_read_of_it() -> None:
    household = families.household()
    with acting_as(SYSTEM):
        child = Membership.objects.filter(household=household, role="child").values_list("person_id", flat=True)[0]
    asked = {"programme": "asd", "kind": "disability", "household_id": household.pk, "person_id": child}
    with pytest.raises(NotAllowedError, match="claiming what tells of health"):
        claims.open_claim(**asked, by=families.staff(Role.COUNTER_AGENT, "06181"))
    opened = claims.open_claim(**asked, by=families.staff(Role.COUNTER_AGENT, "06181", health=True))
    assert opened.health


def test_a_claim_is_about_who_is_a_member_in_its_month_or_since() -> None:
    household = families.household(children=["2015-05-05", "2017-01-01"])
    with acting_as(SYSTEM):
        left, stays = Membership.objects.filter(household=household, role="child").order_by("person_id")
        facts.end(
            Membership,
            key={"person_id": left.person_id, "household_id": household.pk},
            on=dt.date(2025, 9, 1),
            known_at=families.now(),
        )
    asked = {"programme": "asd", "kind": "back_to_school", "household_id": household.pk}
    mother = families.citizen(household)
    with pytest.raises(BadInputError, match=r"a member of household H.* in 2026-03 or since"):
        claims.open_claim(**asked, person_id=left.person_id, by=mother)
    assert claims.open_claim(**asked, person_id=stays.person_id, by=mother).person_id == stays.person_id


def test_closing_leaves_when_it_was_decided() -> None:
    household = families.household()
    claim, officer = submitted(household), families.staff(Role.CLAIMS_OFFICER, "")
    decision = decisions.decide_claim(claim_id=claim.pk, by=officer)
    closed = claims.close(claim_id=claim.pk, by=officer)
    assert (closed.state, closed.ended_at) == (ClaimState.CLOSED, decision.decided_at)
