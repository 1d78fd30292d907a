"""Births by mother's age and her unit's fertility; a child whose birth is declared late is unknown until then."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from karama.population.assumptions import mapping, number, table
from karama.population.families import FEMALE, MARRIED
from karama.population.life.facts import known_month
from karama.population.life.rates import ages, alive, by_age, happens
from karama.population.register import (
    CHILD,
    MEMBERS_NUMBERED,
    NEVER,
    OTHER,
    SPOUSE,
    UNKNOWN,
    Register,
    Table,
    dates,
    day_number,
    month_days,
    stack,
)
from karama.population.registration import PENDING, grant_claims
from karama.territory import people_margins

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.population.draws import Draws, Floats, Ints
    from karama.population.life.facts import Facts

_FIRST_MOTHER, _LAST_MOTHER = 15, 50
_SPACING_DAYS = 330


@cache
def cell_fertility() -> Floats:
    """Births per woman of each census cell (RGPH 2024) beside those of the country, within the assumed bounds."""
    women = people_margins().filter(pl.col("sex") == "F")
    rates = women["fertility_total_fertility_rate"].to_numpy().astype(np.float64)
    weight = women["population"].to_numpy().astype(np.float64)
    low, high = table("fertility_bounds")
    result: Floats = np.clip(rates / ((rates * weight).sum() / weight.sum()), low, high)
    return result


def give_birth(register: Register, month: Month, draws: Draws, facts: Facts) -> None:
    """Add the children born this month to married women, after their mother's former births."""
    persons = register.persons
    age = ages(register, month)
    wives = (persons["sex"] == FEMALE) & (persons["marital"] == MARRIED) & (persons["partner"] != UNKNOWN)
    able = wives & alive(register) & (age >= _FIRST_MOTHER) & (age < _LAST_MOTHER)
    by_milieu = mapping("births_by_milieu")
    level = cell_fertility()[register.homes["cell"]]
    level = level * np.where(register.homes["urban"], by_milieu["urban"], by_milieu["rural"])
    chance = by_age("births", age) * level[register.rows()]
    mothers = np.flatnonzero(able & happens("birth", register, month, chance, draws))
    last_birth, births = _former_births(persons, mothers)
    spaced = last_birth < day_number(month.first_day) - _SPACING_DAYS
    mothers, births = mothers[spaced], births[spaced]
    mothers, births = _with_free_number(register, mothers, births)
    if len(mothers):
        register.persons = stack([persons, _newborn(register, mothers, births, month, draws)])
        register.sort_persons()
    told = np.flatnonzero(register.persons["birth_known"] == month.index)
    home, name, born = (register.persons[column][told] for column in ("home", "number", "birth"))
    facts.add("birth", "birth_date", home, name, happened=born, old=None, new=dates(born))
    register.homes["touched"][register.find_homes(np.unique(home))] = True


def _with_free_number(register: Register, mothers: Ints, births: Ints) -> tuple[Ints, Ints]:
    """Mothers in whose household there is a number left for a member."""
    used = register.homes["members_numbered"][register.find_homes(register.persons["home"][mothers])]
    free = used < MEMBERS_NUMBERED - 10
    return mothers[free], births[free]


def _former_births(persons: Table, mothers: Ints) -> tuple[Ints, Ints]:
    """For each mother the day of her last birth and the number of her births."""
    numbers = persons["number"][mothers]
    order = np.argsort(numbers)
    ordered = numbers[order]
    children = np.flatnonzero(np.isin(persons["mother"], numbers))
    slot = order[np.searchsorted(ordered, persons["mother"][children])]
    last = np.full(len(mothers), -NEVER, np.int64)
    np.maximum.at(last, slot, persons["birth"][children])
    most = np.zeros(len(mothers), np.int64)
    np.maximum.at(most, slot, persons["live_order"][children])
    return last, most


def new_numbers(register: Register, homes: Ints) -> Ints:
    """Numbers for new members of these households (sorted, a household as often as it has new members)."""
    rows = register.find_homes(homes)
    turn = np.arange(len(homes)) - np.searchsorted(homes, homes)
    place = register.homes["members_numbered"][rows] + 1 + turn
    np.add.at(register.homes["members_numbered"], rows, 1)
    result: Ints = homes * MEMBERS_NUMBERED + place
    return result


def _newborn(register: Register, mothers: Ints, births: Ints, month: Month, draws: Draws) -> Table:
    """One row per birth; two births of one month in a household are numbered apart."""
    persons = register.persons
    home = persons["home"][mothers]
    numbers = new_numbers(register, home)
    length = (month.last_day - month.first_day).days + 1
    birth = day_number(month.first_day) + draws.below("birth day", numbers, np.full(len(numbers), length))
    known = known_month("birth", numbers, month, draws)
    own = persons["role"][mothers] <= SPOUSE
    # A grant is claimed for a child that the registry knows.
    claimed = grant_claims(birth, births + 1, numbers, draws)
    claimed = np.where(claimed < NEVER, np.maximum(claimed, month_days(known) + 2), NEVER)
    return blank_persons(persons, len(mothers)) | {
        "home": home,
        "number": numbers,
        "role": np.where(own, CHILD, OTHER),
        "sex": (draws.uniform("sex", numbers) < number("boys_share")).astype(np.int64),
        "birth": birth,
        "birth_known": known,
        "mother": persons["number"][mothers],
        "live_order": births + 1,
        "birth_order": births + 1,
        "grant_claim": claimed,
    }


def blank_persons(persons: Table, count: int) -> Table:
    """New rows of persons: unmarried, in the RNP, nothing known or pending."""
    blank: Table = {name: np.zeros(count, values.dtype) for name, values in persons.items()}
    never = ("death", "death_known", "grant_claim", *PENDING)
    unknown = ("mother", "partner", "live_order", "birth_order")
    return (
        blank
        | {name: np.full(count, NEVER, np.int64) for name in never}
        | {name: np.full(count, UNKNOWN, np.int64) for name in unknown}
        | {name: np.ones(count, np.bool_) for name in ("in_rnp", "public")}
    )
