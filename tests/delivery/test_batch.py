"""Deciding many at once gives what deciding one by one gives, and never twice."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from karama.delivery.claims import actions as claims
from karama.delivery.claims.models import Claim
from karama.delivery.claims.states import ClaimState
from karama.delivery.decisions import actions as decisions
from karama.delivery.decisions.batch import BatchResult, decide_claims, reassess_programme
from karama.delivery.decisions.deciding import Subject, outcome
from karama.delivery.decisions.models import Decision, Reassessment
from karama.delivery.decisions.states import Change, DecisionKind
from karama.foundation.months import Month
from karama.record.models import Event
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from karama.registry import facts
from karama.registry.models import Enrolment, Membership, Residence, Score, Situation
from tests.delivery import families

if TYPE_CHECKING:
    from karama.registry.models import Household

pytestmark = pytest.mark.usefixtures("march")
MARCH = Month(2026, 3)


def some_households() -> list[Household]:
    several = families.household(score="9.743001", children=["2010-01-01", "2012-01-01", "2014-01-01", "2026-03-09"])
    childless = families.household(score="5.25", children=[], social_security_months=3)
    refused = families.household(score="9.743002", state_pay=True)
    unscored = families.household(score=None)
    disabled = families.household(score="9", children=["2007-04-01"])
    families.member(disabled, "2016-01-01", "child", disabled=True)
    return [several, childless, refused, unscored, disabled]


def claimed(household: Household, month: Month = MARCH) -> Claim:
    mother = families.citizen(household)
    claim = claims.open_claim(programme="asd", kind="family", by=mother, household_id=household.pk, claim_month=month)
    return claims.submit(claim_id=claim.pk, by=mother)


def test_many_are_decided_as_one_by_one_to_the_byte() -> None:
    households = some_households()
    for household, month in zip(households, [MARCH, MARCH, MARCH, Month(2026, 2), Month(2025, 9)], strict=True):
        claimed(household, month)
    done = decide_claims(programme="asd")
    assert done == BatchResult(looked_at=5, decided=5, granted=3, unchanged=0)
    with acting_as(SYSTEM):
        taken = list(Decision.objects.order_by("id"))
        states = set(Claim.objects.values_list("state", flat=True))
    assert states == {ClaimState.DECIDED}
    for one in taken:
        alone = outcome(Subject.of(one), "asd", Month.of(one.month), one.known_at)
        again = decisions.replay(one)
        assert again.differences == ()
        assert (one.monthly_centimes, one.law_version) == (alone.monthly_centimes, alone.law_version)
    asked = [one for one in taken if one.kind == DecisionKind.CLAIM]
    assert sorted(one.amount_centimes for one in asked) == [0, 0, 50_000, 70_000, 93_600]
    # Claimed in September for one child, with what is due to it at school; then as the law changed since.
    later = [(f"{one.month:%Y-%m}", one.change, one.monthly_centimes) for one in taken if one not in asked]
    assert later == [("2025-11", Change.INCREASE, 52_500), ("2026-01", Change.INCREASE, 60_000)]
    assert decide_claims(programme="asd") == BatchResult(0, 0, 0, 0)


def test_nothing_of_a_claim_is_known_before_it_is_decided() -> None:
    withdrawn, corrected, waiting = families.household(), families.household(), families.household()
    officer = families.staff(Role.CLAIMS_OFFICER, "")
    claims.withdraw(claim_id=claimed(withdrawn).pk, by=families.citizen(withdrawn))
    claims.ask_correction(claim_id=claimed(corrected).pk, text="Le livret de famille manque.", by=officer)
    claimed(waiting)
    assert list(reassess_programme(programme="asd", month=MARCH)) == []
    with acting_as(SYSTEM):
        assert (Enrolment.objects.count(), Decision.objects.count()) == (0, 0)
    assert decide_claims(programme="asd").decided == 1
    with acting_as(SYSTEM):
        awaiting = Claim.objects.get(household=corrected)
    decisions.decide_claim(claim_id=awaiting.pk, by=officer)
    with acting_as(SYSTEM):
        known = set(Enrolment.objects.values_list("household_id", flat=True))
    assert known == {corrected.pk, waiting.pk}


def test_what_an_officer_does_not_find_proven_is_not_written_and_the_law_is_asked_without_it() -> None:
    household = families.household()
    officer = families.staff(Role.CLAIMS_OFFICER, "")
    decision = decisions.decide_claim(claim_id=claimed(household).pk, by=officer, proven=False)
    assert (decision.change, decision.reasons) == (Change.REFUSAL, ["no_claim"])
    with acting_as(SYSTEM):
        told = Event.objects.get(kind="claim.decided").data
        assert not Enrolment.objects.filter(household=household).exists()
    assert (told["facts"], told["proven"]) == ([], False)
    assert decisions.replay(decision).same


def test_a_claim_of_a_household_that_lives_nowhere_is_put_to_its_agent_and_holds_up_nobody() -> None:
    nowhere, here = families.household(), families.household()
    with acting_as(SYSTEM):
        facts.end(Residence, key={"household_id": nowhere.pk}, on=dt.date(2026, 2, 1), known_at=families.now())
    stuck = claimed(nowhere)
    claimed(here)
    assert decide_claims(programme="asd") == BatchResult(looked_at=2, decided=1, granted=1, unchanged=0)
    assert decide_claims(programme="asd") == BatchResult(0, 0, 0, 0)
    with acting_as(SYSTEM):
        stuck.refresh_from_db()
        told = Event.objects.get(kind="claim.correction_asked")
        assert not Enrolment.objects.filter(household=nowhere).exists()
    assert stuck.state == ClaimState.AWAITING_CORRECTION
    assert "Aucune résidence" in stuck.correction
    assert "محل سكنى" in stuck.correction
    assert (told.subject_id, told.household_id, told.data["state"]) == (stuck.reference, nowhere.pk, stuck.state)
    families.write(Residence, household_id=nowhere.pk, commune=families.SETTAT, milieu="rural")
    claims.submit(claim_id=stuck.pk, by=families.staff(Role.COUNTER_AGENT, ""))
    assert decide_claims(programme="asd").decided == 1


def test_a_decision_for_a_past_month_leaves_what_was_decided_for_later_ones() -> None:
    household = families.household()
    claimed(household, Month(2025, 12))
    decide_claims(programme="asd")
    march = dt.date(2026, 3, 1)
    families.write(Score, march, household_id=household.pk, score="9.9", effective_from=march)
    list(reassess_programme(programme="asd", month=MARCH))
    subject = Subject(household_id=household.pk)
    again = decisions.reassess(subject=subject, programme="asd", month=Month(2026, 2), by=SYSTEM)
    assert again is None
    with acting_as(SYSTEM):
        line = list(Decision.objects.order_by("id").values_list("month", "change"))
    assert line[-1] == (march, Change.EXIT)
    families.write(Situation, dt.date(2026, 2, 1), household_id=household.pk, **{**families.SITUATION, "pension": True})
    left = decisions.reassess(subject=subject, programme="asd", month=Month(2026, 2), by=SYSTEM)
    assert (left.change, left.month) == (Change.EXIT, dt.date(2026, 2, 1))
    with acting_as(SYSTEM):
        stood = Decision.objects.get(pk=left.in_place_of_id)
        last = Decision.objects.get(pk=left.previous_id)
        assert not Decision.objects.filter(previous=left).exists()
    assert (stood.month, last.month) == (dt.date(2026, 1, 1), march)
    families.write(Situation, dt.date(2026, 2, 1), household_id=household.pk, **families.SITUATION)
    back = decisions.reassess(subject=subject, programme="asd", month=Month(2026, 2), by=SYSTEM)
    with acting_as(SYSTEM):
        line = list(Decision.objects.filter(id__gte=back.pk).order_by("id").values_list("month", "change"))
    # The right of February is back; March's exit, by the score, is said again after it.
    assert line == [(dt.date(2026, 2, 1), Change.ENTRY), (march, Change.EXIT)]


def test_who_left_without_a_day_to_keep_is_learnt_of() -> None:
    household = families.household(children=["2015-05-05", "2017-01-01"])
    claimed(household)
    decide_claims(programme="asd")
    since = families.now()
    with acting_as(SYSTEM):
        child = Membership.objects.filter(household=household, role="child").order_by("-person_id")[0]
        key = {"person_id": child.person_id, "household_id": household.pk}
        facts.end(Membership, key=key, on=child.validity.lower, known_at=families.now())
    (done,) = reassess_programme(programme="asd", month=MARCH, changed_since=since)
    assert (done.looked_at, done.decided) == (1, 1)
    assert list(reassess_programme(programme="asd", month=MARCH, changed_since=families.now())) == []


def test_what_is_due_once_is_decided_and_told_in_its_month_alone() -> None:
    household = families.household(children=["2015-05-05"])
    claimed(household, Month(2025, 8))
    decide_claims(programme="asd")
    with acting_as(SYSTEM):
        september = Decision.objects.select_related("notice").get(household=household, month=dt.date(2025, 9, 1))
    assert (september.change, september.monthly_centimes) == (Change.ONCE, 50_000)
    assert september.amount_centimes > september.monthly_centimes
    assert september.notice.kind == "grant"
    (again,) = reassess_programme(programme="asd", month=Month(2025, 9))
    assert again.decided == 0


def test_a_household_with_two_claims_has_them_decided_one_after_the_other() -> None:
    household = families.household(children=["2015-05-05", "2026-02-11"])
    claimed(household)
    with acting_as(SYSTEM):
        newborn = families.Membership.objects.filter(household=household).order_by("-person_id").first()
    mother = families.citizen(household)
    grant = claims.open_claim(
        programme="asd", kind="birth_grant", by=mother, household_id=household.pk, person_id=newborn.person_id
    )
    with acting_as(SYSTEM):
        Claim.objects.filter(pk=grant.pk).update(
            state=ClaimState.SUBMITTED, submitted_at=grant.opened_at, due_on=dt.date(2026, 12, 1)
        )
    assert decide_claims(programme="asd").decided == 1
    assert decide_claims(programme="asd").decided == 1
    with acting_as(SYSTEM):
        first, second = Decision.objects.filter(household=household).order_by("id")
    assert second.previous_id == first.pk


def test_reassessment_keeps_only_what_changes() -> None:
    several, childless, refused, unscored, disabled = some_households()
    for household in (several, childless, refused, unscored, disabled):
        claimed(household)
    decide_claims(programme="asd")
    since = families.now()
    (nothing,) = reassess_programme(programme="asd", month=MARCH)
    assert (nothing.looked_at, nothing.decided, nothing.unchanged) == (5, 0, 5)
    april = dt.date(2026, 4, 1)
    for household, score in ((several, "9.9"), (refused, "9.9"), (unscored, "9.1")):
        families.write(Score, april, household_id=household.pk, score=score, effective_from=april)
    batches = list(reassess_programme(programme="asd", month=MARCH + 1, changed_since=since, most=2))
    assert [one.looked_at for one in batches] == [2, 1]
    with acting_as(SYSTEM):
        changes = dict(Decision.objects.filter(kind="reassessment").values_list("household_id", "change"))
        told = Event.objects.filter(kind="decision.taken").count()
    assert changes == {several.pk: Change.EXIT, unscored.pk: Change.ENTRY}
    assert told == 7
    assert sum(one.decided for one in reassess_programme(programme="asd", month=MARCH + 1)) == 0
    with acting_as(SYSTEM):
        runs = list(Reassessment.objects.order_by("id").values_list("looked_at", "decided"))
        unfinished = Reassessment.objects.filter(ended_at=None).count()
    assert runs == [(5, 0), (3, 2), (5, 0)]
    assert unfinished == 0
