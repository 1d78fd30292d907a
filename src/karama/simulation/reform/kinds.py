"""Households of one kind as the open law sees them, counted once and decided together.

The register is read once: each household's settled values, and those of the persons who matter, give its kind (see
`karama.law.engine.opened`).  A change of the open parameters is then decided for one household of each kind, and for
each side of a threshold on which households of the kind stand; all others of that case have the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.law.engine.opened import CASE_PERSONS, CASES, default_of
from karama.law.engine.types import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from karama.law.engine.graph import Binding
    from karama.law.engine.inputs import InputColumn
    from karama.law.engine.opened import OpenLaw, SeenPersons

HOMES, KINDS, KIND_PERSONS = "homes", "kinds", "kind_persons"
_CODES = "codes"
"""Where a household's measured values stand between the thresholds: one number per measured column."""


class Kinds:
    """The kinds of a register, in tables of a DuckDB connection that knows the register's tables.

    ``homes`` has a row per household: its key, ``kind`` and the measured values; ``kinds`` a row per kind with the seen
    values; ``kind_persons`` a row per kind and person who matters.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, law: OpenLaw) -> None:
        """Read the register and count the kinds."""
        self._connection = connection
        self._law = law
        self._key = law.graph.inputs.household_key
        self._thresholds: dict[str, tuple[object, ...]] | None = None
        for number, one in enumerate(law.persons):
            self._count_persons(number, one)
        self._count_households()
        self._describe_persons()

    @property
    def count(self) -> int:
        """How many kinds there are."""
        return self._number(f"SELECT count(*) FROM {KINDS}")

    @property
    def cases(self) -> int:
        """How many cases the last thresholds make of them."""
        return self._number(f"SELECT count(*) FROM {CASES}")

    # -------------------------------------------------------------------------------------------- counting
    def _count_persons(self, number: int, persons: SeenPersons) -> None:
        """The kinds of persons of a strand, and the list of them for each household."""
        columns = ", ".join(f'"{name}"' for name in persons.columns)
        self._run(f"CREATE TEMP TABLE matter AS {persons.rows.sql('duckdb')}")
        self._run(
            f"CREATE OR REPLACE TEMP TABLE person_kinds_{number} AS SELECT CAST(row_number() OVER () AS INTEGER) AS"
            f" person_kind, * FROM (SELECT DISTINCT {columns} FROM matter)"
        )
        same = " AND ".join(f'm."{name}" IS NOT DISTINCT FROM k."{name}"' for name in persons.columns)
        self._run(
            f"CREATE OR REPLACE TEMP TABLE lists_{number} AS SELECT {self._key}, string_agg(CAST(person_kind AS"
            f" VARCHAR), ',' ORDER BY person_kind) AS members_{number} FROM matter m JOIN person_kinds_{number} k ON {same} GROUP BY {self._key}"
        )
        self._run("DROP TABLE matter")

    def _count_households(self) -> None:
        """Homes with their kind, and the kinds: equal seen values, equal lists of persons."""
        lists = [f"members_{number}" for number in range(len(self._law.persons))]
        joins = " ".join(f"LEFT JOIN lists_{number} USING ({self._key})" for number in range(len(lists)))
        seen = [*(f'"{name}"' for name in self._law.seen), *lists]
        said = ", ".join(f"COALESCE(CAST({one} AS VARCHAR), '?')" for one in seen)
        measured = "".join(f', "{name}"' for name in self._law.measured)
        self._run(
            f"CREATE TEMP TABLE facts AS SELECT {self._key}, {', '.join(seen)}{measured}, concat_ws('|', {said}) AS said"
            f" FROM ({self._law.households.sql('duckdb')}) {joins}"
        )
        values = "".join(f", any_value({one}) AS {one}" for one in seen)
        self._run(
            f"CREATE OR REPLACE TEMP TABLE {KINDS} AS SELECT CAST(row_number() OVER () AS INTEGER) AS kind, said{values}"
            f" FROM facts GROUP BY said"
        )
        self._run(
            f"CREATE OR REPLACE TEMP TABLE {HOMES} AS SELECT f.{self._key}, k.kind{measured} FROM facts f"
            f" JOIN {KINDS} k USING (said)"
        )
        self._run("DROP TABLE facts")

    def _describe_persons(self) -> None:
        """The persons of each kind with the columns that the small graph reads."""
        inputs = self._law.graph.inputs
        if inputs.person_table is None:
            return
        columns = [one for one in inputs.columns if one.entity.name == "PERSON"]
        parts = []
        for number, persons in enumerate(self._law.persons):
            values = ", ".join(f'{_value(one, persons)} AS "{one.name}"' for one in columns)
            unnested = (
                f"SELECT kind, CAST(unnest(string_split(members_{number}, ',')) AS INTEGER) AS person_kind FROM {KINDS}"
            )
            parts.append(f"SELECT kind, {values} FROM ({unnested}) JOIN person_kinds_{number} USING (person_kind)")
        self._run(
            f"CREATE OR REPLACE TEMP TABLE {KIND_PERSONS} AS SELECT row_number() OVER () AS number, * FROM"
            f" ({' UNION ALL '.join(parts)})"
        )

    # -------------------------------------------------------------------------------------------- deciding
    def set_cases(self, bindings: Sequence[Binding]) -> None:
        """Divide the kinds by the sides of all thresholds of some constants; ``homes`` gets the number of its case."""
        thresholds = self._law.thresholds(bindings)
        if thresholds == self._thresholds:
            return
        codes = [
            f'CASE WHEN "{name}" IS NULL THEN -1 ELSE '
            + (" + ".join(f'("{name}" < {one})::INT + ("{name}" <= {one})::INT' for one in values) or "0")
            + " END"
            for name, values in thresholds.items()
        ]
        code = ", ".join(f"{one} AS c{number}" for number, one in enumerate(codes))
        by = ", ".join(["kind", *(f"c{number}" for number in range(len(codes)))])
        measured = "".join(f', min("{name}") AS "{name}"' for name in self._law.measured)
        self._run(
            f"CREATE OR REPLACE TEMP TABLE divided AS SELECT CAST(row_number() OVER () AS INTEGER) AS case_number, {by},"
            f" count(*) AS homes{measured} FROM (SELECT *, {code} FROM {HOMES}) GROUP BY {by}"
        )
        same = " AND ".join(["h.kind = d.kind", *(f"h.c{number} = d.c{number}" for number in range(len(codes)))])
        self._run(
            f"CREATE OR REPLACE TEMP TABLE home_cases AS SELECT h.{self._key}, d.case_number FROM"
            f" (SELECT *, {code} FROM {HOMES}) h JOIN divided d ON {same}"
        )
        self._case_tables()
        self._thresholds = thresholds

    def _case_tables(self) -> None:
        seen = "".join(f', k."{name}"' for name in self._law.seen)
        measured = "".join(f', d."{name}"' for name in self._law.measured)
        self._run(
            f"CREATE OR REPLACE TEMP TABLE {CASES} AS SELECT CAST(d.case_number AS VARCHAR) AS {self._key}{seen}{measured}"
            f" FROM divided d JOIN {KINDS} k USING (kind)"
        )
        inputs = self._law.graph.inputs
        if inputs.person_table is not None:
            columns = "".join(f', p."{one.name}"' for one in inputs.columns if one.entity.name == "PERSON")
            self._run(
                f"CREATE OR REPLACE TEMP TABLE {CASE_PERSONS} AS SELECT CAST(d.case_number AS VARCHAR) AS {self._key},"
                f" CAST(p.number AS VARCHAR) AS {inputs.person_key}{columns}"
                f" FROM divided d JOIN {KIND_PERSONS} p USING (kind)"
            )

    def decide(self, name: str, binding: Binding) -> None:
        """A table of the outputs of every case under some constants, among those the cases were made for."""
        columns = ", ".join(f'"{one}"' for one in self._law.outputs)
        self._run(
            f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT CAST({self._key} AS INTEGER) AS case_number, {columns}"
            f" FROM ({self._law.query(binding).sql('duckdb')})"
        )

    def _run(self, text: str) -> None:
        self._connection.execute(text)

    def _number(self, query: str) -> int:
        found = self._connection.execute(query).fetchone()
        return int(found[0]) if found else 0


def _value(column: InputColumn, persons: SeenPersons) -> str:
    """SQL of a column for the persons of a strand; what it does not read gets a value that brings nothing."""
    name = column.name
    if name in persons.by_order:
        shifted = {Kind.DATE: f'DATE \'2000-01-01\' + "{name}"::INTEGER', Kind.TEXT: f'CAST("{name}" AS VARCHAR)'}
        return shifted.get(column.type.kind, f'"{name}"')
    if name in persons.columns:
        return f'"{name}"'
    if name in persons.conditions:
        return "TRUE"
    return default_of(column.type)
