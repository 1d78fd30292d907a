"""What an explanation says, as JSON: its shape, its conditions, its lines, and the doubts that mattered."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from karama.foundation.months import Month
from karama.law import explain
from karama.law.engine.values import json_text
from tests.law.families import CONTRACT, MARCH_2026, SCORED, child, family, head, other, pupil, ward

KEYS = [
    "household_id",
    "programme",
    "month",
    "eligible",
    "aid",
    "amount",
    "conditions",
    "lines",
    "reasons",
    "unconfirmed",
    "trace",
]
SEPTEMBER_2026 = Month(2026, 9)


def said(household: dict[str, Any], month: Month = MARCH_2026, programme: str = "asd") -> dict[str, Any]:
    """The explanation as a reader of its JSON has it."""
    found: dict[str, Any] = json.loads(json_text(explain(household, month, programme).as_dict("en")), parse_float=str)
    return found


def test_the_widow_and_her_son_of_the_documentation() -> None:
    found = said(CONTRACT)
    assert list(found) == KEYS
    assert (found["household_id"], found["programme"], found["month"]) == ("H1", "asd", "2026-03")
    assert (found["eligible"], found["aid"], found["amount"]) == (True, "child", "500.00")
    assert (found["reasons"], found["unconfirmed"]) == ([], ["amount_first_ranks_orphan_at_school"])
    assert [{**line, "because": ...} for line in found["lines"]] == [
        {
            "benefit": "child_aid",
            "person_id": "P2",
            "rank": 1,
            "amount": "400.00",
            "label": "child aid",
            "citation": "law 58-23, art. 1-2; decree 2-23-1067",
            "because": ...,
        },
        {
            "benefit": "family_floor",
            "person_id": None,
            "rank": None,
            "amount": "100.00",
            "label": "top-up to the family floor",
            "citation": "law 58-23, art. 1-2",
            "because": ...,
        },
    ]
    assert found["trace"] == {"counted_children": 1, "amounts_under_floor": "400.00"}


def test_a_condition_shows_what_is_compared_with_what() -> None:
    conditions = {one["name"]: one for one in said(CONTRACT)["conditions"]}
    assert conditions["score_at_or_under_threshold"] == {
        "name": "score_at_or_under_threshold",
        "met": True,
        "value": "9.1",
        "required": "9.743001",
        "citation": "decree 2-23-1068",
        "label": "the score is at or under the threshold",
        "correct_at": "single social registry (RSU)",
    }
    assert conditions["first_month_due_reached"]["value"] == "2023-12"
    assert conditions["head_is_resident"]["value"] is conditions["head_is_resident"]["required"] is True


def test_every_ground_of_refusal_is_told_not_only_the_first() -> None:
    found = said(family(score=9.743002, resident=False, state_pay=True, pension=True, claim_month=None))
    assert (found["eligible"], found["aid"], found["amount"], found["lines"]) == (False, "none", "0.00", [])
    assert found["reasons"] == ["no_claim", "score_above_threshold", "not_resident", "state_pay", "pension"]
    refused = {one["name"]: one["label"] for one in found["conditions"] if not one["met"]}
    assert refused["score_at_or_under_threshold"] == "the score is above the threshold"
    assert list(refused) == [
        "has_claimed",
        "score_at_or_under_threshold",
        "head_is_resident",
        "no_state_pay",
        "no_pension",
    ]


def test_because_names_the_rule_what_it_counted_the_data_and_the_parameters_with_their_act() -> None:
    (line, _) = said(CONTRACT)["lines"]
    rule, *facts = line["because"]
    assert rule.startswith("0 if “rank of the child” is 0; “amount at the first ranks” if “rank of the child” is at mo")
    assert facts[:2] == ["rank of the child (P2): 1", "amount at the first ranks (P2): 400.00 MAD"]
    assert "date of birth (P2): 2012-09-14 — RNP" in facts
    assert "role in the household (P1): head — RSU" in facts
    assert "father deceased (P2): yes — RNP" in facts
    assert "age limit of a child: 21 years (law 58-23; official ASD page)" in facts
    act = "(decree 2-23-1067; official ASD page)"
    assert f"father-orphan under 6 or at school, ranks 1 to 3: 400.00 MAD {act} — unconfirmed" in facts
    assert (
        "basis of the rank: the children counted this month"
        " (counting rule 3: no source says whether ranks are recomputed) — unconfirmed" in facts
    )


PAID_FROM_2026 = (
    "amount_first_ranks_at_school",
    "amount_first_ranks_not_at_school",
    "amount_first_ranks_orphan_at_school",
)
"""Amounts that are sure, of which the first month paid is inferred."""

DOUBTS: list[tuple[str, dict[str, Any], Month, list[str]]] = [
    ("a family of one pupil", family(pupil("C", "2014-05-05")), MARCH_2026, []),
    ("a pupil of 12 in September", family(pupil("C", "2014-05-05")), SEPTEMBER_2026, []),
    ("nobody but the head", family(), MARCH_2026, []),
    (
        "a father-orphan of 8 not at school",
        family(child("C", "2018-01-10", father_deceased=True)),
        MARCH_2026,
        ["amount_first_ranks_orphan_not_at_school"],
    ),
    (
        "a fourth child, orphan at school",
        family(*(pupil(f"C{n}", f"201{n}-05-05", father_deceased=True) for n in range(4))),
        MARCH_2026,
        ["amount_next_ranks_orphan_at_school"],
    ),
    (
        "a fourth child, orphan not at school",
        family(*(child(f"C{n}", f"201{n}-05-05", father_deceased=True) for n in range(4))),
        MARCH_2026,
        ["amount_first_ranks_orphan_not_at_school", "amount_next_ranks_orphan_not_at_school"],
    ),
    (
        "three grown children before a little one",
        family(*(child(f"G{n}", f"200{n}-05-05") for n in range(3)), pupil("C", "2014-05-05")),
        MARCH_2026,
        ["rank_basis"],
    ),
    (
        "a recorded birth order beyond the third",
        family(pupil("C", "2014-05-05", birth_order=4)),
        MARCH_2026,
        ["rank_basis"],
    ),
    (
        "a severely disabled child of 22",
        family(child("C", "2004-01-10", severe_disability=True)),
        MARCH_2026,
        ["disabled_child_age_limit_years"],
    ),
    (
        "a severely disabled seventh child, who has no line",
        family(*(pupil(f"C{n}", f"201{n}-05-05", severe_disability=n == 6) for n in range(7))),
        MARCH_2026,
        ["supplement_beyond_sixth"],
    ),
    (
        "a disability supplement that fills the floor",
        family(pupil("C", "2014-05-05", severe_disability=True)),
        MARCH_2026,
        ["supplement_inside_floor"],
    ),
    (
        "a young relative of a family without child",
        family(other("C", "2014-05-05", enrolled=True)),
        MARCH_2026,
        ["flat_aid_basis", "other_minors_count"],
    ),
    ("a child born in the month", family(child("C", "2026-03-20")), MARCH_2026, ["birth_month_counts"]),
    (
        "a child dead in the month",
        family(pupil("C", "2014-05-05", death_date="2026-03-02")),
        MARCH_2026,
        ["death_month_counts"],
    ),
    (
        "a relative who has a pension",
        family(other("R", "1955-05-05", receives_pension=True)),
        MARCH_2026,
        ["incompatible_income_scope"],
    ),
    ("a head who has a pension", family(pension=True), MARCH_2026, []),
    ("the month of the claim", family(claim_month="2026-03"), MARCH_2026, ["first_month_delay_months"]),
    ("months declared", family(social_security_months=7), MARCH_2026, ["social_security_declaration_months"]),
    (
        "a score that has just risen",
        family(score=9.8, score_effective_from="2026-02", previous_score=9.0),
        MARCH_2026,
        ["exit_notice_months"],
    ),
    (
        "twins claimed together",
        family(
            *(
                child(name, "2026-02-10", birth_grant_claim_date="2026-03-10", live_birth_order=order)
                for name, order in (("A", 1), ("B", 2))
            )
        ),
        MARCH_2026,
        ["multiple_birth_grants"],
    ),
    (
        "a grant claimed on the last day",
        family(child("C", "2025-09-10", birth_grant_claim_date="2026-03-10", live_birth_order=1)),
        MARCH_2026,
        ["birth_grant_last_day_included"],
    ),
    (
        "a severely disabled fourth child",
        family(*(pupil(f"C{n}", f"201{n}-05-05", severe_disability=n == 3) for n in range(4))),
        MARCH_2026,
        ["disability_supplement_next_ranks_amount"],
    ),
    (
        "a birth before the grant began",
        family(child("C", "2023-11-20", birth_grant_claim_date="2023-12-20")),
        Month(2023, 12),
        ["birth_grant_births_from", "first_month_delay_months"],
    ),
    (
        "a pupil of five",
        family(pupil("C", "2020-09-20")),
        SEPTEMBER_2026,
        ["pupil_least_age_years"],
    ),
    (
        "seven children, the eldest not a pupil",
        family(child("C0", "2010-05-05"), *(pupil(f"C{n}", f"201{n}-05-05") for n in range(1, 7))),
        SEPTEMBER_2026,
        ["pupil_order"],
    ),
]


@pytest.mark.parametrize(
    ("household", "month", "names"), [case[1:] for case in DOUBTS], ids=[case[0].replace(" ", "-") for case in DOUBTS]
)
def test_only_the_unconfirmed_parameters_that_mattered_are_named(
    household: dict[str, Any], month: Month, names: list[str]
) -> None:
    assert [name for name in said(household, month)["unconfirmed"] if name not in PAID_FROM_2026] == names


def test_the_rise_of_2026_is_unconfirmed_on_the_clock_of_payment_only() -> None:
    household = family(child("C", "2014-05-05"))
    assert said(household, MARCH_2026)["unconfirmed"] == ["amount_first_ranks_not_at_school"]
    assert said(household, Month(2025, 12))["unconfirmed"] == []
    assert explain(household, MARCH_2026, amounts="legal").as_dict()["unconfirmed"] == []


def test_every_open_rule_of_the_aid_has_a_case_in_which_it_matters() -> None:
    from karama.law.asd import PROGRAMME  # noqa: PLC0415 - only to count

    open_rules = {one.name for one in PROGRAMME.law.parameters if any(v.status.unconfirmed for v in one.values)}
    assert {name for *_, names in DOUBTS for name in names} == open_rules


def test_a_child_in_care_has_an_account_of_its_own() -> None:
    found = said(ward(), programme="asd_institution")
    assert list(found) == ["household_id", "person_id", *KEYS[1:]]
    assert (found["household_id"], found["person_id"], found["aid"]) == (None, "W1", "institution")
    assert [(line["benefit"], line["person_id"], line["rank"], line["amount"]) for line in found["lines"]] == [
        ("institution_aid", "W1", None, "500.00")
    ]
    assert found["trace"] == {"months_due": 4, "capital": "2000.00", "release": "0.00"}
    assert found["unconfirmed"] == []


def test_a_child_who_left_before_18_is_refused_until_the_capital_is_released() -> None:
    gone = ward(birth_date="2008-06-10", left_on="2026-02-10")
    refused = said(gone, Month(2026, 4), "asd_institution")
    assert (refused["eligible"], refused["reasons"]) == (False, ["left_establishment"])
    released = said(gone, Month(2026, 6), "asd_institution")
    assert (released["eligible"], released["amount"], released["reasons"]) == (True, "8500.00", [])
    assert [one["met"] for one in released["conditions"]] == [True, True, True]
    assert said(gone, Month(2026, 7), "asd_institution")["reasons"] == ["left_establishment", "of_age"]


@pytest.mark.parametrize(
    ("score", "aid", "reasons"),
    [
        (9.3264284, "cover", []),
        (9.3264285, "none", ["score_above_threshold"]),
        (None, "none", ["no_score_in_force"]),
    ],
)
def test_health_cover_has_no_amount(score: float | None, aid: str, reasons: list[str]) -> None:
    found = said(family(score=score), programme="amo_tadamon")
    assert list(found) == KEYS
    assert (found["aid"], found["amount"], found["lines"], found["reasons"]) == (aid, "0.00", [], reasons)


def test_a_score_is_explained_by_its_contributions() -> None:
    found = said(SCORED, programme="rsu_score")
    assert list(found) == KEYS
    assert (found["aid"], found["amount"], found["conditions"]) == ("scored", "0.00", [])
    assert found["trace"]["computed_score"] == "9.550875100"
    assert found["trace"]["urban_mobile_phones_contribution"] == "0.1032"
    assert found["unconfirmed"] == [
        "share_base",
        "urban_phone_and_internet_spending_coefficient",
        "urban_share_15plus_no_diploma_coefficient",
    ]


@pytest.mark.parametrize(
    ("income", "unconfirmed"),
    [
        (
            300,
            [
                "child_age_years",
                "citizenship_income_amount",
                "early_childhood_age_years",
                "family_minimum_amount",
                "family_variable_amount",
                "income_limit",
            ],
        ),
        (900, ["income_limit"]),
    ],
)
def test_another_country_is_explained_by_the_same_engine(income: int, unconfirmed: list[str]) -> None:
    household = {
        "household_id": "F1",
        "monthly_income": income,
        "members": [
            {"person_id": "A", "birth_date": "1990-01-01"},
            {"person_id": "B", "birth_date": "2015-01-01"},
        ],
    }
    found = said(household, programme="bolsa_familia")
    assert found["unconfirmed"] == unconfirmed
    assert found["amount"] == ("650.00" if income == 300 else "0.00")


def test_the_clock_chooses_the_rates() -> None:
    two = family(pupil("A", "2012-05-05"), pupil("B", "2014-05-05"), pupil("C", "2016-05-05"))
    assert explain(two, Month(2025, 3), amounts="paid").decision.amount_centimes == 60_000
    assert explain(two, Month(2025, 3), amounts="legal").decision.amount_centimes == 75_000


def test_numbers_keep_their_places_and_texts_their_form() -> None:
    content = {"amount": Decimal("500.00"), "score": Decimal("9.743001000"), "id": "12.50", "list": (Decimal(0), None)}
    assert json.loads(json_text(content), parse_float=str) == {
        "amount": "500.00",
        "score": "9.743001000",
        "id": "12.50",
        "list": [0, None],
    }


def test_a_head_alone_is_told_of_the_flat_aid() -> None:
    (line,) = said({**family(), "members": [head()]})["lines"]
    assert (line["benefit"], line["person_id"], line["amount"]) == ("flat_aid", None, "500.00")
