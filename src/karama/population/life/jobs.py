"""Declared jobs that start and end, pensions that start: grounds of refusal, which the register learns with a delay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from karama.population.assumptions import mapping, number, table
from karama.population.life.facts import known_month
from karama.population.life.rates import ages, alive, day_of_last_month, happens, in_the_country, urban
from karama.population.register import CHILD, KAFALA_CHILD, NEVER, SPOUSE, day_number

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.population.draws import Draws, Flags, Ints
    from karama.population.life.facts import Facts
    from karama.population.register import Register

_COUNTED = 21


def change_jobs(register: Register, month: Month, draws: Draws, facts: Facts) -> None:
    """Start and end declared jobs of heads and spouses, which bring and end the family allowance of the CNSS."""
    persons = register.persons
    rates = mapping("declared_jobs_a_month")
    age = ages(register, month)
    with_child = _with_child(register, age)
    couple = (persons["role"] <= SPOUSE) & alive(register) & (persons["job_known"] == NEVER)
    paid = persons["family_allowance"]
    salaried = couple & persons["salaried"] & with_child & ~paid & ~persons["pension"]
    chance = rates["start"] * in_the_country("jobs", urban(register)) * _by_age_of_work(age)
    starts = salaried & happens("job", register, month, chance, draws)
    ends = couple & paid & happens("job", register, month, np.full(len(age), rates["end"]), draws)
    _wait("job", register, starts | ends, month, draws)
    # That no child is left to be paid for is known at once.
    over = paid & ~with_child & (persons["job_known"] == NEVER)
    persons["job_on"][over], persons["job_known"][over] = day_number(month.first_day), month.index
    rows = np.flatnonzero(persons["job_known"] == month.index)
    now = ~persons["family_allowance"][rows]
    _tell("job", "receives_family_allowance", register, rows=rows, now=now, facts=facts)
    persons["family_allowance"][rows] = now


def retire(register: Register, month: Month, draws: Draws, facts: Facts) -> None:
    """Start the pensions of those who reach the age, most of them after declared work or State pay."""
    persons = register.persons
    age = ages(register, month)
    first, last = table("pension_ages")
    chances = mapping("pensions_a_month")
    formal = persons["family_allowance"] | persons["state_pay"]
    chance = np.where(formal, chances["formal"], np.where(persons["salaried"], chances["salaried"], chances["others"]))
    chance = chance * in_the_country("jobs", urban(register))
    waits = alive(register) & ~persons["pension"] & (persons["pension_known"] == NEVER)
    starts = waits & (age >= first) & (age <= last) & happens("pension", register, month, chance, draws)
    _wait("pension", register, starts, month, draws)
    rows = np.flatnonzero(persons["pension_known"] == month.index)
    _tell("pension", "receives_pension", register, rows=rows, now=np.ones(len(rows), np.bool_), facts=facts)
    left = rows[persons["state_pay"][rows]]
    home, name = persons["home"][left], persons["number"][left]
    since = persons["pension_on"][left]
    facts.add("pension", "receives_state_pay", home, name, happened=since, old=True, new=False)
    persons["pension"][rows], persons["state_pay"][rows] = True, False
    persons["pension_on"][rows], persons["pension_known"][rows] = NEVER, NEVER


def become_disabled(register: Register, month: Month, draws: Draws, facts: Facts) -> None:
    """Start severe disabilities, which the register learns with the certificate."""
    persons = register.persons
    age = np.maximum(ages(register, month), 0)
    chance = number("severe_disability_onset") / 12 * table("severe_disability_by_age")[np.clip(age // 5, 0, 15)]
    chance = chance * in_the_country("disability", urban(register))
    waits = alive(register) & ~persons["severe"] & (persons["disability_known"] == NEVER)
    _wait("disability", register, waits & happens("disability", register, month, chance, draws), month, draws)
    rows = np.flatnonzero(persons["disability_known"] == month.index)
    _tell("disability", "severe_disability", register, rows=rows, now=np.ones(len(rows), np.bool_), facts=facts)
    persons["severe"][rows] = True


def _wait(kind: str, register: Register, begins: Flags, month: Month, draws: Draws) -> None:
    """Note from which day a fact holds, and in which month it will be known."""
    persons = register.persons
    rows = np.flatnonzero(begins)
    keys = persons["number"][rows]
    persons[f"{kind}_on"][rows] = day_of_last_month(kind, keys, month, draws)
    persons[f"{kind}_known"][rows] = known_month(kind, keys, month, draws)


def _tell(kind: str, column: str, register: Register, *, rows: Ints, now: Flags, facts: Facts) -> None:
    """Note the facts that become known, which wait no longer (a pension's day is still asked for)."""
    persons = register.persons
    home, name, since = persons["home"][rows], persons["number"][rows], persons[f"{kind}_on"][rows]
    facts.add(kind, column, home, name, happened=since, old=~now, new=now)
    if kind != "pension":
        persons[f"{kind}_on"][rows], persons[f"{kind}_known"][rows] = NEVER, NEVER


def _with_child(register: Register, age: Ints) -> Flags:
    """Whether the person's household has a child under 21."""
    persons = register.persons
    minor = ((persons["role"] == CHILD) | (persons["role"] == KAFALA_CHILD)) & (age < _COUNTED)
    has = np.zeros(len(register.homes["number"]), np.bool_)
    row = register.rows()
    has[row[minor]] = True
    result: Flags = has[row]
    return result


def _by_age_of_work(age: Ints) -> Ints:
    """Jobs start between 18 and 59 years."""
    return ((age >= 18) & (age < 60)).astype(np.int64)  # noqa: PLR2004
