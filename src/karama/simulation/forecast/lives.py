"""The coming year of the persons of a state: births, deaths, unions, departures, disabilities, jobs, pensions.

Chances are those of `karama.population.life` by age, sex and milieu, with the levels and trends of ``rates``.  Every
draw depends on the seed, the event, the year and the person's key only: futures that differ in one assumption differ
for those whom it concerns, and a longer run begins with the shorter one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from karama.law.inputs import MARITAL_STATUSES, ROLES
from karama.population.register import NEVER, month_days
from karama.population.registration import grant_claims
from karama.simulation.forecast.agenda import MONTHS_A_YEAR, Agenda, befalls, within_a_year
from karama.simulation.forecast.state import NOWHERE, blank, day

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.population.draws import Draws, Floats, Ints
    from karama.simulation.forecast.assumed import Rates
    from karama.simulation.forecast.state import Array, Columns, Flags, Rows, State

HEAD, SPOUSE, CHILD, OTHER = (ROLES.index(name) for name in ("head", "spouse", "child", "other"))
KAFALA = ROLES.index("kafala_child")
SINGLE, MARRIED, DIVORCED, WIDOWED = (
    MARITAL_STATUSES.index(name) for name in ("single", "married", "divorced", "widowed")
)
FEMALE, MALE = 0, 1
RURAL = 1
_YEAR = 365.2425
_GROUPS, _GROUP_YEARS = 16, 5
_ADULT, _OLD = 18, 60
_FIRST_MOTHER, _LAST_MOTHER = 15, 49
_SPACING_DAYS = 330
_COUNTED = 21


@dataclass
class Year:
    """Twelve months from a start, and the persons as they stand at it."""

    state: State
    start: Month
    rates: Rates
    draws: Draws
    years_passed: int

    @cached_property
    def age(self) -> Array:
        """Completed years of each person in the middle of the twelve months."""
        middle = day((self.start + MONTHS_A_YEAR // 2).first_day)
        birth = self.state.persons["birth_date"]
        age: Array = np.clip((middle - birth.astype(np.float32)) / _YEAR, 0, 120).astype(np.int16)
        return age

    @cached_property
    def there(self) -> Flags:
        """Living members of a household, born before the start."""
        persons = self.state.persons
        born = persons["birth_date"] < day(self.start.first_day)
        return (persons["home"] >= 0) & (persons["death_date"] >= NEVER) & born

    def group(self, rows: Rows) -> Array:
        """The census age group of each of these persons."""
        group: Array = np.minimum(self.age[rows] // _GROUP_YEARS, _GROUPS - 1)
        return group

    def rural(self, rows: Rows) -> Flags:
        """Whether each of these persons lives in the country."""
        homes = self.state.homes
        result: Flags = homes["milieu"][self.state.persons["home"][rows]] == RURAL
        return result

    def draw_of(self, rows: Rows) -> Array:
        """The future in which each of these persons lives."""
        result: Array = self.state.homes["draw"][self.state.persons["home"][rows]]
        return result

    def in_the_country(self, name: str, rows: Rows) -> Floats:
        """The factor of rural households for an event."""
        return np.where(self.rural(rows), self.rates.mapping("rural_factors")[name], 1.0)

    def level(self, name: str, rows: Rows) -> Floats:
        """An uncertain factor in each person's future."""
        return self.rates.level(name, self.draw_of(rows))

    def happens(self, name: str, rows: Rows, rate: Floats) -> tuple[Rows, Rows]:
        """Rows of those whom a yearly rate befalls, and the month of each (counted from year 0)."""
        keys = self.state.persons["key"][rows]
        found, when = befalls(self.draws, f"{name}/{self.start}", keys, within_a_year(rate))
        return rows[found], when + self.start.index


def plan_year(year: Year, agenda: Agenda) -> None:
    """Draw the coming twelve months of everybody."""
    _deaths(year, agenda)
    _divorces(year, agenda)
    _departures(year, agenda)
    _disabilities(year, agenda)
    _jobs(year, agenda)
    _pensions(year, agenda)
    newborn = _births(year)
    wives = _weddings(year, agenda, first_wife=len(year.there) + len(newborn["home"]))
    year.state.add_persons(newborn)
    if wives:
        year.state.add_persons(wives)


def _day_in(year: Year, purpose: str, keys: Array, months: Rows) -> Ints:
    """A day of each month."""
    first = month_days(months)
    return first + year.draws.below(purpose, keys, month_days(months + 1) - first)


def _deaths(year: Year, agenda: Agenda) -> None:
    """Write the days of death; what follows from them comes the month after."""
    persons = year.state.persons
    rows = np.flatnonzero(year.there)
    group, sex = year.group(rows), persons["sex"][rows]
    rate = np.where(sex == MALE, year.rates.table("deaths_men")[group], year.rates.table("deaths_women")[group])
    rate *= year.in_the_country("deaths", rows)
    husbands = (sex == MALE) & (persons["marital_status"][rows] == MARRIED) & (year.age[rows] < _OLD)
    rate *= np.where(husbands, year.rates.number("deaths_of_husbands"), 1.0) * year.level("deaths_level", rows)
    dies, when = year.happens("death", rows, rate)
    persons["death_date"][dies] = _day_in(year, f"death day/{year.start}", persons["key"][dies], when)
    agenda.add("bereavement", when + 1, rows=dies)


def _births(year: Year) -> Columns:
    """The children to be born to married women who live then."""
    persons = year.state.persons
    able = (persons["sex"] == FEMALE) & (persons["marital_status"] == MARRIED) & (persons["home"] >= 0)
    able &= (year.age >= _FIRST_MOTHER) & (year.age <= _LAST_MOTHER) & (persons["birth_date"] < NEVER)
    rows = np.flatnonzero(able)
    by_milieu = year.rates.mapping("births_by_milieu")
    rate = year.rates.table("births")[year.group(rows)] * np.where(
        year.rural(rows), by_milieu["rural"], by_milieu["urban"]
    )
    trend = (1 + year.level("births_trend", rows)) ** (year.years_passed + 0.5)
    # A year's births are fewer than the monthly chances add up to, since a birth is followed by months without.
    mothers, when = year.happens("birth", rows, rate * year.level("births_level", rows) * trend)
    birth = _day_in(year, f"birth day/{year.start}", persons["key"][mothers], when)
    last = _last_births(year)[mothers]
    lives = (persons["death_date"][mothers] > birth) & (birth - last >= _SPACING_DAYS)
    return _newborn(year, mothers[lives], birth[lives])


def _last_births(year: Year) -> Ints:
    """Day of each woman's last birth among recent ones."""
    persons = year.state.persons
    last = np.full(len(persons["home"]), -NEVER, np.int64)
    recent = persons["birth_date"] > day(year.start.first_day) - _SPACING_DAYS - 1
    children = np.flatnonzero(recent & (persons["mother_id"] >= 0))
    np.maximum.at(last, persons["mother_id"][children], persons["birth_date"][children])
    return last


def _newborn(year: Year, mothers: Rows, birth: Ints) -> Columns:
    """One row per birth."""
    persons = year.state.persons
    rows = blank(persons, len(mothers), year.state.inputs)
    keys = new_keys(year, "newborn", persons["key"][mothers])
    order = persons["births"][mothers].astype(np.int64) + 1
    persons["births"][mothers] = np.minimum(order, np.iinfo(np.int8).max)
    boys = year.draws.uniform("sex", keys) < year.rates.number("boys_share")
    own = persons["role"][mothers] <= SPOUSE
    rows |= {
        "home": persons["home"][mothers],
        "key": keys,
        "role": np.where(own, CHILD, OTHER),
        "sex": boys.astype(np.int8),
        "birth_date": birth,
        "marital_status": np.full(len(mothers), SINGLE),
        "mother_id": mothers,
        "live_birth_order": order,
        "birth_order": order,
        "birth_grant_claim_date": grant_claims(birth, order, keys, year.draws),
    }
    return rows


def new_keys(year: Year, purpose: str, keys: Array) -> Ints:
    """Keys of persons or households that come of others, the same in every future."""
    return (year.draws.bits(f"{purpose}/{year.start}", keys) >> np.uint64(2)).astype(np.int64)


def _weddings(year: Year, agenda: Agenda, first_wife: int) -> Columns | None:
    """Daughters leave; sons bring a wife, some of them into a household of their own."""
    persons = year.state.persons
    single = year.there & (persons["marital_status"] != MARRIED) & (persons["marital_status"] >= 0)
    rows = np.flatnonzero(single & (year.age >= _ADULT))
    group, sex = year.group(rows), persons["sex"][rows]
    men, women = year.rates.table("marriages_men"), year.rates.table("marriages_women")
    rate = np.where(sex == MALE, men[group], women[group]) * year.in_the_country("marriages", rows)
    again = persons["marital_status"][rows] != SINGLE
    rate *= np.where(again, year.rates.number("remarriage_factor"), 1.0) * year.level("marriages_level", rows)
    weds, when = year.happens("marriage", rows, rate)
    brides = (persons["sex"][weds] == FEMALE) & (persons["role"][weds] != HEAD)
    agenda.add("departure", when[brides], rows=weds[brides])
    grooms = persons["sex"][weds] == MALE
    return _found_homes(year, agenda, weds[grooms], when[grooms], first_wife) if grooms.any() else None


def _found_homes(year: Year, agenda: Agenda, grooms: Rows, when: Rows, first_wife: int) -> Columns:
    """Wives for the grooms, and households for some; returns the wives' rows."""
    state, persons = year.state, year.state.persons
    keys = persons["key"][grooms]
    own = persons["role"][grooms] != HEAD
    own &= year.draws.uniform("own home", keys) < year.rates.number("couple_forms_household")
    homes = np.full(len(grooms), NOWHERE, np.int64)
    homes[own] = state.households + np.arange(int(own.sum()))
    delay = year.draws.below(
        "entry delay", keys[own], np.full(int(own.sum()), int(year.rates.number("entry_delay_months")))
    )
    parents = persons["home"][grooms[own]]
    state.add_homes(
        copied_homes(state, parents, new_keys(year, "home", keys[own]), when[own] + delay, parents_score=True)
    )
    wives = blank(persons, len(grooms), state.inputs)
    gap = year.draws.below("age gap", keys, np.full(len(keys), int(year.rates.number("bride_younger_by_up_to_days"))))
    youngest = month_days(when) - _ADULT * 366
    wives |= {
        "key": new_keys(year, "wife", keys),
        "role": np.full(len(grooms), OTHER),
        "sex": np.full(len(grooms), FEMALE),
        "birth_date": np.minimum(persons["birth_date"][grooms] + gap, youngest),
        "marital_status": np.full(len(grooms), MARRIED),
    }
    agenda.add("wedding", when, grooms=grooms, wives=first_wife + np.arange(len(grooms)), homes=homes)
    return wives


def copied_homes(state: State, parents: Rows, keys: Array, entered: Rows, *, parents_score: bool) -> Columns:
    """Households like their parents' at the door of the register: no claim yet, no ground of refusal of their own."""
    rows = {name: values[parents] for name, values in state.homes.items()}
    rows |= {"key": keys, "entered": entered}
    new: dict[str, Array] = {
        "claim_month": np.full(len(parents), NEVER),
        "previous_score": np.full(len(parents), -1),
        "score_effective_from": month_days(entered),
        "score": state.homes["level"][parents] if parents_score else rows.get("score", parents),
    }
    for name in ("other_family_allowance", "state_pay", "pension", "fonds_entraide_familiale"):
        new[name] = np.zeros(len(parents), np.bool_)
    return rows | {name: values for name, values in new.items() if name in rows}


def _divorces(year: Year, agenda: Agenda) -> None:
    """Marriages of heads that end, by the wife's age."""
    persons = year.state.persons
    wives = year.there & (persons["sex"] == FEMALE) & (persons["marital_status"] == MARRIED)
    rows = np.flatnonzero(wives & (persons["role"] <= SPOUSE))
    rate = year.rates.table("divorces")[year.group(rows)] * year.in_the_country("divorces", rows)
    hers, when = year.happens("divorce", rows, rate)
    agenda.add("divorce", when, rows=hers)


def _departures(year: Year, agenda: Agenda) -> None:
    """Grown unmarried children who leave, and old persons who live alone and join relatives."""
    persons, homes = year.state.persons, year.state.homes
    children = (persons["role"] == CHILD) & (persons["marital_status"] == SINGLE) & (year.age >= _COUNTED)
    rows = np.flatnonzero(year.there & children)
    rate = year.rates.table("departures")[year.group(rows)] * year.in_the_country("departures", rows)
    leaves, when = year.happens("departure", rows, rate * year.level("departures_level", rows))
    agenda.add("departure", when, rows=leaves)
    size = np.bincount(persons["home"][year.there], minlength=len(homes["key"]))
    old = np.flatnonzero(year.there & (year.age >= _OLD))
    old = old[size[persons["home"][old]] == 1]
    joins, when = year.happens("joining", old, year.rates.table("aged_alone_join_family")[year.group(old)])
    agenda.add("departure", when, rows=joins)


def _disabilities(year: Year, agenda: Agenda) -> None:
    """Severe disabilities that begin among children of the family, whatever their age."""
    persons = year.state.persons
    of_family = (persons["role"] == CHILD) | (persons["role"] == KAFALA)
    rows = np.flatnonzero(year.there & of_family & ~persons["severe_disability"])
    rate = year.rates.number("severe_disability_onset") * year.rates.table("severe_disability_by_age")[year.group(rows)]
    rate = rate * year.in_the_country("disability", rows) * year.level("disability_level", rows)
    begins, when = year.happens("disability", rows, rate)
    agenda.add("disability", when, rows=begins)


def _jobs(year: Year, agenda: Agenda) -> None:
    """Declared jobs of heads and spouses with a child, which bring or end a family allowance."""
    persons = year.state.persons
    rates = year.rates.mapping("declared_jobs_a_month")
    young = year.there & (year.age < _COUNTED) & ((persons["role"] == CHILD) | (persons["role"] == KAFALA))
    with_child = np.zeros(year.state.households + 1, np.bool_)
    with_child[persons["home"][young]] = True
    couple = year.there & (persons["role"] <= SPOUSE)
    paid = persons["receives_family_allowance"]
    of_age = (year.age >= _ADULT) & (year.age < _OLD)
    rows = np.flatnonzero(couple & of_age & ~paid & ~persons["receives_pension"] & with_child[persons["home"]])
    share = year.rates.mapping("salaried_share")
    salaried = np.where(persons["sex"][rows] == MALE, share["men"], share["women"])
    rate = MONTHS_A_YEAR * rates["start"] * salaried * year.in_the_country("jobs", rows)
    starts, when = year.happens("job", rows, rate * year.level("jobs_level", rows))
    agenda.add("job", when, rows=starts, paid=np.ones(len(starts), np.bool_))
    rows = np.flatnonzero(couple & paid)
    rate = np.where(with_child[persons["home"][rows]], MONTHS_A_YEAR * rates["end"], np.inf * (rates["end"] > 0))
    ends, when = year.happens("job end", rows, np.nan_to_num(rate, posinf=50.0))
    agenda.add("job", when, rows=ends, paid=np.zeros(len(ends), np.bool_))


def _pensions(year: Year, agenda: Agenda) -> None:
    """Pensions that start at the age of retirement."""
    persons = year.state.persons
    first, last = year.rates.table("pension_ages")
    chances, share = year.rates.mapping("pensions_a_month"), year.rates.mapping("salaried_share")
    rows = np.flatnonzero(year.there & (year.age >= first) & (year.age <= last) & ~persons["receives_pension"])
    formal = persons["receives_family_allowance"][rows] | persons["receives_state_pay"][rows]
    salaried = np.where(persons["sex"][rows] == MALE, share["men"], share["women"])
    others = chances["others"] + salaried * (chances["salaried"] - chances["others"])
    rate = MONTHS_A_YEAR * np.where(formal, chances["formal"], others) * year.in_the_country("jobs", rows)
    starts, when = year.happens("pension", rows, rate * year.level("pensions_level", rows))
    agenda.add("pension", when, rows=starts)
