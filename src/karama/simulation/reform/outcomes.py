"""What the law gives every household of a register: few different answers, and which of them each household has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Outcome:
    """The answers of the law: ``columns`` has a value per case, ``case`` the number of each household's case."""

    columns: Mapping[str, NDArray[Any]]
    case: NDArray[np.int32]

    def of_homes(self, name: str) -> NDArray[Any]:
        """A column with a value per household."""
        found: NDArray[Any] = self.columns[name][self.case]
        return found

    def total(self, name: str) -> int:
        """Sum of a column over all households."""
        return int((self.columns[name].astype(np.int64) * self.homes).sum())

    def weighted(self, name: str, weights: NDArray[Any]) -> int:
        """Sum over the households for whom a column holds of another one, persons for instance."""
        held = np.bincount(self.case, weights=weights, minlength=len(self.columns[name]))
        return int((held * self.columns[name]).sum())

    @property
    def homes(self) -> Ints:
        """Households of each case."""
        size = len(next(iter(self.columns.values())))
        return np.bincount(self.case, minlength=size).astype(np.int64)


def columns_of(rows: pa.Table) -> dict[str, NDArray[Any]]:
    """The columns of a table of answers as arrays, words as objects."""
    return {
        name: np.array(column.to_pylist(), dtype=object) if pa.types.is_string(column.type) else column.to_numpy()
        for name, column in zip(rows.column_names, rows.columns, strict=True)
    }
