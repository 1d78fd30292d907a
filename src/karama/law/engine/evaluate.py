"""Deciding with a programme: one household through the Python function, a register through SQL.  One graph for both."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from karama.foundation.errors import BadInputError
from karama.law.engine.expressions import Entity
from karama.law.engine.household_file import read_household
from karama.law.engine.path import Ways
from karama.law.engine.python import compile_function
from karama.law.engine.types import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    import pyarrow as pa
    from sqlglot import exp

    from karama.foundation.languages import Language
    from karama.foundation.months import Month
    from karama.law.engine.graph import Binding, Graph
    from karama.law.engine.inputs import InputColumn
    from karama.law.engine.parameters import Clock
    from karama.law.engine.programme import Benefit, Programme
    from karama.law.engine.python import CompiledFunction, Evaluator, Row
    from karama.law.engine.sql import Plan
    from karama.law.engine.types import Type


@dataclass(frozen=True, slots=True)
class Line:
    """One benefit due in the month, in centimes; ``person_id`` is None for the household's own."""

    benefit: str
    person_id: str | None
    rank: int | None
    amount_centimes: int


@dataclass(frozen=True)
class Decision:
    """What the law says of one household in one month.

    ``values`` holds every household column of the graph and every input, ``persons`` the same for each person.
    """

    household_id: str
    programme: str
    month: Month
    eligible: bool
    aid: str
    amount_centimes: int
    reasons: tuple[str, ...]
    lines: tuple[Line, ...]
    values: Mapping[str, Any] = field(default_factory=dict)
    persons: tuple[Mapping[str, Any], ...] = ()


_FUNCTIONS: dict[int, tuple[Graph, CompiledFunction]] = {}


def function_of(graph: Graph) -> CompiledFunction:
    """The compiled function of a graph, generated at the first call."""
    if id(graph) not in _FUNCTIONS:
        _FUNCTIONS[id(graph)] = (graph, compile_function(graph))
    return _FUNCTIONS[id(graph)][1]


@dataclass(frozen=True)
class Ready:
    """A programme ready to decide in a month on a clock: graph, constants, and the function that holds them."""

    programme: Programme
    month: Month
    amounts: Clock
    graph: Graph
    binding: Binding

    @cached_property
    def evaluate(self) -> Evaluator:
        """The function of the graph with the constants of the month; its results hold the inputs too."""
        return function_of(self.graph).bind_beside_inputs(self.binding)

    @cached_property
    def ways(self) -> Ways:
        """What each formula reads, for those who ask why."""
        return Ways(self.graph, self.binding)

    @cached_property
    def said(self) -> dict[tuple[str, Language], str]:
        """The parameters of the month in words, kept by the explanations that said them first."""
        return {}

    @cached_property
    def benefits(self) -> tuple[tuple[str, str | None, bool], ...]:
        """Formula of each benefit, column of its rank, and whether it stands on persons."""
        return tuple(
            (one.formula, one.rank, self.graph.definitions[one.formula].formula.entity is Entity.PERSON)
            for one in self.programme.benefits
        )


_READY: dict[tuple[int, Month, Clock], Ready] = {}


def ready(
    programme: Programme, month: Month, amounts: Clock = "paid", parameters: Mapping[str, Any] | None = None
) -> Ready:
    """The programme bound to a month and a clock; the law's own values are bound once and kept for the next call.

    ``parameters`` replaces values by name, given as in the YAML files.

    Raises:
        BadInputError: before the programme's first month, or a value is wrong.
        LawError: the law has no value for the month.
    """
    key = (id(programme), month, amounts)
    if parameters or key not in _READY:
        graph = programme.graph(month)
        overrides = {name: programme.law.parameters.get(name).parse(raw) for name, raw in (parameters or {}).items()}
        made = Ready(programme, month, amounts, graph, programme.law.bind(graph, month, amounts, overrides))
        if parameters:
            return made
        _READY[key] = made
    return _READY[key]


def bind(
    programme: Programme, month: Month, amounts: Clock, parameters: Mapping[str, Any] | None
) -> tuple[Graph, Binding]:
    """Graph and constants of a month; ``parameters`` replaces values by name, given as in the YAML files."""
    made = ready(programme, month, amounts, parameters)
    return made.graph, made.binding


def decide_one(  # noqa: PLR0917 - the same order as the public calls
    programme: Programme,
    raw: Mapping[str, Any],
    month: Month,
    amounts: Clock = "paid",
    parameters: Mapping[str, Any] | None = None,
    where: str | None = None,
) -> Decision:
    """Decide one household given as in HOUSEHOLD.json.

    Raises:
        BadInputError: a field is wrong; it is named.
        LawError: the law has no value for the month.
    """
    prepared = ready(programme, month, amounts, parameters)
    household, persons = read_rows(programme, raw, month, where)
    return decide_rows(prepared, household, persons)


def read_rows(
    programme: Programme, raw: Mapping[str, Any], month: Month, where: str | None = None
) -> tuple[Row, list[Row]]:
    """The typed rows of a household given as in HOUSEHOLD.json, completed by the programme."""
    inputs = programme.law.inputs
    if not isinstance(raw, dict):
        message = f"{where or 'the household'}: is no object: write {{...}} with the household's fields"
        raise BadInputError(message)
    where = where or f"household '{raw.get(inputs.household_key, '?')}'"
    return read_household(programme.prepare(dict(raw), month, where), inputs, where)


def decide_rows(prepared: Ready, household: Row, persons: Sequence[Row]) -> Decision:
    """Decide typed rows with bound constants; the warm path of a server."""
    values, own = prepared.evaluate(household, persons)
    return decision_of(prepared, values, tuple(own))


def decision_of(prepared: Ready, values: Row, persons: tuple[Row, ...]) -> Decision:
    """The decision that computed values make: ``values`` of the household and ``persons`` hold inputs and results."""
    programme = prepared.programme
    eligible = bool(values[programme.eligible])
    return Decision(
        household_id=values[programme.law.inputs.household_key],
        programme=programme.name,
        month=prepared.month,
        eligible=eligible,
        aid=values[programme.aid],
        amount_centimes=values[programme.amount] if programme.amount else 0,
        reasons=() if eligible else refusals_of(programme, values),
        lines=lines_of(prepared, values, persons) if eligible else (),
        values=values,
        persons=persons,
    )


def refusals_of(programme: Programme, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The codes of the conditions that are not met, in the order of the programme."""
    return tuple(one.refusal for one in programme.conditions if not values[one.formula])


def lines_of(prepared: Ready, values: Mapping[str, Any], persons: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    """The benefits of an eligible household, by name and person."""
    inputs, key = prepared.programme.law.inputs, prepared.programme.law.inputs.person_key
    lines: list[Line] = []
    for name, rank, personal in prepared.benefits:
        if personal:
            lines += [
                Line(name, person[key], person[rank] if rank else None, person[name])
                for person in persons
                if person[name]
            ]
        elif values[name]:
            lines.append(Line(name, None if inputs.person_table else values[key], None, values[name]))
    lines.sort(key=_line_order)
    return tuple(lines)


def _line_order(line: Line) -> tuple[str, str]:
    return line.benefit, line.person_id or ""


def arrow_type(kind: Type) -> pa.DataType:
    """The Arrow type of a column."""
    import pyarrow as pa  # noqa: PLC0415 - one household needs no table

    if kind.kind is Kind.DECIMAL:
        return pa.decimal128(kind.digits, kind.places)
    kinds = {Kind.BOOLEAN: pa.bool_(), Kind.INTEGER: pa.int32(), Kind.DATE: pa.date32()}
    return kinds.get(kind.kind, pa.string())


def arrow_table(
    rows: Sequence[Row], columns: Sequence[InputColumn], extra: Mapping[str, str] | None = None
) -> pa.Table:
    """Rows as an Arrow table with the columns' types; ``extra`` names further text columns."""
    import pyarrow as pa  # noqa: PLC0415 - one household needs no table

    arrays = {column.name: pa.array([row[column.name] for row in rows], arrow_type(column.type)) for column in columns}
    for name in extra or {}:
        arrays[name] = pa.array([row[name] for row in rows], pa.string())
    return pa.table(arrays)


def register_tables(
    connection: duckdb.DuckDBPyConnection, programme: Programme, rows: Sequence[tuple[Row, list[Row]]]
) -> None:
    """Register typed rows as the programme's input tables in a DuckDB connection."""
    inputs = programme.law.inputs
    households = arrow_table([household for household, _ in rows], list(inputs.of(Entity.HOUSEHOLD)))
    connection.register(inputs.household_table, households)
    if inputs.person_table:
        key = inputs.household_key
        persons = [{**person, key: household[key]} for household, members in rows for person in members]
        connection.register(inputs.person_table, arrow_table(persons, list(inputs.of(Entity.PERSON)), {key: "text"}))


HOUSEHOLD_RESULT, PERSON_RESULT = "household_result", "person_result"


class Define(Protocol):  # noqa: D101 - its one method says it
    def __call__(self, name: str, query: str | exp.Expression, *, kept: bool) -> None:
        """Name the rows of a query; ``kept`` computes them once."""


def run_steps(define: Define, plan: Plan) -> None:
    """Name the steps of the plan, in order, and the last of each entity as ``household_result``, ``person_result``."""
    for step in plan.steps:
        define(step.name, step.query, kept=True)
    for entity, name in ((Entity.HOUSEHOLD, HOUSEHOLD_RESULT), (Entity.PERSON, PERSON_RESULT)):
        last = plan.last(entity)
        if last is not None:
            define(name, f"SELECT * FROM {last.name}", kept=False)


def run_plan(connection: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    """Compute the plan in DuckDB, whose connection must know the programme's input tables; see `run_steps`."""

    def define(name: str, query: str | exp.Expression, *, kept: bool) -> None:
        text = query if isinstance(query, str) else query.sql("duckdb")
        connection.execute(f"CREATE OR REPLACE TEMP {'TABLE' if kept else 'VIEW'} {name} AS {text}")

    run_steps(define, plan)


def decisions_sql(programme: Programme, columns: Sequence[str] = ()) -> str:
    """Query over ``household_result``: key, eligible, aid, amount_centimes, reasons (list), and the given columns."""
    refusals = ", ".join(f"CASE WHEN NOT {one.formula} THEN '{one.refusal}' END" for one in programme.conditions)
    reasons = f"CASE WHEN {programme.eligible} THEN [] ELSE list_filter([{refusals}], x -> x IS NOT NULL) END"
    amount = programme.amount or "0"
    further = "".join(f", {name}" for name in columns)
    return (
        f"SELECT {programme.law.inputs.household_key}, {programme.eligible} AS eligible, {programme.aid} AS aid,"
        f" CAST({amount} AS BIGINT) AS amount_centimes, CAST({reasons} AS VARCHAR[]) AS reasons{further}"
        f" FROM {HOUSEHOLD_RESULT}"
    )


def lines_sql(programme: Programme, graph: Graph) -> str | None:
    """Query over the results: key, person_id, benefit, rank, amount_centimes, a row per line; None without benefits."""
    key, person = programme.law.inputs.household_key, programme.law.inputs.person_key
    alone = programme.law.inputs.person_table is None
    of_persons = [one for one in programme.benefits if graph.definitions[one.formula].formula.entity is Entity.PERSON]
    parts = []
    for benefit in programme.benefits:
        name = benefit.formula
        rank = f"CAST(b.{benefit.rank} AS INTEGER)" if benefit.rank else "CAST(NULL AS INTEGER)"
        amount = f"'{name}' AS benefit, {rank} AS rank, b.{name} AS amount_centimes"
        if benefit in of_persons:
            parts.append(f"SELECT b.{key}, b.{person}, {amount} FROM with_benefit b WHERE b.{name} <> 0")
        else:
            who = f"b.{person}" if alone else f"b.{key}, CAST(NULL AS VARCHAR) AS {person}"
            due = f"b.{programme.eligible} AND b.{name} <> 0"
            parts.append(f"SELECT {who}, {amount} FROM {HOUSEHOLD_RESULT} b WHERE {due}")
    lines = " UNION ALL ".join(parts)
    return f"{_with_benefit(programme, of_persons)}{lines}" if of_persons else lines or None


def _with_benefit(programme: Programme, benefits: Sequence[Benefit]) -> str:
    """The few persons of eligible households who have any of the benefits, looked for once for all of them."""
    key = programme.law.inputs.household_key
    names = dict.fromkeys(name for one in benefits for name in (one.formula, one.rank) if name)
    columns = ", ".join(f"p.{name}" for name in (key, programme.law.inputs.person_key, *names))
    some = " OR ".join(f"p.{one.formula} <> 0" for one in benefits)
    eligible = f"SELECT {key} FROM {HOUSEHOLD_RESULT} WHERE {programme.eligible}"
    return f"WITH with_benefit AS (SELECT {columns} FROM {PERSON_RESULT} p WHERE ({some}) AND p.{key} IN ({eligible})) "


def plan_of(
    programme: Programme, month: Month, amounts: Clock = "paid", parameters: Mapping[str, Any] | None = None
) -> Plan:
    """The SQL plan of a programme for a month and a clock."""
    from karama.law.engine.sql import compile_plan  # noqa: PLC0415 - one household needs no SQL

    graph, binding = bind(programme, month, amounts, parameters)
    return compile_plan(graph, binding)


def decide_many(  # noqa: PLR0917 - the same order as the public calls
    connection: duckdb.DuckDBPyConnection,
    programme: Programme,
    raws: Sequence[Mapping[str, Any]],
    month: Month,
    amounts: Clock = "paid",
    parameters: Mapping[str, Any] | None = None,
    places: Sequence[str] | None = None,
) -> list[Decision]:
    """Decide many households through the SQL compilation, in the order given; ``places`` call them in messages.

    Raises:
        BadInputError: a field is wrong, or two households have the same identifier.
    """
    key = programme.law.inputs.household_key
    called: Sequence[str | None] = places or [None] * len(raws)
    rows = [read_rows(programme, raw, month, where) for raw, where in zip(raws, called, strict=True)]
    names = [household[key] for household, _ in rows]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        message = f"household '{twice[0]}' is given {key} twice: give each household its own identifier"
        raise BadInputError(message)
    plan = plan_of(programme, month, amounts, parameters)
    register_tables(connection, programme, rows)
    run_plan(connection, plan)
    return _fetch_decisions(connection, programme, plan, month, names)


def _fetch_decisions(
    connection: duckdb.DuckDBPyConnection,
    programme: Programme,
    plan: Plan,
    month: Month,
    names: Sequence[str],
) -> list[Decision]:
    key = programme.law.inputs.household_key
    lines: dict[str, list[Line]] = {}
    query = lines_sql(programme, plan.graph)
    for row in connection.execute(query).to_arrow_table().to_pylist() if query else []:
        line = Line(row["benefit"], row["person_id"], row["rank"], row["amount_centimes"])
        lines.setdefault(row[key], []).append(line)
    household_values = {row[key]: row for row in connection.table(HOUSEHOLD_RESULT).to_arrow_table().to_pylist()}
    persons: dict[str, list[Row]] = {}
    if plan.last(Entity.PERSON) is not None:
        for row in connection.table(PERSON_RESULT).to_arrow_table().to_pylist():
            persons.setdefault(row[key], []).append(row)
    found = {}
    for row in connection.execute(decisions_sql(programme)).to_arrow_table().to_pylist():
        name = row[key]
        found[name] = Decision(
            household_id=name,
            programme=programme.name,
            month=month,
            eligible=row["eligible"],
            aid=row["aid"],
            amount_centimes=row["amount_centimes"],
            reasons=tuple(row["reasons"]),
            lines=tuple(sorted(lines.get(name, []), key=_line_order)),
            values=household_values[name],
            persons=tuple(persons.get(name, [])),
        )
    return [found[name] for name in names]
