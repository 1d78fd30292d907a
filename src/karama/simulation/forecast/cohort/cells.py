"""The cells of the cohort version: statuses of the right, ages in months; the register's households put into them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karama.law.inputs import CHILD_ROLES, ROLES
from karama.population.register import NEVER
from karama.simulation.forecast import lives
from karama.simulation.forecast.agenda import MONTHS_A_YEAR

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.population.draws import Floats
    from karama.simulation.forecast.state import Array, State

AGES = 21 * MONTHS_A_YEAR
NONE, COUPLE, NEWLYWED = AGES, AGES + 1, AGES + 2
"""Households without a counted child: of no wife under 50, of a couple of the register, of a couple wed since."""
CELLS = AGES + 3
COVERED, OVER, UNCLAIMED, UNCLAIMED_OVER, JOB, BLOCKED = range(6)
STATUSES = 6
LAST_MOTHER = 50
_CHILDREN = tuple(ROLES.index(name) for name in CHILD_ROLES)


@dataclass
class Cells:
    """Households by status and age of the youngest child, children by status, age of the youngest and own age."""

    homes: Floats
    children: Floats


def _month_ages(birth: Array, month: Month) -> Array:
    """Completed months on the first of the month."""
    born = (birth.astype("datetime64[D]").astype("datetime64[M]")).astype(np.int64) + 1970 * 12
    first = birth.astype("datetime64[D]") == birth.astype("datetime64[D]").astype("datetime64[M]")
    result: Array = month.index - born - np.where(first, 0, 1)
    return result


@dataclass
class Counted:
    """Counted children of a state: their rows, ages in months, and each household's youngest."""

    rows: Array
    age: Array
    youngest: Array

    @classmethod
    def of(cls, state: State, month: Month) -> Counted:
        """Those present under 21; the older disabled are few and left out."""
        persons = state.persons
        young = np.isin(persons["role"], _CHILDREN) & (persons["home"] >= 0) & (persons["death_date"] >= NEVER)
        rows = np.flatnonzero(young)
        age = np.maximum(_month_ages(persons["birth_date"][rows], month), 0)
        rows, age = rows[age < AGES], age[age < AGES]
        youngest = np.full(state.households, NONE, np.int64)
        np.minimum.at(youngest, persons["home"][rows], age)
        wives = (persons["sex"] == lives.FEMALE) & (persons["marital_status"] == lives.MARRIED)
        wives &= (persons["role"] <= lives.SPOUSE) & (persons["home"] >= 0) & (persons["death_date"] >= NEVER)
        fertile = wives & (_month_ages(persons["birth_date"], month) < LAST_MOTHER * MONTHS_A_YEAR)
        with_wife = np.zeros(state.households, np.bool_)
        with_wife[persons["home"][fertile]] = True
        youngest[with_wife & (youngest == NONE)] = COUPLE
        return cls(rows, age, youngest)


def statuses_of(state: State, eligible: Array, threshold: int) -> Array:
    """The status of each household: covered, or the first thing that keeps it from the right."""
    homes, persons = state.homes, state.persons
    couple = (persons["home"] >= 0) & (persons["role"] <= lives.SPOUSE) & (persons["death_date"] >= NEVER)
    job = np.zeros(state.households, np.bool_)
    job[persons["home"][couple & persons["receives_family_allowance"]]] = True
    for_good = ~homes["resident"] | homes["fonds_entraide_familiale"] | homes["pension"] | homes["state_pay"]
    for flag in ("receives_pension", "receives_state_pay"):
        for_good[persons["home"][couple & persons[flag]]] = True
    for_good[persons["home"][(persons["home"] >= 0) & ~persons["in_rnp"]]] = True
    over = homes["score"] > threshold
    unclaimed = homes["claim_month"] >= NEVER
    found = np.select(
        [eligible, for_good, job, unclaimed & over, unclaimed, over],
        [COVERED, BLOCKED, JOB, UNCLAIMED_OVER, UNCLAIMED, OVER],
        default=BLOCKED,
    )
    return found.astype(np.int64)


def start_cells(state: State, counted: Counted, status: Array) -> Cells:
    """The register's households and children in their cells."""
    homes = np.zeros((STATUSES, CELLS))
    np.add.at(homes, (status, counted.youngest), 1)
    children = np.zeros((STATUSES, AGES, AGES))
    home = state.persons["home"][counted.rows]
    np.add.at(children, (status[home], counted.youngest[home], counted.age), 1)
    return Cells(homes, children)
