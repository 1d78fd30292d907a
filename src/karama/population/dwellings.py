"""Households: their standard of living, dwelling and amenities, at the cell's census margins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karama.population.assumptions import mapping, number
from karama.population.draws import PARTS, Draws, Flags, Floats, Ints, apportion, cut, starts

if TYPE_CHECKING:
    from karama.population.cells import Cells

DWELLINGS = ("villa", "apartment", "moroccan_house", "rural", "other", "basic_or_slum")
VILLA, APARTMENT, MOROCCAN_HOUSE, RURAL_HOUSE, OTHER_DWELLING, BASIC = range(6)
OCCUPANCIES = ("owner", "tenant", "other")
AMENITIES = ("kitchen", "toilet", "bathroom", "electricity", "running_water")


@dataclass(slots=True)
class Homes:
    """One row per household, in the order of their numbers."""

    cell: Ints
    number: Ints
    """Number in the country, from 0; the same for every share and batch."""
    standing: Floats
    """Rank of the household inside its cell, 0 to 1."""
    standard: Floats
    """Standard of living in the country, 0 to 1."""
    size: Ints
    dwelling: Ints
    occupancy: Ints
    amenities: dict[str, Flags]
    rooms: Ints


def number_homes(cells: Cells) -> tuple[Ints, Ints]:
    """Cell and national number of each household, in order."""
    cell = np.repeat(np.arange(len(cells), dtype=np.int64), cells.households)
    local = np.arange(len(cell), dtype=np.int64) - starts(cells.households)[cell]
    return cell, cells.first_household[cell] + local


def rank_homes(cells: Cells, cell: Ints, numbers: Ints, draws: Draws) -> tuple[Floats, Floats]:
    """Standing inside the cell and standard in the country, before work and schooling are known."""
    standing = draws.uniform("standing", numbers)
    weight = number("standard_between_cells")
    return standing, weight * cells.standard[cell] + (1 - weight) * standing


def house(
    cells: Cells, cell: Ints, numbers: Ints, *, standing: Floats, standard: Floats, size: Ints, draws: Draws
) -> Homes:
    """Dwelling, occupancy, amenities and rooms of each household: better ones go to those who stand higher."""
    noise = mapping("dwelling_noise")
    key = standing + noise["dwelling"] * draws.uniform("dwelling", numbers)
    dwelling = _ranked(cells, cell, key, tuple(f"dwelling_type_{kind}" for kind in DWELLINGS), draws)
    key = draws.uniform("occupancy", numbers)
    occupancy = _ranked(cells, cell, key, tuple(f"occupancy_{kind}" for kind in OCCUPANCIES), draws)
    amenities = {}
    for name in AMENITIES:
        key = standing + noise["amenity"] * draws.uniform(name, numbers)
        amenities[name] = _ranked(cells, cell, key, (f"amenities_{name}",), draws) == 0
    per_room = cells.household_margins["people_per_room"][cell]
    mean_size = (cells.persons / np.maximum(cells.households, 1))[cell]
    spread = noise["rooms_low"] + noise["rooms_slope"] * standing + 0.5 * draws.uniform("rooms", numbers)
    # Rooms follow the household's size only by half: large families are more crowded.
    wanted = (0.5 * size + 0.5 * mean_size) / np.maximum(per_room, 0.5) * spread
    rooms = np.clip(np.floor(wanted + 0.5), 1, 12).astype(np.int64)
    return Homes(cell, numbers, standing, standard, size, dwelling, occupancy, amenities, rooms)


def _ranked(cells: Cells, cell: Ints, key: Floats, columns: tuple[str, ...], draws: Draws) -> Ints:
    """Category of each household; the census shares of the columns, what remains being a last category."""
    shares = np.stack([cells.household_margins[name] for name in columns], axis=1)
    weights = np.rint(shares * PARTS).astype(np.int64)
    if len(columns) == 1:
        weights = np.concatenate([weights, PARTS - weights], axis=1)
    quotas = apportion(cells.households, weights, draws.uniform(f"{columns[0]}/phase", cells.number))
    return cut(cell, key, quotas)
