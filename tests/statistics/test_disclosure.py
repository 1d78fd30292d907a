"""Small cells of a table: what is hidden cannot be computed from what is shown."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from karama.statistics import hidden_cells

LEAST = 5
TABLES = st.tuples(st.integers(2, 6), st.integers(2, 6)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.one_of(st.integers(0, 8), st.integers(0, 500)))
)


def computable(hidden: np.ndarray) -> list[tuple[int, int]]:
    """By linear algebra, not by graphs: a cell is known when every change that keeps the totals leaves it as it is."""
    cells = [tuple(map(int, cell)) for cell in np.argwhere(hidden)]
    rows, columns = hidden.shape
    totals = np.zeros((rows + columns, len(cells)))
    for number, (row, column) in enumerate(cells):
        totals[row, number] = totals[rows + column, number] = 1
    _, values, vectors = np.linalg.svd(totals)
    free = vectors[int((values > 1e-9).sum()) :]
    return [cell for number, cell in enumerate(cells) if np.allclose(free[:, number], 0)]


@given(TABLES)
def test_every_small_cell_is_hidden_and_none_can_be_computed(counts: np.ndarray) -> None:
    hidden = hidden_cells(counts, LEAST)
    assert hidden[(counts > 0) & (counts < LEAST)].all()
    assert computable(hidden) == []


@given(TABLES)
def test_a_table_without_small_cells_is_told_whole(counts: np.ndarray) -> None:
    large = np.where(counts < LEAST, 0, counts)
    assert not hidden_cells(large, LEAST).any()


def test_one_small_cell_hides_the_cheapest_rectangle_around_it() -> None:
    counts = np.array([[2, 90, 7], [80, 70, 60], [9, 50, 8]])
    assert hidden_cells(counts, LEAST).tolist() == [[True, False, True], [False, False, False], [True, False, True]]


def test_two_hidden_in_each_row_and_column_are_not_always_enough() -> None:
    """The usual rule of thumb looks at rows and columns one by one; here each has two or none, or it is a chain."""
    chain = np.array([[True, True, False], [False, True, True], [False, False, False]])
    assert computable(chain) == [(0, 0), (0, 1), (1, 1), (1, 2)]


@pytest.mark.parametrize("shape", [(1, 4), (4, 1), (4,)])
def test_a_table_that_its_totals_give_away_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="two rows and two columns"):
        hidden_cells(np.ones(shape, dtype=np.int64), LEAST)


def test_a_count_below_nought_is_refused() -> None:
    with pytest.raises(ValueError, match="below nought"):
        hidden_cells(np.array([[1, -1], [1, 1]]), LEAST)
