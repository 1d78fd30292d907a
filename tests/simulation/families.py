"""Families of which the tests ask the coming months."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any, cast

from tests.oracles.random_households import CLOCKS, random_household

if TYPE_CHECKING:
    from karama.law.engine.parameters import Clock

Family = dict[str, Any]

MONTHS = ("2023-12", "2024-12", "2025-10")
"""First months whose twelve hold every date of the law."""


def family(*children: Family, **fields: object) -> Family:
    """A married couple of a rural commune with a score under the threshold, and children P3, P4..."""
    members = [
        {"person_id": "P1", "role": "head", "sex": "M", "birth_date": "1984-05-20", "marital_status": "married"},
        {"person_id": "P2", "role": "spouse", "sex": "F", "birth_date": "1988-11-02", "marital_status": "married"},
        *({"person_id": f"P{place}", "role": "child", "sex": "F", **one} for place, one in enumerate(children, 3)),
    ]
    return {
        "household_id": "H",
        "milieu": "rural",
        "commune": "061810901",
        "claim_month": "2023-12",
        "score": 9.1,
        "members": members,
    } | fields


PUPIL: Family = {"birth_date": "2013-02-11", "enrolled": True, "school_level": "primary"}
"""A child at school, of an age that crosses no limit in the months asked."""


def random_families(count: int, months: tuple[str, ...] = MONTHS, seed: int = 1) -> list[tuple[Family, str, Clock]]:
    """Households crowded around the law's boundaries, each with a month and a clock."""
    rng = Random(seed)
    found: list[tuple[Family, str, Clock]] = []
    for place in range(count):
        month = rng.choice(months)
        found.append((random_household(rng, month, f"F{place}"), month, cast("Clock", rng.choice(CLOCKS))))
    return found
