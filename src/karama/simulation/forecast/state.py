"""The register in memory: one array per column, coded, read once from its Parquet files.

Households stand in the order of their identifiers, their members in the order of theirs, so that a row number replaces
an identifier and ties by identifier stay what they were.  Dates are days since 1970-01-01, codes are positions among a
column's choices, scores are billionths, a mother is a row.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from karama.law.engine.evaluate import arrow_type
from karama.law.engine.types import Kind
from karama.population.register import NEVER, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from karama.law.engine.inputs import InputColumn, Inputs

Array: TypeAlias = NDArray[Any]
Columns: TypeAlias = dict[str, Array]
Rows: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
NOWHERE = -1
"""Home of a person who has left, or has not come."""
DTYPES = {
    Kind.BOOLEAN: np.dtype(np.bool_),
    Kind.DATE: np.dtype(np.int32),
    Kind.CHOICE: np.dtype(np.int8),
    Kind.DECIMAL: np.dtype(np.int64),
    Kind.TEXT: np.dtype(np.int32),
}


def dtype_of(column: InputColumn) -> np.dtype[Any]:
    """The type in which a column is kept; whole numbers that fit are short."""
    if column.type.kind is Kind.INTEGER:
        return np.dtype(np.int8 if column.most is not None and column.most < 127 else np.int32)  # noqa: PLR2004 - int8
    return DTYPES[column.type.kind]


@dataclass(slots=True)
class State:
    """Households and persons at one moment of a forecast.

    ``homes`` and ``persons`` hold the columns of the law that are read, by name, and:

    - ``homes``: ``key`` (of its draws), ``weight`` (households of the register it stands for), ``draw`` (which of the
      simulated futures it lives in), ``entered`` (month from which it is in the register), ``level`` (usual score);
    - ``persons``: ``home`` (row of the household, or `NOWHERE`), ``key``, ``births`` (a mother's live births).

    ``words`` gives the texts of text columns, ``inputs`` the declaration of all columns.
    """

    inputs: Inputs
    homes: Columns
    persons: Columns
    words: Mapping[str, pa.Array]

    @property
    def households(self) -> int:
        """Number of households ever known."""
        return len(self.homes["key"])

    def add_homes(self, rows: Columns) -> None:
        """Append households, every column given."""
        self.homes = _appended(self.homes, rows)

    def add_persons(self, rows: Columns) -> None:
        """Append persons, every column given."""
        self.persons = _appended(self.persons, rows)

    def members(self, chosen: Flags) -> Rows:
        """Rows of the persons who live in the chosen households (a flag per household)."""
        # One more flag, never set, for those who live nowhere (-1).
        flags = np.append(chosen, False)
        return np.flatnonzero(flags[self.persons["home"]])

    def tables(self, homes: Rows, names: Sequence[str], *, persons: Rows | None) -> dict[str, pa.Table]:
        """The rows of some households, and of some persons, as the tables the law reads; row numbers as identifiers."""
        key, person_key = self.inputs.household_key, self.inputs.person_key
        read = {
            name: column
            for name in names
            if (column := self.inputs.get(name)) is not None and name not in {key, person_key}
        }
        own = {key: pa.array(homes.astype(np.int32))}
        own |= {name: self._arrow(self.homes, one, homes) for name, one in read.items() if name in self.homes}
        tables = {self.inputs.household_table: pa.table(own)}
        if persons is not None and self.inputs.person_table:
            members = {
                key: pa.array(self.persons["home"][persons]),
                person_key: pa.array(persons.astype(np.int32)),
            }
            members |= {
                name: self._arrow(self.persons, one, persons) for name, one in read.items() if name in self.persons
            }
            tables[self.inputs.person_table] = pa.table(members)
        return tables

    def _arrow(self, table: Columns, column: InputColumn, rows: Rows) -> pa.Array:
        values = table[column.name][rows]
        kind = column.type.kind
        if kind is Kind.BOOLEAN:
            return pa.array(values)
        if kind is Kind.DECIMAL:
            return _decimals(values, arrow_type(column.type))
        if kind is Kind.CHOICE:
            return _coded(values, pa.array(column.type.choices))
        if kind is Kind.TEXT:
            return _coded(values, self.words[column.name]) if column.name in self.words else _row_names(values)
        unknown = values >= NEVER if kind is Kind.DATE else values == UNKNOWN
        missing = unknown if column.type.nullable and unknown.any() else None
        return pa.array(values.astype(np.int32), mask=missing).cast(arrow_type(column.type))


def _appended(table: Columns, rows: Columns) -> Columns:
    return {name: np.concatenate([values, rows[name].astype(values.dtype)]) for name, values in table.items()}


def _coded(codes: Array, words: pa.Array) -> pa.Array:
    unknown = codes < 0
    mask = unknown if unknown.any() else None
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=mask), words)


def _row_names(rows: Array) -> pa.Array:
    """Row numbers as text, for an identifier of another person; unknown where there is none."""
    unknown = rows < 0
    return pa.array(rows, mask=unknown if unknown.any() else None).cast(pa.string())


def _decimals(billionths: Array, kind: pa.DataType) -> pa.Array:
    """Scores in billionths as decimals of nine places, unknown where negative."""
    wide = np.empty((len(billionths), 2), np.int64)
    wide[:, 0] = billionths
    wide[:, 1] = billionths >> 63
    known = np.packbits(billionths >= 0, bitorder="little")
    return pa.Array.from_buffers(kind, len(billionths), [pa.py_buffer(known), pa.py_buffer(wide)])


def day(date: dt.date) -> int:
    """Days since 1970-01-01."""
    return (date - dt.date(1970, 1, 1)).days


def blank(table: Columns, count: int, inputs: Inputs) -> Columns:
    """New rows: every column at its default, unknown where it has none."""
    return {name: np.full(count, _default(name, values.dtype, inputs), values.dtype) for name, values in table.items()}


def _default(name: str, dtype: np.dtype[Any], inputs: Inputs) -> Any:  # noqa: ANN401 - of the column's type
    column = inputs.get(name)
    if column is None:
        return {"weight": 1, "home": NOWHERE}.get(name, 0)
    kind = column.type.kind
    if kind is Kind.DATE:
        return NEVER
    if kind is Kind.CHOICE and isinstance(column.default, str):
        return column.type.choices.index(column.default)
    if kind is Kind.BOOLEAN:
        return column.default is True
    if kind is Kind.INTEGER and isinstance(column.default, int):
        return column.default
    return dtype.type(UNKNOWN)
