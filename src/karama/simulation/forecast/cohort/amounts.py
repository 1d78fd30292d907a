"""What the law gives the cells of a register: by child, by family, to a childless household."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karama.simulation.forecast.agenda import MONTHS_A_YEAR
from karama.simulation.forecast.cohort.cells import NONE
from karama.simulation.forecast.deciding import Decider, connected
from karama.simulation.forecast.schooling import SEPTEMBER

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.population.draws import Floats
    from karama.simulation.forecast.cohort.cells import Counted
    from karama.simulation.forecast.measures import Measured
    from karama.simulation.forecast.state import State


@dataclass(frozen=True)
class Amounts:
    """What the law gives in a month: by age of a child in years, by age of the youngest, to a childless family."""

    child: Floats
    floor: Floats
    flat: float
    grant: Floats


def amounts_of(measured: Measured, state: State, counted: Counted, months: list[Month]) -> list[Amounts]:
    """Amounts per cell of the register as each month's law would give them, the members as old as at the start."""
    birth = state.persons["birth_date"]
    made: dict[tuple[str, bool], Amounts] = {}
    result = []
    for month in months:
        values = measured.programme.law.bind(measured.programme.graph(month), month, "paid").values
        key = (repr(sorted((name, repr(value)) for name, value in values.items())), month.month == SEPTEMBER)
        if key not in made:
            shift = (month.first_day - months[0].first_day).days
            state.persons["birth_date"] = (birth + shift).astype(birth.dtype)
            made[key] = _amounts(measured, state, counted, month)
            state.persons["birth_date"] = birth
        result.append(made[key])
    return result


def _amounts(measured: Measured, state: State, counted: Counted, month: Month) -> Amounts:
    nobody = np.zeros(state.households, np.bool_)
    with connected() as connection:
        columns = Decider(measured, "paid", connection).decide(state, month, nobody, nobody).columns
    money = {name: columns[column].astype(np.float64) for name, column in measured.money.items()}
    eligible = columns[measured.programme.eligible] != 0
    home = state.persons["home"][counted.rows]
    size = np.maximum(np.bincount(home, minlength=state.households), 1)
    inside = eligible[home]
    years = counted.age[inside] // MONTHS_A_YEAR
    of = home[inside]

    def by_child(name: str) -> Floats:
        summed = np.bincount(years, weights=(money[name] / size)[of], minlength=21)
        return summed / np.maximum(np.bincount(years, minlength=21), 1)

    child = by_child("child_aid") + by_child("disability_supplement")
    with_child = eligible & (counted.youngest < NONE)
    youngest = counted.youngest[with_child] // MONTHS_A_YEAR
    topped = np.bincount(youngest, weights=money["family_floor"][with_child], minlength=21)
    floor: Floats = topped / np.maximum(np.bincount(youngest, minlength=21), 1)
    childless = eligible & (counted.youngest >= NONE)
    flat = float(money["flat_aid"][childless].sum() / max(childless.sum(), 1))
    return Amounts(child, floor, flat, by_child("back_to_school_grant"))
