"""The product agrees with the oracle to the centime: amount, lines, ranks and reasons, on generated households."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracles.asd_oracle import decide
from tests.oracles.comparison import GROUPS, by_the_function, differences, reduced, sample, sizes_of_groups
from tests.oracles.random_households import CLOCKS, COMMUNES, LEVELS, MARITAL, MONTHS

SEED = 20_231_201
SIZES = sizes_of_groups(SEED, 100_000)


@pytest.mark.parametrize(("month", "clock"), GROUPS)
def test_both_compilations_decide_random_households_as_the_oracle_does(month: str, clock: str) -> None:
    households = sample(SEED, month, clock, SIZES[month, clock])
    found = [str(reduced(difference)) for difference in islice(differences(households, month, clock), 3)]
    assert not found, "\n\n".join(found)


def test_the_groups_hold_100000_households_together() -> None:
    assert SIZES.keys() == set(GROUPS)
    assert sum(SIZES.values()) == 100_000


FLAGS = st.booleans()
SELDOM = st.integers(0, 19).map(lambda n: n == 19)
SCORES = st.one_of(
    st.sampled_from((9.743001, 9.743000999, 9.743001001, None)),
    st.integers(7_000_000_000, 9_743_001_000).map(lambda n: n / 10**9),
)


@st.composite
def days(draw: st.DrawFn, month: str) -> str:
    """A day a whole number of years before the month's first day, or near it, or any within 30 years."""
    first = date.fromisoformat(f"{month}-01")
    years = draw(st.sampled_from((0, 0, 1, 5, 6, 20, 21, 12)))
    shift = draw(st.one_of(st.integers(-1, 1), st.integers(-200, 31), st.integers(-3650, 0)))
    return (first.replace(year=first.year - years) + timedelta(days=shift)).isoformat()


@st.composite
def members(draw: st.DrawFn, month: str, role: str, births: list[str]) -> dict[str, Any]:
    """A member; children may share the birth date of another."""
    is_adult = role in {"head", "spouse"}
    twin = bool(births) and draw(st.booleans())
    birth = "1980-05-05" if is_adult else draw(st.sampled_from(births)) if twin else draw(days(month))
    births += [] if is_adult else [birth]
    member = {
        "role": role,
        "sex": draw(st.sampled_from("FM")),
        "birth_date": birth,
        "marital_status": draw(st.sampled_from((*MARITAL, None))),
        "in_rnp": not draw(SELDOM),
        "enrolled": draw(FLAGS),
        "school_level": draw(st.sampled_from(LEVELS)),
        "public_school": draw(FLAGS),
        "severe_disability": draw(FLAGS),
        "father_deceased": draw(FLAGS),
        "live_birth_order": draw(st.sampled_from((None, 1, 2, 3))),
    }
    member |= {flag: draw(SELDOM) for flag in ("receives_family_allowance", "receives_state_pay", "receives_pension")}
    if draw(SELDOM):
        member["death_date"] = max(birth, draw(days(month)))
    if draw(FLAGS):
        member["birth_grant_claim_date"] = max(birth, f"{month}-{draw(st.integers(1, 28)):02d}")
    return member


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Any], str, str]:
    """A household, a month and a clock."""
    month = draw(st.sampled_from(MONTHS))
    roles = st.sampled_from(("child", "child", "child", "kafala_child", "ward", "spouse", "other"))
    births: list[str] = []
    found = [draw(members(month, role, births)) for role in ["head", *draw(st.lists(roles, max_size=9))]]
    for place, member in enumerate(draw(st.permutations(found)), 1):
        member["person_id"] = f"P{place}"
    grounds = ("other_family_allowance", "state_pay", "pension", "fonds_entraide_familiale")
    household = {
        "household_id": "H",
        "milieu": draw(st.sampled_from(("urban", "rural"))),
        "commune": draw(st.sampled_from(COMMUNES)),
        "claim_month": draw(st.sampled_from(("2023-09", "2023-12", month, "2026-06"))),
        "score": draw(SCORES),
        "score_effective_from": draw(st.sampled_from((None, "2023-11", "2025-06", month))),
        "previous_score": draw(SCORES),
        "resident": not draw(SELDOM),
        "members": found,
    } | {ground: draw(SELDOM) for ground in grounds}
    return household, month, draw(st.sampled_from(CLOCKS))


@settings(
    max_examples=2_000, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(cases())
def test_one_household_at_a_time_agrees_on_what_hypothesis_imagines(case: tuple[dict[str, Any], str, str]) -> None:
    assert by_the_function(*case) == decide(*case)
