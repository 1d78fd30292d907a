"""School, literacy and disability of each person, at the cell's census margins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karama.population.assumptions import number, table
from karama.population.draws import PARTS, Draws, Flags, Floats, Ints, apportion, cut
from karama.population.person_tables import (
    ADULT_AGES,
    AGES,
    EDUCATION,
    FIRST_ADULT_GROUP,
    FIRST_TEEN_GROUP,
    MARITAL,
    person_tables,
)
from karama.population.raking import blend, placed

if TYPE_CHECKING:
    from karama.population.cells import Cells
    from karama.population.families import People

LEVELS = ("none", "preschool", "primary", "lower_secondary", "upper_secondary", "vocational", "higher")
NONE, PRESCHOOL, PRIMARY, LOWER_SECONDARY, UPPER_SECONDARY, VOCATIONAL, HIGHER = range(7)

_FIRST_SCHOOL_AGE, _LAST_SCHOOL_AGE = 4, 24
_BANDS = np.array([4, 6, 12, 15, 18, 21])
_RATE_6_TO_11 = 1
_FITTED_BANDS = slice(3, 6)
"""Bands 15-17, 18-20 and 21-24, which the age groups 15-19, 15-19 and 20-24 speak for."""
_MOST_PUPILS = 0.98
_EDUCATION_SHAPE = (AGES - FIRST_TEEN_GROUP, len(MARITAL), len(EDUCATION))
_CENSUS_LEVELS = (HIGHER, UPPER_SECONDARY, LOWER_SECONDARY, PRIMARY, PRESCHOOL, NONE)
_EDUCATION_AGE = 10
_ADULT_AGE = 15
_SMALL = 1e-9


@dataclass(slots=True)
class Schooling:
    """One row per person."""

    enrolled: Flags
    level: Ints
    """Level attended when enrolled, else the highest attended; position in `LEVELS`."""
    private: Flags
    literate: Flags
    disabled: Flags
    severe: Flags


def school(cells: Cells, people: People, standing: Floats, standard: Floats, draws: Draws) -> Schooling:
    """Schooling and disability of all persons.

    Args:
        cells: consecutive cells.
        people: their persons.
        standing: per person, the household's rank inside its cell, 0 to 1.
        standard: per person, the household's standard of living in the country, 0 to 1.
        draws: of the seed.
    """
    age = people.months // 12
    line = people.cell * 2 + people.sex
    enrolled = _enrol(cells, people, standing, draws)
    level = np.where(enrolled, _attended_level(people, draws), NONE)
    level = _completed_levels(cells, people, level=level, enrolled=enrolled, standing=standing, draws=draws)
    literate = _literate(cells, people, level, draws)
    disabled = _disabled(cells, people, line, draws)
    severe = disabled & (draws.uniform("severe", people.key) < number("severe_disability_share"))
    private = _private(cells, people, enrolled, standard, draws)
    return Schooling(enrolled, level, private & (age >= _FIRST_SCHOOL_AGE), literate, disabled, severe)


def _quotas(share: Floats, size: Ints, phase: Floats) -> Ints:
    """Per group the rounded number of members concerned and of the others, shape (groups, 2)."""
    chosen = np.minimum((share * size + phase).astype(np.int64), size)
    return np.stack([chosen, size - chosen], axis=1)


def _enrol(cells: Cells, people: People, standing: Floats, draws: Draws) -> Flags:
    """Enrolled persons of 4 to 24: the census rate at 6 to 11, assumed rates at other ages."""
    age = people.months // 12
    rows = np.flatnonzero((age >= _FIRST_SCHOOL_AGE) & (age <= _LAST_SCHOOL_AGE) & (people.marital == 0))
    band = np.searchsorted(_BANDS, age[rows], side="right") - 1
    group = (people.cell[rows] * 2 + people.sex[rows]) * len(_BANDS) + band
    shares = np.empty((len(cells), 2, len(_BANDS)))
    assumed = np.stack([table("enrolment_rural"), table("enrolment_urban")])[cells.urban.astype(np.int64)]
    shares[:] = assumed[:, None, :]
    # Where few went beyond primary school, the fitted tables leave fewer pupils too.
    fitted = person_tables().pupils[cells.number]
    shares[:, :, _FITTED_BANDS] = np.minimum(shares[:, :, _FITTED_BANDS] * fitted[:, :, (0, 0, 1)], _MOST_PUPILS)
    shares[:, :, _RATE_6_TO_11] = cells.people_margins["schooling_rate_6_to_11"]
    groups = shares.size
    size = np.bincount(group, minlength=groups).astype(np.int64)
    phase = _group_phase(cells, groups // len(cells), "enrolment", draws)
    key = standing[rows] * 0.5 + draws.uniform("enrolled", people.key[rows]) - 0.12 * (age[rows] - _BANDS[band])
    result = np.zeros(len(people), np.bool_)
    result[rows] = cut(group, key, _quotas(shares.reshape(-1), size, phase)) == 0
    return result


def _group_phase(cells: Cells, per_cell: int, purpose: str, draws: Draws) -> Floats:
    """A rounding phase per group of a cell, the same in every batch."""
    keys = cells.number[:, None] * per_cell + np.arange(per_cell)
    return draws.uniform(f"{purpose}/phase", keys.reshape(-1).astype(np.int64))


def _attended_level(people: People, draws: Draws) -> Ints:
    """Level attended at each age by those enrolled."""
    age = np.clip(people.months // 12, _FIRST_SCHOOL_AGE, _LAST_SCHOOL_AGE) - _FIRST_SCHOOL_AGE
    reached = np.cumsum(table("level_attended_by_age"), axis=1)[age]
    drawn = draws.uniform("level", people.key)
    passed: Ints = (drawn[:, None] >= reached - _SMALL).sum(axis=1)
    return PRESCHOOL + np.minimum(passed, HIGHER - PRESCHOOL)


def _completed_levels(
    cells: Cells, people: People, *, level: Ints, enrolled: Flags, standing: Floats, draws: Draws
) -> Ints:
    """Give those aged 10 and over who have left school the census levels that pupils leave free, by unit and sex."""
    concerned = people.months >= _EDUCATION_AGE * 12
    line = people.cell * 2 + people.sex
    lines = len(cells) * 2
    shares = np.stack([cells.people_margins[f"education_{LEVELS[code]}"] for code in _CENSUS_LEVELS], axis=2).reshape(
        lines, -1
    )
    weights = np.rint(shares * PARTS).astype(np.int64)
    whole = np.bincount(line[concerned], minlength=lines).astype(np.int64)
    wanted = apportion(whole, weights, _group_phase(cells, 2, "education", draws))
    for position, code in enumerate(_CENSUS_LEVELS):
        pupils = concerned & enrolled & (level == code)
        if code == UPPER_SECONDARY:
            pupils |= concerned & enrolled & (level == VOCATIONAL)
        wanted[:, position] -= np.bincount(line[pupils], minlength=lines)
    out = np.flatnonzero(concerned & ~enrolled)
    size = np.bincount(line[out], minlength=lines).astype(np.int64)
    free = apportion(size, np.maximum(wanted, 0), np.full(lines, 0.5))
    fitted = person_tables().education[cells.number].reshape(lines, *_EDUCATION_SHAPE)
    chances = fitted[line[out], people.group[out] - FIRST_TEEN_GROUP, people.marital[out]]
    # The household's rank speaks among persons of one age and marital status.
    standing_weight, noise = number("education_by_standing"), number("education_noise")
    drawn = blend(
        standing[out], draws.uniform("education", people.key[out]), standing_weight / (standing_weight + noise)
    )
    result = level.copy()
    result[out] = np.asarray(_CENSUS_LEVELS)[cut(line[out], placed(chances, drawn), free)]
    return result


def _literate(cells: Cells, people: People, level: Ints, draws: Draws) -> Flags:
    """Literate adults: as many as the census says, by the fitted chance of their age and level."""
    adults = np.flatnonzero(people.months >= _ADULT_AGE * 12)
    line = people.cell[adults] * 2 + people.sex[adults]
    lines = len(cells) * 2
    size = np.bincount(line, minlength=lines).astype(np.int64)
    share = 1 - cells.people_margins["illiteracy_rate_15_plus"].reshape(-1)
    fitted = person_tables().literate[cells.number].reshape(lines, ADULT_AGES, len(EDUCATION))
    reads = fitted[line, people.group[adults] - FIRST_ADULT_GROUP, census_level(level[adults])]
    drawn = draws.uniform("literate", people.key[adults])
    key = placed(np.stack([1 - reads, reads], axis=1), drawn)
    result = np.zeros(len(people), np.bool_)
    quotas = _quotas(share, size, _group_phase(cells, 2, "literate", draws))
    result[adults] = cut(line, key, quotas) == 0
    return result


def census_level(level: Ints) -> Ints:
    """Position in `EDUCATION`, where vocational training counts as upper secondary."""
    return np.where(level == HIGHER, len(EDUCATION) - 1, np.minimum(level, UPPER_SECONDARY))


def _disabled(cells: Cells, people: People, line: Ints, draws: Draws) -> Flags:
    """Disabled persons at the census prevalence, mostly the old."""
    lines = len(cells) * 2
    size = np.bincount(line, minlength=lines).astype(np.int64)
    share = cells.people_margins["disability_prevalence"].reshape(-1)
    key = -draws.uniform("disabled", people.key) / table("disability_by_age")[people.group]
    result: Flags = cut(line, key, _quotas(share, size, _group_phase(cells, 2, "disabled", draws))) == 0
    return result


def _private(cells: Cells, people: People, enrolled: Flags, standard: Floats, draws: Draws) -> Flags:
    """Pupils of private schools, likelier the better off the household."""
    grid = np.linspace(0, 1, 5)
    urban = cells.urban[people.cell]
    chance = np.where(
        urban,
        np.interp(standard, grid, table("private_school_urban")),
        np.interp(standard, grid, table("private_school_rural")),
    )
    # Brothers and sisters go to the same kind of school: the draw is the household's.
    drawn = draws.uniform("private school", people.key[people.leader])
    result: Flags = enrolled & (drawn < chance)
    return result
