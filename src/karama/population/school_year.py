"""September: pupils move up, leave school or enter it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from karama.population.assumptions import mapping, number
from karama.population.events import ages
from karama.population.families import SINGLE
from karama.population.register import NEVER
from karama.population.schooling import HIGHER, LOWER_SECONDARY, NONE, PRESCHOOL, PRIMARY, UPPER_SECONDARY, VOCATIONAL

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.population.draws import Draws, Flags, Floats, Ints
    from karama.population.register import Register

SEPTEMBER = 9

_SCHOOL_AGE, _LATEST_ENTRY = 6, 7


def start_school_year(register: Register, month: Month, draws: Draws) -> None:
    """Give every person of school age the level attended from this September, by age and level of the year before.

    Args:
        register: changed in place.
        month: a September.
        draws: of the seed.
    """
    persons = register.persons
    age = ages(register, month)
    concerned = (persons["marital"] == SINGLE) & (persons["death"] == NEVER) & (age >= 4) & (age <= 26)  # noqa: PLR2004
    drawn = draws.uniform(f"school/{month}", persons["number"])
    rural = ~register.homes["urban"][register.rows()]
    level, enrolled = persons["level"], persons["enrolled"]
    moves, stays = _moves(age, level, drawn)
    pupil = concerned & enrolled
    goes_up = pupil & moves
    leaves = pupil & ~moves & ~stays
    leaves |= pupil & (draws.uniform(f"drop-out/{month}", persons["number"]) < _drop_out(age, rural))
    chance = np.where(age < _SCHOOL_AGE, number("preschool_entry"), number("school_entry"))
    enters = concerned & ~enrolled & (age <= _LATEST_ENTRY) & (drawn < chance)
    persons["level"] = np.where(goes_up & ~leaves, _next_level(level, drawn), level)
    persons["level"] = np.where(enters, np.where(age >= _SCHOOL_AGE, PRIMARY, PRESCHOOL), persons["level"])
    persons["enrolled"] = (enrolled & ~leaves) | enters


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


def _drop_out(age: Ints, rural: Flags) -> Floats:
    """Chance of not coming back, by age and milieu."""
    rates = mapping("drop_out")
    base = np.where(age < 12, rates["under_12"], np.where(age < 15, rates["12_to_14"], rates["15_and_over"]))  # noqa: PLR2004
    return base * np.where(rural, rates["rural_factor"], 1.0)
