"""The graph as SQL, written through SQLGlot so that one text serves DuckDB, PostgreSQL and Spark.

The plan is a list of named steps, one per phase and entity; each step is a query over the register's tables or over
earlier steps, made of one layer per depth of formula.  Every step can be printed and run by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from karama.law.engine.expressions import Entity
from karama.law.engine.fold import fold
from karama.law.engine.graph import aggregates, columns_read
from karama.law.engine.household_query import household_query
from karama.law.engine.sql_expressions import ExpressionWriter, input_column, name_of
from karama.law.engine.sql_layers import laid_over

if TYPE_CHECKING:
    from collections.abc import Sequence

    from karama.law.engine.graph import Binding, Definition, Graph
    from karama.law.engine.members import Aggregate


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
    binding: Binding
    steps: tuple[Step, ...]

    def last(self, entity: Entity) -> Step | None:
        """The step that carries all columns of an entity."""
        return next((step for step in reversed(self.steps) if step.entity is entity), None)

    def single_query(self, entity: Entity, columns: Sequence[str]) -> exp.Select:
        """One query that gives some columns of an entity and computes no more than they need."""
        if entity is Entity.HOUSEHOLD:
            return household_query(self.graph, self.binding, columns)
        last = self.last(entity)
        assert last is not None, "the plan has a step for each entity it was asked for"  # noqa: S101
        query = exp.select(*(name_of(column) for column in columns)).from_(last.name)
        for step in self.steps[: self.steps.index(last) + 1]:
            query = query.with_(step.name, as_=step.query)
        return query


def compile_plan(graph: Graph, binding: Binding) -> Plan:
    """The steps that compute every definition of the graph with the constants of the binding."""
    return _PlanWriter(fold(graph, binding), binding).plan()


class _PlanWriter:
    def __init__(self, graph: Graph, binding: Binding) -> None:
        self._graph = graph
        self._binding = binding
        self._inputs = graph.inputs
        self._write = ExpressionWriter(binding, graph.inputs.household_key, graph.inputs.person_key)
        self._steps: list[Step] = []

    def plan(self) -> Plan:
        for phase in range(self._graph.phases):
            if self._inputs.person_table and self._has_persons_from(phase):
                self._add_persons(phase)
            if self._needs_households(phase):
                self._add_households(phase)
        return Plan(self._graph, self._binding, tuple(self._steps))

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
            query = exp.select(*(input_column(self._inputs, name, "p") for name in columns)).from_(
                f"{self._inputs.person_table} AS p"
            )
        else:
            columns = list(previous.columns)
            query = exp.select(*(name_of(name, "p") for name in columns)).from_(f"{previous.name} AS p")
        wanted = self._household_columns_read(phase, columns)
        if wanted:
            last = self._last(Entity.HOUSEHOLD)
            table = last.name if last else self._inputs.household_table
            query = query.select(
                *(input_column(self._inputs, name, "h") if last is None else name_of(name, "h") for name in wanted)
            )
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
            query = query.join(grouped.subquery("a", copy=False), on=self._same_household("h", "a"), join_type="left")
            query = query.select(
                *(
                    exp.alias_(
                        exp.func(
                            "COALESCE", name_of(name, "a"), self._write.as_type(found[key].default, found[key].type)
                        ),
                        name,
                        quoted=True,
                    )
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
        query = exp.select(*(input_column(self._inputs, name, "h") for name in columns))
        return query.from_(f"{self._inputs.household_table} AS h"), columns

    def _grouped(self, found: Sequence[Aggregate], phase: int) -> tuple[exp.Select, dict[int, str]]:
        persons = self._last(Entity.PERSON)
        assert persons is not None, "an aggregation has persons to read"  # noqa: S101
        key = self._inputs.household_key
        names = {id(node): f"_aggregate_{phase}_{number}" for number, node in enumerate(found)}
        columns = [exp.alias_(self._write.aggregate(node), names[id(node)], quoted=True) for node in found]
        query = exp.select(name_of(key), *columns).from_(persons.name).group_by(name_of(key))
        return query, names

    def _finish(  # noqa: PLR0917 - a step is what it is made of
        self,
        name: str,
        entity: Entity,
        source: exp.Select,
        columns: Sequence[str],
        definitions: Sequence[Definition],
        hidden: frozenset[str] | set[str] = frozenset(),
    ) -> None:
        """Lay the definitions over the source, one layer per depth, and keep the visible columns."""
        query, present = laid_over(source, columns, definitions, self._write)
        if hidden:
            present = [column for column in present if column not in hidden]
            shown = query.subquery("visible", copy=False)
            query = exp.select(*(name_of(column) for column in present)).from_(shown, copy=False)
        self._steps.append(Step(name, entity, query, tuple(present)))

    def _same_household(self, left: str, right: str) -> exp.EQ:
        key = self._inputs.household_key
        return exp.EQ(this=name_of(key, left), expression=name_of(key, right))
