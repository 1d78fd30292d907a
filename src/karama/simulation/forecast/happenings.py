"""What a month does to a state: the agenda's events take place, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karama.population.register import NEVER
from karama.simulation.forecast.lives import (
    CHILD,
    DIVORCED,
    FEMALE,
    HEAD,
    KAFALA,
    MALE,
    MARRIED,
    OTHER,
    SINGLE,
    SPOUSE,
    WIDOWED,
)
from karama.simulation.forecast.state import NOWHERE, day

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.population.draws import Draws
    from karama.simulation.forecast.agenda import Agenda
    from karama.simulation.forecast.assumed import Rates
    from karama.simulation.forecast.state import Array, Flags, Rows, State

_ADULT_DAYS = 18 * 365.2425


@dataclass(frozen=True, slots=True)
class Moment:
    """A month of a state, what is due in it, and the households touched so far (one more flag stands for nowhere)."""

    state: State
    month: Month
    agenda: Agenda
    rates: Rates
    draws: Draws
    touched: Flags


def take_place(state: State, month: Month, agenda: Agenda, rates: Rates, draws: Draws) -> Flags:
    """Let the events of the month happen; returns the households touched."""
    now = Moment(state, month, agenda, rates, draws, np.zeros(state.households + 1, np.bool_))
    for happen in (_bereavements, _divorces, _departures, _weddings, _disabilities, _jobs, _pensions):
        happen(now)
    return now.touched[:-1]


def _living(state: State, rows: Rows) -> Flags:
    """Those still in a household and not to die."""
    result: Flags = (state.persons["home"][rows] >= 0) & (state.persons["death_date"][rows] >= NEVER)
    return result


def _at_home(state: State, homes: Rows, month: Month) -> Rows:
    """The living members, born by then, of some households, by household."""
    chosen = np.zeros(state.households, np.bool_)
    chosen[homes] = True
    rows = state.members(chosen)
    persons = state.persons
    alive = persons["death_date"][rows] >= day(month.first_day)
    rows = rows[alive & (persons["birth_date"][rows] < day(month.first_day))]
    return rows[np.argsort(persons["home"][rows], kind="stable")]


def _bereavements(now: Moment) -> None:
    """Widows and orphans of last month's dead, pensions that pass on, and new heads of households."""
    found = now.agenda.take("bereavement", now.month.index)
    if found is None:
        return
    persons = now.state.persons
    dead = found["rows"][persons["home"][found["rows"]] >= 0]
    couple = dead[persons["role"][dead] <= SPOUSE]
    homes = np.unique(persons["home"][couple])
    if not len(homes):
        return
    now.touched[homes] = True
    members = _at_home(now.state, homes, now.month)
    father, passing = (np.zeros(now.state.households, np.bool_) for _ in range(2))
    lost = persons["sex"][couple] == MALE
    father[persons["home"][couple[lost]]] = True
    passing[persons["home"][couple[lost & persons["receives_pension"][couple]]]] = True
    _widow(now, members, passing)
    of = members[(persons["role"][members] == CHILD) & (persons["marital_status"][members] == SINGLE)]
    persons["father_deceased"][of[father[persons["home"][of]]]] = True
    headless = np.unique(persons["home"][couple[persons["role"][couple] == HEAD]])
    persons["role"][couple] = OTHER
    _hand_over(now.state, headless, members, now.month)


def _widow(now: Moment, members: Rows, passing: Flags) -> None:
    """The spouse left is widowed; a pension may pass to her."""
    persons = now.state.persons
    left = members[(persons["role"][members] <= SPOUSE) & (persons["marital_status"][members] == MARRIED)]
    persons["marital_status"][left] = WIDOWED
    hers = left[(persons["sex"][left] == FEMALE) & passing[persons["home"][left]]]
    drawn = now.draws.uniform(f"reversion/{now.month}", persons["key"][hers])
    persons["receives_pension"][hers[drawn < now.rates.number("pension_passes_to_widow")]] = True


def _hand_over(state: State, headless: Rows, members: Rows, month: Month) -> None:
    """The spouse heads the household, else the eldest adult; without an adult it is closed."""
    persons = state.persons
    lost = np.zeros(state.households, np.bool_)
    lost[headless] = True
    adult = persons["birth_date"][members] <= day(month.first_day) - _ADULT_DAYS
    heirs = members[lost[persons["home"][members]] & adult]
    order = np.lexsort((persons["birth_date"][heirs], persons["role"][heirs] != SPOUSE, persons["home"][heirs]))
    heirs = heirs[order]
    first = heirs[np.diff(persons["home"][heirs], prepend=-1) != 0]
    persons["role"][first] = HEAD
    lost[persons["home"][first]] = False
    orphans = members[lost[persons["home"][members]]]
    persons["home"][orphans] = NOWHERE


def _divorces(now: Moment) -> None:
    """The husband leaves; the wife heads the household."""
    found = now.agenda.take("divorce", now.month.index)
    if found is None:
        return
    persons = now.state.persons
    hers = found["rows"]
    hers = hers[_living(now.state, hers) & (persons["marital_status"][hers] == MARRIED)]
    homes = persons["home"][hers]
    members = _at_home(now.state, homes, now.month)
    husbands = members[
        (persons["sex"][members] == MALE)
        & (persons["role"][members] <= SPOUSE)
        & (persons["marital_status"][members] == MARRIED)
    ]
    both = np.isin(homes, persons["home"][husbands])
    persons["home"][husbands] = NOWHERE
    persons["role"][hers[both]] = HEAD
    persons["marital_status"][hers[both]] = DIVORCED
    now.touched[homes] = True


def _departures(now: Moment) -> None:
    """Those who leave the register; a bride's own children go with her."""
    found = now.agenda.take("departure", now.month.index)
    if found is None:
        return
    persons = now.state.persons
    rows = found["rows"][_living(now.state, found["rows"])]
    now.touched[persons["home"][rows]] = True
    persons["home"][rows] = NOWHERE
    leaving = np.zeros(len(persons["home"]) + 1, np.bool_)
    mothers = rows[(persons["sex"][rows] == FEMALE) & (persons["births"][rows] > 0)]
    if len(mothers):
        leaving[mothers] = True
        persons["home"][leaving[persons["mother_id"]] & (persons["role"] != HEAD)] = NOWHERE


def _weddings(now: Moment) -> None:
    """Brides come; couples with a home of their own move there."""
    found = now.agenda.take("wedding", now.month.index)
    if found is None:
        return
    persons = now.state.persons
    still = _living(now.state, found["grooms"]) & (persons["marital_status"][found["grooms"]] != MARRIED)
    grooms, wives, homes = (found[name][still] for name in ("grooms", "wives", "homes"))
    now.touched[persons["home"][grooms]] = True
    own = homes >= 0
    heads = persons["role"][grooms] == HEAD
    persons["marital_status"][grooms] = MARRIED
    persons["home"][grooms[own]] = homes[own]
    persons["role"][grooms[own]] = HEAD
    persons["home"][wives] = persons["home"][grooms]
    persons["role"][wives] = np.where(own | heads, SPOUSE, OTHER)
    now.touched[persons["home"][grooms]] = True


def _set(now: Moment, kind: str) -> dict[str, Array] | None:
    """The events of a kind for those who live, whose households are touched."""
    found = now.agenda.take(kind, now.month.index)
    if found is None:
        return None
    living = _living(now.state, found["rows"])
    kept = {name: values[living] for name, values in found.items()}
    now.touched[now.state.persons["home"][kept["rows"]]] = True
    return kept


def _disabilities(now: Moment) -> None:
    found = _set(now, "disability")
    if found:
        rows = found["rows"]
        of_family = (now.state.persons["role"][rows] == CHILD) | (now.state.persons["role"][rows] == KAFALA)
        now.state.persons["severe_disability"][rows[of_family]] = True


def _jobs(now: Moment) -> None:
    found = _set(now, "job")
    if found:
        now.state.persons["receives_family_allowance"][found["rows"]] = found["paid"]


def _pensions(now: Moment) -> None:
    found = _set(now, "pension")
    if found:
        now.state.persons["receives_pension"][found["rows"]] = True
        now.state.persons["receives_state_pay"][found["rows"]] = False
