"""Persons who leave the register or join another household, and households that move to another commune."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from karama.population.assets import RURAL_ONLY, URBAN_ONLY
from karama.population.assumptions import mapping
from karama.population.draws import place
from karama.population.families import SINGLE
from karama.population.life.deaths import close_empty_homes
from karama.population.life.facts import known_month
from karama.population.life.households import depart, move_to
from karama.population.life.rates import ages, alive, by_age, day_of_last_month, happens, in_the_country, urban
from karama.population.register import CHILD, HEAD, NEVER, OTHER, UNKNOWN
from karama.territory import household_margins

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.population.draws import Draws, Flags, Floats, Ints
    from karama.population.life.facts import Facts
    from karama.population.register import Register

_GROWN = 21
_YOUNGEST_HOST, _OLDEST_HOST = 30, 60
_PROVINCE, _REGION = 5, 2


def leave(register: Register, month: Month, draws: Draws, facts: Facts) -> None:
    """Let unmarried grown children leave the household and the register, for work elsewhere."""
    persons = register.persons
    age = ages(register, month)
    grown = (persons["role"] == CHILD) & (age >= _GROWN) & (persons["marital"] == SINGLE) & alive(register)
    chance = by_age("departures", np.maximum(age, 0)) * in_the_country("departures", urban(register))
    goes = grown & happens("departure", register, month, chance, draws)
    happened = day_of_last_month("departure", persons["number"][goes], month, draws)
    depart(register, goes, event="departure", happened=happened, facts=facts)


def join_family(register: Register, month: Month, draws: Draws, facts: Facts) -> None:
    """Let some of the aged who live alone join a family of their census cell; their household ends."""
    persons = register.persons
    age, row = ages(register, month), register.rows()
    alone = (np.bincount(row, minlength=len(register.homes["number"])) == 1)[row]
    cell = register.homes["cell"][row]
    local = cell == register.homes["origin"][row]
    chance = by_age("aged_alone_join_family", np.maximum(age, 0))
    guests = np.flatnonzero(alone & local & alive(register) & happens("joining", register, month, chance, draws))
    host = (persons["role"] == HEAD) & (age >= _YOUNGEST_HOST) & (age < _OLDEST_HOST) & (persons["partner"] != UNKNOWN)
    hosts = np.flatnonzero(host & local & alive(register))
    cells, group = np.unique(np.concatenate([cell[guests], cell[hosts]]), return_inverse=True)
    of_guests, of_hosts = group[: len(guests)], group[len(guests) :]
    guests, of_guests = (one[np.argsort(of_guests, kind="stable")] for one in (guests, of_guests))
    order = np.lexsort((draws.uniform(f"hosting/{month}", persons["number"][hosts]), of_hosts))
    hosts, of_hosts = hosts[order], of_hosts[order]
    found = place(of_guests, of_hosts, np.ones(len(hosts), np.int64), draws.uniform(f"joining phase/{month}", cells))
    guests, chosen = guests[found >= 0], hosts[found[found >= 0]]
    if not len(guests):
        return
    happened = day_of_last_month("joining", persons["number"][guests], month, draws)
    others = np.full(len(guests), OTHER)
    move_to(register, guests, persons["home"][chosen], others, event="joining", happened=happened, facts=facts)
    register.sort_persons()
    close_empty_homes(register, month, facts)


@dataclass(frozen=True, slots=True)
class Country:
    """The census cells as places to move to, in the order of their numbers."""

    code: pl.Series
    province: Ints
    region: Ints
    urban: Flags
    weight: Floats


@cache
def country() -> Country:
    """All cells with their households."""
    cells = household_margins()
    return Country(
        code=cells["code"],
        province=cells["code"].str.head(_PROVINCE).cast(pl.Int64).to_numpy(),
        region=cells["code"].str.head(_REGION).cast(pl.Int64).to_numpy(),
        urban=(cells["milieu"] == "urban").to_numpy(),
        weight=cells["households"].to_numpy().astype(np.float64),
    )


def move_homes(register: Register, month: Month, draws: Draws, facts: Facts) -> None:
    """Let households move to another commune, which the register learns when they declare it."""
    homes, persons = register.homes, register.persons
    heads = np.flatnonzero(persons["role"] == HEAD)
    chance = by_age("moves_by_head", np.maximum(ages(register, month)[heads], 0))
    chance = chance * in_the_country("moves", homes["urban"])
    drawn = draws.uniform(f"move/{month}", homes["number"])
    goes = np.flatnonzero((drawn < chance) & (homes["move_known"] == NEVER))
    keys = homes["number"][goes]
    homes["new_cell"][goes] = _destinations(homes["cell"][goes], keys, month, draws)
    homes["moved_on"][goes] = day_of_last_month("move", keys, month, draws)
    homes["move_known"][goes] = known_month("move", keys, month, draws)
    rows = np.flatnonzero(homes["move_known"] == month.index)
    here, there = homes["cell"][rows], homes["new_cell"][rows]
    code, milieu = country().code, pl.Series(["rural", "urban"])
    number, since = homes["number"][rows], homes["moved_on"][rows]
    facts.add("move", "commune", number, None, happened=since, old=code.gather(here), new=code.gather(there))
    towns = country().urban.astype(np.int64)
    other = np.flatnonzero(towns[here] != towns[there])
    old, new = (milieu.gather(towns[cells[other]]) for cells in (here, there))
    facts.add("move", "milieu", number[other], None, happened=since[other], old=old, new=new)
    homes["cell"][rows] = there
    _change_milieu(register, rows[other])
    homes["touched"][rows] = True
    homes["new_cell"][rows], homes["moved_on"][rows], homes["move_known"][rows] = UNKNOWN, NEVER, NEVER


def _destinations(cells: Ints, keys: Ints, month: Month, draws: Draws) -> Ints:
    """A cell for each household that moves: near ones and towns more often, in proportion to their households."""
    shares, places = mapping("destination"), country()
    near = draws.uniform(f"move near/{month}", keys)
    town = draws.uniform(f"move town/{month}", keys) < shares["to_towns"]
    drawn = draws.uniform(f"move where/{month}", keys)
    result = cells.copy()
    for turn, cell in enumerate(cells):
        allowed = np.ones(len(places.weight), np.bool_)
        if near[turn] < shares["same_province"]:
            allowed = places.province == places.province[cell]
        elif near[turn] < shares["same_province"] + shares["same_region"]:
            allowed = places.region == places.region[cell]
        weight = places.weight * (allowed & (places.code != places.code[int(cell)]).to_numpy())
        of_kind = weight * (places.urban == town[turn])
        reached = np.cumsum(of_kind if of_kind.any() else weight)
        if reached[-1] > 0:
            result[turn] = np.searchsorted(reached, drawn[turn] * reached[-1], side="right")
    return result


def _change_milieu(register: Register, rows: Ints) -> None:
    """What a household declares in its new milieu: what the other formula asks is carried over where it has a like."""
    homes, inputs = register.homes, register.inputs
    homes["urban"][rows] = country().urban[homes["cell"][rows]]
    towns, villages = rows[homes["urban"][rows]], rows[~homes["urban"][rows]]
    for has, count in (("has_car", "cars"), ("has_motorcycle", "motorcycles")):
        inputs[count][towns] = inputs[has][towns]
        inputs[has][villages] = inputs[count][villages] > 0
    inputs["mobile_phones"][towns] = np.maximum(inputs["members_15plus_literate"][towns], 1)
    inputs["has_own_electricity_meter"][towns] = 1
    inputs["members_15plus_earning"][towns] = 1
    inputs["members_15plus_literate"][villages] = inputs["mobile_phones"][villages]
    for names, there in ((RURAL_ONLY, towns), (URBAN_ONLY, villages)):
        for name in names:
            inputs[name][there] = 0
    homes["usual_phones"][rows] = inputs["mobile_phones"][rows]
