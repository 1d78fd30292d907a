"""Households of one kind as the open law sees them, counted once and decided together.

The register is read once: each household's settled values, and those of the persons who matter, give its kind (see
`karama.law.engine.opened`).  A change of the open parameters is then decided for one household of each kind, and of
each side of a threshold on which households of the kind stand; the others of that case have the same.  Five million
Moroccan households are some four thousand kinds.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from karama.law.engine.expressions import Entity
from karama.law.engine.opened import CASE_PERSONS, CASES, default_of
from karama.law.engine.types import BOOLEAN, Kind
from karama.simulation.reform.homes import HOMES
from karama.simulation.reform.outcomes import Outcome, columns_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    from numpy.typing import NDArray

    from karama.law.engine.graph import Binding
    from karama.law.engine.inputs import InputColumn
    from karama.law.engine.opened import OpenLaw, SeenPersons
    from karama.simulation.reform.outcomes import Ints

_BITS = 60
"""Flags that fit in one whole number."""
_UNKNOWN = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Kinds:
    """The kinds of a register's households in one month.

    ``of_home`` is the kind of each household, in the order of the table ``homes``; ``measured`` the values that are
    compared with thresholds, in units of their last place.
    """

    connection: duckdb.DuckDBPyConnection
    law: OpenLaw
    tables: str
    of_home: NDArray[np.int32]
    measured: dict[str, Ints]
    count: int

    def decide(self, binding: Binding) -> Outcome:
        """The outcome of every household under some constants of the open parameters."""
        codes, values = self._sides(binding)
        key = self.of_home.astype(np.int64) * len(values) + codes
        found = np.flatnonzero(np.bincount(key, minlength=self.count * len(values)))
        number = np.full(self.count * len(values), -1, np.int32)
        number[found] = np.arange(len(found), dtype=np.int32)
        self._cases(found // len(values), [values[one] for one in found % len(values)])
        columns = ", ".join(f'"{one}"' for one in self.law.outputs)
        rows = self.connection.execute(
            f"SELECT {columns} FROM ({self.law.query(binding).sql('duckdb')}) ORDER BY CAST({self._key} AS INTEGER)"
        ).to_arrow_table()
        return Outcome(columns_of(rows), number[key])

    @property
    def _key(self) -> str:
        return self.law.graph.inputs.household_key

    def _sides(self, binding: Binding) -> tuple[Ints, list[tuple[Decimal | None, ...]]]:
        """For each household the side of the thresholds it is on; for each side a value of each measured column."""
        code = np.zeros(len(self.of_home), np.int64)
        sides: list[tuple[Decimal | None, ...]] = [()]
        for name, thresholds in self.law.thresholds([binding]).items():
            scale = self._scale(name)
            edges = np.array([int(one * scale) for one in thresholds], np.int64)
            values = self.measured[name]
            side = np.searchsorted(edges, values, "left") + np.searchsorted(edges, values, "right")
            side = np.where(values == _UNKNOWN, 2 * len(edges) + 1, side)
            here = [*_representatives(edges), None]
            code = code * len(here) + side
            sides = [(*before, None if one is None else Decimal(one) / scale) for before in sides for one in here]
        return code, sides

    def _scale(self, name: str) -> Decimal:
        column = self.law.graph.inputs.get(name)
        assert column is not None, "a measured column is an input of the small graph"  # noqa: S101
        return Decimal(10) ** column.type.places

    def _cases(self, kinds: Ints, values: Sequence[tuple[Decimal | None, ...]]) -> None:
        """The tables that the small graph reads: a household for each case, with the persons of its kind."""
        inputs = self.law.graph.inputs
        given = {"kind": pa.array(kinds), self._key: pa.array([str(number) for number in range(len(kinds))])}
        for place, name in enumerate(self.law.measured):
            column = inputs.get(name)
            assert column is not None, "a measured column is an input of the small graph"  # noqa: S101
            kind = pa.decimal128(column.type.digits, column.type.places)
            given[name] = pa.array([one[place] for one in values], kind)
        self.connection.register("given_cases", pa.table(given))
        seen = "".join(f', k."{name}"' for name in self.law.seen)
        measured = "".join(f', g."{name}"' for name in self.law.measured)
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {CASES} AS SELECT g.{self._key}{seen}{measured}"
            f" FROM given_cases g JOIN {self.tables}_kinds k USING (kind)"
        )
        if inputs.person_table is not None:
            columns = "".join(f', p."{one.name}"' for one in inputs.of(Entity.PERSON))
            self.connection.execute(
                f"CREATE OR REPLACE TEMP TABLE {CASE_PERSONS} AS SELECT g.{self._key}, CAST(p.number AS VARCHAR) AS"
                f" {inputs.person_key}{columns} FROM given_cases g JOIN {self.tables}_persons p USING (kind)"
            )
        self.connection.unregister("given_cases")


def _representatives(edges: Ints) -> list[int]:
    """A value on each side of the edges: under the first, at it, above it, and so on."""
    found = [int(edges[0]) - 1] if len(edges) else [0]
    for one in edges:
        found += [int(one), int(one) + 1]
    return found


def count_kinds(connection: duckdb.DuckDBPyConnection, law: OpenLaw, tables: str) -> Kinds:
    """Read the register and tell the kinds of its households.

    Args:
        connection: knows the register's tables and `HOMES`.
        law: with its open parameters.
        tables: word that begins the names of the tables made here, another one for each month.
    """
    return _Counter(connection, law, tables).kinds()


class _Counter:
    def __init__(self, connection: duckdb.DuckDBPyConnection, law: OpenLaw, tables: str) -> None:
        self._connection = connection
        self._law = law
        self._tables = tables
        self._key = law.graph.inputs.household_key
        self._lists = [f"list_{number}" for number in range(len(law.persons))]
        flags = {one.name for one in law.graph.inputs.columns if one.type == BOOLEAN}
        self._flags = [name for name in law.seen if name in flags][:_BITS]
        self._others = [name for name in law.seen if name not in self._flags]

    def kinds(self) -> Kinds:
        for number, one in enumerate(self._law.persons):
            self._list_persons(number, one)
        self._tell_households()
        self._number_kinds()
        self._describe_persons()
        kinds = self._numbered()
        for name in ("facts", *(f"persons_{number}" for number in range(len(self._lists)))):
            self._run(f"DROP TABLE {name}")
        return kinds

    def _numbered(self) -> Kinds:
        """The kind and the measured values of every household, in the order of all arrays."""
        measured = "".join(f', "{name}"' for name in self._law.measured)
        rows = self._connection.execute(
            f"SELECT home, kind{measured} FROM facts JOIN {HOMES} USING ({self._key})"
            f" JOIN {self._tables}_kinds USING ({', '.join(self._told)})"
        ).to_arrow_table()
        found = self._connection.execute(f"SELECT count(*) FROM {self._tables}_kinds").fetchone()
        home = rows.column("home").to_numpy()

        def in_order(name: str) -> NDArray[Any]:
            column = rows.column(name)
            values = _in_last_places(column) if name in self._law.measured else column.to_numpy()
            placed: NDArray[Any] = np.empty_like(values)
            placed[home] = values
            return placed

        of_measured = {name: in_order(name) for name in self._law.measured}
        count = int(found[0]) if found else 0
        return Kinds(self._connection, self._law, self._tables, in_order("kind"), of_measured, count)

    def _list_persons(self, number: int, persons: SeenPersons) -> None:
        """The kinds of persons of a strand, and the list of them for each household."""
        columns = ", ".join(f'"{name}"' for name in persons.columns)
        self._run(f"CREATE OR REPLACE TEMP TABLE matter AS {persons.rows.sql('duckdb')}")
        self._run(
            f"CREATE OR REPLACE TEMP TABLE persons_{number} AS SELECT CAST(row_number() OVER () AS INTEGER) AS"
            f" person_kind, * FROM (SELECT DISTINCT {columns} FROM matter)"
        )
        same = " AND ".join(f'm."{name}" IS NOT DISTINCT FROM k."{name}"' for name in persons.columns)
        self._run(
            f"CREATE OR REPLACE TEMP TABLE members_{number} AS SELECT {self._key},"
            f" array_to_string(list_sort(list(person_kind)), ',') AS members"
            f" FROM matter m JOIN persons_{number} k ON {same} GROUP BY {self._key}"
        )
        self._run("DROP TABLE matter")
        self._run(
            f"CREATE OR REPLACE TEMP TABLE lists_{number} AS SELECT members, CAST(row_number() OVER () AS INTEGER) AS"
            f" list_{number} FROM (SELECT DISTINCT members FROM members_{number})"
        )

    @property
    def _told(self) -> list[str]:
        """The columns that tell a kind: all flags in one number, other values, the lists of persons."""
        return ["flags", *(f'"{name}"' for name in self._others), *self._lists]

    def _tell_households(self) -> None:
        """Each household with all that is seen of it."""
        flags = " + ".join(f'(CAST("{name}" AS BIGINT) << {place})' for place, name in enumerate(self._flags)) or "0"
        columns = "".join(f', "{name}"' for name in (*self._others, *self._law.measured))
        lists = "".join(f", COALESCE({name}, 0) AS {name}" for name in self._lists)
        joins = " ".join(
            f"LEFT JOIN (SELECT {self._key}, list_{number} FROM members_{number} JOIN lists_{number} USING (members))"
            f" USING ({self._key})"
            for number in range(len(self._lists))
        )
        self._run(
            f"CREATE OR REPLACE TEMP TABLE facts AS SELECT {self._key}, {flags} AS flags{columns}{lists}"
            f" FROM ({self._law.households.sql('duckdb')}) {joins}"
        )
        for number in range(len(self._lists)):
            self._run(f"DROP TABLE members_{number}")

    def _number_kinds(self) -> None:
        """The different households that are seen: the kinds, with their flags and lists as columns again."""
        told = ", ".join(self._told)
        flags = "".join(f', ((flags >> {place}) & 1) = 1 AS "{name}"' for place, name in enumerate(self._flags))
        self._run(
            f"CREATE OR REPLACE TEMP TABLE {self._tables}_kinds AS SELECT CAST(row_number() OVER () - 1 AS INTEGER) AS"
            f" kind, *{flags} FROM (SELECT DISTINCT {told} FROM facts)"
        )

    def _describe_persons(self) -> None:
        """The persons of each kind with the columns that the small graph reads."""
        columns = list(self._law.graph.inputs.of(Entity.PERSON))
        parts = []
        for number, persons in enumerate(self._law.persons):
            values = "".join(f', {_value(one, persons)} AS "{one.name}"' for one in columns)
            unnested = (
                f"SELECT kind, CAST(unnest(string_split(members, ',')) AS INTEGER) AS person_kind"
                f" FROM {self._tables}_kinds JOIN lists_{number} USING (list_{number})"
            )
            parts.append(f"SELECT kind{values} FROM ({unnested}) JOIN persons_{number} USING (person_kind)")
        if parts:
            self._run(
                f"CREATE OR REPLACE TEMP TABLE {self._tables}_persons AS SELECT row_number() OVER () AS number, * FROM"
                f" ({' UNION ALL '.join(parts)})"
            )
        for number in range(len(parts)):
            self._run(f"DROP TABLE lists_{number}")

    def _run(self, text: str) -> None:
        self._connection.execute(text)


def _in_last_places(column: pa.ChunkedArray) -> Ints:
    """Decimals of at most eighteen digits as whole numbers of their last place."""
    found = [np.zeros(0, np.int64)]
    for chunk in column.chunks:
        words = np.frombuffer(chunk.buffers()[1], np.int64)[2 * chunk.offset : 2 * (chunk.offset + len(chunk)) : 2]
        found.append(np.where(chunk.is_null().to_numpy(zero_copy_only=False), _UNKNOWN, words))
    return np.concatenate(found)


def _value(column: InputColumn, persons: SeenPersons) -> str:
    """SQL of a column for the persons of a strand; what it does not read gets a value that brings nothing."""
    name = column.name
    if name in persons.by_order:
        shifted = {
            Kind.DATE: f"DATE '2000-01-01' + CAST(\"{name}\" AS INTEGER)",
            Kind.TEXT: f'CAST("{name}" AS VARCHAR)',
        }
        return shifted.get(column.type.kind, f'"{name}"')
    if name in persons.columns:
        return f'"{name}"'
    if name in persons.conditions:
        return "TRUE"
    return default_of(column.type)
