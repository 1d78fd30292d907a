"""Ages, and the chance of an event in one month from yearly rates by age, sex and milieu."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from karama.population.assumptions import mapping, table
from karama.population.families import MALE
from karama.population.register import NEVER, day_number

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.population.draws import Draws, Flags, Floats, Ints
    from karama.population.register import Register

MONTHS_A_YEAR = 12
ADULT = 18
_OLDEST = 130


def ages(register: Register, month: Month) -> Ints:
    """Completed years of each person on the first day of the month."""
    # The first of a month exists in every year: whoever was born by it, so many years ago, is as many years old.
    birthdays = [day_number(month.first_day.replace(year=month.year - years)) for years in range(_OLDEST, -1, -1)]
    reached = np.searchsorted(np.array(birthdays), register.persons["birth"], side="left")
    return (_OLDEST - reached).astype(np.int64)


def alive(register: Register) -> Flags:
    """Persons who live, whether or not the register knows of a death."""
    result: Flags = register.persons["death"] == NEVER
    return result


def urban(register: Register) -> Flags:
    """For each person whether the household lives in a town."""
    result: Flags = register.homes["urban"][register.rows()]
    return result


def by_age(name: str, age: Ints) -> Floats:
    """Monthly chance from a yearly table of the sixteen age groups."""
    yearly = table(name)
    return yearly[np.clip(age // 5, 0, len(yearly) - 1)] / MONTHS_A_YEAR


def by_age_and_sex(name: str, age: Ints, sex: Ints) -> Floats:
    """The same from two tables, ``NAME_men`` and ``NAME_women``."""
    return np.where(sex == MALE, by_age(f"{name}_men", age), by_age(f"{name}_women", age))


def in_the_country(name: str, towns: Flags) -> Floats:
    """A factor by milieu: one in towns, the assumption's in the country."""
    return np.where(towns, 1.0, mapping("rural_factors")[name])


def happens(name: str, register: Register, month: Month, chance: Floats, draws: Draws) -> Flags:
    """Whom the event befalls this month."""
    result: Flags = draws.uniform(f"{name}/{month}", register.persons["number"]) < chance
    return result


def day_of_last_month(name: str, keys: Ints, month: Month, draws: Draws) -> Ints:
    """A day after the first of the month before, up to the first of this month: it counts from this month on."""
    before, first = day_number((month - 1).first_day), day_number(month.first_day)
    return before + 1 + draws.below(f"{name} day/{month}", keys, np.full(len(keys), first - before))
