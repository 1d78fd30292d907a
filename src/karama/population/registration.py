"""From all generated households to those in the single social registry (RSU), with claims and grounds of refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karama.foundation.months import Month
from karama.population.assets import SPENDING, improved_standard, score_inputs
from karama.population.assumptions import number, table
from karama.population.declaration import PLACES, declare
from karama.population.dwellings import Homes, house, number_homes, rank_homes
from karama.population.families import FEMALE, SINGLE, WIDOWED, People, Role, form_families
from karama.population.register import (
    CHILD,
    KAFALA_CHILD,
    MEMBERS_NUMBERED,
    NEVER,
    UNKNOWN,
    Register,
    Table,
    day_number,
    month_days,
)
from karama.population.schooling import Schooling, school
from karama.population.work import PRIVATE, PUBLIC, Work, employ

if TYPE_CHECKING:
    from karama.population.cells import Cells
    from karama.population.draws import Draws, Flags, Ints

_COUNTED_AGE = 21 * 12
GRANTS_SINCE = Month(2023, 12)
"""First births with a grant."""
_GRANT_ORDERS = 2
PENDING = tuple(f"{kind}_{word}" for kind in ("school", "disability", "job", "pension") for word in ("on", "known"))
"""For each kind of fact about a person the day it holds from and the month in which it becomes known."""
SCORE_UNIT = 1_000_000_000
LATEST_ENTRY = 60
"""Months after which nobody registers any more: no register is longer."""


@dataclass(slots=True)
class Generated:
    """All households generated in some cells, before the choice of those in the register."""

    cells: Cells
    census_homes: Homes
    """Households as the census counts them."""
    census_people: People
    homes: Homes
    """Households as they are declared to the RSU."""
    people: People
    schooling: Schooling
    work: Work
    inputs: dict[str, Ints]
    urban: Flags


def generate_households(cells: Cells, draws: Draws) -> Generated:
    """Families, dwellings, schooling, work and score variables of all households of the cells."""
    people = form_families(cells, draws)
    cell, numbers = number_homes(cells)
    size = np.bincount(people.household, minlength=len(cell)).astype(np.int64)
    standing, standard = rank_homes(cells, cell, numbers, draws)
    census = house(cells, cell, numbers, standing=standing, standard=standard, size=size, draws=draws)
    schooling = school(cells, people, standing[people.household], standard[people.household], draws)
    work = employ(cells, people, schooling, standing[people.household], draws)
    homes, declared = declare(census, people, draws)
    homes.standard = improved_standard(homes, declared, schooling, work)
    urban = cells.urban[homes.cell]
    inputs = score_inputs(homes, declared, urban=urban, schooling=schooling, work=work, draws=draws)
    return Generated(cells, census, people, homes, declared, schooling, work, inputs, urban)


def entry_months(generated: Generated, scores: Ints, month: Month, draws: Draws) -> Ints:
    """Month in which each household is in the RSU: from the first on, later, or never.

    Registration is likelier the lower the score, and where nobody has a formal cover: the score is the law's own
    measure of the standard of living, and the well off gain nothing by registering.

    Args:
        generated: the declared households.
        scores: of each, in billionths.
        month: the first of the register.
        draws: of the seed.
    """
    homes = generated.homes
    covered = np.zeros(len(homes.number), np.bool_)
    formal = (generated.work.status == PUBLIC) | generated.work.declared
    covered[generated.people.household[formal]] = True
    factor = np.where(covered, number("registration_when_covered"), 1.0)
    points = table("registration_by_score")
    sizes = table("registration_by_size")
    chance = np.interp(scores / SCORE_UNIT, points[0], points[1]) * factor
    chance = chance * sizes[np.minimum(homes.size, len(sizes)) - 1]
    points = table("registration_a_month")
    monthly = np.interp(scores / SCORE_UNIT, points[0], points[1]) * factor
    # The month in which the first of independent monthly chances is taken.
    wait = np.log1p(-draws.uniform("registration later", homes.number)) / np.log1p(-monthly)
    later = month.index + 1 + np.minimum(wait, LATEST_ENTRY).astype(np.int64)
    later = np.where(wait < LATEST_ENTRY, later, NEVER)
    return np.where(draws.uniform("registration", homes.number) < chance, month.index, later)


def enter(generated: Generated, month: Month, draws: Draws) -> Register:
    """All declared households as a register at its first month, not yet scored and without claims.

    Args:
        generated: the declared households.
        month: on whose first day ages stand.
        draws: of the seed.
    """
    homes, people = generated.homes, generated.people
    order = np.lexsort((people.key, -people.months, people.role, people.household)).astype(np.int64)
    numbers = homes.number + PLACES
    count = len(numbers)
    columns: Table = {
        "number": numbers,
        "cell": generated.cells.number[homes.cell],
        "urban": generated.urban,
        "claim": np.full(count, NEVER, np.int64),
        "score": np.full(count, UNKNOWN, np.int64),
        "effective": np.full(count, month.index, np.int64),
        "previous": np.full(count, UNKNOWN, np.int64),
        # In the register from this month on; then the last numbers taken by a household of the dwelling, by a member.
        "entered": np.full(count, month.index, np.int64),
        "last_turn": _last_turns(numbers),
        "members_numbered": np.bincount(people.household, minlength=count).astype(np.int64),
        "origin": generated.cells.number[homes.cell],
        "new_cell": np.full(count, UNKNOWN, np.int64),
        "moved_on": np.full(count, NEVER, np.int64),
        "move_known": np.full(count, NEVER, np.int64),
        "touched": np.zeros(count, np.bool_),
        "lately": np.zeros(count, np.bool_),
        "billed_size": homes.size.astype(np.int64),
        **{f"usual_{name}": generated.inputs[f"{name}_mad_per_year"].astype(np.float64) for name in SPENDING},
        "usual_phones": generated.inputs["mobile_phones"].astype(np.int64),
        "resident": draws.uniform("resident", numbers) >= number("non_resident_share"),
        "fonds": _fonds(generated, draws),
        "declared_months": np.zeros(count, np.int64),
        "channel": (draws.uniform("channel", numbers) < number("bank_account_share")).astype(np.int64),
    }
    return Register(columns, dict(generated.inputs), _persons(generated, order, month, draws))


def _fonds(generated: Generated, draws: Draws) -> Flags:
    """Households of divorced or widowed mothers paid by the Fonds d'entraide familiale."""
    people, homes = generated.people, generated.homes
    heads = (people.role == Role.HEAD) & (people.sex == FEMALE) & (people.marital > 1)
    concerned = np.zeros(len(homes.number), np.bool_)
    concerned[people.household[heads]] = True
    minors = np.bincount(people.household[people.months < _COUNTED_AGE], minlength=len(homes.number)) > 0
    result: Flags = concerned & minors & (draws.uniform("fonds", homes.number) < number("fonds_entraide_share"))
    return result


def _persons(generated: Generated, order: Ints, month: Month, draws: Draws) -> Table:
    """The persons table, members of a household in the order head, spouse, children from the eldest, others."""
    people, schooling, work = generated.people, generated.schooling, generated.work
    home = generated.homes.number[people.household[order]] + PLACES
    first = np.flatnonzero(np.diff(home, prepend=-1))
    sizes = np.diff(np.append(first, len(order)))
    place = np.arange(len(order)) - np.repeat(first, sizes) + 1
    numbers = home * MEMBERS_NUMBERED + place
    named = np.full(len(people) + 1, UNKNOWN, np.int64)
    named[order] = numbers
    parent = people.parent[order]
    of_mother = (parent != UNKNOWN) & (people.sex[parent] == FEMALE)
    mother = np.where(of_mother, named[parent], UNKNOWN)
    birth = _birth_days(people, order, month, draws)
    live = birth_ranks(mother, birth, numbers)
    couple = people.role[order] <= Role.SPOUSE
    declared = work.declared[order] & couple
    columns: Table = {
        "home": home,
        "number": numbers,
        "role": people.role[order],
        "sex": people.sex[order],
        "birth": birth,
        "birth_known": np.full(len(order), month.index, np.int64),
        "death": np.full(len(order), NEVER, np.int64),
        "death_known": np.full(len(order), NEVER, np.int64),
        "settled": np.zeros(len(order), np.bool_),
        "in_rnp": draws.uniform("in rnp", numbers) >= number("not_in_rnp_share"),
        "marital": people.marital[order],
        "enrolled": schooling.enrolled[order],
        "level": schooling.level[order],
        "public": ~schooling.private[order],
        "severe": schooling.severe[order],
        "father_deceased": _fatherless(people, order, draws),
        "mother": mother,
        "partner": np.where(people.spouse[order] == UNKNOWN, UNKNOWN, named[people.spouse[order]]),
        "live_order": live,
        "birth_order": np.where(parent == UNKNOWN, UNKNOWN, birth_ranks(parent, birth, numbers)),
        "grant_claim": grant_claims(birth, live, numbers, draws),
        "family_allowance": declared & _with_child(people, order, home),
        "state_pay": (work.status[order] == PUBLIC) & couple,
        "pension": work.pension[order],
        "salaried": work.status[order] == PRIVATE,
        **_nothing_pending(len(order)),
    }
    return columns


def _last_turns(numbers: Ints) -> Ints:
    """The last place (0 to 9) taken among the declared households of each census household."""
    host = numbers // PLACES
    last = np.searchsorted(host, host, side="right") - 1
    return numbers[last] % PLACES


def _nothing_pending(count: int) -> Table:
    """The facts of each person that have happened and are not yet known: none at the start."""
    never = {name: np.full(count, NEVER, np.int64) for name in PENDING}
    return {**never, "new_level": np.zeros(count, np.int64), "new_enrolled": np.zeros(count, np.bool_)}


def _with_child(people: People, order: Ints, home: Ints) -> Flags:
    """Whether the person's household has a child of the head under 21."""
    role = people.role[order]
    young = ((role == CHILD) | (role == KAFALA_CHILD)) & (people.months[order] < _COUNTED_AGE)
    return np.isin(home, np.unique(home[young]))


def _fatherless(people: People, order: Ints, draws: Draws) -> Flags:
    """Unmarried children of widows, nearly all."""
    parent = people.parent[order]
    widow = (parent != UNKNOWN) & (people.sex[parent] == FEMALE) & (people.marital[parent] == WIDOWED)
    drawn = draws.uniform("father", people.key[order])
    result: Flags = widow & (people.marital[order] == SINGLE) & (drawn < number("lone_parent_father_deceased"))
    return result


def _birth_days(people: People, order: Ints, month: Month, draws: Draws) -> Ints:
    """Days of birth giving each person its completed months on the first day of the month; twins share theirs."""
    months = month.index - people.months[order] - 1
    first = month_days(months)
    length = month_days(months + 1) - first
    parent = people.parent[order]
    key = np.where(parent == UNKNOWN, people.key[order], people.key[parent] ^ ((people.months[order] + 1) << 48))
    # Never the first of the month: a person born on it would be a month older on the reference day.
    return first + 1 + draws.below("day", key, length - 1)


def birth_ranks(mother: Ints, birth: Ints, numbers: Ints) -> Ints:
    """Rank (1, 2, …) of each child among those of its mother by birth date, then number; unknown without mother."""
    order = np.lexsort((numbers, birth, mother))
    ordered = mother[order]
    first = np.flatnonzero(np.diff(ordered, prepend=-2))
    sizes = np.diff(np.append(first, len(ordered)))
    ranks = np.empty(len(mother), np.int64)
    ranks[order] = np.arange(len(mother)) - np.repeat(first, sizes) + 1
    return np.where(mother == UNKNOWN, UNKNOWN, ranks)


def grant_claims(birth: Ints, live_order: Ints, numbers: Ints, draws: Draws) -> Ints:
    """Day on which the birth grant is claimed, for first and second births since December 2023."""
    since = day_number(GRANTS_SINCE.first_day)
    concerned = (birth >= since) & (live_order >= 1) & (live_order <= _GRANT_ORDERS)
    claims = concerned & (draws.uniform("grant", numbers) < number("birth_grant_claim_share"))
    delay = draws.below("grant delay", numbers, np.full(len(birth), int(number("birth_grant_claim_days"))))
    return np.where(claims, birth + 3 + delay, NEVER)
