"""Households: their standard of living, dwelling and amenities, at the cell's census margins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karama.population.assumptions import mapping, number
from karama.population.draws import PARTS, Draws, Flags, Floats, Ints, apportion, cut, starts
from karama.population.home_tables import (
    AMENITIES,
    DWELLINGS,
    RANKS,
    household_margin,
    household_tables,
)
from karama.population.raking import blend, placed, share_out

if TYPE_CHECKING:
    from karama.population.cells import Cells

BASIC, OTHER_DWELLING, RURAL_HOUSE, MOROCCAN_HOUSE, APARTMENT, VILLA = range(len(DWELLINGS))


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
    fuel: Ints
    """Position in `FUELS`."""
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
    return standing, blend(cells.standard[cell], standing, weight)


def house(
    cells: Cells, cell: Ints, numbers: Ints, *, standing: Floats, standard: Floats, size: Ints, draws: Draws
) -> Homes:
    """Dwelling, occupancy, amenities, fuel and rooms of each household: better ones go to those who stand higher."""
    rank = np.minimum((standing * RANKS).astype(np.int64), RANKS - 1)
    found: dict[str, Ints] = {}
    for block, table in household_tables().items():
        fitted = table[..., cells.number]
        known: list[Ints] = [rank]
        for position, name in enumerate(block):
            # The table summed over what is not yet known gives each household its own chances.
            chances = fitted.sum(axis=tuple(range(position + 2, len(block) + 1)))[(*known, slice(None), cell)]
            key = placed(chances, draws.uniform(name, numbers))
            known.append(_at_margins(cells, cell, key, name, draws))
        found.update(zip(block, known[1:], strict=True))
    return Homes(
        cell,
        numbers,
        standing,
        standard,
        size,
        found["dwelling_type"],
        found["occupancy"],
        {name: found[name] == 1 for name in AMENITIES},
        found["cooking_fuel"],
        _rooms(cells, cell, numbers, standing=standing, size=size, draws=draws),
    )


def _at_margins(cells: Cells, cell: Ints, key: Floats, name: str, draws: Draws) -> Ints:
    """Category of each household, as many in each as the census says."""
    weights = np.rint(household_margin(name)[cells.number] * PARTS).astype(np.int64)
    quotas = apportion(cells.households, weights, draws.uniform(f"{name}/phase", cells.number))
    result: Ints = weights.shape[1] - 1 - cut(cell, key, quotas[:, ::-1])
    return result


def _rooms(cells: Cells, cell: Ints, numbers: Ints, *, standing: Floats, size: Ints, draws: Draws) -> Ints:
    """Rooms of each household, in each cell as many as its persons and the census's persons per room ask for."""
    part = mapping("rooms_by_standing")
    mean_size = (cells.persons / np.maximum(cells.households, 1))[cell]
    wish = part["low"] + part["slope"] * standing + part["noise"] * draws.uniform("rooms", numbers)
    # Rooms follow the household's size only by half: large families are more crowded.
    wish = (0.5 * size + 0.5 * mean_size) * wish
    whole = np.rint(cells.persons / np.maximum(cells.household_margins["people_per_room"], part["least"]))
    beyond = np.maximum(whole.astype(np.int64) - cells.households, 0)
    per_room = np.maximum(cells.household_margins["people_per_room"], part["least"])[cell]
    weight = np.rint(np.maximum(wish / per_room - 1, 0.02) * 1000).astype(np.int64)
    return 1 + share_out(cell, beyond, weight, draws.uniform("rooms/phase", cells.number))
