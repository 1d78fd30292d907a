"""Households that form, that persons leave and join: numbers, roles and what they declare."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from karama.population.assumptions import number
from karama.population.declaration import PLACES
from karama.population.register import NEVER, ROLES, UNKNOWN, coded, household_names, stack, take

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.population.draws import Draws, Flags, Ints
    from karama.population.life.facts import Facts
    from karama.population.register import Register

_ENTRY_DELAYS = 6


def move_to(
    register: Register, rows: Ints, home: Ints, role: Ints, *, event: str, happened: Ints, facts: Facts
) -> None:
    """Let persons join other households of the register.

    Args:
        register: changed in place; its persons must be sorted afterwards.
        rows: of the persons.
        home: number of the household that each joins.
        role: of each there.
        event: for the facts.
        happened: day of each move.
        facts: of the month.
    """
    persons = register.persons
    name, before, was = persons["number"][rows], persons["home"][rows], persons["role"][rows]
    for column, old, new in (
        ("household_id", household_names(before), household_names(home)),
        ("role", coded(was, ROLES), coded(role, ROLES)),
    ):
        changed = np.flatnonzero((old != new).to_numpy())
        facts.add(
            event,
            column,
            before[changed],
            name[changed],
            happened=happened[changed],
            old=old[changed],
            new=new[changed],
        )
    for touched in (before, home):
        register.homes["touched"][register.find_homes(np.unique(touched))] = True
    persons["home"][rows], persons["role"][rows] = home, role


def depart(register: Register, leaving: Flags, *, event: str, happened: Ints, facts: Facts) -> None:
    """Let persons leave the register.

    Args:
        register: changed in place.
        leaving: who leaves.
        event: for the facts.
        happened: day of each departure.
        facts: of the month.
    """
    persons = register.persons
    home, name = persons["home"][leaving], persons["number"][leaving]
    facts.add(event, "household_id", home, name, happened=happened, old=household_names(home), new=None)
    register.homes["touched"][register.find_homes(np.unique(home))] = True
    # Those who stay behind no longer live with the partner who left.
    paired = np.isin(persons["partner"], name)
    persons["partner"] = np.where(paired, UNKNOWN, persons["partner"])
    register.persons = take(persons, ~leaving)


def free_homes(register: Register, beside: Ints) -> Ints:
    """A number for a new household that comes from each of these; -1 where the dwelling's numbers are used up.

    Args:
        register: the last number taken is noted in it.
        beside: numbers of households, sorted.
    """
    hosts = register.homes["number"] // PLACES
    last = np.zeros(len(hosts), np.int64)
    _, first, group = np.unique(hosts, return_index=True, return_inverse=True)
    taken = np.zeros(len(first), np.int64)
    np.maximum.at(taken, group, register.homes["last_turn"])
    host = beside // PLACES
    turn = np.arange(len(host)) - np.searchsorted(host, host) + 1
    of_host = group[register.find_homes(beside)]
    place = taken[of_host] + turn
    free = place < PLACES
    np.maximum.at(taken, of_host[free], place[free])
    last = taken[group]
    register.homes["last_turn"] = last
    return np.where(free, host * PLACES + place, UNKNOWN)


def found_homes(register: Register, numbers: Ints, beside: Ints, month: Month, draws: Draws) -> None:
    """Add households that come from others: what they declare is like it, in proportion to their members later on.

    They enter the register within some months, or never; a household that never enters is not kept.

    Args:
        register: changed in place.
        numbers: of the new households.
        beside: of the household each comes from.
        month: in which they form.
        draws: of the seed.
    """
    rows = register.find_homes(beside)
    count = len(numbers)
    delay = draws.below("entry delay", numbers, np.full(count, _ENTRY_DELAYS))
    homes = take(register.homes, rows) | {
        "number": numbers,
        "entered": month.index + delay,
        "claim": np.full(count, NEVER, np.int64),
        "score": np.full(count, UNKNOWN, np.int64),
        "previous": np.full(count, UNKNOWN, np.int64),
        "effective": month.index + delay,
        "members_numbered": np.zeros(count, np.int64),
        "fonds": np.zeros(count, np.bool_),
        "resident": np.ones(count, np.bool_),
        "channel": (draws.uniform("channel", numbers) < number("bank_account_share")).astype(np.int64),
        "touched": np.ones(count, np.bool_),
    }
    register.homes = stack([register.homes, homes])
    register.inputs = stack([register.inputs, take(register.inputs, rows)])
    register.sort_homes()
