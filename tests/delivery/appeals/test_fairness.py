"""Nobody judges what he took part in: refused by the actions, and by the database whatever is written to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connection, transaction

from karama.delivery.appeals import actions
from karama.delivery.appeals.models import Statement
from karama.delivery.appeals.permissions import PARTS, part_taken
from karama.delivery.appeals.states import AppealState
from karama.delivery.claims import actions as claims
from karama.delivery.claims.proofs import add_proof
from karama.delivery.decisions import actions as decisions
from karama.foundation.errors import BadInputError, NotAllowedError
from karama.record.clock import now
from karama.record.models import Account, RoleGrant
from karama.record.scope import SYSTEM, acting_as, actor_of
from karama.record.states import Role
from karama.registry.models import Membership, Person
from tests.delivery import families
from tests.delivery.appeals import cases

if TYPE_CHECKING:
    from collections.abc import Callable

    from karama.delivery.appeals.models import Appeal
    from karama.record.scope import Actor

pytestmark = pytest.mark.usefixtures("db")


def becomes_appeals_officer(actor: Actor) -> Actor:
    """The same account some time later: its roles are taken back and it hears appeals."""
    account = Account.objects.get(pk=actor.account_id)
    RoleGrant.objects.filter(account=account).update(revoked_at=now(), revoked_by="test")
    RoleGrant.objects.create(account=account, role=Role.APPEALS_OFFICER, granted_by="test", granted_at=now())
    return actor_of(account)


def took_the_decision() -> tuple[Appeal, Actor]:
    household = families.household(score="9.8")
    officer = families.staff(Role.CLAIMS_OFFICER, cases.PROVINCE)
    decision = cases.decided(household, officer=officer)
    return received(decision, families.citizen(household)), becomes_appeals_officer(officer)


def opened_the_claim() -> tuple[Appeal, Actor]:
    household = families.household(score="9.8")
    agent = families.staff(Role.COUNTER_AGENT, cases.PROVINCE)
    decision = cases.decided(household, by=agent)
    return received(decision, families.citizen(household)), becomes_appeals_officer(agent)


def opened_a_claim_hidden_from_him() -> tuple[Appeal, Actor]:
    household = families.household()
    agent = families.staff(Role.COUNTER_AGENT, cases.PROVINCE, health=True)
    with acting_as(SYSTEM):
        child = Membership.objects.filter(household=household, role="child").first()
    claim = claims.open_claim(
        programme="asd",
        kind="disability",
        by=agent,
        household_id=household.pk,
        person_id=child.person_id,
        answers={"since": "2026-02-01"},
    )
    add_proof(claim_id=claim.pk, kind="medical_certificate", name="certificat.png", content=cases.PNG, by=agent)
    claims.submit(claim_id=claim.pk, by=agent)
    decision = decisions.decide_claim(
        claim_id=claim.pk, by=families.staff(Role.CLAIMS_OFFICER, cases.PROVINCE, health=True)
    )
    return received(decision, families.citizen(household)), becomes_appeals_officer(agent)


def added_a_proof() -> tuple[Appeal, Actor]:
    household = families.household(score="9.8")
    mother, agent = families.citizen(household), families.staff(Role.COUNTER_AGENT, cases.PROVINCE)
    claim = claims.open_claim(programme="asd", kind="family", by=mother, household_id=household.pk)
    add_proof(claim_id=claim.pk, kind="identity", name="carte.png", content=cases.PNG, by=agent)
    claims.submit(claim_id=claim.pk, by=mother)
    decision = decisions.decide_claim(claim_id=claim.pk, by=families.staff(Role.CLAIMS_OFFICER, cases.PROVINCE))
    return received(decision, mother), becomes_appeals_officer(agent)


def received_the_appeal() -> tuple[Appeal, Actor]:
    _, decision = cases.refused()
    agent = families.staff(Role.COUNTER_AGENT, cases.PROVINCE)
    return received(decision, agent), becomes_appeals_officer(agent)


def ordered_the_decision() -> tuple[Appeal, Actor]:
    household, decision = cases.refused()
    mother, officer = families.citizen(household), families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    appeal = cases.judged(decision, mother, officer, AppealState.PARTLY_UPHELD)
    clerk = families.staff(Role.CLAIMS_OFFICER, cases.PROVINCE)
    done = actions.execute(appeal_id=appeal.pk, by=clerk, corrections=[cases.SCORE])
    return received(done.executed_by_decision, mother), officer


def lives_in_the_household() -> tuple[Appeal, Actor]:
    household, decision = cases.refused()
    with acting_as(SYSTEM):
        head = Person.objects.get(pk__in=Membership.objects.filter(household=household, role="head").values("person"))
    officer = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    Account.objects.filter(pk=officer.account_id).update(idcs=head.idcs)
    return received(decision, families.citizen(household)), officer


def received(decision: object, by: Actor) -> Appeal:
    return actions.receive_appeal(decision_id=decision.pk, grounds="Le score est faux.", health=False, by=by)


CASES: dict[Callable[[], tuple[Appeal, Actor]], str] = {
    took_the_decision: "decided",
    opened_the_claim: "claimed",
    opened_a_claim_hidden_from_him: "claimed",
    added_a_proof: "prepared",
    received_the_appeal: "received",
    ordered_the_decision: "ordered",
    lives_in_the_household: "own_file",
}


@pytest.mark.parametrize(("case", "part"), CASES.items(), ids=lambda one: getattr(one, "__name__", None))
def test_whoever_took_part_neither_examines_nor_judges(case: Callable[[], tuple[Appeal, Actor]], part: str) -> None:
    appeal, officer = case()
    manager = families.staff(Role.TERRITORIAL_MANAGER, cases.PROVINCE)
    stranger = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE, health=True)
    assert (part_taken(officer.account_id, appeal), part_taken(stranger.account_id, appeal)) == (part, None)
    said = PARTS[part].en
    with pytest.raises(NotAllowedError, match=said):
        actions.admit(appeal_id=appeal.pk, by=officer)
    with pytest.raises(NotAllowedError, match=said):
        actions.refuse_to_hear(appeal_id=appeal.pk, reasons="Non.", by=officer)
    actions.admit(appeal_id=appeal.pk, by=stranger)
    with pytest.raises(NotAllowedError, match=said):
        actions.assign_judge(appeal_id=appeal.pk, judge_id=officer.account_id, by=manager)
    with pytest.raises(NotAllowedError, match=said):
        actions.assign_judge(appeal_id=appeal.pk, judge_id=officer.account_id, by=officer)
    actions.assign_judge(appeal_id=appeal.pk, judge_id=stranger.account_id, by=manager)
    actions.begin_review(appeal_id=appeal.pk, by=stranger)
    with pytest.raises(NotAllowedError):
        actions.judge(appeal_id=appeal.pk, outcome=AppealState.UPHELD, reasons="Oui.", by=officer)
    assert cases.as_stored(appeal)["state"] == AppealState.UNDER_REVIEW


@pytest.mark.parametrize("case", CASES, ids=lambda one: one.__name__)
def test_the_database_refuses_his_name_and_his_hand(case: Callable[[], tuple[Appeal, Actor]]) -> None:
    appeal, officer = case()
    stranger = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE, health=True)
    him = officer.account_id
    assert "took part" in refusal(officer, f"state = 'admissible', examined_by_id = {him}, examined_at = now()", appeal)
    # In another's name it is not his to write.
    other = f"state = 'admissible', examined_by_id = {stranger.account_id}, examined_at = now()"
    assert "does not act here" in refusal(officer, other, appeal)
    actions.admit(appeal_id=appeal.pk, by=stranger)
    assert "took part" in refusal(officer, f"judge_id = {him}", appeal)
    actions.assign_judge(appeal_id=appeal.pk, judge_id=stranger.account_id, by=stranger)
    actions.begin_review(appeal_id=appeal.pk, by=stranger)
    judgment = "state = 'upheld', judged_at = now()"
    assert "without a word" in refusal(stranger, judgment, appeal)
    with acting_as(SYSTEM):
        Statement.objects.create(appeal=appeal, kind="reasons", text="Oui.", said_at=now())
    assert "does not act here" in refusal(officer, judgment, appeal)
    assert "took part" in refusal(officer, f"{judgment}, judge_id = {him}", appeal)
    assert "does not act here" in refusal(SYSTEM, judgment, appeal)
    # What would make him a stranger cannot be rubbed out.
    assert "never changes" in refusal(SYSTEM, f"received_by_id = {stranger.account_id}", appeal)
    assert refusal(stranger, judgment, appeal) == ""


def test_whoever_asked_for_a_correction_has_prepared_the_claim_though_another_decided_it() -> None:
    household = families.household(score="9.8")
    mother, officer = families.citizen(household), families.staff(Role.CLAIMS_OFFICER, cases.PROVINCE)
    claim = claims.open_claim(programme="asd", kind="family", by=mother, household_id=household.pk)
    claims.submit(claim_id=claim.pk, by=mother)
    claims.ask_correction(claim_id=claim.pk, text="Le nom de l'école.", by=officer)
    claims.submit(claim_id=claim.pk, by=mother)
    decision = decisions.decide_claim(claim_id=claim.pk, by=families.staff(Role.CLAIMS_OFFICER, cases.PROVINCE))
    appeal = received(decision, mother)
    with pytest.raises(NotAllowedError, match="prepared"):
        actions.admit(appeal_id=appeal.pk, by=becomes_appeals_officer(officer))


def test_an_officer_who_takes_part_after_he_was_named_no_longer_judges() -> None:
    household = families.household(score="9.8")
    decision = cases.decided(household)
    officer = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    appeal = cases.under_review(decision, families.citizen(household), officer)
    with acting_as(SYSTEM):
        head = Person.objects.get(pk__in=Membership.objects.filter(household=household, role="head").values("person"))
    Account.objects.filter(pk=officer.account_id).update(idcs=head.idcs)
    with pytest.raises(NotAllowedError, match="own file"):
        actions.judge(appeal_id=appeal.pk, outcome=AppealState.UPHELD, reasons="Oui.", by=officer)
    assert "own_file" in refusal(officer, "state = 'upheld', judged_at = now()", appeal)


def test_a_judge_hears_appeals_of_the_territory_and_an_officer_takes_only_what_nobody_has() -> None:
    household, decision = cases.refused()
    one, other = (families.staff(Role.APPEALS_OFFICER, cases.PROVINCE) for _ in range(2))
    manager = families.staff(Role.TERRITORIAL_MANAGER, cases.PROVINCE)
    appeal = received(decision, families.citizen(household))
    actions.admit(appeal_id=appeal.pk, by=one)
    asked = {"appeal_id": appeal.pk, "by": manager}
    for unfit in (manager, families.staff(Role.APPEALS_OFFICER, "01"), families.staff(Role.CLAIMS_OFFICER)):
        with pytest.raises(BadInputError, match="hears no appeals"):
            actions.assign_judge(judge_id=unfit.account_id, **asked)
    actions.assign_judge(appeal_id=appeal.pk, judge_id=one.account_id, by=one)
    with pytest.raises(NotAllowedError):
        actions.assign_judge(appeal_id=appeal.pk, judge_id=other.account_id, by=other)
    assert actions.assign_judge(judge_id=other.account_id, **asked).judge_id == other.account_id
    with pytest.raises(NotAllowedError):
        actions.begin_review(appeal_id=appeal.pk, by=one)


def refusal(actor: Actor, changes: str, appeal: Appeal) -> str:
    """What the database says to a change written by hand; empty where it is let through, which is then undone."""
    try:
        with acting_as(actor), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE appeals_appeal SET {changes} WHERE id = %s", [appeal.pk])
            assert cursor.rowcount == 1, "the row was not seen"
            transaction.set_rollback(True)
    except IntegrityError as error:
        return str(error)
    return ""
