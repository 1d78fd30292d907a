"""Households of the Moroccan register: what their files must say, field by field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.law import decide_household, decide_households, programme_named
from karama.law.rsu import score_household

HEAD = {"person_id": "P1", "role": "head", "sex": "F", "birth_date": "1985-03-01"}
CHILD = {"person_id": "P2", "role": "child", "sex": "M", "birth_date": "2012-09-14", "enrolled": True}
HOUSEHOLD = {
    "household_id": "H1",
    "milieu": "rural",
    "commune": "061810901",
    "claim_month": "2023-12",
    "score": 9.1,
    "members": [HEAD, CHILD],
}
MONTH = Month(2026, 3)


def message_of(household: Any, programme: str = "asd") -> str:  # noqa: ANN401 - as a file may give it
    with pytest.raises(BadInputError) as error:
        decide_household(household, MONTH, programme)
    return str(error.value)


@pytest.mark.parametrize("programme", ["asd", "amo_tadamon"])
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"comune": "1"}, "household 'H1': field 'comune' is unknown: did you mean 'commune'?"),
        (
            {"commune": "06181090"},
            "household 'H1': field 'commune': '06181090' is no HCP code: nine digits, the first two",
        ),
        ({"commune": "131810901"}, "household 'H1': field 'commune': '131810901' is no HCP code"),
        ({"commune": 61810901}, "household 'H1': field 'commune': 61810901 is no HCP code"),
        ({"commune": "06181090a"}, "household 'H1': field 'commune': '06181090a' is no HCP code"),
        ({"commune": None}, "household 'H1': field 'commune': is null but must be known"),
        ({"milieu": "city"}, "household 'H1': field 'milieu': 'city' is not one of urban, rural"),
        ({"claim_month": "2023-00"}, "household 'H1': field 'claim_month': '2023-00' is not a month YYYY-MM"),
        ({"score": "9,1"}, "household 'H1': field 'score': '9,1' is not decimal(12,9): write a plain number"),
        (
            {"score_effective_from": "2025"},
            "household 'H1': field 'score_effective_from': '2025' is not a month YYYY-MM",
        ),
        ({"social_security_months": -1}, "household 'H1': field 'social_security_months': -1 is outside its bounds"),
        ({"resident": "yes"}, "household 'H1': field 'resident': 'yes' is not boolean: write true or false"),
        ({"members": []}, "household 'H1': field 'members' is missing or empty"),
        ({"members": [CHILD]}, "household 'H1': field 'role': 0 members are 'head': exactly one must be"),
        (
            {"members": [HEAD, {**HEAD, "person_id": "P3"}]},
            "household 'H1': field 'role': 2 members are 'head': exactly one must be",
        ),
        (
            {"members": [HEAD, HEAD | {"role": "spouse"}]},
            "household 'H1': member 2: field 'person_id': 'P1' stands twice",
        ),
        (
            {"members": [HEAD, {**CHILD, "death_date": "2012-09-13"}]},
            "household 'H1': member 2: field 'death_date': 2012-09-13 is before the birth (2012-09-14): correct one",
        ),
        (
            {"members": [{**HEAD, "birth_date": "1985-02-29"}]},
            "household 'H1': member 1: field 'birth_date': '1985-02-29' is",
        ),
        (
            {"members": [{**HEAD, "school_level": "college"}]},
            "household 'H1': member 1: field 'school_level': 'college' is",
        ),
        ({"members": [{**HEAD, "enroled": True}]}, "member 1: field 'enroled' is unknown: did you mean 'enrolled'?"),
        (
            {"members": [HEAD, {**CHILD, "live_birth_order": 0}]},
            "member 2: field 'live_birth_order': 0 is outside its bounds",
        ),
        ({"members": [HEAD, "P2"]}, "household 'H1': member 2: is no object"),
    ],
)
def test_a_fault_names_the_field(programme: str, change: dict[str, Any], says: str) -> None:
    assert says in message_of({**HOUSEHOLD, **change}, programme)


@pytest.mark.parametrize("field", ["household_id", "milieu", "commune", "claim_month", "members"])
def test_a_missing_field_is_named(field: str) -> None:
    message = message_of({name: value for name, value in HOUSEHOLD.items() if name != field})
    assert f"field '{field}' is missing" in message


@pytest.mark.parametrize("field", ["person_id", "role", "sex", "birth_date"])
def test_a_missing_field_of_a_member_is_named(field: str) -> None:
    child = {name: value for name, value in CHILD.items() if name != field}
    message = message_of({**HOUSEHOLD, "members": [HEAD, child]})
    assert message.startswith(f"household 'H1': member 2: field '{field}' is missing: ")


def test_a_household_of_the_registry_alone_is_named_by_a_question_mark() -> None:
    assert message_of({"commune": 3}).startswith("household '?': field 'commune': 3 is no HCP code")


def test_the_score_is_computed_when_only_its_variables_are_given() -> None:
    variables: dict[str, Any] = {}
    computed = score_household({**HOUSEHOLD, "score_inputs": variables}, MONTH)
    decision = decide_household({**HOUSEHOLD, "score": None, "score_inputs": variables}, MONTH)
    assert decision.values["score_in_force"] == computed
    assert computed == computed.quantize(Decimal("0.000000001"))


def test_a_score_given_is_not_computed_again() -> None:
    decision = decide_household({**HOUSEHOLD, "score_inputs": {}}, MONTH)
    assert decision.values["score_in_force"] == Decimal("9.1")


def test_an_unknown_variable_of_the_score_is_named() -> None:
    wrong = {**HOUSEHOLD, "score": None, "score_inputs": {"yachts": 3}}
    assert "field 'score_inputs.yachts' is unknown" in message_of(wrong)


def test_a_variable_of_the_score_has_bounds() -> None:
    name = "butane_spending_mad_per_year"
    wrong = {**HOUSEHOLD, "score": None, "score_inputs": {name: -1}}
    assert f"field '{name}': -1 is outside its bounds, at least 0 and at most" in message_of(wrong)


def test_the_greatest_spending_of_one_person_has_a_score_in_both_compilations() -> None:
    columns = {column.name: column for column in programme_named("rsu_score").law.inputs.columns}
    most = columns["butane_spending_mad_per_year"].most
    rich = {**HOUSEHOLD, "members": [HEAD], "score_inputs": {"butane_spending_mad_per_year": most}}
    (decision,) = decide_households([rich], MONTH, "rsu_score")
    assert decision.values["computed_score"] == score_household(rich, MONTH)
