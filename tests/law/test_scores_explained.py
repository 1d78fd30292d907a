"""A score told variable by variable: what is added makes the score, and its place by the two thresholds."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

import pytest

from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.law import decide_household
from karama.law.contributions import WITH_THRESHOLD, as_text, contributions
from karama.law.engine.values import json_text
from karama.law.rsu import score_household
from tests.law.families import MARCH_2026, SCORED, child, head
from tests.oracles import rsu_oracle
from tests.oracles.random_households import random_month_and_clock, random_score_household

SCORES = 60


def test_contributions_and_base_add_up_to_the_score_of_the_oracle() -> None:
    rng = Random("contributions")
    for _ in range(SCORES):
        month = random_month_and_clock(rng)[0]
        household = random_score_household(rng, month)
        found = contributions(household, Month.parse(month))
        assert found.score == rsu_oracle.score(household, month) == score_household(household, Month.parse(month))
        total = found.base + sum((one.contribution for one in found.contributions), Decimal(0))
        assert total.quantize(Decimal("1e-9"), ROUND_HALF_UP) == found.score
        assert len(found.contributions) == (35 if household["milieu"] == "urban" else 28)
        for one in found.contributions:
            places = Decimal("1e-12")
            exact = Decimal(one.value)  # type: ignore[arg-type]
            if one.divided_by is not None:
                exact = (exact / one.divided_by).quantize(places, ROUND_HALF_UP)
            assert one.contribution == exact * one.coefficient, one.name


def test_a_household_refused_by_its_computed_score_is_the_one_above_the_threshold() -> None:
    rng = Random("thresholds")
    for _ in range(SCORES // 3):
        household = random_score_household(rng, "2026-03")
        found = contributions(household, MARCH_2026)
        for programme in WITH_THRESHOLD:
            refused = "score_above_threshold" in decide_household(household, MARCH_2026, programme).reasons
            assert refused is (found.score > found.thresholds[programme])


@pytest.mark.parametrize(
    ("score", "asd", "amo"),
    [
        ("9.326428399", True, True),
        ("9.3264284", True, True),
        ("9.326428401", True, False),
        ("9.743000999", True, False),
        ("9.743001", True, False),
        ("9.743001001", False, False),
    ],
)
def test_both_thresholds_include_their_own_value(score: str, asd: object, amo: object) -> None:
    household = {**SCORED, "score": score}
    for programme, expected in (("asd", asd), ("amo_tadamon", amo)):
        assert decide_household(household, MARCH_2026, programme).eligible is expected


def said(household: dict[str, Any], month: Month = MARCH_2026) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json_text(contributions(household, month).as_dict("en")), parse_float=str)
    return found


def test_the_score_as_json() -> None:
    found = said(SCORED)
    assert list(found) == ["household_id", "score", "constant_and_region", "contributions", "thresholds"]
    assert (found["score"], found["constant_and_region"]) == ("9.550875100", "10.045")
    assert found["thresholds"] == {
        "asd": {"threshold": "9.743001", "at_or_under": True},
        "amo_tadamon": {"threshold": "9.3264284", "at_or_under": False},
    }
    by_name = {one["variable"]: one for one in found["contributions"]}
    assert by_name["butane_spending"] == {
        "variable": "butane_spending",
        "label": "butane spending per head (urban)",
        "value": 1000,
        "divided_by": 3,
        "coefficient": "0.000422",
        "contribution": "0.140666666666666526",
        "status": "confirmed",
        "citation": (
            "decree 2-21-582, BO (Arabic) 7011 of 9 August 2021, annexes 1-2;"
            " two public transcriptions, the Bulletin not read"
        ),
        "note": "",
    }
    assert (by_name["head_age"]["value"], by_name["head_age"]["divided_by"]) == (41, None)
    assert by_name["phone_and_internet_spending"]["status"] == "inferred"
    assert by_name["phone_and_internet_spending"]["note"] == "0.00011 in the other transcription"


def test_thresholds_of_a_month_before_a_programme_are_its_first_ones() -> None:
    assert said(SCORED, Month(2022, 1))["thresholds"]["amo_tadamon"]["threshold"] == "9.3264284"


def test_the_score_as_text_puts_the_largest_contribution_first() -> None:
    lines = as_text(contributions(SCORED, MARCH_2026), "en").splitlines()
    assert lines[:5] == [
        "Socio-economic score · S1: 9.5508751 (the lower, the poorer)",
        "  Direct social aid: at or under the threshold (9.743001)",
        "  AMO-Tadamon: above the threshold (9.3264284)",
        "        10.045  constant and region",
        "        -0.531  household size (urban): 3 × -0.177",
    ]
    assert "  0.140666666666666526  butane spending per head (urban): 1000 ÷ 3 × 0.000422" in lines
    assert (
        "        0.0604  phone and internet spending per head (urban): 600 ÷ 3 × 0.000302"
        " — unconfirmed: 0.00011 in the other transcription"
    ) in lines
    assert len(lines) == 4 + 35


FAULTS = [
    ({"score_inputs": None}, "homes.json: field 'score_inputs': is missing: write {...} with the variables declared"),
    ({"score_inputs": 7}, "homes.json: field 'score_inputs': 7 is no object"),
    (
        {"score_inputs": {"mobile_phone": 2}},
        "homes.json: field 'score_inputs.mobile_phone' is unknown: did you mean 'mobile_phones'?",
    ),
    (
        {"score_inputs": {"qqq": 2}},
        "homes.json: field 'score_inputs.qqq' is unknown: the dictionary of columns lists the variables",
    ),
    ({"score_inputs": {"cars": -1}}, "homes.json: field 'cars': -1 is outside its bounds, at least 0 and at most 999"),
    ({"score_inputs": {"cars": 1.5}}, "homes.json: field 'cars': 1.5 is not integer"),
    (
        {"score_inputs": {"members_senior_executives": 4}},
        "homes.json: field 'score_inputs.members_senior_executives': 4 of 3 members: correct the number",
    ),
    ({"comune": "061810901"}, "homes.json: field 'comune' is unknown: did you mean 'commune'?"),
    ({"members": [head(zzz=1)]}, "homes.json: member 1: field 'zzz' is unknown: remove it"),
    ({"members": [head(), "P2"]}, "homes.json: member 2: is no object"),
    ({"members": []}, "homes.json: field 'members' is missing or empty"),
    ({"members": [child("C", "2015-01-01")]}, "homes.json: field 'role': 0 members are 'head': exactly one must be"),
    (
        {"members": [head(death_date="2026-02-28")]},
        "homes.json: field 'death_date': the head died on 2026-02-28, before 2026-03: name the head of that month",
    ),
    ({"commune": "991810901"}, "homes.json: field 'commune': '991810901' is no HCP code"),
]


@pytest.mark.parametrize(("facts", "message"), FAULTS)
def test_a_score_that_cannot_be_computed_says_why(facts: dict[str, Any], message: str) -> None:
    household = {**SCORED, "score_inputs": {}, **facts}
    with pytest.raises(BadInputError) as caught:
        contributions(household, MARCH_2026, where="homes.json")
    assert str(caught.value).startswith(message)


def test_a_head_who_died_in_the_month_is_still_the_head() -> None:
    household = {**SCORED, "members": [head(death_date="2026-03-01")]}
    assert said(household)["score"] == str(rsu_oracle.score(household, "2026-03"))


def test_the_aid_names_the_file_when_the_score_cannot_be_computed() -> None:
    with pytest.raises(
        BadInputError, match=r"household 'S1': field 'score_inputs\.cras' is unknown: did you mean 'cars'"
    ):
        decide_household({**SCORED, "score_inputs": {"cras": 1}}, MARCH_2026)
