"""A file's timeline: everything that happened, in order, in three languages, as much as the reader may see."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from karama.delivery.appeals import actions
from karama.delivery.claims import actions as claims
from karama.delivery.claims.proofs import add_proof
from karama.delivery.decisions import actions as decisions
from karama.delivery.decisions.announcing import announce
from karama.delivery.timeline import By, timeline, timeline_of_child
from karama.delivery.timeline.words import EVENTS, RESERVED
from karama.foundation.languages import LANGUAGES
from karama.foundation.money import format_money
from karama.foundation.months import Month
from karama.law.engine.speech import say_month
from karama.record.models import Event
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from karama.registry.models import Membership
from tests.delivery import families
from tests.delivery.appeals import cases

pytestmark = pytest.mark.usefixtures("march")


def test_a_refusal_its_appeal_and_a_complaint_in_their_order_and_in_three_languages() -> None:
    household = families.household(score="9.8", children=["2015-05-05"])
    mother, officer = families.citizen(household), families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    refusal = cases.decided(household, by=mother)
    complaint = actions.receive_complaint(category="delay", text="Trois mois.", household_id=household.pk, by=mother)
    appeal = cases.judged(refusal, mother, officer, "upheld")
    score = actions.Correction("score", {"score": "9.1"}, dt.date(2026, 3, 1))
    done = actions.execute(appeal_id=appeal.pk, corrections=[score], by=officer)
    with acting_as(mother):
        told = timeline(household.pk)
    kinds = [one.kind for one in told if one.kind not in {"notice.made", "message.queued"}]
    assert kinds == [
        "claim.opened",
        "claim.submitted",
        "claim.decided",
        "decision.taken",
        "complaint.received",
        "appeal.received",
        "appeal.admitted",
        "appeal.assigned",
        "appeal.review_began",
        "appeal.upheld",
        "decision.taken",
        "appeal.executed",
    ]
    assert [one.at for one in told] == sorted(one.at for one in told)
    by_kind = {one.kind: one for one in told}
    assert by_kind["appeal.upheld"].text == "Vu les pièces."
    assert (by_kind["appeal.received"].by, by_kind["appeal.upheld"].by) == (By.FAMILY, By.AGENCY)
    assert by_kind["complaint.received"].reference == complaint.reference
    code = "-".join(done.executed_by_decision.reference[start : start + 4] for start in (0, 4, 8))
    said = by_kind["decision.taken"].label
    assert said.fr == f"Décision {code} à partir de 03/2026 : entrée, {format_money(50_000, 'fr')} par mois"
    assert said.en.startswith(f"Decision {code} from 2026-03: entry, ")
    assert format_money(50_000, "ar") in said.ar
    due = complaint.due_on
    assert f"{due:%d/%m/%Y}" in by_kind["complaint.received"].label.fr
    assert f"{due:%Y-%m-%d}" in by_kind["complaint.received"].label.en
    assert all("{" not in one.label.get(language) for one in told for language in LANGUAGES)


def test_every_kind_of_event_about_a_file_has_its_sentence() -> None:
    household = families.household(score="9.8")
    mother, officer = families.citizen(household), families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    appeal = cases.under_review(cases.decided(household, by=mother), mother, officer)
    actions.ask_evidence(appeal_id=appeal.pk, text="Une attestation.", by=officer)
    actions.add_evidence(appeal_id=appeal.pk, kind="rsu", name="a.png", content=cases.PNG, by=mother)
    actions.resume_review(appeal_id=appeal.pk, by=mother)
    actions.withdraw_appeal(appeal_id=appeal.pk, by=mother)
    with acting_as(SYSTEM):
        written = set(Event.objects.filter(household_id=household.pk).values_list("kind", flat=True))
    of_the_file = {one for one in written if one.split(".")[0] in {"claim", "decision", "appeal", "complaint"}}
    assert of_the_file - set(EVENTS) == set()
    assert len(of_the_file) >= 9


def test_a_health_claim_is_there_and_says_nothing_to_who_may_not_read_it() -> None:
    household = families.household()
    mother = families.citizen(household)
    with acting_as(SYSTEM):
        child = Membership.objects.filter(household=household, role="child").first().person_id
    claim = claims.open_claim(
        programme="asd",
        kind="disability",
        by=mother,
        household_id=household.pk,
        person_id=child,
        answers={"since": "2026-02-01"},
    )
    add_proof(claim_id=claim.pk, kind="medical_certificate", name="c.png", content=cases.PNG, by=mother)
    claims.submit(claim_id=claim.pk, by=mother)
    seen = {}
    for health in (False, True):
        with acting_as(families.staff(Role.CLAIMS_OFFICER, cases.PROVINCE, health=health)):
            seen[health] = timeline(household.pk)
    assert [one.label == RESERVED for one in seen[False]] == [True, True, True]
    assert {(one.reference, one.text) for one in seen[False]} == {("", "")}
    assert [one.reference for one in seen[True]] == [claim.reference] * 3


def test_rows_loaded_without_events_stand_by_their_days() -> None:
    household = families.household(score="9.8", children=["2015-05-05"])
    at = cases.decided_at(household, dt.datetime(2026, 3, 1, 9, tzinfo=cases.MOROCCO)).decided_at
    with acting_as(families.citizen(household)):
        (only,) = timeline(household.pk)
    assert (only.kind, only.at, only.by) == ("decision.taken", at, By.SERVICE)


def test_a_stranger_reads_no_line_and_a_long_file_costs_no_more_queries() -> None:
    household = families.household(score="9.8", children=["2015-05-05"])
    mother, officer = families.citizen(household), families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    refusal = cases.decided(household, by=mother)
    costs = []
    for _ in range(3):
        appeal = cases.under_review(refusal, mother, officer)
        for category in ("delay", "data", "payment"):
            actions.receive_complaint(category=category, text="?", household_id=household.pk, by=mother)
        with acting_as(mother), CaptureQueriesContext(connection) as caught:
            told = timeline(household.pk)
        costs.append(len(caught))
        actions.withdraw_appeal(appeal_id=appeal.pk, by=mother)
    assert costs == [6, 6, 6]
    assert len(told) > 15
    with acting_as(families.citizen(families.household(children=[]))):
        assert timeline(household.pk) == []


def test_the_file_of_a_child_in_care_tells_what_was_done_for_it_to_its_director_and_to_no_other() -> None:
    home, other = families.establishment(), families.establishment()
    born = families.months_ago(18 * 12 - 1)
    child = families.person(born)
    asking = families.director(home)
    claim = claims.open_claim(
        programme="asd_institution",
        kind="institution",
        by=asking,
        placed=claims.PlacedChild(home.pk, child.idcs, dt.date.fromisoformat(born)),
        answers={"category": "orphan", "admitted": "2025-11-10"},
    )
    add_proof(claim_id=claim.pk, kind="placement_order", name="o.png", content=cases.PNG, by=asking)
    claims.submit(claim_id=claim.pk, by=asking)
    decision = decisions.decide_claim(claim_id=claim.pk, by=families.staff(Role.CLAIMS_OFFICER, cases.PROVINCE))
    announce(programme="asd_institution")
    appeal = actions.receive_appeal(decision_id=decision.pk, grounds="Depuis décembre.", by=asking)
    with acting_as(asking), CaptureQueriesContext(connection) as caught:
        told = timeline_of_child(child.pk)
    assert [one.kind for one in told] == [
        "claim.opened",
        "claim.proof_added",
        "claim.submitted",
        "claim.decided",
        "decision.taken",
        "notice.made",
        "notice.made",
        "appeal.received",
    ]
    assert [one.by for one in told][:5] == [By.FAMILY, By.FAMILY, By.FAMILY, By.AGENCY, By.AGENCY]
    assert (told[4].reference, told[-1].reference) == (decision.reference, appeal.reference)
    assert told[6].label.fr.endswith(
        f"le montant doit diminuer en {say_month(Month.of(localdate(families.now())) + 1, 'fr')}"
    )
    assert len(caught) == 11
    for stranger in (families.director(other), families.staff(Role.CLAIMS_OFFICER, "01")):
        with acting_as(stranger):
            assert timeline_of_child(child.pk) == []
    with acting_as(families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)):
        assert timeline_of_child(child.pk) == told
