"""The graph of the law: formulas, inputs and parameters tied together by argument names.

``Law.graph(month, outputs)`` takes the versions valid in the month, keeps what the outputs need, builds each node
once and checks the whole: unknown names, cycles, two versions at once, a household reading a person.
"""

from __future__ import annotations

import datetime as dt
import difflib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from karama.foundation.errors import LawError
from karama.law.engine.dates import Cutoff
from karama.law.engine.expressions import Column, Entity, Literal_, Lookup, Node, Parameter
from karama.law.engine.members import Aggregate, Rank

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from karama.foundation.months import Month
    from karama.law.engine.formulas import Formula
    from karama.law.engine.inputs import InputColumn, Inputs
    from karama.law.engine.parameters import Clock, DatedValue, ParameterSet, ParameterValue


@dataclass(frozen=True)
class Definition:
    """A formula with its built expression; ``phase`` counts the passages between persons and households before it."""

    formula: Formula
    node: Node
    phase: int
    layer: int

    @property
    def name(self) -> str:
        """Name of the resulting column."""
        return self.formula.name

    def column(self) -> Column:
        """The result as other formulas read it."""
        return Column(self.name, self.node.type, self.formula.entity)


@dataclass(frozen=True)
class Graph:
    """What must be computed for some outputs, in an order in which each definition follows what it reads."""

    inputs: Inputs
    definitions: Mapping[str, Definition]
    input_columns: tuple[InputColumn, ...]
    parameter_names: tuple[str, ...]
    outputs: tuple[str, ...]
    cutoffs: tuple[Cutoff, ...] = field(default=())
    lookups: tuple[Lookup, ...] = field(default=())

    def of(self, entity: Entity, phase: int | None = None) -> list[Definition]:
        """Definitions of one entity, of one phase if given."""
        return [
            one
            for one in self.definitions.values()
            if one.formula.entity is entity and (phase is None or one.phase == phase)
        ]

    @property
    def phases(self) -> int:
        """Number of phases."""
        return 1 + max((one.phase for one in self.definitions.values()), default=0)


@dataclass(frozen=True)
class Binding:
    """The constants of one run: parameter values and cut-off dates for a month and a clock.

    A binding may leave parameters open (`opened`): what does not read them can be settled without it.
    """

    month: Month
    values: Mapping[str, ParameterValue | Mapping[str, ParameterValue]]
    dated: Mapping[str, DatedValue]

    def parameter(self, name: str) -> ParameterValue | Mapping[str, ParameterValue]:
        """Value of a parameter."""
        return self.values[name]

    def opened(self, names: Collection[str]) -> Binding:
        """The same constants without the values of some parameters."""
        return replace(self, values={name: value for name, value in self.values.items() if name not in names})

    def cutoff(self, cutoff: Cutoff) -> dt.date:
        """The date a cut-off stands for."""
        months = self._offset(cutoff.months_after) - 12 * self._offset(cutoff.years_before)
        return (self.month + months).first_day + dt.timedelta(days=cutoff.days_after)

    def _offset(self, node: Node) -> int:
        value = self.values[node.name] if isinstance(node, Parameter) else cast("Literal_", node).value
        return cast("int", value)  # a cut-off date accepts integers only


class Law:
    """A body of formulas, parameters and inputs; nothing in it is particular to one programme."""

    def __init__(self, inputs: Inputs, formulas: Iterable[Formula], parameters: ParameterSet) -> None:
        """Gather the law and refuse names used for two things.

        Raises:
            LawError: a name is both an input, a formula or a parameter.
        """
        self.inputs = inputs
        self.formulas = tuple(formulas)
        self.parameters = parameters
        self._graphs: dict[tuple[int, ...], Graph] = {}
        self._refuse_shared_names()

    def _refuse_shared_names(self) -> None:
        taken = {column.name: "an input" for column in self.inputs.columns}
        for parameter in self.parameters:
            self._take(taken, parameter.name, f"a parameter ({parameter.file})")
        for name in dict.fromkeys(one.name for one in self.formulas):
            self._take(taken, name, "a formula")

    @staticmethod
    def _take(taken: dict[str, str], name: str, as_what: str) -> None:
        if name in taken:
            message = f"'{name}' is {taken[name]} and {as_what}: give one of them another name"
            raise LawError(message)
        taken[name] = as_what

    def versions(self, month: Month) -> dict[str, Formula]:
        """The version of each formula valid in a month.

        Raises:
            LawError: two versions of one formula are valid at once; names both files and the month.
        """
        valid: dict[str, Formula] = {}
        for one in self.formulas:
            if not one.valid_in(month):
                continue
            if one.name in valid:
                message = (
                    f"{one.place} and {valid[one.name].place}: two versions of '{one.name}' are valid in {month}:"
                    f" end one with valid_until before the other begins"
                )
                raise LawError(message)
            valid[one.name] = one
        return valid

    def graph(self, month: Month, outputs: Sequence[str]) -> Graph:
        """The graph that computes the outputs in a month, kept for the next call with the same versions.

        Raises:
            LawError: names formula, file and month of the fault.
        """
        versions = self.versions(month)
        key = (*(id(one) for one in versions.values()), hash(tuple(outputs)))
        if key not in self._graphs:
            self._graphs[key] = _Builder(self, versions, month).build(tuple(outputs))
        return self._graphs[key]

    def bind(
        self,
        graph: Graph,
        month: Month,
        clock: Clock = "paid",
        overrides: Mapping[str, ParameterValue | Mapping[str, ParameterValue]] | None = None,
    ) -> Binding:
        """The constants the graph needs, for a month and a clock; overrides replace values by name.

        Raises:
            LawError: a parameter has no value in the month; names parameter, file and month.
            UnknownParameterError: an override names no parameter.
        """
        changed = dict(overrides or {})
        for name in changed:
            self.parameters.get(name)
        dated = {
            name: self.parameters.get(name).at(month, clock) for name in graph.parameter_names if name not in changed
        }
        values = {name: one.value for name, one in dated.items()}
        values.update({name: value for name, value in changed.items() if name in graph.parameter_names})
        self._refuse_holes(graph, values, month)
        return Binding(month, values, dated)

    def _refuse_holes(self, graph: Graph, values: Mapping[str, object], month: Month) -> None:
        """Every code by which a table can be read must have its entry."""
        for lookup in graph.lookups:
            name = lookup.parameter.name
            table = cast("Mapping[str, ParameterValue]", values[name])
            absent = [code for code in lookup.selector.type.choices if code not in table]
            if absent:
                message = (
                    f"{self.parameters.get(name).file}: parameter '{name}', {month}: the table has no entry for"
                    f" {', '.join(absent)}: add it"
                )
                raise LawError(message)


class _Builder:
    """Builds the nodes of one graph, deepest first."""

    def __init__(self, law: Law, versions: Mapping[str, Formula], month: Month) -> None:
        self._law = law
        self._versions = versions
        self._month = month
        self._done: dict[str, Definition] = {}
        self._path: list[str] = []
        self._inputs: dict[str, InputColumn] = {}
        self._parameters: dict[str, None] = {}

    def build(self, outputs: tuple[str, ...]) -> Graph:
        for name in outputs:
            if name not in self._versions:
                raise self._unknown(name, "an output was asked for")
            self._define(name)
        nodes = [node for one in self._done.values() for node in one.node.walk()]
        return Graph(
            inputs=self._law.inputs,
            definitions=self._done,
            input_columns=tuple(column for column in self._law.inputs.columns if column.name in self._inputs),
            parameter_names=tuple(self._parameters),
            outputs=outputs,
            cutoffs=tuple(node for node in nodes if isinstance(node, Cutoff)),
            lookups=tuple(node for node in nodes if isinstance(node, Lookup)),
        )

    def _define(self, name: str) -> Definition:
        if name in self._done:
            return self._done[name]
        formula = self._versions[name]
        if name in self._path:
            circle = " → ".join([*self._path[self._path.index(name) :], name])
            message = f"{formula.place}, {self._month}: computing it needs itself: {circle}"
            raise LawError(message)
        self._path.append(name)
        arguments = [self._argument(formula, one) for one in formula.arguments]
        self._path.pop()
        self._done[name] = self._checked(formula, self._built(formula, arguments))
        return self._done[name]

    def _built(self, formula: Formula, arguments: list[Node]) -> Node:
        try:
            node: object = formula.build(*arguments)
        except (LawError, TypeError, AttributeError) as error:  # the last two: an operation no expression has
            message = f"{formula.place}, {self._month}: {error}"
            raise LawError(message) from error
        if not isinstance(node, Node):
            message = f"{formula.place}, {self._month}: returns {node!r}, which is no expression of the law"
            raise LawError(message)
        return node

    def _argument(self, formula: Formula, name: str) -> Node:
        if name in self._versions:
            return self._define(name).column()
        column = self._law.inputs.get(name)
        if column is not None:
            self._inputs[name] = column
            return column.node()
        if name in self._law.parameters.by_name:
            self._parameters[name] = None
            return self._law.parameters.by_name[name].node()
        raise self._unknown(name, formula.place)

    def _unknown(self, name: str, who: str) -> LawError:
        known = [*self._versions, *(c.name for c in self._law.inputs.columns), *self._law.parameters.by_name]
        ended = [one for one in self._law.formulas if one.name == name]
        if ended:
            hint = f": '{name}' has no version valid in {self._month} ({ended[0].file})"
        else:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f": did you mean '{near[0]}'?" if near else ""
        message = f"{who}, {self._month}: '{name}' is no input, formula or parameter{hint}"
        return LawError(message)

    def _checked(self, formula: Formula, node: Node) -> Definition:
        if node.entity > formula.entity:
            message = (
                f"{formula.place}, {self._month}: a household's value reads a person's: aggregate it with sum_of,"
                f" count_of, any_person, least_of or greatest_of"
            )
            raise LawError(message)
        self._refuse_misplaced(formula, node)
        return place(formula, node, self._done)

    def _refuse_misplaced(self, formula: Formula, node: Node) -> None:
        """Aggregations and ranks need the rows of a whole step, so that none can stand inside another."""
        for parent in node.walk():
            inside = {type(below) for child in parent.children() for below in child.walk()}
            fault = None
            if isinstance(parent, Aggregate | Rank) and inside & {Aggregate, Rank}:
                fault = "an aggregation or a rank stands inside another: make the inner one a formula of its own"
            elif not isinstance(parent, Lookup) and any(_is_table(child) for child in parent.children()):
                fault = "a table is read as one value: choose its entry with at()"
            if fault is not None:
                message = f"{formula.place}, {self._month}: {fault}"
                raise LawError(message)
        if formula.entity is Entity.PERSON and aggregates(node):
            message = (
                f"{formula.place}, {self._month}: a person's value aggregates persons: make the aggregation a formula"
                f" of the household"
            )
            raise LawError(message)


def _is_table(node: Node) -> bool:
    return isinstance(node, Parameter) and node.key is not None


def place(formula: Formula, node: Node, done: Mapping[str, Definition]) -> Definition:
    """The definition of a built formula after those it reads: its phase, and its depth within the phase."""
    reads = [
        (reader, done[column.name]) for reader, column in columns_read(node, formula.entity) if column.name in done
    ]
    phase = max((_phase_needed(reader, read) for reader, read in reads), default=0)
    same = [read.layer for _, read in reads if read.formula.entity is formula.entity and read.phase == phase]
    return Definition(formula, node, phase, 1 + max(same, default=0))


def _phase_needed(reader: Entity, read: Definition) -> int:
    """First phase in which a column can be read: households close a phase, persons open the next one."""
    opens_next = reader is Entity.PERSON and read.formula.entity is Entity.HOUSEHOLD
    return read.phase + 1 if opens_next else read.phase


def lay(definitions: Mapping[str, Definition]) -> dict[str, Definition]:
    """The definitions placed anew, in their order."""
    laid: dict[str, Definition] = {}
    for name, one in definitions.items():
        laid[name] = place(one.formula, one.node, laid)
    return laid


def columns_read(node: Node, reader: Entity) -> Iterator[tuple[Entity, Column]]:
    """The columns an expression reads, each with the entity on whose row it is read (a person's under an aggregate)."""
    if isinstance(node, Column):
        yield reader, node
    below = Entity.PERSON if isinstance(node, Aggregate) else reader
    for child in node.children():
        yield from columns_read(child, below)


def aggregates(node: Node) -> list[Aggregate]:
    """The aggregations over persons inside an expression."""
    return [one for one in node.walk() if isinstance(one, Aggregate)]
