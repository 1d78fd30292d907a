"""Work: who is employed and how, at the cell's census margins, and the occupations the score asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from karama.population.assumptions import mapping, number, table
from karama.population.cells import FIRST_ADULT_GROUP, Cells
from karama.population.draws import PARTS, Draws, Flags, Floats, Ints, apportion, cut
from karama.population.families import MALE, WIDOWED, People, Role
from karama.population.person_tables import ACTIVITIES, SEXES, activity_margin, activity_shape, person_tables
from karama.population.raking import blend, placed
from karama.population.schooling import HIGHER, LOWER_SECONDARY, UPPER_SECONDARY, Schooling, census_level

IDLE, UNEMPLOYED, FAMILY_WORKER, APPRENTICE, OTHER_WORKER = range(5)
COOPERATIVE, SELF_EMPLOYED, PRIVATE, EMPLOYER, PUBLIC = range(5, len(ACTIVITIES))
"""Positions in `karama.population.person_tables.ACTIVITIES`; from `FAMILY_WORKER` on, the employed."""
OCCUPATIONS = ("other", "senior_executive", "middle_manager", "equipment_operator", "craftsman", "farmer", "trader")
OTHER, SENIOR_EXECUTIVE, MIDDLE_MANAGER, EQUIPMENT_OPERATOR, CRAFTSMAN, FARMER, TRADER = range(7)

_RETIREMENT_GROUP = 12


@dataclass(slots=True)
class Work:
    """One row per person."""

    status: Ints
    """`IDLE` (neither at work nor looking for it), `UNEMPLOYED`, or the census's employment status."""
    occupation: Ints
    """Position in `OCCUPATIONS`."""
    declared: Flags
    """Salaried in the private sector and declared to the social security (CNSS)."""
    pension: Flags

    @property
    def employed(self) -> Flags:
        """Whether each person works."""
        result: Flags = self.status > UNEMPLOYED
        return result


def employ(cells: Cells, people: People, schooling: Schooling, standing: Floats, draws: Draws) -> Work:
    """Employment of all persons.

    Args:
        cells: consecutive cells.
        people: their persons.
        schooling: of the same persons.
        standing: per person, the household's rank inside its cell, 0 to 1.
        draws: of the seed.
    """
    status = _activity(cells, people, schooling, standing, draws)
    occupation = _occupation(cells, people, schooling, status=status, standing=standing, draws=draws)
    chance = table("declared_by_education")[schooling.level]
    chance = chance * np.where(cells.urban[people.cell], 1.0, number("declared_rural_factor"))
    declared = (status == PRIVATE) & (draws.uniform("declared", people.key) < chance)
    pension = _pension(cells, people, schooling, status=status, standing=standing, draws=draws)
    return Work(status, occupation, declared, pension)


def _activity(cells: Cells, people: People, schooling: Schooling, standing: Floats, draws: Draws) -> Ints:
    """What each person does: as many of 15 and over as the census counts, by the fitted table of cell and sex.

    First who works, looks for work or does neither, then the status of those who work.
    """
    weight = mapping("work_by_standing")
    adults = np.flatnonzero(people.group >= FIRST_ADULT_GROUP)
    chances = _chances(cells, people, schooling, adults)
    drawn = draws.uniform("employed", people.key[adults])
    drawn = drawn + weight["head"] * (people.role[adults] == Role.HEAD) * (1 - drawn)
    drawn = drawn * (1 + weight["disabled"] * schooling.disabled[adults])
    working = np.stack([chances[:, 0], chances[:, 1], chances[:, FAMILY_WORKER:].cumsum(axis=1)[:, -1]], axis=1)
    line = people.cell * 2 + people.sex
    quota = _quotas(cells, line[adults], draws)
    of_three = np.stack([quota[:, FAMILY_WORKER:].sum(axis=1), quota[:, UNEMPLOYED], quota[:, IDLE]], axis=1)
    found = FAMILY_WORKER - cut(line[adults], placed(working, drawn), of_three)
    result = np.full(len(people), IDLE, np.int64)
    result[adults] = found
    employed = np.flatnonzero(found == FAMILY_WORKER)
    rows = adults[employed]
    drawn = blend(
        standing[rows],
        draws.uniform("status", people.key[rows]),
        weight["standing"] / (weight["standing"] + weight["noise"]),
    )
    key = placed(chances[employed, FAMILY_WORKER:], drawn)
    result[rows] = PUBLIC - cut(line[rows], key, quota[:, :UNEMPLOYED:-1])
    return result


def _chances(cells: Cells, people: People, schooling: Schooling, adults: Ints) -> Floats:
    """Fitted relative chances of each activity for each adult: (adults, 10)."""
    shape = np.stack([activity_shape(sex) for sex in range(len(SEXES))])
    sex, age = people.sex[adults], people.group[adults] - FIRST_ADULT_GROUP
    state = np.where(schooling.enrolled[adults], 0, 1 + people.marital[adults])
    factors = person_tables().activity[cells.number]
    level = census_level(schooling.level[adults])
    return shape[sex, age, state, level] * factors[people.cell[adults], sex]


def _quotas(cells: Cells, line: Ints, draws: Draws) -> Ints:
    """Whole numbers of each activity by cell and sex: (cells times sexes, 10)."""
    lines = len(cells) * len(SEXES)
    margins = {name: column.reshape(-1) for name, column in cells.people_margins.items()}
    size = np.bincount(line, minlength=lines).astype(np.int64)
    weights = np.rint(activity_margin(margins) * PARTS).astype(np.int64)
    phase = draws.uniform("activity/phase", (cells.number[:, None] * 2 + np.arange(2)).reshape(-1))
    return apportion(size, weights, phase)


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
