"""Families and decisions that the tests of notices tell about."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from karama.delivery.decisions.notice.facts import Claim, Dated, Name, NoticeFacts, Previous
from karama.foundation.months import Month
from karama.foundation.reference_codes import reference_code
from karama.law import explain

if TYPE_CHECKING:
    from karama.law.engine.explain import Explanation

KEY = b"a key of the tests, sixteen or more"
CODE, CLAIM_CODE, FORMER_CODE = (reference_code(number, KEY) for number in (123_456, 777, 99))
MARCH = Month(2026, 3)
PEOPLE = {
    "100000001": Name("Brahim El Idrissi", "إبراهيم الإدريسي"),
    "100000002": Name("Fatima Aït Lahcen", "فاطمة آيت لحسن"),
    "100000004": Name("Salma El Idrissi", "سلمى الإدريسي"),
}


def family(score: float | None = 8.2, **fields: object) -> dict[str, Any]:
    """Two parents and three children: one turns 21 in April 2026, one is severely disabled, one is two years old."""
    household = {
        "household_id": "4512207",
        "milieu": "rural",
        "commune": "061810901",
        "claim_month": "2025-10",
        "score": score,
        "score_effective_from": "2025-09",
        "members": [
            {"person_id": "100000001", "role": "head", "sex": "M", "birth_date": "1981-03-01"},
            {"person_id": "100000002", "role": "spouse", "sex": "F", "birth_date": "1986-07-11"},
            {"person_id": "100000003", "role": "child", "sex": "M", "birth_date": "2005-04-20"},
            {
                "person_id": "100000004",
                "role": "child",
                "sex": "F",
                "birth_date": "2014-09-14",
                "enrolled": True,
                "school_level": "primary",
                "severe_disability": True,
            },
            {"person_id": "100000005", "role": "child", "sex": "F", "birth_date": "2024-01-02"},
        ],
    }
    if score is None:
        del household["score_effective_from"]
    return {**household, **fields}


def ward(**fields: object) -> dict[str, Any]:
    """A girl of eleven in an establishment."""
    return {
        "person_id": "W1",
        "establishment_id": "E77",
        "commune": "061810901",
        "sex": "F",
        "birth_date": "2015-02-03",
        "category": "orphan",
        "admitted": "2020-01-01",
        "claim_month": "2025-12",
        **fields,
    }


def decided(household: dict[str, Any], month: Month = MARCH, programme: str = "asd") -> Explanation:
    """The explanation of a family or of a child in care."""
    return explain(household, month, programme)


def record(**fields: object) -> NoticeFacts:
    """What the record says of the file."""
    found: dict[str, Any] = {
        "reference": CODE,
        "decided_on": dt.date(2026, 3, 12),
        "file_number": "4512207",
        "verification": "asd.example/verifier",
        "synthetic": True,
        "appeal_until": dt.date(2026, 3, 27),
        "recipient": PEOPLE["100000001"],
        "claim": Claim(CLAIM_CODE, dt.date(2025, 10, 4)),
        "people": PEOPLE,
        "dated": {("score", None): Dated(dt.date(2025, 9, 1), dt.date(2025, 9, 14))},
        **fields,
    }
    return NoticeFacts(**found)


def former(explanation: Explanation, *, replayed: bool = True) -> Previous:
    """An explained decision as the one before."""
    decision = explanation.decision
    once = {one.formula for one in explanation.programme.benefits if one.one_off}
    monthly = sum(line.amount_centimes for line in decision.lines if line.benefit not in once)
    return Previous(
        FORMER_CODE, decision.month, decision.eligible, monthly, decision.reasons, explanation if replayed else None
    )
