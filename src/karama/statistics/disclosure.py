"""Tables in which no few are told: small cells hidden, and others with them so that no total gives a hidden one away.

A table of counts is published with the totals of its rows and columns.  A cell of fewer than ``least`` is hidden
(primary suppression); where it could be computed from the totals and the other cells, further cells are hidden too
(complementary suppression).  A hidden cell can be computed exactly when it is a *bridge* of the graph whose vertices
are the rows and columns and whose edges are the hidden cells: on no cycle, nothing can be exchanged with it.

What is not promised: that no *interval* tells much.  Hidden cells are known to add up to what the totals leave.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Hidden = NDArray[np.bool_]
    Cell = tuple[int, int]


def hidden_cells(counts: Counts, least: int) -> Hidden:
    """The cells to hide, as booleans of the table's shape; an empty cell is hidden only to protect another.

    Raises:
        ValueError: fewer than two rows or columns, where totals give every cell away; or a count below nought.
    """
    if counts.ndim != 2 or min(counts.shape) < 2:  # noqa: PLR2004 - a table has rows and columns
        raise ValueError("a table of totals needs two rows and two columns at least: publish the totals alone")
    if (counts < 0).any():
        raise ValueError("a count is below nought")
    hidden: Hidden = (counts > 0) & (counts < least)
    while given := bridges(hidden):
        for cell in given:
            if cell in bridges(hidden):
                _hide_with(cell, counts, hidden)
    return hidden


def bridges(hidden: Hidden) -> list[Cell]:
    """The hidden cells that the totals and the shown cells give away exactly."""
    found = []
    for row, column in np.argwhere(hidden):
        rest = hidden.copy()
        rest[row, column] = False
        if column not in _columns_reached(rest, int(row)):
            found.append((int(row), int(column)))
    return found


def _hide_with(cell: Cell, counts: Counts, hidden: Hidden) -> None:
    """Close the cheapest rectangle with a cell: the three others cost what they count and do not hide yet."""
    row, column = cell
    cost = np.where(hidden, 0, counts + 1)
    price = cost[:, [column]] + cost[[row], :] + cost
    price = price.astype(float)
    price[row, :] = price[:, column] = np.inf
    other_row, other_column = np.unravel_index(int(np.argmin(price)), price.shape)
    hidden[other_row, column] = hidden[row, other_column] = hidden[other_row, other_column] = True


def _columns_reached(hidden: Hidden, row: int) -> set[int]:
    """The columns joined to a row by hidden cells."""
    rows, columns, waiting = {row}, set[int](), [row]
    while waiting:
        for column in np.flatnonzero(hidden[waiting.pop()]).tolist():
            if column not in columns:
                columns.add(column)
                new = set(np.flatnonzero(hidden[:, column]).tolist()) - rows
                rows |= new
                waiting += new
    return columns
