"""The amount of one household in plain Python, as an application would write it: the rule of the Django loops."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST, LAST = dt.date(2025, 11, 1), dt.date(2025, 11, 30)
CHILD_FROM, PRESCHOOL_FROM, GRANTS_FROM = dt.date(2004, 11, 1), dt.date(2019, 11, 1), dt.date(2023, 12, 1)
THRESHOLD = Decimal("9.743001")
CHILD_ROLES = {"child", "kafala_child", "ward"}
FIRST_RANKS, CHILDREN, FLOOR = 3, 6, 50_000
CLAIM_MONTHS = 6
GRANTS = {1: 200_000, 2: 100_000}


def amount_of(household: Any, persons: Sequence[Any]) -> tuple[bool, int]:  # noqa: ANN401 - a row of a model
    """Whether the household is eligible, and the amount in centimes."""
    present = [one for one in persons if one.birth_date <= LAST and (one.death_date is None or one.death_date >= FIRST)]
    if not present or not is_eligible(household, present):
        return False, 0
    return True, monthly_aid(present) + birth_grants(persons)


def is_eligible(household: Any, present: Sequence[Any]) -> bool:  # noqa: ANN401 - a row of a model
    """The conditions of the household and of its members present."""
    effective = household.score is not None and (household.score_effective_from or FIRST) <= FIRST
    score = household.score if effective else household.previous_score
    if household.claim_month is None or household.claim_month > FIRST or score is None or score > THRESHOLD:
        return False
    refused = (household.other_family_allowance, household.state_pay, household.pension)
    if not household.resident or any(refused) or household.fonds_entraide_familiale:
        return False
    if not all(one.in_rnp for one in present):
        return False
    return not any(
        one.receives_family_allowance or one.receives_state_pay or one.receives_pension
        for one in present
        if one.role in {"head", "spouse"}
    )


def monthly_aid(present: Sequence[Any]) -> int:
    """Child aid raised to its floor, or flat aid."""
    children = sorted(
        (one for one in present if one.role in CHILD_ROLES and one.birth_date > CHILD_FROM),
        key=lambda one: one.birth_date,
    )
    values = [(one, *brought(one)) for one in children]
    elders = {one.birth_date: sum(other.birth_date < one.birth_date for other in children) for one in children}
    values.sort(
        key=lambda value: (
            value[0].birth_date,
            -(value[1] - value[2]) if elders[value[0].birth_date] < FIRST_RANKS else 0,
            -value[2],
            value[0].person_id,
        )
    )
    total = sum(first for _, first, _ in values[:FIRST_RANKS])
    total += sum(following for *_, following in values[FIRST_RANKS:CHILDREN])
    return max(total, FLOOR)


def brought(child: Any) -> tuple[int, int]:  # noqa: ANN401 - a row of a model
    """What a child brings at the first ranks and at the next ones."""
    at_school = child.birth_date > PRESCHOOL_FROM or child.enrolled
    first = (37_500 if child.father_deceased else 25_000) if at_school else 17_500
    extra = 10_000 if child.severe_disability else 0
    return first + extra, (3_600 if at_school else 2_400) + extra


def birth_grants(persons: Sequence[Any]) -> int:
    """The birth grants claimed in the month and in time."""
    born = sorted(
        (one for one in persons if one.role == "child" and one.birth_date <= LAST),
        key=lambda one: (one.birth_date, one.person_id),
    )
    total = 0
    for one in born:
        claim = one.birth_grant_claim_date
        if claim is None or not FIRST <= claim <= LAST or not GRANTS_FROM <= one.birth_date <= claim:
            continue
        months = (claim.year - one.birth_date.year) * 12 + claim.month - one.birth_date.month
        if months > CLAIM_MONTHS or (months == CLAIM_MONTHS and claim.day > one.birth_date.day):
            continue
        siblings = [other for other in born if other.mother_id == one.mother_id]
        total += GRANTS.get(one.live_birth_order or siblings.index(one) + 1, 0)
    return total
