"""Families of the tests in the shape of HOUSEHOLD.json: say only what the case is about."""

from __future__ import annotations

from typing import Any

from karama.foundation.months import Month

MARCH_2026 = Month(2026, 3)


def head(**facts: object) -> dict[str, Any]:
    return {"person_id": "P0", "role": "head", "sex": "F", "birth_date": "1985-03-01", **facts}


def child(person_id: str, birth_date: str, **facts: object) -> dict[str, Any]:
    return {"person_id": person_id, "role": "child", "sex": "M", "birth_date": birth_date, **facts}


def pupil(person_id: str, birth_date: str, level: str = "primary", **facts: object) -> dict[str, Any]:
    return child(person_id, birth_date, enrolled=True, school_level=level, **facts)


def other(person_id: str, birth_date: str, **facts: object) -> dict[str, Any]:
    return {"person_id": person_id, "role": "other", "sex": "F", "birth_date": birth_date, **facts}


def family(*members: dict[str, Any], **facts: object) -> dict[str, Any]:
    """A rural family of Casablanca-Settat under the threshold, with a head and the given members."""
    return {
        "household_id": "H1",
        "milieu": "rural",
        "commune": "061810901",
        "claim_month": "2023-12",
        "score": 9.1,
        "members": [head(), *members],
        **facts,
    }


def ward(**facts: object) -> dict[str, Any]:
    """A child of 14 in an establishment since 2020, claimed in December 2025."""
    return {
        "person_id": "W1",
        "establishment_id": "E1",
        "sex": "F",
        "birth_date": "2012-01-02",
        "category": "orphan",
        "admitted": "2020-01-01",
        "claim_month": "2025-12",
        **facts,
    }


CONTRACT = {
    "household_id": "H1",
    "milieu": "rural",
    "commune": "061810901",
    "claim_month": "2023-12",
    "score": 9.1,
    "score_inputs": None,
    "resident": True,
    "other_family_allowance": False,
    "state_pay": False,
    "pension": False,
    "fonds_entraide_familiale": False,
    "members": [
        {
            "person_id": "P1",
            "role": "head",
            "sex": "F",
            "birth_date": "1985-03-01",
            "in_rnp": True,
            "marital_status": "widowed",
        },
        {
            "person_id": "P2",
            "role": "child",
            "sex": "M",
            "birth_date": "2012-09-14",
            "in_rnp": True,
            "enrolled": True,
            "school_level": "lower_secondary",
            "public_school": True,
            "severe_disability": False,
            "father_deceased": True,
        },
    ],
}
"""A widow and her son: the household of the documentation."""

SCORED = {
    "household_id": "S1",
    "milieu": "urban",
    "commune": "061810901",
    "claim_month": "2023-12",
    "score": None,
    "score_inputs": {
        "mobile_phones": 2,
        "members_15plus_no_diploma": 1,
        "butane_spending_mad_per_year": 1000,
        "phone_and_internet_spending_mad_per_year": 600,
    },
    "members": [head(), child("P1", "2012-09-14"), child("P2", "2014-09-14")],
}
"""A household whose score is to be computed."""
