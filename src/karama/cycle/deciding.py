"""The law applied to the rows taken in: decisions, lines and traces of one programme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karama.cycle.engine import quoted, union
from karama.cycle.law_version import law_version
from karama.cycle.tables import DECISIONS, LINES, PERSONS_TRACE, WARD_DECISIONS, Table
from karama.foundation.errors import IntegrityError
from karama.law.engine.evaluate import PERSON_RESULT, bind, decisions_sql, lines_sql, run_steps
from karama.law.engine.expressions import Entity
from karama.law.engine.sql import compile_plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from karama.cycle.engine import Engine
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


def decide(engine: Engine, chosen: Chosen) -> None:
    """Decide those whom the engine knows under the names of the law's inputs; write the decisions and the traces.

    Afterwards the engine knows the decisions under the name of their table, their lines under that of `lines_of`, and
    ``persons_trace``.
    """
    inputs = chosen.programme.law.inputs
    run_steps(engine.define, chosen.plan)
    has_persons = chosen.plan.last(Entity.PERSON) is not None
    engine.define(chosen.table.name, _decisions(chosen, has_persons=has_persons), kept=True)
    engine.emit(chosen.table, f"SELECT * FROM {chosen.table.name}")
    engine.define(lines_of(chosen), _lines(chosen), kept=True)
    if chosen.alone:
        return
    trace = f"SELECT * FROM {PERSON_RESULT}"
    if not has_persons and inputs.person_table is not None:
        trace = (
            f"SELECT {inputs.household_key} AS household_id, {inputs.person_key} AS person_id"
            f" FROM {inputs.person_table}"
        )
    engine.define(PERSONS_TRACE.name, trace)
    engine.emit(PERSONS_TRACE, f"SELECT * FROM {PERSONS_TRACE.name}")


def lines_of(chosen: Chosen) -> str:
    """Name of the relation of a programme's lines."""
    return f"lines_of_{chosen.programme.name}"


def write_lines(engine: Engine, decided: Sequence[Chosen]) -> None:
    """Write the lines of a part, and check that they add up to the decisions, household by household.

    Raises:
        IntegrityError: they do not; the first households are named.
    """
    engine.emit(LINES, union([f"SELECT * FROM {lines_of(one)}" for one in decided]))
    for one in decided:
        key = one.table.key[0]
        total = f"SELECT {key}, CAST(sum(amount_centimes) AS BIGINT) AS total FROM {lines_of(one)} GROUP BY {key}"
        wrong = engine.rows(
            f"SELECT COALESCE(d.{key}, t.{key}) AS who FROM {one.table.name} d"
            f" FULL JOIN ({total}) t ON d.{key} = t.{key}"
            f" WHERE COALESCE(d.amount_centimes, 0) <> COALESCE(t.total, 0) ORDER BY who LIMIT {_EXAMPLES}"
        )
        if wrong:
            named = ", ".join(str(row[0]) for row in wrong)
            message = f"{one.table.file}: lines and amount differ for {named}: report it, nothing was kept"
            raise IntegrityError(message)


def _lines(chosen: Chosen) -> str:
    """The lines of a programme in the columns of `LINES`; a query without rows where it has no benefit."""
    inputs = chosen.programme.law.inputs
    query = lines_sql(chosen.programme, chosen.plan.graph)
    if query is None:
        return LINES.nothing
    amounts = "q.benefit, q.rank, CAST(q.amount_centimes AS BIGINT) AS amount_centimes"
    if chosen.alone:
        key = inputs.person_key
        names = f"CAST(NULL AS VARCHAR) AS household_id, w.establishment_id, q.{key} AS person_id, {amounts}"
        return f"SELECT {names} FROM ({query}) q JOIN {inputs.household_table} w ON q.{key} = w.{key}"
    names = f"q.{inputs.household_key} AS household_id, CAST(NULL AS VARCHAR) AS establishment_id"
    return f"SELECT {names}, q.{inputs.person_key} AS person_id, {amounts} FROM ({query}) q"


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
        grouped = f"SELECT {key}, count(*) AS members FROM {table}{present} GROUP BY {key}"
        counted = f" LEFT JOIN ({grouped}) m ON d.{key} = m.{key}"
        members = ", COALESCE(m.members, 0) AS members"
    return (
        f"SELECT d.{key} AS {chosen.table.key[0]}, DATE '{chosen.month.first_day}' AS month, d.eligible, d.aid,"
        f" d.amount_centimes, d.reasons, {places}{members}{trace}"
        f" FROM ({decided}) d JOIN {inputs.household_table} h ON d.{key} = h.{key}{counted}"
    )


_PRESENT = "is_present"
"""Formula that says who is present; a programme without it counts every person."""
