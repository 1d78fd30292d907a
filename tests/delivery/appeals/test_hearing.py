"""An appeal from its reception to its execution, as the application's role."""

from __future__ import annotations

import datetime as dt

import pytest

from karama.delivery.appeals import actions
from karama.delivery.appeals.states import AppealState
from karama.delivery.claims import actions as claims
from karama.delivery.decisions import actions as decisions
from karama.delivery.decisions.models import Decision
from karama.delivery.decisions.states import Change, DecisionKind
from karama.foundation.errors import BadInputError, ConflictError, NotAllowedError
from karama.foundation.months import Month
from karama.record.models import Event
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from karama.registry.models import Membership, Score
from tests.delivery import families
from tests.delivery.appeals import cases

pytestmark = pytest.mark.usefixtures("db")
UPHELD, REJECTED = AppealState.UPHELD, AppealState.REJECTED


def test_a_family_refused_on_a_wrong_score_is_granted_from_the_month_it_claimed() -> None:
    household = families.household(score="9.8", children=["2015-05-05"])
    mother = families.citizen(household)
    refusal = cases.decided(household, by=mother)
    assert (refusal.eligible, refusal.reasons) == (False, ["score_above_threshold"])
    officer = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    appeal = cases.judged(refusal, mother, officer, UPHELD)

    score = actions.Correction(
        "score", {"score": "9.1", "effective_from": dt.date(2026, 1, 1)}, dt.date(2026, 1, 1), proof="RSU 4711"
    )
    done = actions.execute(appeal_id=appeal.pk, corrections=[score], by=officer)

    again = done.executed_by_decision
    assert (done.state, again.kind, again.change) == (AppealState.EXECUTED, DecisionKind.APPEAL, Change.ENTRY)
    assert (again.month, again.eligible, again.amount_centimes) == (dt.date(2026, 3, 1), True, 50_000)
    assert again.previous_id == refusal.pk
    with acting_as(SYSTEM):
        kept = Decision.objects.get(pk=refusal.pk)
        proof = Score.objects.get(household=household, validity__contains=dt.date(2026, 3, 1), known__endswith=None)
    assert (kept.eligible, kept.amount_centimes, kept.reasons) == (False, 0, ["score_above_threshold"])
    assert decisions.replay(kept).same
    assert decisions.replay(again).same
    assert proof.proof == f"appeal {appeal.reference}: RSU 4711"


@pytest.mark.usefixtures("march")
def test_every_later_month_with_another_amount_has_its_own_decision() -> None:
    household = families.household(score="9.8", children=["2010-05-05", "2015-05-05", "2019-02-02"])
    officer = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    mother = families.citizen(household)
    claim = claims.open_claim(
        programme="asd", kind="family", by=mother, household_id=household.pk, claim_month=Month(2025, 6)
    )
    claims.submit(claim_id=claim.pk, by=mother)
    refusal = decisions.decide_claim(claim_id=claim.pk, by=families.staff(Role.CLAIMS_OFFICER))
    appeal = cases.judged(refusal, mother, officer, UPHELD)
    score = actions.Correction("score", {"score": "9.1"}, families.LONG_AGO)
    done = actions.execute(appeal_id=appeal.pk, corrections=[score], by=officer)
    with acting_as(SYSTEM):
        chain = list(
            Decision.objects.filter(household=household, kind=DecisionKind.APPEAL)
            .order_by("id")
            .values_list("month", "change", "monthly_centimes")
        )
        told = Event.objects.get(kind="appeal.executed").data
    # Three children at school: 200 each, then 250, then 300, as each amount begins to be paid.
    assert chain == [
        (dt.date(2025, 6, 1), Change.ENTRY, 60_000),
        (dt.date(2025, 9, 1), Change.ONCE, 60_000),
        (dt.date(2025, 11, 1), Change.INCREASE, 75_000),
        (dt.date(2026, 1, 1), Change.INCREASE, 90_000),
    ]
    assert done.executed_by_decision.month == dt.date(2025, 6, 1)
    assert len(told["later"]) == 3


def test_a_rejected_appeal_is_over_and_changes_nothing() -> None:
    household, refusal = cases.refused()
    officer = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    appeal = cases.judged(refusal, families.citizen(household), officer, REJECTED)
    assert appeal.ended_at == appeal.judged_at
    with pytest.raises(ConflictError, match="rejected"):
        actions.execute(appeal_id=appeal.pk, by=officer)
    with pytest.raises(ConflictError, match="open or judged already"):
        actions.receive_appeal(decision_id=refusal.pk, grounds="Encore.", by=families.citizen(household))
    with acting_as(SYSTEM):
        assert Decision.objects.filter(household=household).count() == 1


def test_evidence_is_asked_sent_and_kept_once() -> None:
    household, refusal = cases.refused()
    mother, officer = families.citizen(household), families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    appeal = cases.under_review(refusal, mother, officer)
    actions.ask_evidence(appeal_id=appeal.pk, text="L'attestation du RSU.", by=officer)
    with pytest.raises(ConflictError):
        actions.judge(appeal_id=appeal.pk, outcome=UPHELD, reasons="Sans attendre.", by=officer)
    sent = {"appeal_id": appeal.pk, "kind": "rsu", "content": cases.PNG, "by": mother, "health": False}
    one, same = actions.add_evidence(name="a.png", **sent), actions.add_evidence(name="b.png", **sent)
    assert (one.pk, one.media_type, one.name) == (same.pk, "image/png", "a.png")
    with pytest.raises(BadInputError, match="PDF, JPEG or PNG"):
        actions.add_evidence(**{**sent, "name": "a.pdf", "content": b"MZ\x90\x00 a program" * 9})
    back = actions.resume_review(appeal_id=appeal.pk, by=mother)
    assert (back.state, back.due_on) == (AppealState.UNDER_REVIEW, appeal.due_on)
    assert actions.judge(appeal_id=appeal.pk, outcome=UPHELD, reasons="Vu.", by=officer).state == UPHELD
    with pytest.raises(ConflictError):
        actions.add_evidence(**{**sent, "name": "c.png", "content": cases.PNG + b"\0"})


def test_what_cannot_be_heard_may_be_appealed_against_again() -> None:
    household, refusal = cases.refused()
    mother, officer = families.citizen(household), families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    appeal = actions.receive_appeal(decision_id=refusal.pk, grounds="?", health=False, by=mother)
    with pytest.raises(BadInputError, match="empty"):
        actions.refuse_to_hear(appeal_id=appeal.pk, reasons="  ", by=officer)
    refused = actions.refuse_to_hear(appeal_id=appeal.pk, reasons="Aucun grief n'est exposé.", by=officer)
    assert (refused.state, refused.ended_at is not None) == (AppealState.INADMISSIBLE, True)
    assert actions.receive_appeal(decision_id=refusal.pk, grounds="Le score est faux.", by=mother).pk != appeal.pk


def test_a_withdrawn_appeal_leaves_the_way_free_until_the_judgment() -> None:
    household, refusal = cases.refused()
    mother, officer = families.citizen(household), families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    appeal = cases.under_review(refusal, mother, officer)
    assert actions.withdraw_appeal(appeal_id=appeal.pk, by=mother).state == AppealState.WITHDRAWN
    appeal = cases.judged(refusal, mother, officer, UPHELD)
    with pytest.raises(ConflictError):
        actions.withdraw_appeal(appeal_id=appeal.pk, by=mother)


def test_an_appeal_is_received_once_for_a_key() -> None:
    household, refusal = cases.refused()
    mother = families.citizen(household)
    asked = {"decision_id": refusal.pk, "grounds": "Le score est faux.", "by": mother, "idempotency_key": "k"}
    assert actions.receive_appeal(**asked).pk == actions.receive_appeal(**asked).pk
    with acting_as(SYSTEM):
        assert Event.objects.filter(kind="appeal.received").count() == 1


def test_a_correction_is_about_this_file_and_said_in_the_registrys_words() -> None:
    household, refusal = cases.refused()
    other = families.household()
    with acting_as(SYSTEM):
        stranger = Membership.objects.filter(household=other).first().person_id
    officer = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    appeal = cases.judged(refusal, families.citizen(household), officer, UPHELD)
    since = dt.date(2026, 1, 1)
    wrong = {
        "nobody of this file": actions.Correction("schooling", {"enrolled": True}, since, person_id=stranger),
        "no fact that a judgment corrects": actions.Correction("wealth", {}, since),
        "no column": actions.Correction("score", {"points": 3}, since),
        "correct the value": actions.Correction("score", {"score": "much"}, since),
    }
    for message, one in wrong.items():
        with pytest.raises(BadInputError, match=message):
            actions.execute(appeal_id=appeal.pk, corrections=[one], by=officer)
    with pytest.raises(BadInputError, match="has begun"):
        actions.execute(appeal_id=appeal.pk, month=Month(2999, 1), by=officer)
    assert cases.as_stored(appeal)["state"] == UPHELD


def test_every_step_stands_in_the_files_timeline() -> None:
    household, refusal = cases.refused()
    mother, officer = families.citizen(household), families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    appeal = cases.under_review(refusal, mother, officer)
    actions.ask_evidence(appeal_id=appeal.pk, text="Une attestation.", by=officer)
    actions.resume_review(appeal_id=appeal.pk, by=mother)
    actions.judge(appeal_id=appeal.pk, outcome=UPHELD, reasons="Vu.", by=officer)
    families.write(Score, household_id=household.pk, score="9.1", effective_from=families.LONG_AGO)
    with pytest.raises(NotAllowedError):
        actions.execute(appeal_id=appeal.pk, by=mother)
    with acting_as(SYSTEM):
        kinds = list(Event.objects.filter(household_id=household.pk).order_by("id").values_list("kind", flat=True))
    assert kinds == [
        "appeal.received",
        "appeal.admitted",
        "appeal.assigned",
        "appeal.review_began",
        "appeal.evidence_asked",
        "appeal.evidence_received",
        "appeal.upheld",
    ]
