"""Deaths, births, jobs, scores and claims on families of a few lines."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from karama.foundation.months import Month
from karama.population.assets import RURAL_ONLY, URBAN_ONLY
from karama.population.draws import Draws
from karama.population.life import advance
from karama.population.life.births import give_birth
from karama.population.life.claims import claim_later
from karama.population.life.deaths import settle_deaths
from karama.population.life.facts import Facts, known_month
from karama.population.life.jobs import change_jobs, retire
from karama.population.life.rates import ages
from karama.population.life.score_updates import restate_scores
from karama.population.register import NEVER, UNKNOWN, Register, day_number
from tests.population.small_registers import (
    CHILD,
    HEAD,
    MARRIED,
    MONTH,
    OTHER,
    SINGLE,
    SPOUSE,
    WIDOWED,
    facts_of,
    person,
    register_of,
    roles,
    told,
)


def settled(register: Register) -> Facts:
    facts = facts_of(register)
    settle_deaths(register, MONTH, Draws(1), facts)
    return facts


DIED = {"death": day_number(dt.date(2026, 2, 10)), "death_known": (MONTH - 1).index}
COUPLE = (
    person(1001, HEAD, "1980-01-01", sex=1, marital=MARRIED, partner=1002, **DIED),
    person(1002, SPOUSE, "1985-01-01", marital=MARRIED, partner=1001),
)


# ------------------------------------------------------------------------------------------------------------- deaths
def test_a_widow_heads_the_household_and_her_children_are_fatherless() -> None:
    register = register_of(*COUPLE, person(1003, CHILD, "2010-05-05", mother=1002))
    facts = settled(register)
    assert roles(register) == {1002: HEAD, 1003: CHILD}
    assert register.persons["marital"].tolist() == [WIDOWED, SINGLE]
    assert register.persons["father_deceased"].tolist() == [False, True]
    assert ("widowhood", "marital_status", "P00000001002", "married", "widowed") in told(facts)
    assert ("orphanhood", "father_deceased", "P00000001003", "false", "true") in told(facts)
    assert facts.frame().filter(event="orphanhood")["happened"].to_list() == [dt.date(2026, 2, 10)]


def test_who_is_known_late_to_have_died_is_listed_in_that_month_and_then_struck_off() -> None:
    register = register_of({**COUPLE[0], "death_known": MONTH.index}, COUPLE[1])
    settled(register)
    assert roles(register) == {1001: OTHER, 1002: HEAD}
    settle_deaths(register, MONTH + 1, Draws(1), facts_of(register, MONTH + 1))
    assert roles(register) == {1002: HEAD}


def test_a_death_not_yet_known_changes_nothing() -> None:
    late = {**COUPLE[0], "death_known": (MONTH + 1).index}
    register = register_of(late, COUPLE[1], person(1003, CHILD, "2010-05-05", mother=1002))
    assert len(settled(register).frame()) == 0
    assert roles(register) == {1001: HEAD, 1002: SPOUSE, 1003: CHILD}
    assert register.present(MONTH).tolist() == [True, True, True]
    assert register.present(MONTH + 1).tolist() == [False, True, True]


def test_the_eldest_adult_heads_a_household_that_lost_its_lone_parent() -> None:
    register = register_of(
        person(1001, HEAD, "1970-01-01", marital=WIDOWED, **DIED),
        person(1002, CHILD, "2004-01-01"),
        person(1003, CHILD, "2002-01-01"),
        person(1004, CHILD, "2015-01-01"),
    )
    facts = settled(register)
    assert roles(register) == {1002: CHILD, 1003: HEAD, 1004: CHILD}
    assert ("new_head", "role", "P00000001003", "child", "head") in told(facts)


def test_the_wife_of_a_new_head_becomes_the_spouse() -> None:
    register = register_of(
        person(1001, HEAD, "1950-01-01", marital=WIDOWED, **DIED),
        person(1002, OTHER, "1980-01-01", sex=1, marital=MARRIED, partner=1003),
        person(1003, OTHER, "1985-01-01", marital=MARRIED, partner=1002),
    )
    settled(register)
    assert roles(register) == {1002: HEAD, 1003: SPOUSE}


def test_a_household_without_an_adult_left_leaves_the_register() -> None:
    register = register_of(
        person(1001, HEAD, "1970-01-01", **DIED), person(1002, CHILD, "2015-01-01"), person(1101, HEAD, "1970-01-01")
    )
    facts = settled(register)
    assert register.homes["number"].tolist() == [11]
    assert roles(register) == {1101: HEAD}
    assert ("closure", "household_id", None, "registered", None) in told(facts)


def test_a_dead_infant_stays_on_the_list_for_the_birth_grant_other_dead_are_struck_off() -> None:
    register = register_of(
        person(1001, HEAD, "1990-01-01"),
        person(1002, CHILD, "2026-01-20", mother=1001, **DIED),
        person(1003, OTHER, "1940-01-20", **DIED),
    )
    settled(register)
    assert roles(register) == {1001: HEAD, 1002: CHILD}


def test_a_pension_may_pass_to_the_widow_and_is_known_later() -> None:
    couples = [
        {**row, "home": home, "number": home * 100 + place, "partner": home * 100 + 3 - place, "pension": place == 1}
        for home in range(10, 400)
        for place, row in enumerate(COUPLE, start=1)
    ]
    register = register_of(*couples)
    settled(register)
    waiting = register.persons["pension_known"] != NEVER
    assert 0.5 < waiting.sum() / 390 < 0.7
    assert set(register.persons["role"][waiting].tolist()) == {HEAD}
    facts = facts_of(register)
    retire(register, MONTH, Draws(1), facts)
    assert facts.frame()["column"].unique().to_list() == ["receives_pension"]
    assert set(facts.frame()["happened"]) == {dt.date(2026, 2, 10)}


# -------------------------------------------------------------------------------------------------------------- ages
@pytest.mark.parametrize(
    ("birth", "years"),
    [("2005-03-01", 21), ("2005-03-02", 20), ("2026-03-01", 0), ("2026-03-20", -1), ("2006-02-28", 20)],
)
def test_age_is_in_completed_years_on_the_first_of_the_month(birth: str, years: int) -> None:
    assert ages(register_of(person(1001, HEAD, birth)), MONTH).tolist() == [years]


def test_delays_follow_their_table() -> None:
    known = known_month("birth", np.arange(100_000), MONTH, Draws(3)) - MONTH.index
    shares = np.bincount(known) / 100_000
    assert np.abs(shares - [0.62, 0.2, 0.08, 0.05, 0.02, 0.01, 0.02]).max() < 0.005


# -------------------------------------------------------------------------------------------------- births and others
def test_children_are_born_to_wives_and_numbered_after_all_members_there_ever_were() -> None:
    rows = []
    for home in range(10, 20_000, 10):
        rows.append(person(home * 100 + 1, HEAD, "1994-01-01", sex=1, marital=MARRIED, partner=home * 100 + 2))
        rows.append(person(home * 100 + 2, SPOUSE, "1998-01-01", marital=MARRIED, partner=home * 100 + 1))
    register = register_of(*rows)
    facts = facts_of(register)
    give_birth(register, MONTH, Draws(3), facts)
    born = register.persons["role"] == CHILD
    assert 20 < born.sum() < 120
    assert set((register.persons["number"][born] % 100).tolist()) == {10}
    assert set(register.persons["live_order"][born].tolist()) == {1}
    known = register.persons["birth_known"][born] == MONTH.index
    assert 0.4 < known.mean() < 0.8
    assert len(facts.frame()) == known.sum()
    assert (register.born(MONTH)[born] == known).all()


def test_a_score_found_again_unchanged_leaves_its_date() -> None:
    register = register_of(person(1001, HEAD, "1990-01-01"), person(1101, HEAD, "1990-01-01"))
    facts = facts_of(register)
    restate_scores(register, np.array([True, True]), np.array([9_000_000_000, 9_100_000_000]), MONTH, facts)
    assert register.homes["score"].tolist() == [9_000_000_000, 9_100_000_000]
    assert register.homes["previous"].tolist() == [UNKNOWN, 9_000_000_000]
    assert register.homes["effective"].tolist() == [MONTH.index, MONTH.index + 1]
    assert told(facts) == {("score_update", "score", None, "9.000000000", "9.100000000")}


def test_claims_of_the_first_wave_are_not_made_twice() -> None:
    register = register_of(*(person(number * 100 + 1, HEAD, "1990-01-01") for number in range(10, 400)))
    claim_later(register, Month(2025, 3), Draws(1), facts_of(register))
    assert set(register.homes["claim"].tolist()) == {NEVER}
    facts = facts_of(register)
    claim_later(register, MONTH, Draws(1), facts)
    assert set(register.homes["claim"].tolist()) == {NEVER, MONTH.index}
    assert set(facts.frame()["new_value"]) == {"2026-03-01"}


def test_a_household_that_registers_lately_claims_soon_and_is_told_as_registered() -> None:
    rows = [person(number * 100 + 1, HEAD, "1990-01-01") for number in range(10, 400)]
    register = register_of(*rows, lately=np.ones(390, np.bool_), entered=np.full(390, MONTH.index))
    facts = Facts(MONTH, Draws(1), np.zeros(0, np.int64))
    claim_later(register, MONTH, Draws(1), facts)
    assert 0.4 < (register.homes["claim"] == MONTH.index).mean() < 0.6
    assert told(facts) == {("registration", "household_id", None, None, "registered")}
    assert len(facts.frame()) == 390


def test_a_job_is_known_after_it_starts_and_ends_with_the_last_child() -> None:
    rows = [person(home * 100 + 1, HEAD, "1990-01-01", sex=1, salaried=1) for home in range(10, 30_000, 10)]
    rows += [person(home * 100 + 2, CHILD, "2015-01-01") for home in range(10, 30_000, 10)]
    rows.append(person(9_000_001, HEAD, "1960-01-01", sex=1, family_allowance=1))
    register = register_of(*sorted(rows, key=lambda row: row["number"]))
    facts = facts_of(register)
    change_jobs(register, MONTH, Draws(3), facts)
    started = register.persons["family_allowance"].sum()
    waiting = (register.persons["job_known"] != NEVER).sum()
    assert started > 0
    assert waiting > 0
    assert register.persons["family_allowance"][-1] == np.False_
    assert ("job", "receives_family_allowance", "P00009000001", "true", "false") in told(facts)
    for later in range(1, 4):
        change_jobs(register, MONTH + later, Draws(3), facts_of(register, MONTH + later))
    assert register.persons["family_allowance"].sum() > started


def test_a_month_without_any_event_changes_no_row() -> None:
    register = register_of(person(1001, HEAD, "1960-01-01"))
    facts = facts_of(register)
    register.inputs |= {name: np.ones(1, np.int64) for name in {*RURAL_ONLY, *URBAN_ONLY}}
    advance(register, MONTH, Draws(4), facts)
    assert roles(register) == {1001: HEAD}
    assert len(facts.frame()) == 0
