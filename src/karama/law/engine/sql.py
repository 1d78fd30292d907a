"""The graph as SQL, written through SQLGlot so that one text serves DuckDB, PostgreSQL and Spark.

The plan is a list of named steps, one per phase and entity; each step is a query over the register's tables or over
earlier steps, made of one layer per depth of formula.  Every step can be printed and run by itself.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import singledispatchmethod
from typing import TYPE_CHECKING

from sqlglot import exp

from karama.law.engine import expressions as e
from karama.law.engine.expressions import Entity
from karama.law.engine.graph import aggregates, columns_read
from karama.law.engine.types import INTEGER_DIGITS_IN_DECIMALS, Kind, Type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from karama.law.engine.graph import Binding, Definition, Graph

COMPARISONS = {"<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE, "=": exp.EQ}


def sql_type(kind: Type) -> exp.DataType:
    """The SQL type of a value."""
    if kind.kind is Kind.DECIMAL:
        return exp.DataType.build(f"DECIMAL({kind.digits}, {kind.places})")
    names = {Kind.BOOLEAN: "BOOLEAN", Kind.INTEGER: "BIGINT", Kind.DATE: "DATE"}
    return exp.DataType.build(names.get(kind.kind, "TEXT"))


def name_of(name: str, table: str | None = None) -> exp.Column:
    """A quoted column."""
    return exp.column(name, table=table, quoted=True)


@dataclass(frozen=True)
class Step:
    """One query of the plan; reads tables of the register and earlier steps by their names."""

    name: str
    entity: Entity
    query: exp.Select
    columns: tuple[str, ...]

    def sql(self, dialect: str = "duckdb", *, pretty: bool = False) -> str:
        """The text of the query."""
        return self.query.sql(dialect=dialect, pretty=pretty)


@dataclass(frozen=True)
class Plan:
    """All steps in order; the last one of each entity carries all its columns."""

    graph: Graph
    steps: tuple[Step, ...]

    def last(self, entity: Entity) -> Step | None:
        """The step that carries all columns of an entity."""
        return next((step for step in reversed(self.steps) if step.entity is entity), None)

    def single_query(self, entity: Entity, columns: Sequence[str]) -> exp.Select:
        """One query that gives some columns of an entity, with the steps as common table expressions."""
        last = self.last(entity)
        assert last is not None, "the plan has a step for each entity it was asked for"  # noqa: S101
        query = exp.select(*(name_of(column) for column in columns)).from_(last.name)
        for step in self.steps[: self.steps.index(last) + 1]:
            query = query.with_(step.name, as_=step.query)
        return query


def compile_plan(graph: Graph, binding: Binding) -> Plan:
    """The steps that compute every definition of the graph with the constants of the binding."""
    return _PlanWriter(graph, binding).plan()


class _PlanWriter:
    def __init__(self, graph: Graph, binding: Binding) -> None:
        self._graph = graph
        self._inputs = graph.inputs
        self._write = ExpressionWriter(binding, graph.inputs.household_key, graph.inputs.person_key)
        self._steps: list[Step] = []

    def plan(self) -> Plan:
        for phase in range(self._graph.phases):
            if self._inputs.person_table and self._has_persons_from(phase):
                self._add_persons(phase)
            if self._needs_households(phase):
                self._add_households(phase)
        return Plan(self._graph, tuple(self._steps))

    def _has_persons_from(self, phase: int) -> bool:
        if phase:
            previous = self._last(Entity.PERSON)
            present = previous.columns if previous else ()
            return bool(self._graph.of(Entity.PERSON, phase) or self._household_columns_read(phase, present))
        reads_persons = any(column.entity is Entity.PERSON for column in self._graph.input_columns)
        return reads_persons or bool(self._graph.of(Entity.PERSON))

    def _needs_households(self, phase: int) -> bool:
        return bool(self._graph.of(Entity.HOUSEHOLD, phase)) or (phase == 0)

    def _last(self, entity: Entity) -> Step | None:
        return next((step for step in reversed(self._steps) if step.entity is entity), None)

    def _add_persons(self, phase: int) -> None:
        keys = (self._inputs.household_key, self._inputs.person_key)
        source, columns = self._person_source(phase, keys)
        self._finish(f"person_{phase}", Entity.PERSON, source, columns, self._graph.of(Entity.PERSON, phase))

    def _person_source(self, phase: int, keys: tuple[str, str]) -> tuple[exp.Select, list[str]]:
        previous = self._last(Entity.PERSON)
        if previous is None:
            inputs = [one for one in self._graph.input_columns if one.entity is Entity.PERSON]
            columns = [*keys, *(one.name for one in inputs if one.name not in keys)]
            query = exp.select(*(self._input(name, "p") for name in columns)).from_(f"{self._inputs.person_table} AS p")
        else:
            columns = list(previous.columns)
            query = exp.select(*(name_of(name, "p") for name in columns)).from_(f"{previous.name} AS p")
        wanted = self._household_columns_read(phase, columns)
        if wanted:
            last = self._last(Entity.HOUSEHOLD)
            table = last.name if last else self._inputs.household_table
            query = query.select(*(self._input(name, "h") if last is None else name_of(name, "h") for name in wanted))
            query = query.join(f"{table} AS h", on=self._same_household("p", "h"))
        return query, [*columns, *wanted]

    def _household_columns_read(self, phase: int, present: Sequence[str]) -> list[str]:
        """Household columns read on the rows of persons in this phase, beyond those already there."""
        definitions = [*self._graph.of(Entity.PERSON, phase), *self._graph.of(Entity.HOUSEHOLD, phase)]
        read = [
            column.name
            for one in definitions
            for reader, column in columns_read(one.node, one.formula.entity)
            if reader is Entity.PERSON and column.entity is Entity.HOUSEHOLD and column.name not in present
        ]
        return list(dict.fromkeys(read))

    def _add_households(self, phase: int) -> None:
        definitions = self._graph.of(Entity.HOUSEHOLD, phase)
        previous = self._last(Entity.HOUSEHOLD)
        query, columns = self._household_source(previous)
        found = {id(node): node for one in definitions for node in aggregates(one.node)}
        if found:
            grouped, names = self._grouped(list(found.values()), phase)
            self._write.hoisted.update(names)
            query = query.join(grouped.subquery("a"), on=self._same_household("h", "a"), join_type="left")
            query = query.select(
                *(
                    exp.alias_(exp.func("COALESCE", name_of(name, "a"), self._write(found[key].default)), name, quoted=True)
                    for key, name in names.items()
                )
            )
            columns = [*columns, *names.values()]
        hidden = {name for name in columns if name.startswith("_")}
        self._finish(f"household_{phase}", Entity.HOUSEHOLD, query, columns, definitions, hidden)

    def _household_source(self, previous: Step | None) -> tuple[exp.Select, list[str]]:
        if previous is not None:
            columns = list(previous.columns)
            query = exp.select(*(name_of(name, "h") for name in columns)).from_(f"{previous.name} AS h")
            return query, columns
        key = self._inputs.household_key
        inputs = [one.name for one in self._graph.input_columns if one.entity is Entity.HOUSEHOLD]
        columns = [key, *(name for name in inputs if name != key)]
        query = exp.select(*(self._input(name, "h") for name in columns))
        return query.from_(f"{self._inputs.household_table} AS h"), columns

    def _grouped(self, found: Sequence[e.Aggregate], phase: int) -> tuple[exp.Select, dict[int, str]]:
        persons = self._last(Entity.PERSON)
        assert persons is not None, "an aggregation has persons to read"  # noqa: S101
        key = self._inputs.household_key
        names = {id(node): f"_aggregate_{phase}_{number}" for number, node in enumerate(found)}
        columns = [exp.alias_(self._write.aggregate(node), names[id(node)], quoted=True) for node in found]
        query = exp.select(name_of(key), *columns).from_(persons.name).group_by(name_of(key))
        return query, names

    def _finish(  # noqa: PLR0913, PLR0917 - a step is what it is made of
        self,
        name: str,
        entity: Entity,
        source: exp.Select,
        columns: Sequence[str],
        definitions: Sequence[Definition],
        hidden: frozenset[str] | set[str] = frozenset(),
    ) -> None:
        """Lay the definitions over the source, one layer per depth, and keep the visible columns."""
        query, present = source, list(columns)
        for layer in range(1, 1 + max((one.layer for one in definitions), default=0)):
            added = [one for one in definitions if one.layer == layer]
            selected: list[exp.Expression] = [name_of(column) for column in present]
            for one in added:
                value = exp.cast(self._write(one.node), sql_type(one.node.type))
                selected.append(exp.alias_(value, one.name, quoted=True))
            query = exp.select(*selected).from_(query.subquery(f"layer_{layer - 1}"))
            present += [one.name for one in added]
        if hidden:
            present = [column for column in present if column not in hidden]
            query = exp.select(*(name_of(column) for column in present)).from_(query.subquery("visible"))
        self._steps.append(Step(name, entity, query, tuple(present)))

    def _input(self, name: str, table: str) -> exp.Expression:
        column = self._inputs.get(name)
        if column is None or column.type.kind is not Kind.INTEGER:
            return name_of(name, table)
        return exp.alias_(exp.cast(name_of(name, table), sql_type(column.type)), name, quoted=True)

    def _same_household(self, left: str, right: str) -> exp.Expression:
        key = self._inputs.household_key
        return exp.EQ(this=name_of(key, left), expression=name_of(key, right))


class ExpressionWriter:
    """Writes one expression of the law as one SQL expression over the columns of its step."""

    def __init__(self, binding: Binding, household_key: str, person_key: str) -> None:
        """Constants come from the binding; ranks are taken within the household key, ties by the person key."""
        self._binding = binding
        self._household_key = household_key
        self._person_key = person_key
        self.hoisted: dict[int, str] = {}

    def __call__(self, node: e.Node) -> exp.Expression:
        """The SQL of a node."""
        return self._of(node)

    def _as(self, node: e.Node, kind: Type) -> exp.Expression:
        """The node as a number of a wider type: an integer becomes a decimal of fixed width."""
        written = self._of(node)
        if kind.kind is not Kind.DECIMAL or node.type.known() == kind.known():
            return written
        if node.type.kind is Kind.INTEGER:
            written = exp.cast(written, exp.DataType.build(f"DECIMAL({INTEGER_DIGITS_IN_DECIMALS}, 0)"))
        return exp.cast(written, sql_type(kind))

    def constant(self, value: e.Constant) -> exp.Expression:
        """A literal of exact type."""
        if isinstance(value, bool):
            return exp.true() if value else exp.false()
        if isinstance(value, int):
            return exp.cast(exp.Literal.number(value), sql_type(e.INTEGER))
        if isinstance(value, Decimal):
            return exp.cast(exp.Literal.string(f"{value:f}"), sql_type(e.literal_type(value)))
        if isinstance(value, dt.date):
            return exp.cast(exp.Literal.string(value.isoformat()), sql_type(e.DATE))
        return exp.Literal.string(value)

    @singledispatchmethod
    def _of(self, node: e.Node) -> exp.Expression:
        message = f"{type(node).__name__} has no SQL"
        raise TypeError(message)

    @_of.register
    def _(self, node: e.Literal_) -> exp.Expression:
        return self.constant(node.value)

    @_of.register
    def _(self, node: e.Column) -> exp.Expression:
        return name_of(node.name)

    @_of.register
    def _(self, node: e.Parameter) -> exp.Expression:
        value = self._binding.parameter(node.name)
        written = self.constant(value)  # type: ignore[arg-type]
        return exp.cast(written, sql_type(node.type)) if node.type.kind is Kind.DECIMAL else written

    @_of.register
    def _(self, node: e.Lookup) -> exp.Expression:
        table: Mapping[str, e.Constant] = self._binding.parameter(node.parameter.name)  # type: ignore[assignment]
        written = exp.Case(this=self._of(node.selector), ifs=[])
        for code, value in table.items():
            entry = exp.cast(self.constant(value), sql_type(node.type))
            written.append("ifs", exp.If(this=exp.Literal.string(code), true=entry))
        return written

    @_of.register
    def _(self, node: e.Cutoff) -> exp.Expression:
        return self.constant(self._binding.cutoff(node))

    @_of.register
    def _(self, node: e.CompletedYears) -> exp.Expression:
        month, date = self._binding.month, self._of(node.date)
        passed = exp.or_(
            exp.GT(this=_part("MONTH", date), expression=exp.Literal.number(month.month)),
            exp.and_(
                exp.EQ(this=_part("MONTH", date), expression=exp.Literal.number(month.month)),
                exp.GT(this=_part("DAY", date), expression=exp.Literal.number(1)),
            ),
        )
        years = exp.Sub(this=exp.Literal.number(month.year), expression=_part("YEAR", date))
        late = exp.case().when(passed, exp.Literal.number(1)).else_(exp.Literal.number(0))
        return exp.cast(exp.Sub(this=exp.paren(years), expression=late), sql_type(e.INTEGER))

    @_of.register
    def _(self, node: e.MonthsSince) -> exp.Expression:
        date = self._of(node.date)
        years = exp.Mul(this=_part("YEAR", date), expression=exp.Literal.number(12))
        index = exp.paren(exp.Add(this=years, expression=_part("MONTH", date)))
        now = exp.Literal.number(self._binding.month.index + 1)
        return exp.cast(exp.Sub(this=now, expression=index), sql_type(e.INTEGER))

    @_of.register
    def _(self, node: e.DatePart) -> exp.Expression:
        return _part(node.part.upper(), self._of(node.date))

    @_of.register
    def _(self, node: e.Comparison) -> exp.Expression:
        kind = e.types.common_type([node.left.type, node.right.type], "a comparison")
        left, right = self._as(node.left, kind), self._as(node.right, kind)
        return exp.paren(COMPARISONS[node.comparator](this=left, expression=right))

    @_of.register
    def _(self, node: e.Among) -> exp.Expression:
        return exp.paren(self._of(node.value).isin(*node.codes))

    @_of.register
    def _(self, node: e.IsKnown) -> exp.Expression:
        return exp.paren(exp.not_(exp.Is(this=self._of(node.value), expression=exp.null())))

    @_of.register
    def _(self, node: e.Otherwise) -> exp.Expression:
        return exp.func("COALESCE", self._as(node.value, node.type), self._as(node.default, node.type))

    @_of.register
    def _(self, node: e.All) -> exp.Expression:
        return exp.paren(exp.and_(*(self._of(one) for one in node.conditions)))

    @_of.register
    def _(self, node: e.Any) -> exp.Expression:
        return exp.paren(exp.or_(*(self._of(one) for one in node.conditions)))

    @_of.register
    def _(self, node: e.Not) -> exp.Expression:
        return exp.paren(exp.not_(exp.paren(self._of(node.condition))))

    @_of.register
    def _(self, node: e.Case) -> exp.Expression:
        written = exp.case()
        for condition, value in node.branches:
            written = written.when(self._of(condition), self._as(value, node.type), copy=False)
        return written.else_(self._as(node.default, node.type), copy=False)

    @_of.register
    def _(self, node: e.Total) -> exp.Expression:
        terms = [self._as(one, node.type) for one in node.terms]
        written = terms[0]
        for term in terms[1:]:
            written = exp.Add(this=written, expression=term)
            if node.type.kind is Kind.DECIMAL:
                written = exp.cast(written, sql_type(node.type))
        return exp.paren(written)

    @_of.register
    def _(self, node: e.Difference) -> exp.Expression:
        left, right = self._as(node.left, node.type), self._as(node.right, node.type)
        return exp.cast(exp.Sub(this=left, expression=exp.paren(right)), sql_type(node.type))

    @_of.register
    def _(self, node: e.Product) -> exp.Expression:
        if node.type.kind is Kind.INTEGER:
            return exp.paren(exp.Mul(this=self._of(node.left), expression=self._of(node.right)))
        left = self._as(node.left, e.types.as_decimal(node.left.type))
        right = self._as(node.right, e.types.as_decimal(node.right.type))
        return exp.cast(exp.Mul(this=left, expression=right), sql_type(node.type))

    @_of.register
    def _(self, node: e.Rounded) -> exp.Expression:
        return exp.cast(self._of(node.value), sql_type(node.type))

    @_of.register
    def _(self, node: e.Ratio) -> exp.Expression:
        numerator, denominator = self._of(node.numerator), self._of(node.denominator)
        scale = exp.cast(exp.Literal.number(2 * 10**node.places), sql_type(e.INTEGER))
        doubled = exp.Mul(this=exp.paren(denominator), expression=self.constant(2))
        raised = exp.Add(this=exp.Mul(this=exp.paren(numerator), expression=scale), expression=exp.paren(denominator))
        quotient = exp.IntDiv(this=exp.paren(raised), expression=exp.paren(doubled))
        unit = exp.cast(exp.Literal.string(f"{Decimal(1).scaleb(-node.places):f}"), sql_type(_unit(node.places)))
        whole = exp.cast(quotient, exp.DataType.build(f"DECIMAL({e.RATIO_DIGITS}, 0)"))
        value = exp.cast(exp.Mul(this=whole, expression=unit), sql_type(node.type))
        nothing = exp.cast(self.constant(0), sql_type(node.type))
        empty = exp.EQ(this=denominator.copy(), expression=self.constant(0))
        return exp.case().when(empty, nothing).else_(value)

    @_of.register
    def _(self, node: e.Extreme) -> exp.Expression:
        name = "LEAST" if node.which == "least" else "GREATEST"
        return exp.func(name, *(self._as(one, node.type) for one in node.values))

    @_of.register
    def _(self, node: e.Aggregate) -> exp.Expression:
        return exp.cast(name_of(self.hoisted[id(node)]), sql_type(node.type))

    @_of.register
    def _(self, node: e.Rank) -> exp.Expression:
        among = self._of(node.among_)
        order = [exp.Ordered(this=self._of(one.key), desc=one.descending, nulls_first=False) for one in node.order]
        if not node.shared:
            order.append(exp.Ordered(this=name_of(self._person_key), desc=False, nulls_first=False))
        within = [name_of(self._household_key), among, *(self._of(one) for one in node.within)]
        function = exp.Anonymous(this="RANK") if node.shared else exp.RowNumber()
        window = exp.Window(this=function, partition_by=within, order=exp.Order(expressions=order))
        counted = exp.cast(window, sql_type(e.INTEGER))
        return exp.case().when(among.copy(), counted).else_(self.constant(0))

    def aggregate(self, node: e.Aggregate) -> exp.Expression:
        """An aggregation as it stands beside GROUP BY; empty households are seen to by the caller."""
        where = self._of(node.where)
        kept = exp.case().when(where, self._as(node.value, node.type))
        match node.aggregation:
            case "sum" | "count":
                return exp.Sum(this=kept.else_(exp.cast(self.constant(0), sql_type(node.type))))
            case "any":
                return exp.LogicalOr(this=kept.else_(exp.false()))
            case "least":
                return exp.Min(this=kept)
            case "greatest":
                return exp.Max(this=kept)


def _unit(places: int) -> Type:
    return e.types.decimal(max(places, 1), places)


def _part(name: str, date: exp.Expression) -> exp.Expression:
    part = exp.Extract(this=exp.var(name), expression=date.copy())
    return exp.cast(part, exp.DataType.build("BIGINT"))

