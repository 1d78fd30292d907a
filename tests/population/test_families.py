"""Persons assembled in families: nobody is lost, and families could exist."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from karama.population.cells import Cells, census_cells, class_counts
from karama.population.declaration import PLACES, declare
from karama.population.draws import Draws, apportion
from karama.population.dwellings import house, number_homes, rank_homes
from karama.population.families import FEMALE, MALE, MARRIED, People, Role, form_families

DRAWS = Draws(3)


@pytest.fixture(scope="module")
def cells() -> Cells:
    return census_cells(0.01, DRAWS).part(800, 1000)


@pytest.fixture(scope="module")
def people(cells: Cells) -> People:
    return form_families(cells, DRAWS)


def test_every_person_and_every_household_of_the_cells_is_there(cells: Cells, people: People) -> None:
    assert len(people) == cells.persons.sum()
    heads = people.household[people.role == Role.HEAD]
    assert sorted(heads.tolist()) == list(range(int(cells.households.sum())))


def test_members_live_in_the_cell_of_their_head(cells: Cells, people: People) -> None:
    home_cell = np.repeat(np.arange(len(cells)), cells.households)
    assert (home_cell[people.household] == people.cell).all()


def test_ages_and_sexes_are_the_classes_fixed_from_the_census(cells: Cells, people: People) -> None:
    counts = class_counts(cells, DRAWS)
    found = np.zeros_like(counts)
    np.add.at(found, (people.cell, people.sex, people.group, people.marital), 1)
    assert (found == counts).all()


def test_spouses_are_a_married_woman_and_a_married_man_of_one_household(people: People) -> None:
    wives = np.flatnonzero((people.spouse != -1) & (people.sex == FEMALE))
    husbands = people.spouse[wives]
    assert (people.sex[husbands] == MALE).all()
    assert (people.marital[wives] == MARRIED).all()
    assert (people.marital[husbands] == MARRIED).all()
    assert (people.household[husbands] == people.household[wives]).all()
    assert (people.spouse[husbands] == wives).all()


def test_mothers_are_15_to_50_years_older_than_their_children(people: People) -> None:
    children = np.flatnonzero(people.parent != -1)
    gap = people.months[people.parent[children]] - people.months[children]
    assert gap.min() >= 15 * 12
    assert gap.max() <= 50 * 12


def test_brothers_and_sisters_are_twins_or_nine_months_apart(people: People) -> None:
    children = np.flatnonzero(people.parent != -1)
    order = children[np.lexsort((people.months[children], people.parent[children]))]
    gaps = np.diff(people.months[order])[np.diff(people.parent[order]) == 0]
    assert ((gaps == 0) | (gaps >= 9)).all()
    assert 0 < (gaps == 0).mean() < 0.02


def test_births_do_not_heap_up_where_two_age_groups_meet(people: People) -> None:
    placed = people.months[people.parent >= 0]
    by_month = np.bincount(placed[placed < 240], minlength=240)
    meeting = by_month[np.array([59, 60, 119, 120, 179, 180])]
    assert meeting.mean() < 1.5 * by_month.mean()


def test_children_under_15_nearly_always_live_with_a_parent(people: People) -> None:
    young = people.months < 15 * 12
    assert (people.parent[young & ~people.kafala] != -1).mean() > 0.98
    assert people.kafala[young].mean() < 0.01


def test_heads_are_adults_and_few_are_women(people: People) -> None:
    heads = people.role == Role.HEAD
    assert people.months[heads].min() >= 18 * 12
    assert 0.1 < (people.sex[heads] == FEMALE).mean() < 0.3


def test_a_cell_of_more_households_than_adults_makes_adults_of_children() -> None:
    cells = census_cells(0.0001, DRAWS)
    counts = class_counts(cells, DRAWS)
    assert (counts[:, :, 3:].sum(axis=(1, 2, 3)) >= cells.households).all()
    people = form_families(cells, DRAWS)
    assert (people.role == Role.HEAD).sum() == cells.households.sum()


def test_a_cell_of_couples_only_parts_one_to_have_enough_heads(cells: Cells) -> None:
    one = replace(cells.part(0, 1), households=cells.persons[:1].copy())
    people = form_families(one, DRAWS)
    assert (np.bincount(people.household) == 1).all()


def test_nuclei_lodged_with_others_are_partly_declared_apart(cells: Cells, people: People) -> None:
    cell, numbers = number_homes(cells)
    standing, standard = rank_homes(cells, cell, numbers, DRAWS)
    size = np.bincount(people.household, minlength=len(cell))
    homes = house(cells, cell, numbers, standing=standing, standard=standard, size=size, draws=DRAWS)
    declared, members = declare(homes, people, DRAWS)
    assert len(declared.number) > len(homes.number)
    assert declared.size.sum() == len(people)
    assert (np.diff(declared.number) > 0).all()
    assert set((declared.number // PLACES).tolist()) == set(numbers.tolist())
    heads = np.bincount(members.household[members.role == Role.HEAD], minlength=len(declared.number))
    assert (heads == 1).all()
    assert (declared.rooms >= 1).all()


def test_a_crowd_of_nuclei_in_one_household_leaves_the_tenth_inside(cells: Cells, people: People) -> None:
    crowd = form_families(cells, DRAWS)
    crowd.household[:] = 0
    cell, numbers = number_homes(cells)
    standing, standard = rank_homes(cells, cell, numbers, DRAWS)
    size = np.bincount(people.household, minlength=len(cell))
    homes = house(cells, cell, numbers, standing=standing, standard=standard, size=size, draws=DRAWS)
    declared, _ = declare(homes, crowd, DRAWS)
    assert (declared.number % PLACES).tolist() == list(range(PLACES))


def test_an_empty_row_of_weights_receives_nothing() -> None:
    assert apportion(np.array([3]), np.zeros((1, 2), np.int64), np.zeros(1)).tolist() == [[0, 0]]
