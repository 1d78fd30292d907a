"""The census cells (a unit and a milieu) with what is generated in each: households, persons, and their classes.

How many persons have each sex, age and marital status comes from the joint tables of `karama.population.person_tables`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from karama.population.assumptions import table
from karama.population.draws import PARTS, Draws, Flags, Floats, Ints, apportion, thin
from karama.population.person_tables import AGES, FIRST_ADULT_GROUP, MARITAL, SEXES, person_tables
from karama.territory import HOUSEHOLD_COLUMNS, PEOPLE_COLUMNS, household_margins, people_margins

if TYPE_CHECKING:
    import polars as pl

__all__ = ["AGES", "FIRST_ADULT_GROUP", "MARITAL", "SEXES", "Cells", "census_cells", "class_counts"]


@dataclass(frozen=True, slots=True)
class Cells:
    """Consecutive census cells; every array has one row per cell."""

    number: Ints
    """Position among all cells of the country, the same in every batch."""
    code: tuple[str, ...]
    milieu: tuple[str, ...]
    households: Ints
    """Households to generate."""
    persons: Ints
    """Persons to generate."""
    mean_size: Floats
    """Mean household size, from the census."""
    first_household: Ints
    """Number of the cell's first household, so that numbers do not depend on the share."""
    household_margins: dict[str, Floats]
    people_margins: dict[str, Floats]
    """Shape (cells, sexes) for each column."""
    sex_share: Floats
    """Shape (cells, sexes)."""
    standard: Floats
    """Rank of the cell among the country's households, from the poorest (0) to the richest (1)."""

    def __len__(self) -> int:
        """Number of cells."""
        return len(self.number)

    @property
    def urban(self) -> Flags:
        """Whether the cell is urban."""
        return np.array([milieu == "urban" for milieu in self.milieu], dtype=np.bool_)

    def part(self, first: int, last: int) -> Cells:
        """The cells from ``first`` to before ``last``."""
        kept = slice(first, last)
        return Cells(
            number=self.number[kept],
            code=self.code[kept],
            milieu=self.milieu[kept],
            households=self.households[kept],
            persons=self.persons[kept],
            mean_size=self.mean_size[kept],
            first_household=self.first_household[kept],
            household_margins={name: column[kept] for name, column in self.household_margins.items()},
            people_margins={name: column[kept] for name, column in self.people_margins.items()},
            sex_share=self.sex_share[kept],
            standard=self.standard[kept],
        )


@cache
def _census() -> tuple[pl.DataFrame, dict[str, Floats], Floats]:
    """Household margins, people margins as (cells, sexes) arrays, and the share of each sex."""
    households = household_margins()
    people = people_margins()
    shape = (len(households), len(SEXES))
    columns = {name: people[name].to_numpy().astype(np.float64).reshape(shape) for name in PEOPLE_COLUMNS}
    of_sex = people["population"].to_numpy().astype(np.float64).reshape(shape)
    return households, columns, of_sex / np.maximum(of_sex[:, :1] + of_sex[:, 1:], 1)


def census_cells(share: float, draws: Draws) -> Cells:
    """All 1,698 cells with the households and persons of a synthetic population of this share.

    Args:
        share: of the census's households, in (0, 1].
        draws: of the seed.
    """
    households, people, sex_share = _census()
    full = households["households"].to_numpy().astype(np.int64)
    phase = float(draws.uniform("cells", np.zeros(1, np.int64))[0])
    kept = thin(full, share, phase)
    population = households["population"].to_numpy().astype(np.int64)
    # Persons follow the households kept, at the cell's own mean size, rounded so that errors do not add up.
    mean_size = population / np.maximum(full, 1)
    persons = np.diff(np.rint(np.cumsum(kept * mean_size)), prepend=0).astype(np.int64)
    persons = np.maximum(persons, kept)
    return Cells(
        number=np.arange(len(full), dtype=np.int64),
        code=tuple(households["code"]),
        milieu=tuple(households["milieu"]),
        households=kept,
        persons=persons,
        mean_size=mean_size,
        first_household=np.cumsum(full) - full,
        household_margins={name: households[name].to_numpy().astype(np.float64) for name in HOUSEHOLD_COLUMNS},
        people_margins=people,
        sex_share=sex_share,
        standard=_standard(households, people, full),
    )


def _standard(households: pl.DataFrame, people: dict[str, Floats], weight: Ints) -> Floats:
    """Rank in (0, 1) of each cell by a composite of census indicators, weighted by households."""
    shares = table("cell_standard_weights")
    indicators = (
        1 - people["illiteracy_rate_15_plus"].mean(axis=1),
        people["education_higher"].mean(axis=1),
        people["commute_private_car"].mean(axis=1),
        households["amenities_bathroom"].to_numpy(),
        households["amenities_running_water"].to_numpy(),
    )
    composite = np.zeros(len(weight))
    for part, indicator in zip(shares, indicators, strict=True):
        composite += part * indicator
    order = np.argsort(composite, kind="stable")
    standing = np.empty(len(weight))
    standing[order] = (np.cumsum(weight[order]) - weight[order] / 2) / weight.sum()
    return standing


def class_counts(cells: Cells, draws: Draws) -> Ints:
    """Persons of each class.

    Returns:
        Shape (cells, sexes, ages, marital statuses), adding up to ``cells.persons``, with at least one
        adult per household.
    """
    weights = np.rint(person_tables().classes[cells.number] * PARTS).astype(np.int64)
    phase = draws.uniform("classes", cells.number)
    shape = weights.shape
    counts = apportion(cells.persons, weights.reshape(len(cells), -1), phase).reshape(shape)
    return _with_enough_adults(counts, cells.households)


def _with_enough_adults(counts: Ints, households: Ints) -> Ints:
    """In the smallest cells, turn children into married men of 40-44 so that every household has a head."""
    young = counts[:, :, :FIRST_ADULT_GROUP, 0].reshape(len(counts), -1)
    lacking = np.clip(households - (counts.sum(axis=(1, 2, 3)) - young.sum(axis=1)), 0, None)
    taken = apportion(lacking, young, np.zeros(len(counts)))
    result = counts.copy()
    result[:, :, :FIRST_ADULT_GROUP, 0] -= taken.reshape(len(counts), len(SEXES), FIRST_ADULT_GROUP)
    result[:, 1, 8, 1] += taken.sum(axis=1)
    return result
