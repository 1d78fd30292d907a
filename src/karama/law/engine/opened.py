"""The law with some parameters left open: what still depends on them, and what that sees of a household.

A reform that changes amounts changes few formulas.  The others keep their values, so they are computed once; and of
what the changed ones read, most households have the same as many others.  ``open_law`` gives the small graph of the
formulas that depend on the open parameters, whose inputs are the settled values they read, and the queries that find
these in a register.  Households for which all of them are equal are of one *kind*: whatever the open parameters become,
the law gives them the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from karama.foundation.languages import Label
from karama.law.engine import expressions as e
from karama.law.engine.expressions import Column, Entity, Node
from karama.law.engine.fold import Folder, fold
from karama.law.engine.graph import Definition, Graph, aggregates, lay
from karama.law.engine.household_query import HouseholdQueryWriter, household_query
from karama.law.engine.inputs import InputColumn, Inputs
from karama.law.engine.members import Rank
from karama.law.engine.shapes import shape
from karama.law.engine.sql_expressions import name_of
from karama.law.engine.strands import Strands, reachable
from karama.law.engine.types import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence

    from karama.law.engine.graph import Binding
    from karama.law.engine.strands import Strand
    from karama.law.engine.types import Type

CASES, CASE_PERSONS = "cases", "case_persons"
"""Tables from which the small graph reads."""
_SETTLED = Label("valeur établie", "قيمة محددة", "settled value")
_MOST_DIGITS = 18
"""Decimals up to so many digits are compared as 64-bit numbers."""
_ORDERED = {Kind.DATE, Kind.DECIMAL, Kind.TEXT}
"""Kinds of values that seldom repeat: of them only the order, or the side of a constant, may be read."""


class NotOpenError(Exception):
    """The open parameters reach too far: households would seldom be of one kind.  The whole law answers instead."""


@dataclass(frozen=True)
class SeenPersons:
    """The persons who matter to some aggregations, and what the open formulas read of them.

    ``rows`` gives the household's key and the ``columns``; those of ``by_order`` come as their rank within the
    household, from 1, equal values sharing it.  ``conditions`` hold for all of these persons.
    """

    conditions: tuple[str, ...]
    columns: tuple[str, ...]
    by_order: frozenset[str]
    rows: exp.Select


@dataclass(frozen=True)
class OpenLaw:
    """What depends on the open parameters.

    ``graph`` has the formulas that read them, at any depth; its inputs are ``seen`` and ``measured`` columns of
    households (table ``cases``) and columns of persons (table ``case_persons``).  ``measured`` columns are compared
    only with constants: ``compared`` tells with which open parameters.  ``households`` gives key, seen and measured
    columns of a register's households; ``persons`` those who matter to them.
    """

    graph: Graph
    seen: tuple[str, ...]
    measured: tuple[str, ...]
    compared: Mapping[str, tuple[str, ...]]
    households: exp.Select
    persons: tuple[SeenPersons, ...]
    outputs: tuple[str, ...]

    def thresholds(self, bindings: Iterable[Binding]) -> dict[str, tuple[Any, ...]]:
        """For each measured column the values with which it is compared under some constants, in order."""
        bindings = list(bindings)
        return {
            column: tuple(sorted({binding.values[name] for name in names for binding in bindings}))
            for column, names in self.compared.items()
        }

    def query(self, binding: Binding) -> exp.Select:
        """The outputs of each case under the constants of a binding, with the case's key."""
        return household_query(self.graph, binding, [self.graph.inputs.household_key, *self.outputs])


def open_law(graph: Graph, binding: Binding, names: Collection[str], outputs: Sequence[str]) -> OpenLaw:
    """The law of a month with the named parameters open.

    Args:
        graph: of the month.
        binding: all its constants; the named ones are not used.
        names: of the parameters left open.
        outputs: household columns asked for.

    Raises:
        NotOpenError: the open formulas read values that seldom repeat, or compare persons they would not see.
    """
    return _Opener(graph, binding.opened(names), frozenset(names), tuple(outputs)).law()


class _Opener:
    def __init__(self, graph: Graph, binding: Binding, names: frozenset[str], outputs: tuple[str, ...]) -> None:
        asked = tuple(name for name in outputs if name in graph.definitions)
        folded = fold(replace(graph, outputs=asked), binding)
        hoister = _Hoister(binding, names)
        definitions: dict[str, Definition] = {}
        for one in folded.definitions.values():
            definitions |= hoister.hoisted(one)
        self._graph = replace(folded, definitions=lay(definitions))
        self._open = {name: self._graph.definitions[name] for name in hoister.open}
        self._binding = binding
        self._outputs = outputs
        self._names = names

    def law(self) -> OpenLaw:
        persons = tuple(self._persons())
        of_households = self._read(Entity.HOUSEHOLD) | {
            name: self._graph.definitions[name].column() for name in self._graph.outputs if name not in self._open
        }
        compared = {name: self._compared(name) for name, one in of_households.items() if one.type.kind in _ORDERED}
        for name in compared:
            kind = of_households[name].type
            if kind.kind is not Kind.DECIMAL or kind.digits > _MOST_DIGITS:
                raise NotOpenError(f"'{name}' is compared as a {of_households[name].type}")
        seen = tuple(name for name in of_households if name not in compared)
        key = self._graph.inputs.household_key
        settled = replace(
            self._graph,
            outputs=tuple(name for name in of_households if name in self._graph.definitions),
        )
        return OpenLaw(
            graph=self._small(of_households, persons),
            seen=seen,
            measured=tuple(compared),
            compared=compared,
            households=household_query(settled, self._binding, [key, *seen, *compared]),
            persons=persons,
            outputs=self._outputs,
        )

    # -------------------------------------------------------------------------------------------- what is read
    def _read(self, entity: Entity) -> dict[str, Column]:
        """The settled columns of an entity that open formulas read."""
        return {
            node.name: node
            for one in self._open.values()
            for node in one.node.walk()
            if isinstance(node, Column) and node.entity is entity and node.name not in self._open
        }

    def _compared(self, name: str) -> tuple[str, ...]:
        """The open parameters with which a column of households is compared; it may be read in no other way."""
        others = [other for one in self._open.values() for other in _compared_with(one.node, name, one.name)]
        for other in others:
            if not (isinstance(other, e.Parameter) and other.name in self._names):
                raise NotOpenError(f"'{name}' is compared with what is no open parameter")
        return tuple(dict.fromkeys(one.name for one in others if isinstance(one, e.Parameter)))

    def _persons(self) -> Iterator[SeenPersons]:
        """The persons who matter to each strand of the open formulas' aggregations."""
        strands = Strands(self._graph, self._binding)
        nodes = [strands.split(one.node) for one in self._open.values() if one.formula.entity is Entity.HOUSEHOLD]
        found = {shape(node): node for one in nodes for node in aggregates(one)}
        drawn = [self._seen(one) for one in strands.of(list(found.values()))]
        for one in drawn:
            if any(other is not one and set(other.conditions) <= set(one.conditions) for other in drawn):
                raise NotOpenError("the same persons matter to aggregations of different strands")
        yield from drawn

    def _seen(self, strand: Strand) -> SeenPersons:
        conditions = self._conditions(strand)
        definitions = {one.name: one for one in (*strand.before, *strand.after)}
        roots = [node for one in strand.drawn for node in (one.value, one.where)]
        needed = reachable(roots, definitions)
        nodes = [*roots, *(one.node for name, one in definitions.items() if name in needed and name in self._open)]
        if strand.ranked_among != () and any(isinstance(one, Rank) for root in nodes for one in root.walk()):
            raise NotOpenError("persons are ranked among others than those who matter")
        read = {
            node.name: node
            for root in nodes
            for node in root.walk()
            if isinstance(node, Column) and node.entity is Entity.PERSON and node.name not in self._open
        }
        by_order = frozenset(name for name, one in read.items() if one.type.kind in _ORDERED)
        _refuse_values(nodes, by_order)
        return SeenPersons(conditions, tuple(read), by_order, self._rows(strand, definitions, read, by_order))

    def _conditions(self, strand: Strand) -> tuple[str, ...]:
        names = tuple(one.name for one in strand.conditions if isinstance(one, Column))
        if not names or len(names) < len(strand.conditions) or set(names) & set(self._open):
            raise NotOpenError("no settled condition tells which persons matter")
        return names

    def _rows(
        self,
        strand: Strand,
        definitions: Mapping[str, Definition],
        read: Mapping[str, Column],
        by_order: frozenset[str],
    ) -> exp.Select:
        key = self._graph.inputs.household_key
        settled = reachable([*read.values(), *strand.conditions], definitions)
        if any(definitions[name].phase or name in self._open for name in settled):
            raise NotOpenError("a person's settled column waits for a household's")
        rest = replace(
            strand,
            drawn=(),
            before=tuple(one for one in strand.before if one.name not in self._open),
            after=tuple(one for one in strand.after if one.name in settled),
        )
        selected = [name_of(key), *(_placed(name, key) if name in by_order else name_of(name) for name in read)]
        return HouseholdQueryWriter(self._graph, self._binding).rows_of(rest, list(read.values()), selected)

    # -------------------------------------------------------------------------------------------- the small graph
    def _small(self, of_households: Mapping[str, Column], persons: Sequence[SeenPersons]) -> Graph:
        former = self._graph.inputs
        of_persons = self._read(Entity.PERSON)
        for name in (name for one in persons for name in one.conditions):
            of_persons.setdefault(name, self._column(name))
        known = [
            _key(former),
            *(_declared(one) for one in of_households.values()),
            *(_declared(one) for one in of_persons.values() if one.name != former.person_key),
        ]
        inputs = Inputs(
            tuple(known),
            household_table=CASES,
            household_key=former.household_key,
            person_table=CASE_PERSONS if persons else None,
            person_key=former.person_key,
        )
        return Graph(
            inputs=inputs,
            definitions=lay(self._open),
            input_columns=inputs.columns,
            parameter_names=self._graph.parameter_names,
            outputs=tuple(name for name in self._graph.outputs if name in self._open),
        )

    def _column(self, name: str) -> Column:
        found = self._graph.definitions.get(name)
        if found is not None:
            return found.column()
        given = self._graph.inputs.get(name)
        assert given is not None, "a column is a formula or an input"  # noqa: S101
        return given.node()


class _Hoister(Folder):
    """Finds the definitions that depend on open parameters, and makes what they compute without them columns apart."""

    def __init__(self, binding: Binding, names: frozenset[str]) -> None:
        super().__init__(binding)
        self._names = names
        self.open: dict[str, None] = {}
        self._apart: dict[Hashable, Definition] = {}
        self._reader: Definition | None = None

    def hoisted(self, definition: Definition) -> dict[str, Definition]:
        """The definition as it is if settled; else with its settled parts as definitions of their own, before it."""
        if self._settled(definition.node):
            return {definition.name: definition}
        self.open[definition.name] = None
        self._reader = definition
        node = self.fold(definition.node)
        return {**{one.name: one for one in self._apart.values()}, definition.name: replace(definition, node=node)}

    def _settled(self, node: Node) -> bool:
        return not any(
            (isinstance(one, e.Parameter) and one.name in self._names)
            or (isinstance(one, Column) and one.name in self.open)
            for one in node.walk()
        )

    def fold(self, node: Node) -> Node:
        if not node.children():
            return node
        if node.entity is Entity.CONSTANT or not self._settled(node):
            return self._rebuilt(node)
        assert self._reader is not None, "only parts of a definition are hoisted"  # noqa: S101
        key = shape(node)
        if key not in self._apart:
            formula = replace(self._reader.formula, name=f"settled_{len(self._apart)}", entity=node.entity)
            self._apart[key] = Definition(formula, node, 0, 0)
        return self._apart[key].column()


def _compared_with(node: Node, name: str, reader: str) -> Iterator[Node]:
    """The other sides of the comparisons of a column, which may be read in no other way."""
    if isinstance(node, e.Comparison):
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if _is_column(side, name):
                yield other
            else:
                yield from _compared_with(side, name, reader)
    elif _is_column(node, name):
        raise NotOpenError(f"'{reader}' reads '{name}' itself")
    else:
        for child in node.children():
            yield from _compared_with(child, name, reader)


def _is_column(node: Node, name: str) -> bool:
    return isinstance(node, Column) and node.name == name


def _refuse_values(nodes: Iterable[Node], by_order: frozenset[str]) -> None:
    """Columns that seldom repeat may stand only as keys of a rank, or as what restarts it."""
    for root in nodes:
        for parent in [root, *root.walk()]:
            if isinstance(parent, Rank):
                continue
            for child in parent.children():
                if isinstance(child, Column) and child.name in by_order:
                    raise NotOpenError(f"'{child.name}' is read as a value")


def _placed(name: str, key: str) -> exp.Expression:
    """The place of a value among those of the household, equal values sharing it."""
    window = exp.Window(
        this=exp.DenseRank(),
        partition_by=[name_of(key)],
        order=exp.Order(expressions=[exp.Ordered(this=name_of(name), desc=False, nulls_first=True)]),
    )
    placed: exp.Expression = exp.alias_(window, name, quoted=True)
    return placed


def _key(inputs: Inputs) -> InputColumn:
    found = inputs.get(inputs.household_key)
    assert found is not None, "the key is an input"  # noqa: S101
    return found


def _declared(column: Column) -> InputColumn:
    """A settled column as an input of the small graph."""
    return InputColumn(column.name, column.entity, column.type, _SETTLED, "settled by the law")


def default_of(kind: Type) -> str:
    """SQL of a value that stands where nothing reads it."""
    if kind.nullable:
        return "NULL"
    if kind.kind is Kind.CHOICE:
        return f"'{kind.choices[0]}'"
    return {
        Kind.BOOLEAN: "FALSE", Kind.INTEGER: "0", Kind.DECIMAL: "0", Kind.DATE: "DATE '2000-01-01'", Kind.TEXT: "''",
    }[kind.kind]  # fmt: skip
