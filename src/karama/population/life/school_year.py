"""September: pupils move up, leave school or enter it; some certificates reach the register months later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from karama.population.assumptions import mapping, number
from karama.population.families import FEMALE, SINGLE
from karama.population.life.facts import known_month
from karama.population.life.rates import ages, alive, in_the_country, urban
from karama.population.register import NEVER, coded, day_number
from karama.population.schooling import (
    HIGHER,
    LEVELS,
    LOWER_SECONDARY,
    NONE,
    PRESCHOOL,
    PRIMARY,
    UPPER_SECONDARY,
    VOCATIONAL,
)

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.population.draws import Draws, Flags, Floats, Ints
    from karama.population.life.facts import Facts
    from karama.population.register import Register

SEPTEMBER = 9
_SCHOOL_AGE, _LATEST_ENTRY = 6, 7


def start_school_year(register: Register, month: Month, draws: Draws) -> None:
    """Give every person of school age the level attended from this September, by age and level of the year before.

    Args:
        register: changed in place; the new facts wait for the month in which they become known.
        month: a September.
        draws: of the seed.
    """
    persons = register.persons
    age = ages(register, month)
    # A certificate of last year that never came says what was so then.
    told = persons["school_known"] != NEVER
    level = np.where(told, persons["new_level"], persons["level"])
    enrolled = np.where(told, persons["new_enrolled"], persons["enrolled"])
    concerned = (persons["marital"] == SINGLE) & alive(register) & (age >= 4) & (age <= 26)  # noqa: PLR2004
    drawn = draws.uniform(f"school/{month}", persons["number"])
    moves, stays = _moves(age, level, drawn)
    pupil = concerned & enrolled
    goes_up = pupil & moves
    leaves = pupil & ~moves & ~stays
    chance = _drop_out(level, persons["sex"], urban(register))
    leaves |= pupil & (draws.uniform(f"drop-out/{month}", persons["number"]) < chance)
    chance = np.where(age < _SCHOOL_AGE, number("preschool_entry"), number("school_entry"))
    enters = concerned & ~enrolled & (age <= _LATEST_ENTRY) & (drawn < chance)
    level = np.where(goes_up & ~leaves, _next_level(level, drawn), level)
    level = np.where(enters, np.where(age >= _SCHOOL_AGE, PRIMARY, PRESCHOOL), level)
    enrolled = (enrolled & ~leaves) | enters
    changed = (level != persons["level"]) | (enrolled != persons["enrolled"])
    persons["new_level"], persons["new_enrolled"] = level, enrolled
    persons["school_on"] = np.where(changed, day_number(month.first_day), NEVER)
    persons["school_known"] = np.where(changed, known_month("school", persons["number"], month, draws), NEVER)


def learn_of_school(register: Register, month: Month, facts: Facts) -> None:
    """Write what certificates tell this month."""
    persons = register.persons
    rows = np.flatnonzero(persons["school_known"] == month.index)
    home, name, since = (persons[column][rows] for column in ("home", "number", "school_on"))
    for column, old, new in (
        ("school_level", coded(persons["level"][rows], LEVELS), coded(persons["new_level"][rows], LEVELS)),
        ("enrolled", persons["enrolled"][rows], persons["new_enrolled"][rows]),
    ):
        differs = np.flatnonzero(np.asarray(old) != np.asarray(new))
        facts.add(
            "school", column, home[differs], name[differs], happened=since[differs], old=old[differs], new=new[differs]
        )
    persons["level"][rows], persons["enrolled"][rows] = persons["new_level"][rows], persons["new_enrolled"][rows]
    persons["school_on"][rows], persons["school_known"][rows] = NEVER, NEVER


def _moves(age: Ints, level: Ints, drawn: Floats) -> tuple[Flags, Flags]:
    """Who moves up to the next level, and who stays in the same one; the others leave school."""
    up, end = mapping("moving_up"), mapping("leaving_at_the_end")
    moves = np.zeros(len(age), np.bool_)
    leaves = np.zeros(len(age), np.bool_)
    for code, name, first in (
        (PRESCHOOL, "preschool", 6),
        (PRIMARY, "primary", 12),
        (LOWER_SECONDARY, "lower_secondary", 15),
        (UPPER_SECONDARY, "upper_secondary", 18),
        (VOCATIONAL, "vocational", 20),
        (HIGHER, "higher", 22),
    ):
        ready = (level == code) & (age >= first)
        moves |= ready & (drawn < up[name])
        leaves |= ready & (drawn >= up[name]) & (drawn < up[name] + end[name])
    return moves, ~moves & ~leaves


def _next_level(level: Ints, drawn: Floats) -> Ints:
    """The level above; from upper secondary some go to vocational training, the highest stays."""
    following = np.array([NONE, PRIMARY, LOWER_SECONDARY, UPPER_SECONDARY, HIGHER, VOCATIONAL, HIGHER])[level]
    training = (level == UPPER_SECONDARY) & (drawn < number("vocational_after_secondary"))
    return np.where(training, VOCATIONAL, following)


def _drop_out(level: Ints, sex: Ints, towns: Flags) -> Floats:
    """Chance of not coming back, by level, sex and milieu."""
    rates = mapping("drop_out")
    base = np.zeros(len(level))
    for code, name in (
        (PRESCHOOL, "preschool"),
        (PRIMARY, "primary"),
        (LOWER_SECONDARY, "lower_secondary"),
        (UPPER_SECONDARY, "upper_secondary"),
        (VOCATIONAL, "vocational"),
        (HIGHER, "higher"),
    ):
        base[level == code] = rates[name]
    girls = (sex == FEMALE) & ~towns & (level == LOWER_SECONDARY)
    return base * in_the_country("drop_out", towns) * np.where(girls, number("drop_out_of_rural_girls"), 1.0)
