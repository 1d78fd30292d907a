"""Persons of a cell brought together in families: couples, heads, children with their mothers, relatives and hosts.

The census gives persons, not families.  Persons are fixed first (ages, sex and marital status as the census has them),
then assembled: spouses by age rank, as many heads as the cell has households, children to mothers of fitting age,
everyone else to a household that plausibly shelters them.  Nobody is added or dropped, so the margins stay exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from karama.population.assumptions import mapping, number, table
from karama.population.cells import AGES, FIRST_ADULT_GROUP, Cells, class_counts
from karama.population.draws import Draws, Flags, Floats, Ints, place, rank_within, starts

FEMALE, MALE = 0, 1
SINGLE, MARRIED, DIVORCED, WIDOWED = range(4)
_NOBODY = -1
_WOMAN_AND_CHILD = (180, 600)
"""Age of a mother at a birth, in months: 15 to 50 years."""
_CHILD_GROUPS = 10
_MAJORITY = 18 * 12
_KAFALA_AGES = (7, 11)
_MONTHS_PER_GROUP = 60
_CELL_STRIDE = 1 << 32


class Role(IntEnum):
    """Place of a person in the household, in the order in which members are numbered."""

    HEAD = 0
    SPOUSE = 1
    CHILD = 2
    KAFALA_CHILD = 3
    OTHER = 4


@dataclass(slots=True)
class People:
    """The persons of some cells; each array has one row per person, positions refer to rows, -1 is nobody."""

    cell: Ints
    sex: Ints
    group: Ints
    """Five-year age group, 0 to 15."""
    marital: Ints
    months: Ints
    """Completed age in months on the reference day."""
    key: Ints
    """Identifier for draws: the same whatever the batch."""
    spouse: Ints
    parent: Ints
    """The mother, or the lone father, with whom a child lives."""
    leader: Ints
    """The person who leads the nucleus: husband, lone parent, or the person alone."""
    kafala: Flags
    household: Ints
    """Position of the household, from 0 in the batch's first cell."""
    role: Ints

    def __len__(self) -> int:
        """Number of persons."""
        return len(self.cell)


def form_families(cells: Cells, draws: Draws) -> People:
    """All persons of the cells, in families and households.

    Args:
        cells: consecutive cells.
        draws: of the seed.

    Returns:
        Persons ordered by cell; households of a cell are numbered in a row, ``cells.households`` in each.
    """
    people = _persons(cells, draws)
    _marry(people, draws, len(cells))
    head = _choose_heads(people, cells, draws)
    _give_children(people, head, draws, len(cells))
    _space_births(people, draws)
    _lodge(people, head, draws, cells)
    return people


def _persons(cells: Cells, draws: Draws) -> People:
    """One row per person of each class, age in months drawn inside the five-year group."""
    counts = class_counts(cells, draws)
    flat = counts.reshape(-1)
    classes = np.repeat(np.arange(len(flat), dtype=np.int64), flat)
    cell, sex, group, marital = np.unravel_index(classes, counts.shape)
    local = rank_within(cell.astype(np.int64), len(cells))
    key = cells.number[cell] * _CELL_STRIDE + local
    count = len(key)
    drawn = draws.uniform("age", key)
    months = group * _MONTHS_PER_GROUP + (drawn * _MONTHS_PER_GROUP).astype(np.int64)
    late = np.searchsorted(np.cumsum(table("years_over_75")), drawn * 0.999_999, side="right")
    old_months = 75 * 12 + np.minimum(late, 24) * 12 + (draws.uniform("month", key) * 12).astype(np.int64)
    months = np.where(group == AGES - 1, old_months, months)
    nobody = np.full(count, _NOBODY, np.int64)
    return People(
        cell=cell.astype(np.int64),
        sex=sex.astype(np.int64),
        group=group.astype(np.int64),
        marital=marital.astype(np.int64),
        months=months.astype(np.int64),
        key=key,
        spouse=nobody.copy(),
        parent=nobody.copy(),
        leader=np.arange(count, dtype=np.int64),
        kafala=np.zeros(count, np.bool_),
        household=nobody.copy(),
        role=np.full(count, int(Role.OTHER), np.int64),
    )


def _marry(people: People, draws: Draws, cells: int) -> None:
    """Match married women and men of a cell by age rank; where one sex is in excess, some stay apart."""
    noise = number("age_match_noise_months")
    lines = []
    for sex in (FEMALE, MALE):
        rows = np.flatnonzero((people.sex == sex) & (people.marital == MARRIED))
        standing = people.months[rows] + noise * draws.uniform("match", people.key[rows])
        lines.append(rows[np.lexsort((standing, people.cell[rows]))])
    sizes = [np.bincount(people.cell[line], minlength=cells) for line in lines]
    couples = np.minimum(*sizes)
    wives, husbands = (_spread(line, people.cell, size, couples) for line, size in zip(lines, sizes, strict=True))
    people.spouse[wives] = husbands
    people.spouse[husbands] = wives
    people.leader[wives] = husbands


def _spread(line: Ints, cell: Ints, size: Ints, kept: Ints) -> Ints:
    """``kept`` rows of each cell's line, evenly spread over it."""
    place_in_line = rank_within(cell[line], len(size))
    wanted, whole = kept[cell[line]], np.maximum(size[cell[line]], 1)
    chosen = ((place_in_line + 1) * wanted) // whole > (place_in_line * wanted) // whole
    return line[chosen]


def _head_weights(people: People) -> Floats:
    """Relative chance of each person to head a household; wives in couples and children have none."""
    weights = np.zeros(len(people))
    paired = people.spouse != _NOBODY
    kinds = {"divorced": people.marital == DIVORCED, "widowed": people.marital == WIDOWED}
    kinds["single"] = (people.marital == SINGLE) & (people.group >= FIRST_ADULT_GROUP)
    kinds["apart"] = (people.marital == MARRIED) & ~paired
    for kind, rows in kinds.items():
        for sex, word in ((FEMALE, "women"), (MALE, "men")):
            here = rows & (people.sex == sex)
            weights[here] = table(f"head_rate_{kind}_{word}")[people.group[here]]
    husbands = paired & (people.sex == MALE)
    weights[husbands] = table("head_rate_couple")[people.group[husbands]]
    # A head of last resort, for cells of a few persons.
    adult = (people.group >= FIRST_ADULT_GROUP) & ~(paired & (people.sex == FEMALE))
    weights[people.months < _MAJORITY] = 0
    return np.where(adult, np.maximum(weights, 1e-6), 0.0)


def _choose_heads(people: People, cells: Cells, draws: Draws) -> Flags:
    """As many heads per cell as households: sequential Poisson sampling (Ohlsson, 1998) on the head rates."""
    weights = _head_weights(people)
    # A wife comes last of all: only where a cell has more households than other adults.
    wives = (people.spouse != _NOBODY) & (people.sex == FEMALE)
    order_key = draws.uniform("head", people.key) / np.where(weights > 0, weights, 1e-9)
    order_key = np.where((weights == 0) & ~wives, 1e18 - people.months, order_key)
    order = np.lexsort((order_key, people.cell))
    position = rank_within(people.cell[order], len(cells))
    head = np.zeros(len(people), np.bool_)
    head[order[position < cells.households[people.cell[order]]]] = True
    parted = np.flatnonzero(head & wives)
    people.leader[parted] = parted
    people.spouse[people.spouse[parted]] = _NOBODY
    people.spouse[parted] = _NOBODY
    return head


def _give_children(people: People, head: Flags, draws: Draws, cells: int) -> None:
    """Give every child at home a mother (or a lone father) of fitting age in its cell."""
    single = (people.marital == SINGLE) & ~head
    minor = people.months < _MAJORITY
    people.kafala = single & minor & (draws.uniform("kafala", people.key) < number("kafala_share"))
    parents, base = _parents(people, head, draws)
    births = table("births_by_mothers_age")
    at_home = table("at_home_single")
    for group in range(_CHILD_GROUPS):
        stays = draws.uniform("at home", people.key) < at_home[group]
        children = np.flatnonzero(single & ~people.kafala & (people.group == group) & stays)
        middle = people.months[parents] - (group * _MONTHS_PER_GROUP + _MONTHS_PER_GROUP // 2)
        half = _MONTHS_PER_GROUP // 2
        fitting = (middle - half >= _WOMAN_AND_CHILD[0]) & (middle + half <= _WOMAN_AND_CHILD[1])
        bracket = np.clip(middle // _MONTHS_PER_GROUP - FIRST_ADULT_GROUP, 0, len(births) - 1)
        weight = np.where(fitting, np.rint(births[bracket] * base), 0).astype(np.int64)
        phase = draws.uniform(f"children/{group}", _cell_keys(people, cells))
        found = place(people.cell[children], people.cell[parents], weight, phase)
        placed = children[found >= 0]
        people.parent[placed] = parents[found[found >= 0]]
        people.leader[placed] = people.leader[people.parent[placed]]


def _cell_keys(people: People, cells: int) -> Ints:
    """Per cell an identifier that does not depend on the batch: that of its first person."""
    keys = np.zeros(cells, np.int64)
    first = np.flatnonzero(np.diff(people.cell, prepend=-1))
    keys[people.cell[first]] = people.key[first]
    return keys


def _parents(people: People, head: Flags, draws: Draws) -> tuple[Ints, Floats]:
    """Possible parents, by cell and in random order, with their relative number of children."""
    factor = mapping("lone_parent_factor")
    paired = people.spouse != _NOBODY
    value = np.zeros(len(people))
    value[paired & (people.sex == FEMALE)] = 100
    for kind, marital in (("apart", MARRIED), ("divorced", DIVORCED), ("widowed", WIDOWED)):
        alone = (people.marital == marital) & ~paired
        value[alone & (people.sex == FEMALE)] = factor[kind]
        value[alone & (people.sex == MALE)] = factor["men"]
    # Parents who live in someone else's household are mostly young, or old: their children have mostly left.
    old_guest = ~head[people.leader] & (people.group >= FIRST_ADULT_GROUP + 9)
    value[old_guest] *= number("old_guest_parent_factor")
    classes = table("fecundity")
    value *= classes[draws.below("fecundity", people.key, np.full(len(people), len(classes)))] / 100
    rows = np.flatnonzero(value > 0)
    rows = rows[np.lexsort((draws.uniform("parents", people.key[rows]), people.cell[rows]))]
    return rows, value[rows]


def _space_births(people: People, draws: Draws) -> None:
    """Space the children of one mother inside their age group, ten months apart at least, or make them twins.

    A phase shared by all her children keeps also neighbours of two age groups apart.
    """
    rows = np.flatnonzero(people.parent != _NOBODY)
    order = rows[np.lexsort((people.key[rows], people.group[rows], people.parent[rows]))]
    sibship = people.parent[order] * AGES + people.group[order]
    _, first, size = np.unique(sibship, return_index=True, return_counts=True)
    index = np.repeat(np.arange(len(size)), size)
    position = np.arange(len(order)) - first[index]
    number_of = size[index]
    mothers = people.key[people.parent[order]]
    phase = draws.uniform("birth phase", mothers)
    most = np.zeros(len(people), np.int64)
    np.maximum.at(most, people.parent[order], number_of)
    room = np.maximum(_MONTHS_PER_GROUP / (2 * most[people.parent[order]]) - 5, 0)
    middle = (position + phase) * _MONTHS_PER_GROUP / number_of
    earliest, latest = np.maximum(middle - room, 0), np.minimum(middle + room, _MONTHS_PER_GROUP)
    # Drawn within the bounds, not clipped to them: births would heap up where two age groups meet.
    inside = earliest + draws.uniform("birth jitter", people.key[order]) * (latest - earliest)
    inside = np.minimum(np.floor(inside).astype(np.int64), _MONTHS_PER_GROUP - 1)
    twins = draws.uniform("twins", mothers * AGES + people.group[order]) < number("twin_share")
    second = (position == 1) & twins
    inside[second] = inside[np.flatnonzero(second) - 1]
    people.months[order] = people.group[order] * _MONTHS_PER_GROUP + inside


def _lodge(people: People, head: Flags, draws: Draws, cells: Cells) -> None:
    """Number the households and give a roof to every nucleus whose leader heads none."""
    heads = np.flatnonzero(head)
    people.household[heads] = starts(cells.households)[people.cell[heads]] + rank_within(people.cell[heads], len(cells))
    hosts = heads[np.lexsort((draws.uniform("hosts", people.key[heads]), people.cell[heads]))]
    guests = np.flatnonzero((people.leader == np.arange(len(people))) & ~head)
    step = _generation_gap(people, guests, draws)
    for wanted in np.unique(step + people.group[guests] * 3):
        some = guests[step + people.group[guests] * 3 == wanted]
        group, gap = int(wanted) // 3, int(wanted) % 3
        weight = _host_weights(people, hosts, group, gap)
        phase = draws.uniform(f"lodging/{wanted}", _cell_keys(people, len(cells)))
        found = place(people.cell[some], people.cell[hosts], weight, phase)
        people.household[some] = people.household[hosts[found]]
    _adopt(people, head, draws, len(cells))
    people.household = people.household[people.leader]
    _assign_roles(people, head)


_OLDER, _SAME, _YOUNGER = 0, 1, 2


def _generation_gap(people: People, guests: Ints, draws: Draws) -> Ints:
    """Whether a guest lives with an older generation, its own, or a younger one."""
    group = people.group[guests]
    drawn = draws.uniform("generation", people.key[guests])
    share_older = table("guest_lives_with_older")[group]
    share_same = table("guest_lives_with_same")[group]
    return np.where(drawn < share_older, _OLDER, np.where(drawn < share_older + share_same, _SAME, _YOUNGER))


def _host_weights(people: People, hosts: Ints, group: int, gap: int) -> Ints:
    """Heads of the fitting generation count a thousand times the others, who are only a last resort."""
    distance = people.group[hosts] - group
    low, high = {_OLDER: (4, 8), _SAME: (-3, 3), _YOUNGER: (-8, -4)}[gap]
    fitting = (distance >= low) & (distance <= high)
    if group < FIRST_ADULT_GROUP:
        fitting = distance >= low
    lone_old = (people.spouse[hosts] == _NOBODY) & (people.group[hosts] >= FIRST_ADULT_GROUP + 9)
    weight = np.where(fitting, np.where(lone_old, 500, 1000), 1)
    return weight.astype(np.int64)


def _adopt(people: People, head: Flags, draws: Draws, cells: int) -> None:
    """Place kafala children with head couples of middle age."""
    wards = np.flatnonzero(people.kafala)
    couples = np.flatnonzero(head & (people.spouse != _NOBODY))
    middle = (people.group[couples] >= _KAFALA_AGES[0]) & (people.group[couples] <= _KAFALA_AGES[1])
    found = place(
        people.cell[wards],
        people.cell[couples],
        middle.astype(np.int64),
        draws.uniform("kafala home", _cell_keys(people, cells)),
    )
    housed = wards[found >= 0]
    people.leader[housed] = people.leader[couples[found[found >= 0]]]
    people.kafala[wards[found < 0]] = False


def _assign_roles(people: People, head: Flags) -> None:
    """Role of each person towards the head of the household."""
    people.role[head] = Role.HEAD
    wives = np.flatnonzero(head & (people.spouse != _NOBODY))
    people.role[people.spouse[wives]] = Role.SPOUSE
    own = (people.parent != _NOBODY) & head[people.leader]
    people.role[own] = Role.CHILD
    people.role[people.kafala & head[people.leader]] = Role.KAFALA_CHILD
