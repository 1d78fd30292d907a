"""What happens in a month to the cells of a register, from the yearly rates of its persons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karama.population.draws import Draws
from karama.simulation.forecast import lives
from karama.simulation.forecast.agenda import MONTHS_A_YEAR, within_a_year
from karama.simulation.forecast.cohort.cells import AGES, CELLS, COUPLE, LAST_MOTHER, NONE
from karama.simulation.forecast.lives import Year

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.population.draws import Floats
    from karama.simulation.forecast.assumed import Rates
    from karama.simulation.forecast.cohort.cells import Counted
    from karama.simulation.forecast.state import Array, Flags, State

_ADULT, _OLDEST, _MEMBERS = 18, 110, 6


@dataclass(frozen=True)
class Profile:
    """What the cells of the register tell: rates a month by age of the youngest child, and amounts of a month."""

    births: Floats
    jobs: Floats
    pensions: Floats
    past_births: float
    closing: Floats
    leaving: Floats
    weddings: float
    newlywed: float


def profile_of(state: State, counted: Counted, start: Month, months: int, rates: Rates) -> Profile:
    """Rates a month of the register's cells, from the yearly rates of its persons."""
    year = Year(state, start + 1, rates, Draws(0), 0)
    persons, youngest = state.persons, counted.youngest
    number = np.bincount(youngest, minlength=CELLS)

    def by_cell(rows: Array, rate: Floats) -> Floats:
        summed = np.bincount(youngest[persons["home"][rows]], weights=rate, minlength=CELLS)
        smooth = summed / np.maximum(number, 1) / MONTHS_A_YEAR
        return _by_year(smooth, number)

    wives = year.there & (persons["sex"] == lives.FEMALE) & (persons["marital_status"] == lives.MARRIED)
    mothers = np.flatnonzero(wives & (year.age >= 15) & (year.age < 50) & (persons["role"] <= lives.SPOUSE))  # noqa: PLR2004
    milieu = rates.mapping("births_by_milieu")
    fertility = rates.table("births")[year.group(mothers)]
    fertility = fertility * np.where(year.rural(mothers), milieu["rural"], milieu["urban"])
    couple = year.there & (persons["role"] <= lives.SPOUSE)
    jobs = rates.mapping("declared_jobs_a_month")["start"] * MONTHS_A_YEAR
    share = rates.mapping("salaried_share")
    salaried = np.where(persons["sex"] == lives.MALE, share["men"], share["women"])
    workers = np.flatnonzero(couple & (year.age >= 18) & (year.age < 60) & ~persons["receives_family_allowance"])  # noqa: PLR2004
    started = jobs * salaried[workers] * year.in_the_country("jobs", workers)
    retiring = np.flatnonzero(couple & (year.age >= 60) & (year.age <= 64) & ~persons["receives_pension"])  # noqa: PLR2004
    chances = rates.mapping("pensions_a_month")
    pension = chances["others"] + salaried[retiring] * (chances["salaried"] - chances["others"])
    pension = pension * MONTHS_A_YEAR * year.in_the_country("jobs", retiring)
    started_by = by_cell(workers, started)
    started_by[NONE:] = 0
    births = by_cell(mothers, fertility)
    births[:11] = 0
    last = mothers[(youngest[persons["home"][mothers]] == COUPLE) & (year.age[mothers] == LAST_MOTHER - 1)]
    past = len(last) / max(number[COUPLE], 1) / MONTHS_A_YEAR
    return Profile(births, started_by, by_cell(retiring, pension), past, *_leaving(year, youngest == NONE, months))


def _by_year(values: Floats, number: Array) -> Floats:
    """Averages over years of age of the youngest child, so that small cells do not matter."""
    result = values.copy()
    for first in range(0, AGES, MONTHS_A_YEAR):
        part = slice(first, first + MONTHS_A_YEAR)
        result[part] = (values[part] * number[part]).sum() / max(number[part].sum(), 1)
    return result


def _leaving(year: Year, childless: Flags, months: int) -> tuple[Floats, Floats, float, float]:
    """Childless households that close in each month, departure of children by age, and households of new couples.

    Returns:
        The closings, the departures a month by age in months, the households that couples found in a month, and the
        births a month of a new couple.
    """
    state, persons, rates = year.state, year.state.persons, year.rates
    boys = rates.number("boys_share")
    going = rates.table("marriages_women") * (1 - boys)
    # Sons who marry leave their parents for a household of their own, or stay with them.
    going = going + rates.table("marriages_men") * boys * rates.number("couple_forms_household")
    dead = boys * rates.table("deaths_men") + (1 - boys) * rates.table("deaths_women")
    leaving = np.zeros(AGES)
    for age in range(AGES):
        leaving[age] = (dead[age // 60] + going[age // 60] * (age >= _ADULT * MONTHS_A_YEAR)) / MONTHS_A_YEAR
    grooms = year.there & (persons["sex"] == lives.MALE) & (persons["marital_status"] != lives.MARRIED)
    rows = np.flatnonzero(grooms & (year.age >= _ADULT) & (persons["role"] != lives.HEAD))
    rate = within_a_year(rates.table("marriages_men")[year.group(rows)] * year.in_the_country("marriages", rows))
    weddings = float(rate.sum()) * rates.number("couple_forms_household") / MONTHS_A_YEAR
    gap = rates.number("bride_younger_by_up_to_days") / 2 / 365.25
    brides = np.clip(year.age[rows] - gap, _ADULT, None).astype(np.int64) // 5
    milieu = rates.mapping("births_by_milieu")
    fertility = rates.table("births")[np.minimum(brides, 15)]
    fertility = fertility * np.where(year.rural(rows), milieu["rural"], milieu["urban"])
    newlywed = float((fertility * rate).sum()) / max(float(rate.sum()), 1e-12) / MONTHS_A_YEAR
    return _closings(state, year, childless, months), leaving, weddings, newlywed


def _closings(state: State, year: Year, childless: Flags, months: int) -> Floats:
    """Childless households that close each month: persons alone who die or join relatives; couples become alone.

    Households stand by their members (six and more together) and the age of their eldest; they grow older and smaller.
    """
    persons, rates = state.persons, year.rates
    size = np.bincount(persons["home"][year.there], minlength=state.households)
    rows = np.flatnonzero(year.there & childless[persons["home"]])
    eldest = np.zeros(state.households, np.int64)
    np.maximum.at(eldest, persons["home"][rows], np.minimum(year.age[rows], _OLDEST))
    held = np.zeros((_MEMBERS + 1, _OLDEST + 1))
    np.add.at(held, (np.minimum(size[childless], _MEMBERS), eldest[childless]), 1.0)
    gone = _departing(year, rows)
    shrinking = np.bincount(np.minimum(size[persons["home"][rows]], _MEMBERS), weights=gone, minlength=_MEMBERS + 1)
    shrinking = shrinking / np.maximum(held.sum(axis=1), 1) / MONTHS_A_YEAR
    shrinking[:2] = 0
    group = np.minimum(np.arange(_OLDEST + 1) // 5, 15)
    rural = float((state.homes["milieu"][childless] == lives.RURAL).mean())
    country = 1 + rural * (rates.mapping("rural_factors")["deaths"] - 1)
    dying = (rates.table("deaths_men") + rates.table("deaths_women"))[group] / 2 * country / MONTHS_A_YEAR
    joining = rates.table("aged_alone_join_family")[group] / MONTHS_A_YEAR
    closed = np.zeros(months)
    for month in range(months):
        going = held[1] * (dying + joining)
        closed[month] = going.sum()
        held[1] -= going
        for members in range(2, _MEMBERS + 1):
            fewer = held[members] * np.minimum(shrinking[members] + (2 if members == 2 else 1) * dying, 1)  # noqa: PLR2004 - a couple
            held[members] -= fewer
            held[members - 1] += fewer
        if month % MONTHS_A_YEAR == MONTHS_A_YEAR - 1:
            held = np.hstack([np.zeros((_MEMBERS + 1, 1)), held[:, :-1]])
    return closed


def _departing(year: Year, rows: Array) -> Floats:
    """The yearly rate at which each person leaves: grown children, brides, grooms with a home of their own."""
    persons, rates = year.state.persons, year.rates
    group, role, sex = year.group(rows), persons["role"][rows], persons["sex"][rows]
    free = (persons["marital_status"][rows] != lives.MARRIED) & (role != lives.HEAD) & (year.age[rows] >= _ADULT)
    own = rates.number("couple_forms_household")
    wedding = np.where(
        sex == lives.MALE, own * rates.table("marriages_men")[group], rates.table("marriages_women")[group]
    )
    single = (role == lives.CHILD) & (persons["marital_status"][rows] == lives.SINGLE)
    departure = rates.table("departures")[group] * single * year.in_the_country("departures", rows)
    result: Floats = departure + wedding * free * year.in_the_country("marriages", rows)
    return result
