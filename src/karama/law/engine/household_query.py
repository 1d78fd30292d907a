"""Some household columns alone, as one query: persons are read in strands, and only where they matter.

``Plan.steps`` carries every column of every person; a household's amount needs neither.  Here each aggregation is
drawn from the persons who can bring it something, told from the expressions themselves (``strands``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from karama.law.engine import expressions as e
from karama.law.engine.expressions import Entity
from karama.law.engine.fold import Folder, fold
from karama.law.engine.graph import aggregates
from karama.law.engine.members import Rank
from karama.law.engine.shapes import shape
from karama.law.engine.sql_expressions import ExpressionWriter, input_column, name_of
from karama.law.engine.sql_layers import laid_over
from karama.law.engine.strands import Strands, reachable
from karama.law.engine.types import Kind

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from karama.law.engine.expressions import Node
    from karama.law.engine.graph import Binding, Definition, Graph
    from karama.law.engine.strands import Strand


def household_query(graph: Graph, binding: Binding, columns: Sequence[str]) -> exp.Select:
    """The query that gives some household columns, one common table expression per phase."""
    asked = tuple(name for name in columns if name in graph.definitions)
    return HouseholdQueryWriter(fold(replace(graph, outputs=asked), binding), binding).query(columns)


class HouseholdQueryWriter:
    """Writes the query of a folded graph."""

    def __init__(self, graph: Graph, binding: Binding) -> None:
        """Take a graph whose constants are settled already."""
        self._graph = graph
        self._inputs = graph.inputs
        self._binding = binding
        self._strands = Strands(graph, binding)
        self._last = ""
        self._present: list[str] = []

    def query(self, columns: Sequence[str]) -> exp.Select:
        """The query over the last phase, with the earlier ones before it."""
        steps: list[tuple[str, exp.Select]] = []
        for phase in range(self._graph.phases):
            name = f"household_{phase}"
            steps.append((name, self._phase(phase, columns if phase == 0 else ())))
            self._last = name
        query = exp.select(*(name_of(column) for column in columns)).from_(self._last)
        for name, step in steps:
            query = query.with_(name, as_=step, copy=False)
        return query

    def _phase(self, phase: int, asked: Sequence[str]) -> exp.Select:
        definitions = [replace(one, node=self._strands.split(one.node)) for one in self._in_place(phase)]
        query = self._households(asked)
        columns = list(self._present)
        write = self._writer()
        found = {shape(node): node for one in definitions for node in aggregates(one.node)}
        names = {key: f"_aggregate_{phase}_{number}" for number, key in enumerate(found)}
        for number, strand in enumerate(self._strands.of(list(found.values()))):
            table = f"a{number}"
            query = query.join(
                self._drawn(strand, names).subquery(table, copy=False),
                on=self._same_household("h", table),
                join_type="left",
                copy=False,
            )
            for one in strand.drawn:
                default = write.as_type(found[one.of].default, one.type)
                value = exp.func("COALESCE", name_of(names[one.of], table), default)
                query = query.select(exp.alias_(value, names[one.of], quoted=True), copy=False)
        write.hoisted.update((id(node), names[shape(node)]) for one in definitions for node in aggregates(one.node))
        query, present = laid_over(query, [*columns, *names.values()], definitions, write)
        self._present = [name for name in present if name not in names.values()]
        return query

    def _in_place(self, phase: int) -> list[Definition]:
        """The household's definitions of a phase; conditional terms of decimal sums stand in the sum, not apart."""
        definitions = self._graph.of(Entity.HOUSEHOLD, phase)
        readers = Counter(
            node.name
            for one in self._graph.definitions.values()
            for node in one.node.walk()
            if isinstance(node, e.Column)
        )
        alone = {
            one.name: one.node
            for one in definitions
            if isinstance(one.node, e.Case) and readers[one.name] == 1 and one.name not in self._graph.outputs
        }
        placed: set[str] = set()
        inside = _InPlace(self._binding, alone, placed)
        written = [replace(one, node=inside.fold(one.node)) for one in definitions]
        return [one for one in written if one.name not in placed]

    def _households(self, asked: Sequence[str]) -> exp.Select:
        """The rows of households: inputs at first, then those of the phase before."""
        if self._last:
            return exp.select(*(name_of(name, "h") for name in self._present)).from_(f"{self._last} AS h")
        key = self._inputs.household_key
        read = {one.name for one in self._graph.input_columns} | set(asked)
        self._present = [key, *(one.name for one in self._inputs.of(Entity.HOUSEHOLD) if one.name in read - {key})]
        columns = (input_column(self._inputs, name, "h") for name in self._present)
        return exp.select(*columns).from_(f"{self._inputs.household_table} AS h")

    def _writer(self, certain: Iterable[Node] = ()) -> ExpressionWriter:
        return ExpressionWriter(self._binding, self._inputs.household_key, self._inputs.person_key, certain)

    def _drawn(self, strand: Strand, names: dict[Hashable, str]) -> exp.Select:
        """The aggregations of a strand by household."""
        key, write = self._inputs.household_key, self._strand_writer(strand)
        read = [node for one in strand.drawn for node in (one.value, one.where)]
        sums = [exp.alias_(write.aggregate(one), names[one.of], quoted=True) for one in strand.drawn]
        return self.rows_of(strand, read, [name_of(key), *sums]).group_by(name_of(key), copy=False)

    def rows_of(self, strand: Strand, read: Sequence[Node], selected: Sequence[exp.Expression]) -> exp.Select:
        """What is selected from the persons of a strand, whose definitions are laid over their rows."""
        write = self._strand_writer(strand)
        query, present = self._persons([*strand.before, *strand.after], [*strand.conditions, *read])
        query, present = laid_over(query, present, strand.before, write)
        rows = self._rows_needed(strand, write)
        if rows is not None:
            query = exp.select(*map(name_of, present)).from_(query.subquery("known", copy=False), copy=False)
            query = query.where(rows, copy=False)
        query, _ = laid_over(query, present, strand.after, write)
        query = exp.select(*selected).from_(query.subquery("ranked", copy=False), copy=False)
        if strand.conditions and strand.ranked_among != ():
            query = query.where(_all(strand.conditions, write), copy=False)
        return query

    def _strand_writer(self, strand: Strand) -> ExpressionWriter:
        return self._writer(strand.conditions if strand.ranked_among == () else ())

    def _rows_needed(self, strand: Strand, write: ExpressionWriter) -> exp.Expression | None:
        """The persons who matter, and those among whom they are ranked in the same households."""
        if not strand.conditions:
            return None
        if strand.ranked_among == ():
            return _all(strand.conditions, write)
        needed = reachable(strand.conditions, {one.name: one for one in strand.before})
        definitions = [one for one in strand.before if one.name in needed]
        query, present = self._persons(definitions, strand.conditions)
        query, _ = laid_over(query, present, definitions, write)
        key = name_of(self._inputs.household_key)
        concerned = exp.select(key.copy()).from_(query.subquery("concerned", copy=False), copy=False)
        concerned = concerned.where(_all(strand.conditions, write), copy=False)
        within = exp.In(this=key, query=concerned.subquery(copy=False))
        if strand.ranked_among is None:
            return within
        ranked = exp.or_(_all(strand.conditions, write), *map(write, strand.ranked_among), copy=False)
        return exp.and_(ranked, within, copy=False)

    def _persons(self, definitions: Iterable[Definition], further: Iterable[Node]) -> tuple[exp.Select, list[str]]:
        """The rows of persons with the columns that some expressions read, those of their household among them."""
        nodes = [*(one.node for one in definitions), *further]
        read = {one.name: one for root in nodes for one in root.walk() if isinstance(one, e.Column)}
        key = self._inputs.household_key
        own = [key]
        if any(isinstance(one, Rank) and not one.shared for root in nodes for one in root.walk()):
            own.append(self._inputs.person_key)
        own += [one.name for one in self._inputs.of(Entity.PERSON) if one.name in read and one.name not in own]
        query = exp.select(*(input_column(self._inputs, name, "p") for name in own))
        query = query.from_(f"{self._inputs.person_table} AS p")
        of_household = [name for name, one in read.items() if one.entity is Entity.HOUSEHOLD and name not in own]
        if of_household:
            first = not self._last
            columns = (input_column(self._inputs, name, "h") if first else name_of(name, "h") for name in of_household)
            query = query.select(*columns, copy=False)
            table = self._last or self._inputs.household_table
            query = query.join(f"{table} AS h", on=self._same_household("p", "h"), copy=False)
        return query, [*own, *of_household]

    def _same_household(self, left: str, right: str) -> exp.EQ:
        key = self._inputs.household_key
        return exp.EQ(this=name_of(key, left), expression=name_of(key, right))


class _InPlace(Folder):
    """Puts terms that only one sum of decimals reads into that sum."""

    def __init__(self, binding: Binding, terms: Mapping[str, Node], placed: set[str]) -> None:
        super().__init__(binding)
        self._terms = terms
        self._placed = placed

    def fold(self, node: Node) -> Node:
        if not (isinstance(node, e.Total) and node.type.kind is Kind.DECIMAL):
            return super().fold(node)
        names = {one.name for one in node.terms if isinstance(one, e.Column)} & set(self._terms)
        self._placed |= names
        return e.Total(
            tuple(
                self._terms[one.name] if isinstance(one, e.Column) and one.name in names else one for one in node.terms
            )
        )


def _all(conditions: Sequence[Node], write: ExpressionWriter) -> exp.Expression:
    return exp.and_(*map(write, conditions), copy=False)
