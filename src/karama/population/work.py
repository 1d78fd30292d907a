"""Work: who is employed and how, at the cell's census margins, and the occupations the score asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from karama.population.assumptions import mapping, number, table
from karama.population.cells import FIRST_ADULT_GROUP, Cells
from karama.population.draws import PARTS, Draws, Flags, Floats, Ints, apportion, cut
from karama.population.families import MALE, WIDOWED, People, Role
from karama.population.schooling import HIGHER, LOWER_SECONDARY, UPPER_SECONDARY, Schooling

IDLE, PUBLIC, EMPLOYER, SELF_EMPLOYED, PRIVATE, FAMILY_WORKER, OTHER_WORKER = range(7)
OCCUPATIONS = ("other", "senior_executive", "middle_manager", "equipment_operator", "craftsman", "farmer", "trader")
OTHER, SENIOR_EXECUTIVE, MIDDLE_MANAGER, EQUIPMENT_OPERATOR, CRAFTSMAN, FARMER, TRADER = range(7)

_RETIREMENT_GROUP = 12


@dataclass(slots=True)
class Work:
    """One row per person."""

    status: Ints
    """`IDLE` (not employed) or the census's employment status."""
    occupation: Ints
    """Position in `OCCUPATIONS`."""
    declared: Flags
    """Salaried in the private sector and declared to the social security (CNSS)."""
    pension: Flags


def employ(cells: Cells, people: People, schooling: Schooling, standing: Floats, draws: Draws) -> Work:
    """Employment of all persons.

    Args:
        cells: consecutive cells.
        people: their persons.
        schooling: of the same persons.
        standing: per person, the household's rank inside its cell, 0 to 1.
        draws: of the seed.
    """
    employed = _employed(cells, people, schooling, draws)
    status = _status(cells, people, schooling, standing=standing, employed=employed, draws=draws)
    occupation = _occupation(cells, people, schooling, status=status, standing=standing, draws=draws)
    chance = table("declared_by_education")[schooling.level]
    chance = chance * np.where(cells.urban[people.cell], 1.0, number("declared_rural_factor"))
    declared = (status == PRIVATE) & (draws.uniform("declared", people.key) < chance)
    pension = _pension(cells, people, schooling, status=status, standing=standing, draws=draws)
    return Work(status, occupation, declared, pension)


def _employed(cells: Cells, people: People, schooling: Schooling, draws: Draws) -> Flags:
    """As many employed women and men of 15 and over as the census counts, by age and place in the family."""
    adults = np.flatnonzero(people.group >= FIRST_ADULT_GROUP)
    line = people.cell[adults] * 2 + people.sex[adults]
    lines = len(cells) * 2
    size = np.bincount(line, minlength=lines).astype(np.int64)
    phase = draws.uniform("employment/phase", (cells.number[:, None] * 2 + np.arange(2)).reshape(-1))
    wanted = np.minimum((cells.people_margins["employment_rate"].reshape(-1) * size + phase).astype(np.int64), size)
    weight = np.where(
        people.sex[adults] == MALE,
        table("activity_men")[people.group[adults]],
        table("activity_women")[people.group[adults]],
    )
    weight = weight * np.where(schooling.enrolled[adults], 0.05, 1) * np.where(people.role[adults] == Role.HEAD, 2, 1)
    weight = weight * np.where(schooling.level[adults] == HIGHER, 1.6, 1)
    key = -draws.uniform("employed", people.key[adults]) / weight
    result = np.zeros(len(people), np.bool_)
    result[adults] = cut(line, key, np.stack([wanted, size - wanted], axis=1)) == 0
    return result


def _status(
    cells: Cells, people: People, schooling: Schooling, *, standing: Floats, employed: Flags, draws: Draws
) -> Ints:
    """Status of the employed: the educated to the public sector first, then employers, the self-employed, others."""
    rows = np.flatnonzero(employed)
    line = people.cell[rows] * 2 + people.sex[rows]
    lines = len(cells) * 2
    columns = ("public_sector", "employer", "self_employed", "private_sector", "family_worker")
    share = np.stack([cells.people_margins[f"employment_status_{name}"] for name in columns], axis=2).reshape(lines, -1)
    # Apprentices, members of cooperatives and others are what the five published statuses leave.
    rest = np.clip(1 - share.cumsum(axis=1)[:, -1:], 0, None)
    share = np.concatenate([share, rest], axis=1)
    size = np.bincount(line, minlength=lines).astype(np.int64)
    phase = draws.uniform("status/phase", (cells.number[:, None] * 2 + np.arange(2)).reshape(-1))
    quota = apportion(size, np.rint(share * PARTS).astype(np.int64), phase)
    level, group = schooling.level[rows], people.group[rows]
    noise = [draws.uniform(f"status/{turn}", people.key[rows]) for turn in range(3)]
    keys = (
        0.15 * level + 0.2 * standing[rows] + 0.5 * noise[0] + 0.02 * group,
        standing[rows] + 0.4 * noise[1] + 0.03 * group,
        0.04 * group - 0.03 * level + noise[2],
    )
    status = np.full(len(rows), PRIVATE, np.int64)
    left = np.arange(len(rows))
    for column, code, key in ((0, PUBLIC, keys[0]), (1, EMPLOYER, keys[1])):
        others = np.bincount(line[left], minlength=lines) - quota[:, column]
        chosen = cut(line[left], key[left], np.stack([quota[:, column], others], axis=1)) == 0
        status[left[chosen]] = code
        left = left[~chosen]
    last = cut(line[left], keys[2][left], quota[:, 2:])
    status[left] = np.array([SELF_EMPLOYED, PRIVATE, FAMILY_WORKER, OTHER_WORKER])[last]
    result = np.full(len(people), IDLE, np.int64)
    result[rows] = status
    return result


def _occupation(
    cells: Cells, people: People, schooling: Schooling, *, status: Ints, standing: Floats, draws: Draws
) -> Ints:
    """Occupation of the employed, from assumed shares by status and education."""
    shares = mapping("occupation_shares")
    drawn = draws.uniform("occupation", people.key)
    urban = cells.urban[people.cell]
    salaried = (status == PUBLIC) | (status == PRIVATE)
    own = (status == SELF_EMPLOYED) | (status == EMPLOYER)
    result = np.zeros(len(people), np.int64)
    graduate = salaried & (schooling.level == HIGHER)
    result[graduate & (drawn < shares["middle_of_graduates"])] = MIDDLE_MANAGER
    result[graduate & (drawn + 0.3 * (0.5 - standing) < shares["senior_of_graduates"])] = SENIOR_EXECUTIVE
    middle = salaried & (schooling.level == UPPER_SECONDARY)
    result[middle & (drawn < shares["middle_of_secondary"])] = MIDDLE_MANAGER
    operator = (status == PRIVATE) & (schooling.level <= LOWER_SECONDARY) & (people.sex == MALE)
    result[operator & (drawn < shares["operators_of_employees"])] = EQUIPMENT_OPERATOR
    farming = own & ~urban & (drawn < shares["farmers_of_rural_independents"])
    trading = own & ~farming & (drawn > 1 - shares["traders_of_independents"])
    craft = own & ~farming & ~trading & (drawn < np.where(urban, 1, 2) * shares["craftsmen_of_independents"])
    result[farming], result[trading], result[craft] = FARMER, TRADER, CRAFTSMAN
    manual = (status == PRIVATE) & (result == OTHER) & (drawn > 1 - shares["craftsmen_of_employees"])
    result[manual] = CRAFTSMAN
    return result


def _pension(
    cells: Cells, people: People, schooling: Schooling, *, status: Ints, standing: Floats, draws: Draws
) -> Flags:
    """Pensioners among those of 60 and over who do not work, and among widows (reversion)."""
    chance = mapping("pension_chance")
    base = np.where(people.sex == MALE, chance["men"], chance["women"])
    base = base + np.where((people.marital == WIDOWED) & (people.sex != MALE), chance["widows"], 0)
    urban = np.where(cells.urban[people.cell], 1.0, chance["rural_factor"])
    slope = 0.4 + 1.2 * standing + 0.15 * schooling.level
    concerned = (people.group >= _RETIREMENT_GROUP) & (status == IDLE)
    result: Flags = concerned & (draws.uniform("pension", people.key) < base * urban * slope)
    return result
