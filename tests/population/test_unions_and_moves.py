"""Households that form, marry, part and move, on families of a few lines."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from karama.population.assets import RURAL_ONLY, URBAN_ONLY
from karama.population.draws import Draws
from karama.population.life.households import depart, found_homes, free_homes, move_to
from karama.population.life.moves import _destinations, country, join_family, move_homes
from karama.population.life.unions import divorce, marry
from karama.population.register import NEVER, UNKNOWN, Register, day_number
from tests.population.small_registers import (
    CHILD,
    DIVORCED,
    HEAD,
    MARRIED,
    MONTH,
    OTHER,
    SPOUSE,
    WIDOWED,
    facts_of,
    homes,
    person,
    register_of,
    told,
)


def test_a_new_household_takes_the_next_number_of_its_dwelling_until_nine() -> None:
    register = register_of(*(person(home * 100 + 1, HEAD, "1990-01-01") for home in (10, 12, 20, 38)))
    numbers = free_homes(register, np.array([10, 10, 12, 20, 38, 38]))
    assert numbers.tolist() == [13, 14, 15, 21, 39, UNKNOWN]
    assert register.homes["last_turn"].tolist() == [5, 5, 1, 9]
    found_homes(register, numbers[:1], np.array([10]), MONTH, Draws(1))
    assert register.homes["number"].tolist() == [10, 12, 13, 20, 38]
    assert register.homes["score"].tolist()[2] == UNKNOWN
    assert MONTH.index <= register.homes["entered"][2] < MONTH.index + 6


def test_those_who_move_are_told_with_both_households() -> None:
    register = register_of(person(1001, HEAD, "1950-01-01"), person(1101, HEAD, "1980-01-01"))
    facts = facts_of(register)
    happened = np.array([day_number(dt.date(2026, 2, 20))])
    move_to(register, np.array([0]), np.array([11]), np.array([OTHER]), event="joining", happened=happened, facts=facts)
    assert homes(register) == {1001: 11, 1101: 11}
    assert told(facts) == {
        ("joining", "household_id", "P00000001001", "H000000010", "H000000011"),
        ("joining", "role", "P00000001001", "head", "other"),
    }
    assert register.homes["touched"].all()


def test_who_leaves_leaves_no_partner_behind() -> None:
    register = register_of(
        person(1001, HEAD, "1980-01-01", sex=1, marital=MARRIED, partner=1002),
        person(1002, SPOUSE, "1985-01-01", marital=MARRIED, partner=1001),
    )
    happened = np.array([day_number(dt.date(2026, 2, 20))])
    depart(register, np.array([False, True]), event="departure", happened=happened, facts=facts_of(register))
    assert register.persons["partner"].tolist() == [UNKNOWN]


def neighbours(count: int, **other: int | np.ndarray) -> Register:
    """Households of a mother with a grown son and a grown daughter, in one cell."""
    rows = []
    for home in range(10, 10 + 10 * count, 10):
        rows.append(person(home * 100 + 1, HEAD, "1966-01-01", marital=WIDOWED))
        rows.append(person(home * 100 + 2, CHILD, "1994-01-01", sex=1, mother=home * 100 + 1))
        rows.append(person(home * 100 + 3, CHILD, "1998-01-01", mother=home * 100 + 1))
    return register_of(*rows, **other)


def couples_of(register: Register) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    rows = [
        {name: values[row] for name, values in register.persons.items()}
        for row in range(len(register.persons["number"]))
    ]
    by_number = {row["number"]: row for row in rows}
    return [(row, by_number[row["partner"]]) for row in rows if row["partner"] != UNKNOWN]


def test_marriages_join_two_households_of_a_cell() -> None:
    register = neighbours(3000)
    before = set(register.persons["number"].tolist())
    facts = facts_of(register)
    marry(register, MONTH, Draws(5), facts)
    couples = couples_of(register)
    assert len(couples) > 30
    for one, other in couples:
        assert (one["marital"], one["home"], one["sex"]) == (MARRIED, other["home"], 1 - other["sex"])
        assert {one["role"], other["role"]} in ({HEAD, SPOUSE}, {OTHER})
    own = [one for one, _ in couples if one["role"] == HEAD]
    assert {row["home"] % 10 for row in own} == {1}
    assert {row["role"] for row in own if row["sex"] == 0} == set()
    assert {one["number"] for one, _ in couples} <= before
    assert all((dt.date(2026, 3, 1) - day).days in range(100) for day in facts.frame()["happened"])
    heads = np.bincount(register.rows()[register.persons["role"] == HEAD], minlength=len(register.homes["number"]))
    assert heads.tolist() == [1] * len(register.homes["number"])


def test_who_finds_nobody_in_the_cell_marries_someone_from_outside_the_register() -> None:
    register = neighbours(3000, cell=np.arange(3000))  # all have moved away from their first cell
    before = set(register.persons["number"].tolist())
    facts = facts_of(register)
    marry(register, MONTH, Draws(5), facts)
    couples = couples_of(register)
    assert {(one["number"] in before, one["sex"]) for one, _ in couples} == {(True, 1), (False, 0)}
    gone = before - set(register.persons["number"].tolist())
    assert len(gone) > 10
    assert {name for name in told(facts) if name[1] == "household_id" and name[4] is None} == {
        ("marriage", "household_id", f"P{number:011d}", f"H{number // 100:09d}", None) for number in gone
    }


def test_partners_are_sought_in_the_census_cell_so_that_cells_need_no_other() -> None:
    register = neighbours(3000, origin=np.arange(3000) % 2, cell=np.arange(3000) % 2)
    marry(register, MONTH, Draws(5), facts_of(register))
    half = neighbours(3000, origin=np.arange(3000) % 2, cell=np.arange(3000) % 2)
    half.keep_homes(half.homes["origin"] == 0)
    marry(half, MONTH, Draws(5), facts_of(half))
    found = np.flatnonzero(register.homes["origin"] == 0)
    assert register.homes["number"][found].tolist() == half.homes["number"].tolist()
    members = np.isin(register.rows(), found)
    for name in ("number", "home", "role", "partner"):
        assert register.persons[name][members].tolist() == half.persons[name].tolist()


def test_after_a_divorce_the_husband_leaves_and_the_children_stay_with_their_mother() -> None:
    rows = []
    for home in range(10, 60_010, 10):
        rows.append(person(home * 100 + 1, HEAD, "1994-01-01", sex=1, marital=MARRIED, partner=home * 100 + 2))
        rows.append(person(home * 100 + 2, SPOUSE, "1998-01-01", marital=MARRIED, partner=home * 100 + 1))
        rows.append(person(home * 100 + 3, CHILD, "2020-01-01", mother=home * 100 + 2))
    register = register_of(*rows)
    facts = facts_of(register)
    divorce(register, MONTH, Draws(2), facts)
    persons = register.persons
    parted = persons["marital"] == DIVORCED
    women = parted & (persons["sex"] == 0)
    assert 1 < women.sum() < 30
    assert set(persons["role"][parted].tolist()) == {HEAD}
    assert set((persons["home"][women] % 10).tolist()) == {0}
    alone = parted & (persons["sex"] == 1)
    assert 0 < alone.sum() < women.sum()
    assert set((persons["home"][alone] % 10).tolist()) == {1}
    with_mother = np.isin(persons["home"], persons["home"][women]) & (persons["role"] == CHILD)
    assert with_mother.sum() == women.sum()
    assert len(facts.frame().filter(event="divorce", column="marital_status")) == 2 * women.sum()


def test_the_aged_who_live_alone_join_a_family_of_the_same_cell() -> None:
    rows = [person(home * 100 + 1, HEAD, "1940-01-01", marital=WIDOWED) for home in range(10, 20_000, 10)]
    rows.append(person(2_000_001, HEAD, "1980-01-01", sex=1, marital=MARRIED, partner=2_000_002))
    rows.append(person(2_000_002, SPOUSE, "1985-01-01", marital=MARRIED, partner=2_000_001))
    register = register_of(*rows)
    facts = facts_of(register)
    join_family(register, MONTH, Draws(2), facts)
    guests = register.persons["role"] == OTHER
    assert 3 < guests.sum() < 25
    assert set(register.persons["home"][guests].tolist()) == {20_000}
    assert len(register.homes["number"]) == 2000 - guests.sum()
    assert len(facts.frame().filter(event="closure")) == guests.sum()


def test_households_move_to_other_communes_mostly_near_and_to_towns() -> None:
    cells = np.full(4000, 100)
    there = _destinations(cells, np.arange(4000), MONTH, Draws(4))
    place = country()
    assert (place.code.gather(there) != place.code[100]).all()
    assert 0.5 < (place.province[there] == place.province[100]).mean() < 0.6
    assert 0.75 < (place.region[there] == place.region[100]).mean() < 0.87
    assert 0.6 < place.urban[there].mean() < 0.85


def test_a_move_is_known_when_it_is_declared() -> None:
    village = int(np.flatnonzero(~country().urban)[0])
    people = (person(home * 100 + 1, HEAD, "1996-01-01") for home in range(10, 100_000, 10))
    register = register_of(*people, cell=np.full(9999, village))
    names = ("has_car", "cars", "has_motorcycle", "motorcycles", "mobile_phones", "members_15plus_literate")
    everything = {*names, *RURAL_ONLY, *URBAN_ONLY}
    register.inputs |= {name: np.ones(len(register.homes["number"]), np.int64) for name in everything}
    facts = facts_of(register)
    move_homes(register, MONTH, Draws(4), facts)
    moved = register.homes["cell"] != village
    waiting = register.homes["move_known"] != NEVER
    assert 0 < moved.sum() < waiting.sum()
    assert not (moved & waiting).any()
    assert len(facts.frame().filter(column="commune")) == moved.sum()
    towns = register.homes["urban"]
    assert register.inputs["has_car"][towns & moved].tolist() == [0] * int((towns & moved).sum())
    assert set(register.inputs["cars"][towns & moved].tolist()) == {1}
