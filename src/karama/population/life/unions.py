"""Marriages inside a census cell and with partners outside the register, and divorces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from karama.population.assumptions import mapping, number
from karama.population.cells import MARITAL
from karama.population.draws import rank_within
from karama.population.families import DIVORCED, FEMALE, MALE, MARRIED, SINGLE
from karama.population.life.births import blank_persons, new_numbers
from karama.population.life.households import depart, found_homes, free_homes, move_to
from karama.population.life.rates import (
    ADULT,
    ages,
    alive,
    by_age,
    by_age_and_sex,
    happens,
    in_the_country,
    urban,
)
from karama.population.register import (
    CHILD,
    HEAD,
    OTHER,
    SPOUSE,
    UNKNOWN,
    coded,
    day_number,
    household_names,
    stack,
)

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.population.draws import Draws, Flags, Ints
    from karama.population.life.facts import Facts
    from karama.population.register import Register


def marry(register: Register, month: Month, draws: Draws, facts: Facts) -> None:
    """Match the brides and grooms of the month by age inside their census cell, and give each couple a home.

    Brides who find nobody there marry out of the register and leave it; grooms likewise bring a wife into it.

    Args:
        register: changed in place.
        month: in which the marriages become known.
        draws: of the seed.
        facts: of the month.
    """
    persons = register.persons
    age = ages(register, month)
    free = alive(register) & (persons["marital"] != MARRIED) & (age >= ADULT)
    again = np.where(persons["marital"] == SINGLE, 1.0, number("remarriage_factor"))
    chance = by_age_and_sex("marriages", np.maximum(age, 0), persons["sex"]) * again
    chance = chance * in_the_country("marriages", urban(register))
    marries = free & happens("marriage", register, month, chance, draws)
    bride, groom = _match(register, marries, draws, month)
    outside = marries & (persons["sex"] == MALE)
    outside[groom] = False
    grooms = persons["number"][np.flatnonzero(outside)]
    pairs = persons["number"][bride], persons["number"][groom]
    _leave_for_marriage(register, marries, bride, month=month, draws=draws, facts=facts)
    wives = _bring_wives(register, grooms, month, draws, facts)
    brides, grooms = np.concatenate([pairs[0], wives]), np.concatenate([pairs[1], grooms])
    if len(brides):
        _settle(register, brides, grooms, month=month, draws=draws, facts=facts)


def _match(register: Register, marries: Flags, draws: Draws, month: Month) -> tuple[Ints, Ints]:
    """Rows of the brides and grooms matched: as many as both sides have in a cell, by age, never of one household."""
    persons, homes = register.persons, register.homes
    row = register.rows()
    cell = homes["origin"][row]
    # Where a household has moved away, its members look elsewhere.
    local = marries & (homes["cell"][row] == cell)
    lines = []
    for sex in (FEMALE, MALE):
        rows = np.flatnonzero(local & (persons["sex"] == sex))
        lines.append(rows[np.lexsort((draws.uniform(f"wedding/{month}", persons["number"][rows]), cell[rows]))])
    cells, group = np.unique(cell[np.concatenate(lines)], return_inverse=True)
    groups = [group[: len(lines[0])], group[len(lines[0]) :]]
    couples = np.minimum(*(np.bincount(one, minlength=len(cells)) for one in groups))
    chosen = []
    for line, one in zip(lines, groups, strict=True):
        kept = rank_within(one, len(cells)) < couples[one]
        rows, of = line[kept], one[kept]
        chosen.append(rows[np.lexsort((persons["number"][rows], -persons["birth"][rows], of))])
    apart = persons["home"][chosen[0]] != persons["home"][chosen[1]]
    # Both heads: neither leaves the household; they wait.
    apart &= (persons["role"][chosen[0]] != HEAD) | (persons["role"][chosen[1]] != HEAD)
    return chosen[0][apart], chosen[1][apart]


def _leave_for_marriage(
    register: Register, marries: Flags, matched: Ints, *, month: Month, draws: Draws, facts: Facts
) -> None:
    """Brides who marry out of the register leave it; heads of households stay."""
    persons = register.persons
    leaves = marries & (persons["sex"] == FEMALE) & (persons["role"] != HEAD)
    leaves[matched] = False
    happened = wedding_day(persons["number"][leaves], month, draws)
    name, home = persons["number"][leaves], persons["home"][leaves]
    before = coded(persons["marital"][leaves], MARITAL)
    facts.add("marriage", "marital_status", home, name, happened=happened, old=before, new="married")
    depart(register, leaves, event="marriage", happened=happened, facts=facts)


def wedding_day(keys: Ints, month: Month, draws: Draws) -> Ints:
    """A day in the months before: marriages and divorces are declared to the register with the new household."""
    span = int(number("union_declared_within_days"))
    first = day_number(month.first_day)
    return first - draws.below(f"union day/{month}", keys, np.full(len(keys), span))


def _bring_wives(register: Register, grooms: Ints, month: Month, draws: Draws, facts: Facts) -> Ints:
    """Add a wife from outside the register to the household of each groom; their numbers."""
    if not len(grooms):
        return grooms
    persons = register.persons
    rows = register.find(grooms)
    home = persons["home"][rows]
    numbers = new_numbers(register, home)
    gap = draws.below("age gap", numbers, np.full(len(numbers), int(number("bride_younger_by_up_to_days"))))
    youngest = day_number(month.first_day) - (ADULT * 366)
    wives = blank_persons(persons, len(grooms)) | {
        "home": home,
        "number": numbers,
        "role": np.full(len(grooms), OTHER, np.int64),
        "birth": np.minimum(persons["birth"][rows] + gap, youngest),
    }
    facts.add(
        "marriage",
        "household_id",
        home,
        numbers,
        happened=wedding_day(numbers, month, draws),
        old=None,
        new=household_names(home),
    )
    register.persons = stack([persons, wives])
    register.sort_persons()
    return numbers


def _settle(register: Register, brides: Ints, grooms: Ints, *, month: Month, draws: Draws, facts: Facts) -> None:
    """Marry the couples, and let them live where he or she is head, in a home of their own, or with his parents."""
    order = np.lexsort((grooms, register.persons["home"][register.find(grooms)]))
    brides, grooms = brides[order], grooms[order]
    happened = wedding_day(brides, month, draws)
    home = _homes_for(register, brides, grooms, month, draws)
    persons = register.persons
    his, hers = register.find(grooms), register.find(brides)
    for rows in (his, hers):
        before = coded(persons["marital"][rows], MARITAL)
        name, where = persons["number"][rows], persons["home"][rows]
        facts.add("marriage", "marital_status", where, name, happened=happened, old=before, new="married")
        persons["marital"][rows] = MARRIED
    persons["partner"][his], persons["partner"][hers] = brides, grooms
    own = home >= 0
    he_heads, she_heads = persons["role"][his] == HEAD, persons["role"][hers] == HEAD
    target = np.where(own, home, np.where(she_heads, persons["home"][hers], persons["home"][his]))
    his_role = np.where(own | he_heads, HEAD, np.where(she_heads, SPOUSE, OTHER))
    her_role = np.where(own | he_heads, SPOUSE, np.where(she_heads, HEAD, OTHER))
    _bring_children(
        register, brides, target, role=np.where(his_role == OTHER, OTHER, CHILD), happened=happened, facts=facts
    )
    for rows, role in ((his, his_role), (hers, her_role)):
        moves = np.flatnonzero((persons["home"][rows] != target) | (persons["role"][rows] != role))
        move_to(
            register,
            rows[moves],
            target[moves],
            role[moves],
            event="marriage",
            happened=happened[moves],
            facts=facts,
        )
    register.sort_persons()


def _homes_for(register: Register, brides: Ints, grooms: Ints, month: Month, draws: Draws) -> Ints:
    """Number of the new household of each couple that forms one, or -1; grooms stand in the order of their homes."""
    persons = register.persons
    his, hers = register.find(grooms), register.find(brides)
    neither = (persons["role"][his] != HEAD) & (persons["role"][hers] != HEAD)
    own = neither & (draws.uniform("own home", grooms) < number("couple_forms_household"))
    chosen = np.flatnonzero(own)
    beside = persons["home"][his[chosen]]
    found = free_homes(register, beside)
    result = np.full(len(grooms), UNKNOWN, np.int64)
    result[chosen] = found
    there = found >= 0
    if there.any():
        found_homes(register, found[there], beside[there], month, draws)
    return result


def _bring_children(
    register: Register, mothers: Ints, target: Ints, *, role: Ints, happened: Ints, facts: Facts
) -> None:
    """The unmarried children who live with a bride follow her."""
    persons = register.persons
    order = np.argsort(mothers)
    place = np.minimum(np.searchsorted(mothers[order], persons["mother"]), len(mothers) - 1)
    hers = (mothers[order][place] == persons["mother"]) & (persons["marital"] == SINGLE)
    rows = np.flatnonzero(hers)
    of = order[place[rows]]
    together = persons["home"][rows] == persons["home"][register.find(mothers)][of]
    moves = together & (persons["home"][rows] != target[of]) & (persons["role"][rows] != HEAD)
    rows, of = rows[moves], of[moves]
    move_to(register, rows, target[of], role[of], event="marriage", happened=happened[of], facts=facts)


def divorce(register: Register, month: Month, draws: Draws, facts: Facts) -> None:
    """End marriages: in the couple that heads a household the husband leaves, in a lodged couple the wife does.

    Those who leave form a household of their own beside it, or leave the register; children stay with their mother.
    """
    persons = register.persons
    age = ages(register, month)
    wives = (persons["sex"] == FEMALE) & (persons["marital"] == MARRIED) & (persons["partner"] != UNKNOWN)
    chance = by_age("divorces", np.maximum(age, 0)) * in_the_country("divorces", urban(register))
    hers = np.flatnonzero(wives & alive(register) & happens("divorce", register, month, chance, draws))
    his = register.find(persons["partner"][hers])
    both = (his >= 0) & (persons["death"][his] > day_number(month.last_day))
    both &= persons["home"][his] == persons["home"][hers]
    hers, his = hers[both], his[both]
    happened = wedding_day(persons["number"][hers], month, draws)
    for rows in (hers, his):
        name, home = persons["number"][rows], persons["home"][rows]
        facts.add("divorce", "marital_status", home, name, happened=happened, old="married", new="divorced")
        persons["marital"][rows], persons["partner"][rows] = DIVORCED, UNKNOWN
    heading = (persons["role"][his] <= SPOUSE) & (persons["role"][hers] <= SPOUSE)
    leaver, stayer = np.where(heading, his, hers), np.where(heading, hers, his)
    rows = stayer[heading]
    promoted = persons["role"][rows] != HEAD
    rows, since = rows[promoted], happened[heading][promoted]
    move_to(
        register, rows, persons["home"][rows], np.full(len(rows), HEAD), event="divorce", happened=since, facts=facts
    )
    _part(register, leaver, happened, month=month, draws=draws, facts=facts)


def _part(register: Register, leaver: Ints, happened: Ints, *, month: Month, draws: Draws, facts: Facts) -> None:
    """Let those who leave after a divorce form a household, mothers with their children, or leave the register."""
    persons = register.persons
    chance = mapping("divorced_form_household")
    mothers = persons["sex"][leaver] == FEMALE
    stays = draws.uniform(f"parting/{month}", persons["number"][leaver]) < np.where(
        mothers, chance["women"], chance["men"]
    )
    order = np.argsort(leaver)
    leaver, happened, stays = leaver[order], happened[order], stays[order]
    names = persons["number"][leaver]
    home = np.full(len(leaver), UNKNOWN, np.int64)
    beside = persons["home"][leaver]
    home[stays] = free_homes(register, beside[stays])
    there = home >= 0
    if there.any():
        found_homes(register, home[there], beside[there], month, draws)
        rows = register.find(names[there])
        if mothers.any():
            own = np.full(int(there.sum()), CHILD)
            _bring_children(register, names[there], home[there], role=own, happened=happened[there], facts=facts)
        heads = np.full(len(rows), HEAD)
        move_to(register, rows, home[there], heads, event="divorce", happened=happened[there], facts=facts)
        register.sort_persons()
    out = np.isin(register.persons["number"], names[~there])
    if out.any():
        when = happened[~there][np.argsort(names[~there])]
        when = when[np.searchsorted(np.sort(names[~there]), register.persons["number"][out])]
        depart(register, out, event="divorce", happened=when, facts=facts)
