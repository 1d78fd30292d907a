"""Deaths, some of which the register learns late, and what follows from them: widows, orphans, new heads, heirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from karama.population.assumptions import number
from karama.population.families import FEMALE, MALE, MARRIED, SINGLE, WIDOWED
from karama.population.life.facts import known_month
from karama.population.life.rates import ADULT, ages, alive, by_age_and_sex, happens, in_the_country, urban
from karama.population.register import (
    CHILD,
    HEAD,
    NEVER,
    OTHER,
    ROLES,
    SPOUSE,
    UNKNOWN,
    Register,
    coded,
    dates,
    day_number,
    take,
)
from karama.population.registration import GRANTS_SINCE

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.population.draws import Draws, Flags, Ints
    from karama.population.life.facts import Facts

_OLD = 60


def die(register: Register, month: Month, draws: Draws, facts: Facts) -> None:
    """Give those who die this month their day of death, and the month in which it is declared."""
    persons = register.persons
    chance = by_age_and_sex("deaths", np.maximum(ages(register, month), 0), persons["sex"])
    chance = chance * in_the_country("deaths", urban(register))
    husbands = (persons["sex"] == MALE) & (persons["marital"] == MARRIED) & (ages(register, month) < _OLD)
    chance = chance * np.where(husbands, number("deaths_of_husbands"), 1.0)
    living = alive(register) & (persons["birth"] < day_number(month.first_day))
    dies = np.flatnonzero(living & happens("death", register, month, chance, draws))
    keys = persons["number"][dies]
    length = (month.last_day - month.first_day).days + 1
    day = draws.below(f"death day/{month}", keys, np.full(len(dies), length))
    persons["death"][dies] = day_number(month.first_day) + day
    persons["death_known"][dies] = known_month("death", keys, month, draws)
    told = np.flatnonzero(persons["death_known"] == month.index)
    home, name, died = (persons[column][told] for column in ("home", "number", "death"))
    facts.add("death", "death_date", home, name, happened=died, old=None, new=dates(died))


def settle_deaths(register: Register, month: Month, draws: Draws, facts: Facts) -> None:
    """Draw the consequences of the deaths before this month that became known last month or this one.

    The surviving spouse is widowed, her children have lost their father, the heir heads the household.  The dead stay
    on the household's list in the month in which their death becomes known, and are struck off the month after.
    """
    persons = register.persons
    dead = (persons["death"] < day_number(month.first_day)) & (persons["death_known"] <= month.index)
    fresh = dead & ~persons["settled"]
    if fresh.any():
        persons["settled"] |= fresh
        _bereave(register, np.flatnonzero(fresh), month, draws, facts)
        headless = np.unique(persons["home"][fresh & (persons["role"] == HEAD)])
        hand_over(register, headless, listed=~dead, month=month, facts=facts)
        register.homes["touched"][register.find_homes(np.unique(persons["home"][fresh]))] = True
        close_empty_homes(register, month, facts)
    _strike_off(register, month)


def _strike_off(register: Register, month: Month) -> None:
    """Take the settled dead off the list; dead infants stay for the birth grant, which is due on the birth."""
    persons = register.persons
    settled = persons["settled"] & (persons["death_known"] < month.index)
    waiting = (persons["role"] == CHILD) & (persons["birth"] >= day_number(GRANTS_SINCE.first_day))
    gone = settled & ~waiting
    if gone.any():
        register.persons = take(persons, ~gone)


def _bereave(register: Register, dead: Ints, month: Month, draws: Draws, facts: Facts) -> None:
    """Widows and widowers, their children without father, and pensions that pass to widows."""
    persons = register.persons
    partner = persons["partner"][dead]
    paired = np.flatnonzero(partner != UNKNOWN)
    rows = register.find(partner[paired])
    died, paid = persons["death"][dead[paired]], persons["pension"][dead[paired]]
    left = (rows >= 0) & (persons["death"][rows] == NEVER)
    rows, died, paid = rows[left], died[left], paid[left]
    home, name = persons["home"][rows], persons["number"][rows]
    facts.add("widowhood", "marital_status", home, name, happened=died, old="married", new="widowed")
    persons["marital"][rows], persons["partner"][rows] = WIDOWED, UNKNOWN
    widows = persons["sex"][rows] == FEMALE
    _orphan(register, name[widows], died[widows], facts)
    heirs = widows & paid & (draws.uniform(f"reversion/{month}", name) < number("pension_passes_to_widow"))
    heirs &= ~persons["pension"][rows] & (persons["pension_known"][rows] == NEVER)
    persons["pension_on"][rows[heirs]] = died[heirs]
    persons["pension_known"][rows[heirs]] = known_month("pension", name[heirs], month, draws)


def _orphan(register: Register, widows: Ints, died: Ints, facts: Facts) -> None:
    """Unmarried children of these widows have lost their father."""
    persons = register.persons
    order = np.argsort(widows)
    place = np.minimum(np.searchsorted(widows[order], persons["mother"]), max(len(widows) - 1, 0))
    if not len(widows):
        return
    hers = (widows[order][place] == persons["mother"]) & (persons["marital"] == SINGLE) & ~persons["father_deceased"]
    rows = np.flatnonzero(hers)
    home, name = persons["home"][rows], persons["number"][rows]
    happened = died[order][place[rows]]
    facts.add("orphanhood", "father_deceased", home, name, happened=happened, old=False, new=True)
    persons["father_deceased"][rows] = True


def hand_over(register: Register, headless: Ints, *, listed: Flags, month: Month, facts: Facts) -> None:
    """Make the spouse head, or else the eldest adult; a new head's own spouse follows."""
    persons = register.persons
    rows = np.flatnonzero(np.isin(persons["home"], headless) & listed & (ages(register, month) >= ADULT))
    number_of, birth, home = (persons[name][rows] for name in ("number", "birth", "home"))
    order = rows[np.lexsort((number_of, birth, persons["role"][rows] != SPOUSE, home))]
    heirs = order[np.diff(persons["home"][order], prepend=-1) > 0]
    lost = np.isin(persons["home"], headless) & (persons["role"] == HEAD)
    role = np.where(lost, OTHER, persons["role"])
    role[heirs] = HEAD
    couple = np.isin(persons["number"], persons["partner"][heirs]) & listed
    role = np.where(couple & (role == OTHER), SPOUSE, role)
    changed = np.flatnonzero(role != persons["role"])
    homes, names = persons["home"][changed], persons["number"][changed]
    happened = np.full(len(changed), day_number(month.first_day))
    before, after = coded(persons["role"][changed], ROLES), coded(role[changed], ROLES)
    facts.add("new_head", "role", homes, names, happened=happened, old=before, new=after)
    persons["role"] = role


def close_empty_homes(register: Register, month: Month, facts: Facts) -> None:
    """Households without a head left (no adult) leave the register."""
    heads = register.rows()[register.persons["role"] == HEAD]
    kept = np.bincount(heads, minlength=len(register.homes["number"])) > 0
    if kept.all():
        return
    gone = register.homes["number"][~kept]
    happened = np.full(len(gone), day_number(month.first_day))
    facts.add("closure", "household_id", gone, None, happened=happened, old="registered", new=None)
    register.keep_homes(kept)
