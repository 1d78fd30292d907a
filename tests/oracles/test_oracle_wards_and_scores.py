"""The oracle's accounts of institution children and its scores against figures worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tests.oracles import rsu_oracle
from tests.oracles.asd_oracle import decide, decide_ward

WARD = {
    "person_id": "W",
    "birth_date": "2015-06-20",
    "admitted": "2020-01-10",
    "left_on": None,
    "claim_month": "2025-12",
}


@pytest.mark.parametrize(
    ("facts", "month", "due", "months"),
    [
        ({}, "2025-11", False, 0),
        ({}, "2025-12", True, 1),
        ({}, "2026-11", True, 12),
        ({"claim_month": "2025-10"}, "2025-12", True, 1),
        ({"claim_month": "2026-02"}, "2026-03", True, 2),
        ({"admitted": "2026-03-31"}, "2026-03", True, 1),
        ({"left_on": "2026-03-01"}, "2026-03", True, 4),
        ({"left_on": "2026-03-01"}, "2026-04", False, 4),
        ({"birth_date": "2008-06-20"}, "2026-05", True, 6),
        ({"birth_date": "2008-06-20"}, "2026-06", False, 6),
    ],
)
def test_a_ward_of_an_establishment_has_500_a_month_blocked(
    *, facts: dict[str, Any], month: str, due: bool, months: int
) -> None:
    account = decide_ward({**WARD, **facts}, month)
    assert (account["due"], account["amount_centimes"]) == (due, 500_00 if due else 0)
    assert (account["months_due"], account["capital_centimes"]) == (months, months * 500_00)


@pytest.mark.parametrize(
    ("birth_date", "month", "months", "release", "top_up"),
    [
        ("2008-06-20", "2026-06", 6, 10_000, 7_000),
        ("2008-06-20", "2026-07", 6, 0, 0),
        ("2009-08-31", "2027-08", 20, 10_000, 0),
        ("2009-09-01", "2027-09", 21, 10_500, 0),
        ("2007-12-31", "2025-12", 0, 0, 0),
    ],
)
def test_at_18_a_ward_receives_the_capital_and_at_least_10000(
    birth_date: str, month: str, months: int, release: int, top_up: int
) -> None:
    account = decide_ward({**WARD, "birth_date": birth_date}, month)
    assert account["months_due"] == months
    assert (account["release_centimes"], account["top_up_centimes"]) == (release * 100, top_up * 100)


def person(person_id: str, role: str, birth_date: str) -> dict[str, Any]:
    return {"person_id": person_id, "role": role, "sex": "F", "birth_date": birth_date}


def test_the_score_of_a_rural_family_of_three() -> None:
    household = {
        "milieu": "rural",
        "commune": "063550107",
        "members": [
            person("A", "head", "1985-12-31"),
            person("B", "spouse", "1990-06-01"),
            person("C", "child", "2015-02-02"),
        ],
        "score_inputs": {"head_farmer": True, "members_15plus_literate": 2, "butane_spending_mad_per_year": 1000},
    }
    # 8.695 + 0.464 - 0.138*3 + 0.00469*9 + 0.0337*2 + 0.0722 + 0.128*0.666666666667 + 0.000755*333.333333333333
    assert rsu_oracle.score(household, "2026-03") == Decimal("9.263810000")


def test_the_score_of_a_woman_of_70_alone_in_town() -> None:
    household = {
        "milieu": "urban",
        "commune": "072110331",
        "members": [person("A", "head", "1956-03-01")],
        "score_inputs": {
            "single_or_childless_couple": True,
            "members_15plus_no_diploma": 1,
            "mobile_phones": 1,
            "phone_and_internet_spending_mad_per_year": 600,
        },
    }
    # 9.825 + 0.194 - 0.177 + 0.00533 - 0.0104*70 + 0.0000771*4900 + 0.103 - 0.0557 + 0.0516 + 0.000302*600
    assert rsu_oracle.score(household, "2026-03") == Decimal("9.777220000")
    # one year younger on 1 February: 0.0104 - 0.0000771*139 more
    assert rsu_oracle.score(household, "2026-02") == Decimal("9.777220000") + Decimal("-0.000316900")


def test_the_computed_score_decides_when_no_score_is_written() -> None:
    computed: dict[str, Any] = {
        "household_id": "H1",
        "milieu": "rural",
        "commune": "063550107",
        "claim_month": "2023-12",
        "score": None,
        "score_inputs": {"has_second_home": True, "cows": 3},
        "members": [person("A", "head", "1985-03-01"), person("B", "child", "2015-02-02")],
    }
    # 8.695 + 0.464 - 0.276 + 0.01876 + 0.0337 + 0.334 + 0.0771
    assert rsu_oracle.score(computed, "2026-03") == Decimal("9.346560000")
    assert decide(computed, "2026-03", "paid")["eligible"]
    computed["score_inputs"] |= {"has_non_agricultural_land": True, "has_car": True}
    assert decide(computed, "2026-03", "paid")["reasons"] == ["score_above_threshold"]


def test_a_newborn_counts_in_the_size_and_a_member_dead_the_month_before_does_not() -> None:
    members = [
        person("A", "head", "1996-03-02"),
        person("B", "child", "2026-03-31"),
        person("C", "other", "1966-03-01"),
    ]
    assert rsu_oracle.from_members(members, "2026-03") == {
        "household_size": 3, "household_size_squared": 9, "head_age": 29, "head_age_squared": 841,
        "members_19_29": 1, "members_30_59": 0, "members_60_plus": 1,
    }  # fmt: skip
    members[2]["death_date"] = "2026-02-28"
    assert rsu_oracle.from_members(members, "2026-03")["household_size"] == 2


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [("2/3", 2, "67/100"), ("1/3", 2, "33/100"), ("5/1000", 2, "1/100"), ("-5/1000", 2, "-1/100"), ("4/1000", 2, "0")],
)
def test_halves_are_rounded_away_from_zero(value: str, places: int, rounded: str) -> None:
    assert rsu_oracle.half_up(Fraction(value), places) == Fraction(rounded)
