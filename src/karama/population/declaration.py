"""From the census's households to those that people declare to the single social registry (RSU).

The census counts those who live and eat together.  Aid is paid by family, so part of the nuclei lodged in another's
household (a married son, a widowed mother) are declared apart, as households of their own in the same dwelling.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from karama.population.assumptions import mapping
from karama.population.families import MARRIED, People, Role

if TYPE_CHECKING:
    from karama.population.draws import Draws, Flags, Ints
    from karama.population.dwellings import Homes

PLACES = 10
"""A declared household's number is its census household's times this, plus 0 for the host, 1 to 9 for nuclei apart."""

_YOUNG_GROUP, _OLD_GROUP = 5, 12


def declare(homes: Homes, people: People, draws: Draws) -> tuple[Homes, People]:
    """Households and persons as declared.

    Args:
        homes: the census's households.
        people: their members.
        draws: of the seed.

    Returns:
        Households with their declared numbers and sizes, sorted by number, and the same persons with their declared
        household and role.
    """
    apart = _apart(people, draws)
    turn = _turn_in_host(people, apart)
    key = people.household * PLACES + turn[people.leader]
    declared, household = np.unique(key, return_inverse=True)
    host = declared // PLACES
    role = people.role.copy()
    role[apart] = Role.HEAD
    followers = apart[people.leader] & ~apart
    spouses = followers & (people.spouse == people.leader)
    role[spouses] = Role.SPOUSE
    children = followers & (people.parent != -1) & (people.leader != -1) & ~spouses
    role[children] = Role.CHILD
    moved = replace(people, household=household.astype(np.int64), role=role)
    size = np.bincount(moved.household, minlength=len(declared)).astype(np.int64)
    return (
        replace(
            homes,
            cell=homes.cell[host],
            number=homes.number[host] * PLACES + declared % PLACES,
            standing=homes.standing[host],
            standard=homes.standard[host],
            size=size,
            dwelling=homes.dwelling[host],
            occupancy=homes.occupancy[host],
            amenities={name: values[host] for name, values in homes.amenities.items()},
            fuel=homes.fuel[host],
            # Each declares the rooms of the whole dwelling in proportion to its members, one at least.
            rooms=np.maximum(homes.rooms[host] * size // homes.size[host], 1),
        ),
        moved,
    )


def _apart(people: People, draws: Draws) -> Flags:
    """Leaders of lodged nuclei who declare themselves apart."""
    chance = mapping("declared_apart")
    lodged = (people.leader == np.arange(len(people))) & (people.role == Role.OTHER)
    followed = np.bincount(people.leader, minlength=len(people)) > 1
    value = np.where(
        followed | (people.marital == MARRIED),
        chance["couple_or_parent"],
        np.where(people.group >= _OLD_GROUP, chance["alone_over_60"], chance["alone_younger"]),
    )
    grown = people.group >= _YOUNG_GROUP
    result: Flags = lodged & (followed | grown) & (draws.uniform("apart", people.key) < value)
    return result


def _turn_in_host(people: People, apart: Flags) -> Ints:
    """For each leader declared apart its place (1 to 9) in the host household, 0 for everyone else."""
    turn = np.zeros(len(people), np.int64)
    rows = np.flatnonzero(apart)
    order = rows[np.lexsort((people.key[rows], people.household[rows]))]
    home = people.household[order]
    first = np.flatnonzero(np.diff(home, prepend=-1))
    sizes = np.diff(np.append(first, len(order)))
    place = np.arange(len(order)) - np.repeat(first, sizes) + 1
    turn[order] = np.where(place < PLACES, place, 0)
    crowded = order[place >= PLACES]
    apart[crowded] = False
    return turn
