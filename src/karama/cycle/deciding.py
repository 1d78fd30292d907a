"""The law applied to the rows taken in: decisions, lines and traces of one programme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karama.cycle.duck import parquet, quoted, write
from karama.cycle.law_version import law_version
from karama.cycle.tables import DECISIONS, LINES, PERSONS_TRACE, WARD_DECISIONS, Table
from karama.foundation.errors import IntegrityError
from karama.law.engine.evaluate import PERSON_RESULT, bind, decisions_sql, lines_sql, run_plan
from karama.law.engine.expressions import Entity
from karama.law.engine.sql import compile_plan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import duckdb

    from karama.foundation.months import Month
    from karama.law.engine.parameters import Clock
    from karama.law.engine.programme import Programme
    from karama.law.engine.sql import Plan

_EXAMPLES = 5


@dataclass(frozen=True)
class Chosen:
    """A programme bound to a month and a clock: its plan, the version of its law, its values changed by the caller."""

    programme: Programme
    month: Month
    plan: Plan
    version: str

    @property
    def alone(self) -> bool:
        """Whether it decides those who stand alone, without household."""
        return self.programme.law.inputs.person_table is None

    @property
    def table(self) -> Table:
        """The table of its decisions."""
        return WARD_DECISIONS if self.alone else DECISIONS

    @property
    def trace(self) -> tuple[str, ...]:
        """The household columns kept with each decision: what the law read and computed, beyond the fixed columns."""
        last = self.plan.last(Entity.HOUSEHOLD)
        fixed = {*self.table.names, self.programme.eligible, self.programme.aid, self.programme.amount}
        fixed.add(self.programme.law.inputs.household_key)
        return tuple(name for name in (last.columns if last else ()) if name not in fixed)

    def computes(self, name: str) -> bool:
        """Whether a formula of this name is in force."""
        return name in self.plan.graph.definitions


def choose(programme: Programme, month: Month, clock: Clock, parameters: Mapping[str, Any]) -> Chosen:
    """Bind a programme; ``parameters`` of other programmes are left aside.

    Raises:
        BadInputError: before the programme's first month.
        LawError: the law has no value in the month.
    """
    own = {name: raw for name, raw in parameters.items() if name in programme.law.parameters.by_name}
    graph, binding = bind(programme, month, clock, own)
    return Chosen(programme, month, compile_plan(graph, binding), law_version(programme, graph, binding))


def decide(connection: duckdb.DuckDBPyConnection, chosen: Chosen, draft: Path) -> None:
    """Write the decisions of a programme, and the trace of the persons; keep its lines in a table of the connection.

    The connection knows the programme's input tables; afterwards it knows ``decided_lines`` too, in which the lines of
    several programmes add up.
    """
    inputs = chosen.programme.law.inputs
    run_plan(connection, chosen.plan)
    has_persons = chosen.plan.last(Entity.PERSON) is not None
    columns = ", ".join(f"{quoted(column.name)} {column.type}" for column in LINES.columns)
    connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS decided_lines ({columns})")
    query = lines_sql(chosen.programme, chosen.plan.graph)
    if query is not None:
        connection.execute(f"INSERT INTO decided_lines {_lines(chosen, query)}")
    write(connection, _decisions(chosen, has_persons=has_persons), draft / chosen.table.file, chosen.table.key)
    if has_persons:
        write(connection, f"SELECT * FROM {PERSON_RESULT}", draft / PERSONS_TRACE.file, PERSONS_TRACE.key)
    elif inputs.person_table is not None:
        key = f"{inputs.household_key} AS household_id, {inputs.person_key} AS person_id"
        write(connection, f"SELECT {key} FROM {inputs.person_table}", draft / PERSONS_TRACE.file, PERSONS_TRACE.key)
    for step in chosen.plan.steps:
        connection.execute(f"DROP TABLE {step.name}")


def write_lines(connection: duckdb.DuckDBPyConnection, draft: Path) -> None:
    """Write all lines decided, and check that they add up to the decisions, household by household.

    Raises:
        IntegrityError: they do not; the first households are named.
    """
    write(connection, "SELECT * FROM decided_lines", draft / LINES.file, LINES.key)
    connection.execute("DROP TABLE decided_lines")
    for table, key in ((DECISIONS, "household_id"), (WARD_DECISIONS, "person_id")):
        if not (draft / table.file).exists():
            continue
        alone = "IS NOT NULL" if table is WARD_DECISIONS else "IS NULL"
        total = (
            f"SELECT {key}, sum(amount_centimes) AS total FROM {parquet(draft / LINES.file)}"
            f" WHERE establishment_id {alone} GROUP BY {key}"
        )
        wrong = connection.execute(
            f"SELECT {key} FROM {parquet(draft / table.file)} FULL JOIN ({total}) USING ({key})"
            f" WHERE COALESCE(amount_centimes, 0) <> COALESCE(total, 0) ORDER BY {key} LIMIT {_EXAMPLES}"
        ).fetchall()
        if wrong:
            named = ", ".join(row[0] for row in wrong)
            raise IntegrityError(f"{table.file}: lines and amount differ for {named}: report it, nothing was kept")


def _lines(chosen: Chosen, query: str) -> str:
    inputs = chosen.programme.law.inputs
    amounts = "benefit, rank, CAST(amount_centimes AS BIGINT)"
    if chosen.alone:
        key = inputs.person_key
        names = f"CAST(NULL AS VARCHAR), establishment_id, {key}, {amounts}"
        return f"SELECT {names} FROM ({query}) JOIN {inputs.household_table} USING ({key})"
    return f"SELECT {inputs.household_key}, CAST(NULL AS VARCHAR), {inputs.person_key}, {amounts} FROM ({query})"


def _decisions(chosen: Chosen, *, has_persons: bool) -> str:
    """The query of the decisions table: the fixed columns, then the trace."""
    inputs = chosen.programme.law.inputs
    key = inputs.household_key
    known = {column.name for column in inputs.of(Entity.HOUSEHOLD)}
    places = ", ".join(
        (f"h.{name}" if name in known else f"CAST(NULL AS VARCHAR) AS {name}")
        for name in ("establishment_id", "milieu", "commune")
        if name in chosen.table.names
    )
    trace = "".join(f", d.{quoted(name)}" for name in chosen.trace)
    decided = decisions_sql(chosen.programme, [quoted(name) for name in chosen.trace])
    members, counted = "", ""
    if not chosen.alone:
        present = f" WHERE {_PRESENT}" if chosen.computes(_PRESENT) else ""
        table = PERSON_RESULT if has_persons else inputs.person_table
        counted = f" LEFT JOIN (SELECT {key}, count(*) AS members FROM {table}{present} GROUP BY {key}) m USING ({key})"
        members = ", COALESCE(m.members, 0) AS members"
    return (
        f"SELECT d.{key} AS {chosen.table.key[0]}, DATE '{chosen.month.first_day}' AS month, d.eligible, d.aid,"
        f" d.amount_centimes, d.reasons, {places}{members}{trace}"
        f" FROM ({decided}) d JOIN {inputs.household_table} h USING ({key}){counted}"
    )


_PRESENT = "is_present"
"""Formula that says who is present; a programme without it counts every person."""
