"""Life events on a family of a few lines."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from karama.foundation.months import Month
from karama.population.draws import Draws
from karama.population.events import advance, ages, claim_late, restate_scores, settle_deaths
from karama.population.register import NEVER, UNKNOWN, Register, day_number

HEAD, SPOUSE, CHILD, OTHER = 0, 1, 2, 4
SINGLE, MARRIED, WIDOWED = 0, 1, 3
MONTH = Month(2026, 3)


def person(number: int, role: int, birth: str, *, sex: int = 0, **facts: int) -> dict[str, int]:
    """One row of persons; household 10 unless told."""
    row = {
        "home": number // 100,
        "number": number,
        "role": role,
        "sex": sex,
        "birth": day_number(dt.date.fromisoformat(birth)),
        "death": NEVER,
        "marital": SINGLE,
        "partner": UNKNOWN,
        "mother": UNKNOWN,
        "father_deceased": 0,
    }
    return row | facts


def register_of(*rows: dict[str, int]) -> Register:
    """A register of these persons, every household claimed and scored."""
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    columns["father_deceased"] = columns["father_deceased"].astype(np.bool_)
    homes = np.unique(columns["home"])
    count = len(homes)
    return Register(
        homes={
            "number": homes,
            "claim": np.full(count, NEVER),
            "score": np.full(count, 9_000_000_000),
            "previous": np.full(count, UNKNOWN),
            "effective": np.full(count, MONTH.index),
        },
        inputs={"cows": np.zeros(count, np.int64)},
        persons=columns,
    )


def roles(register: Register) -> dict[int, int]:
    return dict(zip(register.persons["number"].tolist(), register.persons["role"].tolist(), strict=True))


LAST_MONTH = day_number(dt.date(2026, 2, 10))
COUPLE = (
    person(1001, HEAD, "1980-01-01", sex=1, marital=MARRIED, partner=1002, death=LAST_MONTH),
    person(1002, SPOUSE, "1985-01-01", marital=MARRIED, partner=1001),
)


def test_a_widow_heads_the_household_and_her_children_are_fatherless() -> None:
    register = register_of(*COUPLE, person(1003, CHILD, "2010-05-05", mother=1002))
    settle_deaths(register, MONTH)
    assert roles(register) == {1002: HEAD, 1003: CHILD}
    assert register.persons["marital"].tolist() == [WIDOWED, SINGLE]
    assert register.persons["father_deceased"].tolist() == [False, True]


def test_the_eldest_adult_heads_a_household_that_lost_its_lone_parent() -> None:
    register = register_of(
        person(1001, HEAD, "1970-01-01", marital=WIDOWED, death=LAST_MONTH),
        person(1002, CHILD, "2004-01-01"),
        person(1003, CHILD, "2002-01-01"),
        person(1004, CHILD, "2015-01-01"),
    )
    settle_deaths(register, MONTH)
    assert roles(register) == {1002: CHILD, 1003: HEAD, 1004: CHILD}


def test_the_wife_of_a_new_head_becomes_the_spouse() -> None:
    register = register_of(
        person(1001, HEAD, "1950-01-01", marital=WIDOWED, death=LAST_MONTH),
        person(1002, OTHER, "1980-01-01", sex=1, marital=MARRIED, partner=1003),
        person(1003, OTHER, "1985-01-01", marital=MARRIED, partner=1002),
    )
    settle_deaths(register, MONTH)
    assert roles(register) == {1002: HEAD, 1003: SPOUSE}


def test_a_household_without_an_adult_left_leaves_the_register() -> None:
    register = register_of(
        person(1001, HEAD, "1970-01-01", death=LAST_MONTH),
        person(1002, CHILD, "2015-01-01"),
        person(1101, HEAD, "1970-01-01"),
    )
    settle_deaths(register, MONTH)
    assert register.homes["number"].tolist() == [11]
    assert roles(register) == {1101: HEAD}


def test_a_dead_infant_stays_on_the_list_for_the_birth_grant() -> None:
    register = register_of(
        person(1001, HEAD, "1990-01-01"),
        person(1002, CHILD, "2026-01-20", mother=1001, death=LAST_MONTH),
        person(1003, OTHER, "1940-01-20", death=LAST_MONTH),
    )
    settle_deaths(register, MONTH)
    assert roles(register) == {1001: HEAD, 1002: CHILD}


def test_nothing_changes_when_nobody_died() -> None:
    register = register_of(person(1001, HEAD, "1990-01-01"))
    before = register.persons
    settle_deaths(register, MONTH)
    assert register.persons is before


@pytest.mark.parametrize(
    ("birth", "years"),
    [("2005-03-01", 21), ("2005-03-02", 20), ("2026-03-01", 0), ("2026-03-20", -1), ("2006-02-28", 20)],
)
def test_age_is_in_completed_years_on_the_first_of_the_month(birth: str, years: int) -> None:
    assert ages(register_of(person(1001, HEAD, birth)), MONTH).tolist() == [years]


def test_a_score_found_again_unchanged_leaves_its_date() -> None:
    register = register_of(person(1001, HEAD, "1990-01-01"), person(1101, HEAD, "1990-01-01"))
    restate_scores(register, np.array([True, True]), np.array([9_000_000_000, 9_100_000_000]), MONTH)
    assert register.homes["score"].tolist() == [9_000_000_000, 9_100_000_000]
    assert register.homes["previous"].tolist() == [UNKNOWN, 9_000_000_000]
    assert register.homes["effective"].tolist() == [MONTH.index, MONTH.index + 1]


def test_claims_of_the_first_wave_are_not_made_twice() -> None:
    register = register_of(*(person(number * 100 + 1, HEAD, "1990-01-01") for number in range(10, 400)))
    claim_late(register, Month(2024, 6), Draws(1))
    assert set(register.homes["claim"].tolist()) == {NEVER}
    claim_late(register, MONTH, Draws(1))
    assert set(register.homes["claim"].tolist()) == {NEVER, MONTH.index}


def test_a_month_without_any_birth_adds_no_row() -> None:
    register = register_of(person(1001, HEAD, "1960-01-01"))
    register.persons["family_allowance"] = np.array([True])
    register.persons["salaried"] = np.array([True])
    register.persons["live_order"] = np.array([UNKNOWN])
    advance(register, MONTH, Draws(4))
    assert register.persons["number"].tolist() == [1001]
    assert register.persons["family_allowance"].tolist() == [False]
