"""A person's own copy holds what points at the person only through a claim, a decision, an appeal; and whose it is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.apps import apps
from django.utils.timezone import localdate

from karama.delivery.appeals import actions as appeals
from karama.delivery.claims import actions as claims
from karama.delivery.claims.proofs import add_proof
from karama.delivery.decisions import actions as decisions
from karama.delivery.decisions.letters import letter_of
from karama.delivery.decisions.models import Notice
from karama.delivery.privacy.belonging import LEFT_OUT, tables
from karama.delivery.privacy.own_data import as_page, own_data
from karama.record.clock import now
from karama.record.models import Event
from karama.record.scope import SYSTEM, Actor, acting_as
from karama.record.states import Role
from karama.registry.models import Contact, Health, Household, Membership, Person
from tests.delivery import families
from tests.delivery.appeals import cases

NOBODYS = {"registry_person", "registry_household"}
ENDS = {"record_account", "registry_establishment", "registry_import"}
"""What points at a person through these is about who works here, a building or a file."""
THROUGH = {"claims_claim", "decisions_decision", "appeals_appeal", "decisions_notice", "outgoing_message"}


def reaching_a_person() -> set[str]:
    """Every table from which foreign keys lead to a person or a household, or that keeps a household's number."""

    def leads(table: str, seen: frozenset[str]) -> bool:
        if table in NOBODYS:
            return True
        model = next(one for one in apps.get_models() if one._meta.db_table == table)
        fields = model._meta.get_fields()
        if any(getattr(one, "attname", "") in {"household_id", "person_id"} for one in fields):
            return True
        ways = {one.related_model._meta.db_table for one in fields if one.concrete and one.related_model}
        return any(leads(way, seen | {table}) for way in ways - seen - ENDS - {table})

    return {one._meta.db_table for one in apps.get_models() if leads(one._meta.db_table, frozenset())}


def test_every_table_about_a_person_is_in_the_copy_or_is_left_out_for_a_reason() -> None:
    copied, reached = {one._meta.db_table for one in tables()}, reaching_a_person()
    assert reached - copied - set(LEFT_OUT) == set()
    assert copied - reached == set()
    assert copied & set(LEFT_OUT) == set()
    assert set(LEFT_OUT) <= reached
    assert {"claims_proof", "appeals_evidence", "appeals_statement", "decisions_letter", "outgoing_delivery"} <= copied
    assert copied >= THROUGH


def head(household: Household) -> Person:
    with acting_as(SYSTEM):
        return Membership.objects.get(household=household, role="head").person


def a_file() -> tuple[Household, Person, Actor]:
    """A family refused, with a telephone, its letter read, an appeal with its document; the head has a health fact."""
    household = families.household(score="9.8", children=["2015-05-05", "2017-01-01"])
    mother = head(household)
    families.write(Health, person_id=mother.pk, severe_disability=True)
    families.write(Contact, household_id=household.pk, phone="+212600000000", language="fr")
    herself = replace(families.citizen(household), idcs=mother.idcs)
    decision = cases.decided(household, by=herself)
    with acting_as(SYSTEM):
        notice = Notice.objects.get(decision=decision)
    letter_of(notice_id=notice.pk, by=herself)
    appeal = appeals.receive_appeal(decision_id=decision.pk, grounds="Je suis malade.", by=herself)
    appeals.add_evidence(appeal_id=appeal.pk, kind="certificat", name="certificat.png", content=cases.PNG, by=herself)
    letter = {"kind": "rsu", "name": "rsu.png", "content": cases.PNG + b"0", "health": False}
    appeals.add_evidence(appeal_id=appeal.pk, by=herself, **letter)
    return household, mother, herself


@pytest.mark.usefixtures("march")
def test_the_copy_holds_words_documents_letters_and_messages() -> None:
    household, mother, herself = a_file()
    with acting_as(SYSTEM):
        child = Membership.objects.filter(household=household, role="child").order_by("person_id")[0].person
    form = {"enrolled": False, "school_level": "none", "public_school": True, "since": "2026-09-01"}
    claim = claims.open_claim(
        programme="asd",
        kind="back_to_school",
        household_id=household.pk,
        person_id=child.pk,
        answers=form,
        by=herself,
    )
    sent = {"claim_id": claim.pk, "kind": "school_certificate", "name": "a.png", "content": cases.PNG}
    add_proof(**sent, by=herself)
    told = own_data(idcs=mother.idcs, by=herself, at=now())
    tables_told = told["tables"]
    assert [one["text"] for one in tables_told["statement"]] == ["Je suis malade."]
    assert [one["name"] for one in tables_told["evidence"]] == ["certificat.png", "rsu.png"]
    assert {one["purpose"] for one in tables_told["message"]} == {"notice", "appeal"}
    assert len(tables_told["delivery"]) == len(tables_told["message"]) == 2
    assert len(tables_told["letter"]) == 1
    assert "proof" not in tables_told, "the child's claim is the child's"
    (proof,) = own_data(idcs=child.idcs, by=herself, at=now())["tables"]["proof"]
    assert (proof["name"], "content" in proof) == ("a.png", False)
    assert "certificat.png" in as_page(told, localdate(now()))


@pytest.mark.usefixtures("march")
def test_what_may_tell_of_another_s_health_is_in_the_copy_of_the_head_alone() -> None:
    household, _, _ = a_file()
    spouse = families.member(household, "1984-01-01", "spouse")
    told = own_data(idcs=spouse.idcs, by=SYSTEM, at=now())["tables"]
    assert {"appeal", "decision"} <= set(told)
    assert [one["name"] for one in told["evidence"]] == ["rsu.png"]
    assert {"letter", "statement", "health"} & set(told) == set()


@pytest.mark.usefixtures("march")
def test_an_agent_without_the_right_prints_the_copy_without_facts_of_health_and_it_says_so() -> None:
    household, mother, herself = a_file()
    claim = claims.open_claim(
        programme="asd",
        kind="disability",
        household_id=household.pk,
        person_id=mother.pk,
        answers={"since": "2026-02-01"},
        by=herself,
    )
    add_proof(claim_id=claim.pk, kind="medical_certificate", name="medical.png", content=cases.PNG, by=herself)
    agents = [families.staff(Role.COUNTER_AGENT, cases.PROVINCE, health=one) for one in (False, True)]
    blind, seeing, own = (own_data(idcs=mother.idcs, by=one, at=now()) for one in (*agents, herself))
    assert [one["health"] for one in (blind, seeing, own)] == [False, True, True]
    text = json.dumps(blind, ensure_ascii=False)
    assert [
        word for word in ("severe_disability", "medical", "malade", "certificat", "disability") if word in text
    ] == []
    assert {"health", "letter", "proof", "statement"} & set(blind["tables"]) == set()
    assert {"health", "letter", "proof", "statement"} <= set(seeing["tables"])
    same = set(own["tables"]) - {"journal"}
    assert {name: seeing["tables"][name] for name in same} == {name: own["tables"][name] for name in same}
    pages = [as_page(one, localdate(now())) for one in (blind, seeing)]
    assert ["Sans les données de santé" in one for one in pages] == [True, False]
    with acting_as(SYSTEM):
        copies = Event.objects.filter(kind="file.copied").order_by("id").values_list("data__health", flat=True)
        assert list(copies) == [False, True, True]


@pytest.mark.usefixtures("march")
def test_the_appeal_of_a_child_in_care_is_in_the_child_s_copy() -> None:
    home, born = families.establishment(), families.months_ago(10 * 12)
    child, director = families.person(born), families.director(home)
    claim = claims.open_claim(
        programme="asd_institution",
        kind="institution",
        by=director,
        placed=claims.PlacedChild(home.pk, child.idcs, localdate(now()).fromisoformat(born)),
        answers={"category": "orphan", "admitted": "2025-11-10"},
    )
    add_proof(claim_id=claim.pk, kind="placement_order", name="o.png", content=cases.PNG, by=director)
    claims.submit(claim_id=claim.pk, by=director)
    decision = decisions.decide_claim(claim_id=claim.pk, by=families.staff(Role.CLAIMS_OFFICER, cases.PROVINCE))
    assert decision is not None
    appeals.receive_appeal(decision_id=decision.pk, grounds="Depuis novembre.", by=director)
    told = own_data(idcs=child.idcs, by=SYSTEM, at=now())["tables"]
    assert [one["name"] for one in told["proof"]] == ["o.png"]
    assert len(told["appeal"]) == 1
    assert [one["text"] for one in told["statement"]] == ["Depuis novembre."]
