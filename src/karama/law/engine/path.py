"""What a decision has read: the inputs and parameters on the way the evaluation took, branch by branch.

The values come from the compiled function; only the way through ``case``, *and* and *or* is followed here, with the
conditions evaluated by the same generated code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from karama.law.engine import expressions as e
from karama.law.engine.dates import Cutoff
from karama.law.engine.expressions import Entity
from karama.law.engine.members import Aggregate, Rank
from karama.law.engine.python import compile_expression

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karama.law.engine.evaluate import Decision
    from karama.law.engine.graph import Binding, Graph

Row = dict[str, Any]


@dataclass
class Path:
    """Names read, in the order met: inputs (with the person or None), formulas and parameters."""

    inputs: dict[tuple[str, str | None], object] = field(default_factory=dict)
    formulas: dict[tuple[str, str | None], object] = field(default_factory=dict)
    parameters: dict[str, None] = field(default_factory=dict)


class PathFinder:
    """Follows the evaluation of one decision."""

    def __init__(self, graph: Graph, binding: Binding, decision: Decision) -> None:
        """Take the computed values of a decision as they are."""
        self._graph = graph
        self._binding = binding
        self._household: Mapping[str, Any] = decision.values
        self._persons = decision.persons
        self._person_key = graph.inputs.person_key

    def of(self, name: str, person: Mapping[str, Any] | None = None, path: Path | None = None) -> Path:
        """The way to a formula's value, for a person where it stands on persons."""
        path = path or Path()
        definition = self._graph.definitions.get(name)
        if definition is None:
            self._read_input(name, person, path)
            return path
        who = self._who(definition.formula.entity, person)
        if (name, who) in path.formulas:
            return path
        path.formulas[name, who] = self._value(name, definition.formula.entity, person)
        self._walk(definition.node, person, path)
        return path

    def _who(self, entity: Entity, person: Mapping[str, Any] | None) -> str | None:
        return person[self._person_key] if entity is Entity.PERSON and person is not None else None

    def _value(self, name: str, entity: Entity, person: Mapping[str, Any] | None) -> object:
        row = person if entity is Entity.PERSON and person is not None else self._household
        return row.get(name)

    def _read_input(self, name: str, person: Mapping[str, Any] | None, path: Path) -> None:
        column = self._graph.inputs.get(name)
        entity = column.entity if column else Entity.HOUSEHOLD
        path.inputs[name, self._who(entity, person)] = self._value(name, entity, person)

    def _walk(self, node: e.Node, person: Mapping[str, Any] | None, path: Path) -> None:
        match node:
            case e.Column():
                self.of(node.name, person, path)
            case e.Parameter():
                path.parameters[node.name] = None
            case Cutoff():
                self._walk_all([node.years_before, node.months_after], person, path)
            case e.Case():
                self._walk_case(node, person, path)
            case e.All() | e.Any():
                self._walk_junction(node, person, path)
            case Aggregate():
                self._walk_aggregate(node, path)
            case Rank():
                for one in self._persons:
                    self._walk(node.among_, one, path)
            case _:
                self._walk_all(list(node.children()), person, path)

    def _walk_all(self, nodes: list[e.Node], person: Mapping[str, Any] | None, path: Path) -> None:
        for one in nodes:
            self._walk(one, person, path)

    def _walk_case(self, node: e.Case, person: Mapping[str, Any] | None, path: Path) -> None:
        """The conditions up to the first that holds, then its value; all of it where persons must be counted first."""
        if not all(_evaluable(condition) for condition, _ in node.branches):
            self._walk_all(list(node.children()), person, path)
            return
        for condition, value in node.branches:
            self._walk(condition, person, path)
            if self._holds(condition, person):
                self._walk(value, person, path)
                return
        self._walk(node.default, person, path)

    def _walk_junction(self, node: e.All | e.Any, person: Mapping[str, Any] | None, path: Path) -> None:
        """Only the conditions that settle the result: the false ones of a false *and*, the true ones of a true *or*."""
        if not all(_evaluable(one) for one in node.conditions):
            self._walk_all(list(node.conditions), person, path)
            return
        held = [self._holds(one, person) for one in node.conditions]
        result = all(held) if isinstance(node, e.All) else any(held)
        settles = [one for one, holds in zip(node.conditions, held, strict=True) if holds is result]
        self._walk_all(settles, person, path)

    def _walk_aggregate(self, node: Aggregate, path: Path) -> None:
        for person in self._persons:
            self._walk(node.where, person, path)
            if self._holds(node.where, person):
                self._walk(node.value, person, path)

    def _holds(self, condition: e.Node, person: Mapping[str, Any] | None) -> bool:
        return bool(compile_expression(condition, self._graph)(self._binding, self._household, person))


def _evaluable(node: e.Node) -> bool:
    """Whether the condition reads only values of one row."""
    return not any(isinstance(one, (Aggregate, Rank)) for one in node.walk())
