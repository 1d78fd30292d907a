"""The joint tables of households of each cell: rank of living, dwelling, occupancy, amenities, cooking fuel.

Inside one rank the three blocks are taken to be independent of each other, so each block is fitted with the rank in a
table of its own; inside a block everything hangs together (no bathroom without water, no electric cooking without
electricity).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from karama.population.assumptions import mapping, number, table
from karama.population.raking import rake, ratio
from karama.territory import household_margins

if TYPE_CHECKING:
    from karama.population.draws import Floats

RANKS = 8
"""Equal classes of households by rank inside their cell."""
DWELLINGS = ("basic_or_slum", "other", "rural", "moroccan_house", "apartment", "villa")
OCCUPANCIES = ("other", "tenant", "owner")
AMENITIES = ("kitchen", "toilet", "bathroom", "electricity", "running_water")
FUELS = ("firewood", "charcoal", "other", "gas", "electricity")
CATEGORIES: dict[str, tuple[str, ...]] = {
    "dwelling_type": DWELLINGS,
    "occupancy": OCCUPANCIES,
    "cooking_fuel": FUELS,
}
"""Categories from the poorest to the richest; an amenity is missing (0) or there (1)."""
BLOCKS = (
    ("dwelling_type", "occupancy"),
    ("running_water", "toilet", "kitchen", "bathroom"),
    ("electricity", "cooking_fuel"),
)


@cache
def household_margin(name: str) -> Floats:
    """The census's shares of one margin, brought to one: (cells of the country, categories)."""
    margins = household_margins()
    if name in AMENITIES:
        there = margins[f"amenities_{name}"].to_numpy().astype(np.float64)
        return np.stack([1 - there, there], axis=1)
    shares = np.stack([margins[f"{name}_{kind}"].to_numpy().astype(np.float64) for kind in CATEGORIES[name]], axis=1)
    return ratio(shares, shares.sum(axis=1, keepdims=True))


@cache
def household_tables() -> dict[tuple[str, ...], Floats]:
    """The fitted table of each block: shape (ranks, categories of each margin in turn, cells of the country)."""
    shapes = (_dwelling_shape(), _water_shape(), _power_shape())
    cells = len(household_margins())
    ranks = np.full((RANKS, cells), 1 / RANKS)
    return {
        block: rake(shape, [*((at, household_margin(name).T) for at, name in enumerate(block, 1)), (0, ranks)])
        for block, shape in zip(BLOCKS, shapes, strict=True)
    }


def _middles() -> Floats:
    """The middle of each rank class."""
    return (np.arange(RANKS) + 0.5) / RANKS


def _near(places: dict[str, float], names: tuple[str, ...]) -> Floats:
    """Relative chances of categories that each have their place along the ranks: (ranks, categories)."""
    at = np.array([places[name] for name in names])
    result: Floats = np.exp(-(((_middles()[:, None] - at) / number("dwelling_spread")) ** 2) / 2)
    return result


def _rising(name: str) -> Floats:
    """Odds of an amenity along the ranks, one in the middle."""
    result: Floats = np.exp(mapping("amenity_slopes")[name] * (_middles() - 0.5))
    return result


def _dwelling_shape() -> Floats:
    """Assumed table of rank, dwelling and occupancy."""
    shape: Floats = _near(mapping("dwelling_places"), DWELLINGS)[:, :, None] * table("occupancy_odds")
    return shape


def _water_shape() -> Floats:
    """Assumed table of rank, running water, toilet, kitchen and bathroom."""
    odds = mapping("amenity_odds")
    shape = np.ones((RANKS, 2, 2, 2, 2))
    for axis, name in enumerate(BLOCKS[1], 1):
        there = [slice(None)] * 5
        there[axis] = slice(1, 2)
        shape[tuple(there)] *= _rising(name)[:, None, None, None, None]
    shape[:, 0, 1] *= odds["toilet_without_water"]
    shape[:, :, 0, 1] *= odds["kitchen_without_toilet"]
    shape[:, 0, :, :, 1] *= odds["bathroom_without_water"]
    shape[:, :, 0, :, 1] *= odds["bathroom_without_toilet"]
    return shape


def _power_shape() -> Floats:
    """Assumed table of rank, electricity and cooking fuel."""
    shape = np.repeat(_near(mapping("fuel_places"), FUELS)[:, None, :], 2, axis=1)
    shape[:, 1] *= _rising("electricity")[:, None]
    shape[:, 0, FUELS.index("electricity")] *= mapping("amenity_odds")["electric_cooking_without_electricity"]
    return shape
