"""What the law says of a state month after month, deciding again only the households that something touches.

A household is decided again when something happened to it, when a date of it or of a member crosses a cut-off of the
law, or when its conditions that read no person turn.  When the law itself
reads otherwise (a parameter, a formula, the month of a grant), the columns concerned are computed for everybody with a
right.  `karama.simulation.forecast.calendar_of_law` tells which; the figures are those of deciding everybody.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import duckdb
import numpy as np

from karama.law.engine import expressions as e
from karama.law.engine.expressions import Entity
from karama.law.engine.fold import fold
from karama.law.engine.graph import aggregates, columns_read
from karama.law.engine.household_query import household_query
from karama.simulation.forecast.calendar_of_law import Passage, Reading, passage
from karama.simulation.forecast.state import day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from karama.foundation.months import Month
    from karama.law.engine.graph import Binding, Graph
    from karama.law.engine.parameters import Clock
    from karama.simulation.forecast.measures import Measured
    from karama.simulation.forecast.state import Flags, Rows, State


_BATCH = 1_500_000
"""Households decided together."""
_MEMORY = "3GB"
"""What DuckDB may hold beside the arrays."""


@dataclass(frozen=True)
class LawOfMonth:
    """The programme's graph of one month on one clock, as it is and folded."""

    month: Month
    graph: Graph
    binding: Binding
    folded: Graph

    @property
    def reading(self) -> Reading:
        """What is compared with the month before."""
        return Reading(self.folded, self.binding.values, self.month)


def law_of_month(measured: Measured, month: Month, clock: Clock) -> LawOfMonth:
    """Assemble and fold the graph.

    Raises:
        BadInputError: before the programme's first month.
        LawError: the law has no value for the month.
    """
    programme = measured.programme
    graph = replace(programme.graph(month), outputs=(*_conditions(measured), *measured.columns))
    binding = programme.law.bind(graph, month, clock)
    return LawOfMonth(month, graph, binding, fold(graph, binding))


def _conditions(measured: Measured) -> tuple[str, ...]:
    return tuple(one.formula for one in measured.programme.conditions)


@dataclass
class Figures:
    """What the law gave each household of a state, a column per name; amounts in centimes."""

    columns: dict[str, NDArray[np.int32]]
    sign: NDArray[np.uint64]
    open: Flags
    """Whether every condition that reads no person holds: without it there is no right, whoever the members are."""

    def grow(self, count: int) -> None:
        """Room for further households, not decided yet."""
        more = count - len(self.open)
        if more > 0:
            self.columns = {name: np.append(one, np.zeros(more, one.dtype)) for name, one in self.columns.items()}
            self.sign = np.append(self.sign, np.zeros(more, np.uint64))
            self.open = np.append(self.open, np.zeros(more, np.bool_))


@dataclass
class Decider:
    """Decides a state with a measured programme, one month after another, on one clock."""

    measured: Measured
    clock: Clock
    connection: duckdb.DuckDBPyConnection
    figures: Figures | None = None
    last: LawOfMonth | None = None
    decided: list[int] = field(default_factory=list)
    """Households decided in each month, to tell how much work was saved."""

    def decide(self, state: State, month: Month, touched: Flags, restated: Flags) -> Figures:
        """The figures of the month.

        Args:
            state: of the month.
            month: the one after the last decided.
            touched: households whose members changed since the last month.
            restated: households of which a column of their own changed.
        """
        law = law_of_month(self.measured, month, self.clock)
        if self.figures is None or self.last is None:
            self._first(state, law)
        else:
            self._next(state, law, passage(self.last.reading, law.reading), touched, restated)
        self.last = law
        assert self.figures is not None, "both branches set them"  # noqa: S101
        return self.figures

    def _first(self, state: State, law: LawOfMonth) -> None:
        count = state.households
        self.figures = Figures(
            {name: np.zeros(count, np.int32) for name in self.measured.columns},
            np.zeros(count, np.uint64),
            np.zeros(count, np.bool_),
        )
        everybody = np.arange(count)
        self._sign(state, law, everybody)
        self._give(state, law, everybody[self.figures.open], self.measured.columns)

    def _next(self, state: State, law: LawOfMonth, passed: Passage, touched: Flags, restated: Flags) -> None:
        figures = self.figures
        assert figures is not None, "the first month came before"  # noqa: S101
        figures.grow(state.households)
        touched, restated = touched.copy(), restated.copy()
        self._cross(state, law, passed, touched, restated)
        pure = _pure(law.folded)
        if any(name in pure for name in passed.changed):
            restated[:] = True
        turned = self._sign(state, law, np.flatnonzero(restated))
        shut = turned[~figures.open[turned]]
        for column in figures.columns.values():
            column[shut] = 0
        touched[turned] = True
        again = np.flatnonzero(touched & figures.open)
        changed = [name for name in self.measured.columns if name in passed.changed]
        if changed:
            self._give(state, law, np.flatnonzero(figures.open & ~touched), changed)
        self._give(state, law, again, self.measured.columns)

    def _cross(self, state: State, law: LawOfMonth, passed: Passage, touched: Flags, restated: Flags) -> None:
        """Mark the households with a date that a cut-off passes."""
        direct = _read_by_persons(law.folded)
        flags = np.append(np.zeros(state.households, np.bool_), False)
        for one in passed.crossings:
            table = state.homes if one.entity is Entity.HOUSEHOLD else state.persons
            dates = table[one.column]
            found = (dates >= day(one.first)) & (dates <= day(one.last))
            if one.entity is not Entity.HOUSEHOLD:
                flags[state.persons["home"][found]] = True
            else:
                restated |= found
                if one.column in direct:
                    touched |= found
        touched |= flags[:-1]

    def _sign(self, state: State, law: LawOfMonth, homes: Rows) -> Rows:
        """Evaluate what reads no person; returns the households where it turned."""
        figures = self.figures
        assert figures is not None, "signs are kept with the figures"  # noqa: S101
        asked = _signature(law.folded, self.measured)
        if not len(homes):
            return homes
        gates = [name for name in asked if name in _conditions(self.measured)]
        turned = []
        for first in range(0, len(homes), _BATCH):
            part = homes[first : first + _BATCH]
            query = household_query(law.graph, law.binding, [state.inputs.household_key, *asked]).sql("duckdb")
            names = [one.name for one in law.folded.input_columns]
            self._register(state.tables(part, names, persons=None))
            told = self.connection.execute(
                f"SELECT {state.inputs.household_key} AS home, hash({', '.join(asked) or '0'}) AS sign,"
                f" {' AND '.join(gates) or 'TRUE'} AS open FROM ({query})"
            ).fetchnumpy()
            rows = np.asarray(told["home"])
            sign, opened = np.asarray(told["sign"], np.uint64), np.asarray(told["open"], np.bool_)
            turned.append(rows[(figures.sign[rows] != sign) | (figures.open[rows] != opened)])
            figures.sign[rows], figures.open[rows] = sign, opened
        return np.concatenate(turned).astype(np.int64)

    def _give(self, state: State, law: LawOfMonth, homes: Rows, columns: Sequence[str]) -> None:
        """Compute columns for some households and keep them."""
        figures = self.figures
        assert figures is not None, "columns are kept with the figures"  # noqa: S101
        self.decided.append(len(homes))
        settled = {name: value for name in columns if (value := _settled(law.folded, name)) is not None}
        for name, value in settled.items():
            figures.columns[name][homes] = value
        asked = [name for name in columns if name not in settled]
        if not asked or not len(homes):
            return
        query = household_query(law.graph, law.binding, [state.inputs.household_key, *asked])
        names = [one.name for one in law.folded.input_columns]
        for first in range(0, len(homes), _BATCH):
            part = homes[first : first + _BATCH]
            chosen = np.zeros(state.households, np.bool_)
            chosen[part] = True
            self._register(state.tables(part, names, persons=state.members(chosen)))
            selected = ", ".join(f"CAST({name} AS INTEGER) AS {name}" for name in asked)
            told = self.connection.execute(
                f"SELECT {state.inputs.household_key} AS home, {selected} FROM ({query.sql('duckdb')})"
            ).fetchnumpy()
            rows = np.asarray(told["home"])
            for name in asked:
                figures.columns[name][rows] = np.asarray(told[name], np.int32)

    def _register(self, tables: dict[str, object]) -> None:
        for name, table in tables.items():
            self.connection.register(name, table)


def _settled(graph: Graph, name: str) -> int | None:
    """The value of a column that the month makes the same for everybody."""
    node = graph.definitions[name].node if name in graph.definitions else None
    return int(node.value) if isinstance(node, e.Literal_) and isinstance(node.value, int) else None


def _pure(graph: Graph) -> set[str]:
    """The household formulas that no person is read for."""
    found: set[str] = set()
    for name, one in graph.definitions.items():
        if one.formula.entity is not Entity.HOUSEHOLD or aggregates(one.node):
            continue
        reads = [node.name for node in one.node.walk() if isinstance(node, e.Column)]
        if all(column in found or column not in graph.definitions for column in reads):
            found.add(name)
    return found


def _signature(graph: Graph, measured: Measured) -> list[str]:
    """The pure formulas that the others read: where none of them turns, nothing else does for want of a person."""
    pure = _pure(graph)
    read = {
        node.name
        for name, one in graph.definitions.items()
        if name not in pure
        for node in one.node.walk()
        if isinstance(node, e.Column)
    }
    conditions = _conditions(measured)
    return [name for name in graph.definitions if name in pure and (name in read or name in conditions)]


def _read_by_persons(graph: Graph) -> set[str]:
    """The columns of the register that formulas read beside persons, so that a change of them decides anew."""
    pure = _pure(graph)
    return {
        column.name
        for name, one in graph.definitions.items()
        if name not in pure
        for _, column in columns_read(one.node, one.formula.entity)
        if column.name not in graph.definitions
    }


def connected() -> duckdb.DuckDBPyConnection:
    """A DuckDB for decisions, with a bound on its memory."""
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{_MEMORY}'")
    connection.execute("SET enable_progress_bar = false")
    return connection
