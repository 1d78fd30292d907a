"""Draws depend on seed, purpose and identifier alone; allotments are whole and exact."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from karama.population.draws import Draws, apportion, cut, place, thin


def test_a_draw_is_the_same_on_every_machine() -> None:
    drawn = Draws(1).uniform("example", np.array([0, 1, 2, 1 << 40]))
    assert [f"{value:.15f}" for value in drawn] == [
        "0.639727558953022",
        "0.010552005655145",
        "0.891267687835845",
        "0.457404299277679",
    ]


def test_a_draw_does_not_depend_on_its_neighbours() -> None:
    ids = np.arange(1000, dtype=np.int64)
    whole = Draws(5).uniform("age", ids)
    assert (whole[300:] == Draws(5).uniform("age", ids[300:])).all()
    assert (whole[::-1] == Draws(5).uniform("age", ids[::-1])).all()


def test_draws_differ_by_seed_and_purpose_and_fill_the_interval_evenly() -> None:
    ids = np.arange(20_000, dtype=np.int64)
    first, second = Draws(1).uniform("a", ids), Draws(1).uniform("b", ids)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.02
    assert abs(np.corrcoef(first, Draws(2).uniform("a", ids))[0, 1]) < 0.02
    assert np.histogram(first, bins=10, range=(0, 1))[0].min() > 1850
    assert first.min() >= 0
    assert first.max() < 1


def test_a_bell_draw_heaps_around_one_half() -> None:
    drawn = Draws(1).bell("a", np.arange(20_000, dtype=np.int64))
    assert abs(drawn.mean() - 0.5) < 0.005
    assert 0.15 < drawn.std() < 0.18


def test_a_whole_number_below_a_bound_of_zero_is_zero() -> None:
    drawn = Draws(1).below("a", np.arange(4, dtype=np.int64), np.array([0, 1, 5, 5]))
    assert drawn[:2].tolist() == [0, 0]
    assert (drawn < 5).all()


@given(
    totals=st.lists(st.integers(0, 500), min_size=1, max_size=5),
    weights=st.lists(st.integers(0, 1000), min_size=3, max_size=3).filter(any),
    phase=st.floats(0, 0.999),
)
def test_an_apportionment_adds_up_and_is_within_one_of_each_share(
    totals: list[int], weights: list[int], phase: float
) -> None:
    rows = np.array(totals, dtype=np.int64)
    table = np.tile(np.array(weights, dtype=np.int64), (len(rows), 1))
    counts = apportion(rows, table, np.full(len(rows), phase))
    assert (counts.sum(axis=1) == rows).all()
    exact = rows[:, None] * table / table.sum(axis=1, keepdims=True)
    assert (np.abs(counts - exact) <= 1 + 1e-9).all()


@given(
    counts=st.lists(st.integers(0, 400), min_size=1, max_size=20), share=st.floats(0.001, 1), phase=st.floats(0, 0.999)
)
def test_a_thinned_count_adds_up_to_the_share_of_the_whole(counts: list[int], share: float, phase: float) -> None:
    kept = thin(np.array(counts, dtype=np.int64), share, phase)
    assert kept.sum() == round(sum(counts) * share)


def test_guests_are_placed_in_their_own_group_in_proportion_to_weight() -> None:
    guests = np.repeat(np.array([0, 1]), [10, 4])
    hosts = np.array([0, 0, 1, 1])
    found = place(guests, hosts, np.array([30, 70, 1, 0]), np.array([0.5, 0.5]))
    assert np.bincount(found, minlength=4).tolist() == [3, 7, 4, 0]


def test_a_guest_of_a_group_without_hosts_is_not_placed() -> None:
    found = place(np.array([0, 1]), np.array([0]), np.array([1]), np.zeros(2))
    assert found.tolist() == [0, -1]


def test_the_best_of_each_group_get_the_first_category() -> None:
    category = cut(np.array([1, 0, 0, 1]), np.array([0.1, 0.9, 0.2, 0.3]), np.array([[1, 1], [1, 0]]))
    assert category.tolist() == [1, 0, 1, 0]
