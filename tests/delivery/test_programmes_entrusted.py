"""Every programme entrusted goes from claim to decision, replay and explanation by the same calls: data makes it."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest
from django.utils.timezone import localdate

from karama.delivery import programmes
from karama.delivery.claims import actions as claims
from karama.delivery.claims.proofs import add_proof
from karama.delivery.decisions import actions as decisions
from karama.delivery.decisions.batch import BatchResult, decide_claims, reassess_programme
from karama.delivery.decisions.deciding import Subject, explanation_of
from karama.delivery.decisions.models import Decision, Trace
from karama.delivery.decisions.notice.facts import NoticeFacts
from karama.delivery.decisions.notice.outcome import outcome_of
from karama.delivery.decisions.notice.short_text import short_text
from karama.delivery.decisions.states import Change
from karama.foundation.errors import BadInputError, LawError
from karama.foundation.languages import Label
from karama.foundation.months import Month
from karama.law.engine.expressions import Entity
from karama.law.engine.inputs import InputColumn, Inputs
from karama.law.engine.types import INTEGER
from karama.law.letter import as_text
from karama.record.clock import now
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from karama.registry.declared import declared_columns, in_no_register
from karama.registry.models import Declaration
from karama.registry.queries import Known, household_as_known
from tests.delivery import families
from tests.delivery.test_claim_to_decision import PNG

if TYPE_CHECKING:
    from pathlib import Path

    from karama.foundation.languages import Language
    from karama.registry.models import Household

pytestmark = pytest.mark.usefixtures("march")
JANUARY = Month(2026, 1)


def decided(programme: str, household: Household, answers: dict[str, object] | None = None) -> Decision:
    """A family's claim of a programme, decided by an officer of its territory."""
    mother = families.citizen(household)
    claim = claims.open_claim(
        programme=programme, kind="family", by=mother, household_id=household.pk, answers=answers, claim_month=JANUARY
    )
    claims.submit(claim_id=claim.pk, by=mother)
    decision = decisions.decide_claim(claim_id=claim.pk, by=families.staff(Role.CLAIMS_OFFICER, "06"))
    assert decision is not None
    return decision


def decided_in_an_establishment() -> Decision:
    child, establishment = families.person("2016-04-04"), families.establishment()
    asking = families.director(establishment)
    claim = claims.open_claim(
        programme="asd_institution",
        kind="institution",
        by=asking,
        placed=claims.PlacedChild(establishment.pk, child.idcs, dt.date(2016, 4, 4)),
        answers={"category": "orphan", "admitted": "2025-11-10"},
        claim_month=JANUARY,
    )
    add_proof(claim_id=claim.pk, kind="placement_order", name="ordonnance.png", content=PNG, by=asking)
    claims.submit(claim_id=claim.pk, by=asking)
    decision = decisions.decide_claim(claim_id=claim.pk, by=families.staff(Role.CLAIMS_OFFICER, "06181"))
    assert decision is not None
    return decision


WOOD = {"altitude": 1650, "heating_fuel": "wood"}


def test_health_cover_is_claimed_decided_and_replayed() -> None:
    covered, refused = (decided("amo_tadamon", families.household(score=score)) for score in ("9.3264284", "9.4"))
    assert (covered.eligible, covered.aid, covered.amount_centimes) == (True, "cover", 0)
    assert (refused.eligible, refused.reasons) == (False, ["score_above_threshold"])
    assert (covered.change, refused.change) == (Change.GRANT, Change.REFUSAL)
    assert decisions.replay(covered).same
    assert decisions.replay(refused).same


def test_what_no_registry_holds_is_read_from_the_claim() -> None:
    household = families.household(score="9.1", children=["2015-05-05", "2022-02-02"])
    decision = decided("winter_heating", household, WOOD)
    assert (decision.eligible, decision.aid, decision.amount_centimes) == (True, "heating", 45_000)
    with acting_as(SYSTEM):
        lines = Trace.objects.get(decision=decision).content["lines"]
    assert lines == [
        ["heating_grant", None, None, 40_000],
        ["young_child_supplement", lines[1][1], None, 5_000],
    ]
    assert decisions.replay(decision).same
    known = explanation_of(decision).known
    assert {name: known.facts[name] for name in WOOD} == WOOD


def test_a_claim_that_declares_otherwise_is_decided_otherwise() -> None:
    low = decided("winter_heating", families.household(), {"altitude": 1199, "heating_fuel": "electricity"})
    assert low.reasons == ["not_in_the_mountains", "no_fuel_declared"]
    with pytest.raises(BadInputError, match=r"field 'altitude' is missing.*field 'heating_fuel'"):
        decided("winter_heating", families.household(), {"heating_fuel": "peat"})


def test_a_later_declaration_changes_the_next_decision_and_never_the_former() -> None:
    household = families.household()
    first = decided("winter_heating", household, WOOD)
    mother = families.citizen(household)
    claim = claims.open_claim(
        programme="winter_heating",
        kind="family",
        by=mother,
        household_id=household.pk,
        answers={**WOOD, "heating_fuel": "gas"},
        claim_month=Month(2026, 2),
    )
    claims.submit(claim_id=claim.pk, by=mother)
    second = decisions.decide_claim(claim_id=claim.pk, by=families.staff(Role.CLAIMS_OFFICER, "06"))
    assert second is not None
    assert (first.amount_centimes, second.amount_centimes) == (40_000, 25_000)
    assert first.inputs_hash != second.inputs_hash
    assert decisions.replay(first).same
    assert decisions.replay(second).same
    again = decisions.reassess(
        subject=Subject(household_id=household.pk), programme="winter_heating", month=Month(2026, 4), by=SYSTEM
    )
    assert again is not None
    assert (again.change, again.reasons) == (Change.EXIT, ["warm_month"])


def test_the_hash_of_the_inputs_tells_what_was_declared_and_only_to_its_programme() -> None:
    household = families.household()

    def known() -> dict[str, Known]:
        with acting_as(SYSTEM):
            return {name: household_as_known(household.pk, JANUARY, now(), name) for name in ("asd", "winter_heating")}

    before = known()
    families.write(
        Declaration, source="ASD", household_id=household.pk, programme="winter_heating", declared=json.dumps(WOOD)
    )
    after = known()
    assert before["asd"].hash == after["asd"].hash
    assert before["winter_heating"].hash != after["winter_heating"].hash
    assert before["winter_heating"].facts["altitude"] is None
    assert "altitude" not in after["asd"].facts


def test_a_child_of_an_establishment_is_claimed_for_by_the_director() -> None:
    decision = decided_in_an_establishment()
    assert (decision.eligible, decision.aid, decision.amount_centimes) == (True, "institution", 50_000)
    assert (decision.household_id, decision.establishment.commune) == (None, families.SETTAT)
    assert decisions.replay(decision).same


def test_every_decision_says_why_in_three_languages() -> None:
    taken = (
        decided("amo_tadamon", families.household()),
        decided("winter_heating", families.household(), WOOD),
        decided_in_an_establishment(),
    )
    for decision in taken:
        explanation = explanation_of(decision).explanation
        for language in ("fr", "ar", "en"):
            label = programmes.programme(decision.programme).law.label.get(language)
            assert as_text(explanation, language).startswith(label)


def notice(decision: Decision, language: Language) -> str:
    """The text for a telephone that tells a decision."""
    explanation = explanation_of(decision).explanation
    facts = NoticeFacts(decision.reference, localdate(decision.decided_at), "F", "asd.example", synthetic=False)
    return short_text(outcome_of(explanation, facts), "R", None, language, synthetic=False)


def test_the_notice_of_each_programme_goes_by_the_name_people_call_it() -> None:
    heating = decided("winter_heating", families.household(), WOOD)
    assert notice(heating, "fr").startswith("Chauffage (exemple): demande acceptée. 400 MAD par mois")
    assert notice(heating, "ar").startswith("التدفئة (مثال): تم قبول طلبكم.")
    assert notice(decided("amo_tadamon", families.household()), "fr").startswith("AMO-Tadamon: demande acceptée")
    assert notice(decided_in_an_establishment(), "fr").startswith("ASD, enfant placé: demande acceptée. 500 MAD")


def test_many_declarations_are_decided_as_one_by_one() -> None:
    asked = [WOOD, {"altitude": 1200, "heating_fuel": "gas"}, {"altitude": 900, "heating_fuel": "none"}]
    for answers in asked:
        household = families.household()
        mother = families.citizen(household)
        claim = claims.open_claim(
            programme="winter_heating",
            kind="family",
            by=mother,
            household_id=household.pk,
            answers=answers,
            claim_month=JANUARY,
        )
        claims.submit(claim_id=claim.pk, by=mother)
    assert decide_claims(programme="winter_heating") == BatchResult(looked_at=3, decided=3, granted=2, unchanged=0)
    with acting_as(SYSTEM):
        taken = list(Decision.objects.order_by("household_id"))
    assert [one.amount_centimes for one in taken] == [40_000, 25_000, 0]
    assert [decisions.replay(one).differences for one in taken] == [(), (), ()]


def test_a_new_declaration_brings_its_household_to_the_next_reassessment() -> None:
    household = families.household()
    decided("winter_heating", household, WOOD)
    since, month = now(), JANUARY
    families.write(
        Declaration,
        source="ASD",
        household_id=household.pk,
        programme="winter_heating",
        declared=json.dumps({**WOOD, "heating_fuel": "gas"}),
    )
    (done,) = reassess_programme(programme="winter_heating", month=month, changed_since=since)
    assert done == BatchResult(looked_at=1, decided=1, granted=1, unchanged=0)
    with acting_as(SYSTEM):
        assert Decision.objects.latest("id").amount_centimes == 25_000


def test_declarations_are_facts_known_from_the_decision_on() -> None:
    household = families.household()
    decision = decided("winter_heating", household, WOOD)
    with acting_as(SYSTEM):
        (told,) = Declaration.objects.filter(household=household)
        claim = decision.claim
    assert (told.declared, told.source, told.proof) == (WOOD, "ASD", f"claim {claim.reference}")
    assert told.known.lower == decision.decided_at
    assert told.validity.lower == dt.date(2026, 1, 1)


def test_a_programme_whose_law_reads_what_nobody_asks_is_refused(tmp_path: Path) -> None:
    text = (programmes.HERE / "winter_heating.yaml").read_text(encoding="utf-8")
    path = tmp_path / "winter_heating.yaml"
    path.write_text(text.replace("      - {name: altitude, column: altitude}\n", ""), encoding="utf-8")
    with pytest.raises(BadInputError, match="the law reads altitude, which no registry holds"):
        programmes.read(path)


def test_a_form_that_depends_on_a_field_it_does_not_have_is_refused(tmp_path: Path) -> None:
    text = (programmes.HERE / "asd.yaml").read_text(encoding="utf-8")
    path = tmp_path / "asd.yaml"
    for right, wrong in (
        ("one_of: [recipient, channel]", "one_of: [recipient, way]"),
        ("{field: channel,", "{field: way,"),
    ):
        path.write_text(text.replace(right, wrong), encoding="utf-8")
        with pytest.raises(BadInputError, match="claims/account: way is no field of its form"):
            programmes.read(path)


def test_a_programme_about_households_and_about_children_in_care_is_refused(tmp_path: Path) -> None:
    text = (programmes.HERE / "asd_institution.yaml").read_text(encoding="utf-8")
    path = tmp_path / "asd_institution.yaml"
    path.write_text(
        f'{text}  family:\n    label: {{fr: "x", ar: "x", en: "x"}}\n    about: household\n', encoding="utf-8"
    )
    with pytest.raises(BadInputError, match="some are about children in establishments, some about households"):
        programmes.read(path)


def test_only_what_holds_for_a_household_can_be_declared() -> None:
    assert declared_columns("asd") == declared_columns("asd_institution") == declared_columns("amo_tadamon") == ()
    assert [one.name for one in declared_columns("winter_heating")] == ["altitude", "heating_fuel"]
    shoe_size = InputColumn("shoe_size", Entity.PERSON, INTEGER, Label("pointure", "المقاس", "shoe size"), "nobody")
    with pytest.raises(LawError, match="'shoe_size' is of a person and in no register"):
        in_no_register(Inputs(columns=(shoe_size,)))
