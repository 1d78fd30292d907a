"""Living standards of all households, registered or not: yearly spending, and deprivations in many dimensions at once.

Neither is in the census nor in the register: both are synthetic figures beside them, so that poverty can be measured in
the country and a reform's effect on it.  Spending follows the household's standard of living along assumed tables whose
values were adjusted until the country has the published mean, Gini index and rates of poverty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from karama.population.assumptions import mapping, number, table
from karama.population.families import Role
from karama.population.home_tables import FUELS
from karama.population.dwellings import BASIC
from karama.population.register import household_names
from karama.population.declaration import PLACES
from karama.population.schooling import NONE, PRESCHOOL, PRIMARY

if TYPE_CHECKING:
    from karama.population.draws import Draws, Flags, Floats, Ints
    from karama.population.registration import Generated

POORER_GRID = np.array([0, 0.1, 0.25, 0.5, 0.75, 0.9, 1])
"""Standards of living at which spending is tabulated."""

_BELL_WIDTH = 6
"""A bell draw has a standard deviation of one sixth."""
_ADULT, _PUPIL = 15 * 12, (6 * 12, 15 * 12)


def spending_per_person(standard: Floats, size: Ints, urban: Flags, draws: Draws, keys: Ints) -> Floats:
    """Yearly spending per person in MAD.

    Args:
        standard: of living of the household, 0 to 1.
        size: its number of members; a larger household of the same standard spends less on each.
        urban: its milieu.
        draws: of the seed.
        keys: identifiers of the households, for the draws.
    """
    rural_row, urban_row = np.log(table("spending_per_person"))
    level = np.where(urban, np.interp(standard, POORER_GRID, urban_row), np.interp(standard, POORER_GRID, rural_row))
    shape = mapping("spending_spread")
    chance = shape["noise"] * _BELL_WIDTH * (draws.bell("spending", keys) - 0.5)
    result: Floats = np.exp(level + chance - shape["size"] * np.log(np.maximum(size, 1) / 4))
    return result
