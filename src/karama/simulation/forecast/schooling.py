"""September: who enters school, moves up, stays or drops out, by age and level of the year before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from karama.law.inputs import SCHOOL_LEVELS
from karama.population.register import NEVER
from karama.simulation.forecast.lives import FEMALE, RURAL, SINGLE
from karama.simulation.forecast.state import day

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.population.draws import Draws, Floats
    from karama.simulation.forecast.assumed import Rates
    from karama.simulation.forecast.state import Array, Flags, Rows, State

SEPTEMBER = 9
_YOUNGEST, _OLDEST, _SCHOOL_AGE, _LATEST_ENTRY = 4, 26, 6, 7
_READY_AT = {
    "preschool": 6,
    "primary": 12,
    "lower_secondary": 15,
    "upper_secondary": 18,
    "vocational": 20,
    "higher": 22,
}
_ABOVE = {
    "none": "none",
    "preschool": "primary",
    "primary": "lower_secondary",
    "lower_secondary": "upper_secondary",
    "upper_secondary": "higher",
    "vocational": "vocational",
    "higher": "higher",
}
"""The level after each; some go from upper secondary to vocational training instead."""


def start_school_year(state: State, month: Month, rates: Rates, draws: Draws) -> Flags:
    """Give everybody of school age the level attended from this September; returns the households touched."""
    persons = state.persons
    rows = _of_school_age(state, month)
    level, enrolled = persons["school_level"][rows].astype(np.int64), persons["enrolled"][rows]
    age = ((day(month.first_day) - persons["birth_date"][rows]) / 365.2425).astype(np.int16)
    keys = persons["key"][rows]
    drawn = draws.uniform(f"school/{month}", keys)
    up, leaves = _moves(level, age, drawn, rates)
    drop_out = _drop_out(state, rows, level, rates)
    leaves = enrolled & (leaves | (draws.uniform(f"drop-out/{month}", keys) < drop_out))
    chance = np.where(age < _SCHOOL_AGE, rates.number("preschool_entry"), rates.number("school_entry"))
    enters = ~enrolled & (age <= _LATEST_ENTRY) & (drawn < chance)
    level = np.where(enrolled & up & ~leaves, _next(level, drawn, rates), level)
    entry = np.where(age >= _SCHOOL_AGE, SCHOOL_LEVELS.index("primary"), SCHOOL_LEVELS.index("preschool"))
    level = np.where(enters, entry, level)
    now = (enrolled & ~leaves) | enters
    changed = (level != persons["school_level"][rows]) | (now != enrolled)
    persons["school_level"][rows], persons["enrolled"][rows] = level, now
    touched = np.zeros(state.households, np.bool_)
    touched[persons["home"][rows[changed]]] = True
    return touched


def _of_school_age(state: State, month: Month) -> Rows:
    persons = state.persons
    oldest, youngest = ((month - 12 * years).first_day for years in (_OLDEST + 1, _YOUNGEST))
    birth = persons["birth_date"]
    concerned = (birth > day(oldest)) & (birth <= day(youngest)) & (persons["home"] >= 0)
    concerned &= (persons["death_date"] >= NEVER) & (persons["marital_status"] == SINGLE)
    return np.flatnonzero(concerned)


def _moves(level: Array, age: Array, drawn: Floats, rates: Rates) -> tuple[Flags, Flags]:
    """Who moves up, and who leaves at the end of a level; the others stay in it."""
    up, end = rates.mapping("moving_up"), rates.mapping("leaving_at_the_end")
    ready = np.array([_READY_AT.get(name, 200) for name in SCHOOL_LEVELS])[level] <= age
    moves = np.array([up.get(name, 0.0) for name in SCHOOL_LEVELS])[level]
    ends = np.array([end.get(name, 0.0) for name in SCHOOL_LEVELS])[level]
    return ready & (drawn < moves), ready & (drawn >= moves) & (drawn < moves + ends)


def _next(level: Array, drawn: Floats, rates: Rates) -> Array:
    following = np.array([SCHOOL_LEVELS.index(_ABOVE[name]) for name in SCHOOL_LEVELS])[level]
    training = level == SCHOOL_LEVELS.index("upper_secondary")
    training &= drawn < rates.number("vocational_after_secondary")
    return np.where(training, SCHOOL_LEVELS.index("vocational"), following)


def _drop_out(state: State, rows: Rows, level: Array, rates: Rates) -> Floats:
    """Chance of not coming back, by level, sex and milieu."""
    by_level = rates.mapping("drop_out")
    base = np.array([by_level.get(name, 0.0) for name in SCHOOL_LEVELS])[level]
    home = state.persons["home"][rows]
    rural = state.homes["milieu"][home] == RURAL
    girls = (state.persons["sex"][rows] == FEMALE) & rural & (level == SCHOOL_LEVELS.index("lower_secondary"))
    factor = np.where(rural, rates.mapping("rural_factors")["drop_out"], 1.0)
    factor = factor * np.where(girls, rates.number("drop_out_of_rural_girls"), 1.0)
    return base * factor * rates.level("drop_out_level", state.homes["draw"][home])
