"""What a decision has read: the inputs and parameters on the way the evaluation took, branch by branch.

The values come from the compiled function; only the way through ``case``, *and* and *or* is followed here, with the
conditions evaluated by the same generated code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from karama.law.engine import expressions as e
from karama.law.engine.expressions import Entity
from karama.law.engine.members import Aggregate, Rank
from karama.law.engine.python import compile_expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from karama.law.engine.evaluate import Decision
    from karama.law.engine.graph import Binding, Graph

Row = dict[str, Any]


@dataclass
class Path:
    """Names read, in the order met: inputs (with the person or None), formulas and parameters.

    ``steps`` are the formulas read by the first one itself.
    """

    inputs: dict[tuple[str, str | None], object] = field(default_factory=dict)
    formulas: dict[tuple[str, str | None], object] = field(default_factory=dict)
    parameters: dict[str, None] = field(default_factory=dict)
    steps: dict[tuple[str, str | None], object] = field(default_factory=dict)


@dataclass
class _Reads:
    """What one formula reads for one person: parameters, and columns with the person on whose row they stand."""

    parameters: dict[str, None] = field(default_factory=dict)
    columns: dict[tuple[str, str | None], Mapping[str, Any] | None] = field(default_factory=dict)


class PathFinder:
    """Follows the evaluation of one decision; what a formula reads for a person is looked up once."""

    def __init__(self, graph: Graph, binding: Binding, decision: Decision) -> None:
        """Take the computed values of a decision as they are."""
        self._graph = graph
        self._binding = binding
        self._household: Mapping[str, Any] = decision.values
        self._persons = decision.persons
        self._person_key = graph.inputs.person_key
        self._known: dict[tuple[str, str | None], _Reads] = {}
        self._personal = {column.name for column in graph.inputs.of(Entity.PERSON)}
        self._personal |= {one.name for one in graph.of(Entity.PERSON)}

    def of(self, name: str, person: Mapping[str, Any] | None = None) -> Path:
        """The way to a formula's value, for a person where it stands on persons."""
        path = Path()
        first = self._reads(name, person)
        path.steps = {
            (column, who): self._value(column, row)
            for (column, who), row in first.columns.items()
            if column in self._graph.definitions
        }
        self._follow(name, person, path)
        return path

    def _follow(self, name: str, person: Mapping[str, Any] | None, path: Path) -> None:
        key = (name, self._who(name, person))
        if key in path.formulas or key in path.inputs:
            return
        if name not in self._graph.definitions:
            path.inputs[key] = self._value(name, person)
            return
        path.formulas[key] = self._value(name, person)
        reads = self._reads(name, person)
        for (column, _), row in reads.columns.items():
            self._follow(column, row, path)
        path.parameters.update(reads.parameters)

    def _reads(self, name: str, person: Mapping[str, Any] | None) -> _Reads:
        key = (name, self._who(name, person))
        if key not in self._known:
            self._known[key] = _Reads()
            self._walk(self._graph.definitions[name].node, person, self._known[key])
        return self._known[key]

    def _who(self, name: str, person: Mapping[str, Any] | None) -> str | None:
        return person[self._person_key] if person is not None and name in self._personal else None

    def _value(self, name: str, person: Mapping[str, Any] | None) -> object:
        row = person if person is not None and name in self._personal else self._household
        return row.get(name)

    def _walk(self, node: e.Node, person: Mapping[str, Any] | None, reads: _Reads) -> None:
        match node:
            case e.Column():
                reads.columns[node.name, self._who(node.name, person)] = person
            case e.Parameter():
                reads.parameters[node.name] = None
            case e.Case():
                self._walk_case(node, person, reads)
            case e.All() | e.Any():
                self._walk_junction(node, person, reads)
            case Aggregate():
                self._walk_aggregate(node, reads)
            case Rank():
                for one in self._persons:
                    self._walk(node.among_, one, reads)
            case _:
                self._walk_all(node.children(), person, reads)

    def _walk_all(self, nodes: Iterable[e.Node], person: Mapping[str, Any] | None, reads: _Reads) -> None:
        for one in nodes:
            self._walk(one, person, reads)

    def _walk_case(self, node: e.Case, person: Mapping[str, Any] | None, reads: _Reads) -> None:
        """The conditions up to the first that holds, then its value; all of it where persons must be counted first."""
        if not all(_evaluable(condition) for condition, _ in node.branches):
            self._walk_all(node.children(), person, reads)
            return
        for condition, value in node.branches:
            self._walk(condition, person, reads)
            if self._holds(condition, person):
                self._walk(value, person, reads)
                return
        self._walk(node.default, person, reads)

    def _walk_junction(self, node: e.All | e.Any, person: Mapping[str, Any] | None, reads: _Reads) -> None:
        """All the conditions, unless one settles the result alone: the first false of *and*, the first true of *or*."""
        if not all(_evaluable(one) for one in node.conditions):
            self._walk_all(node.conditions, person, reads)
            return
        settling = isinstance(node, e.Any)
        settled = next((one for one in node.conditions if self._holds(one, person) is settling), None)
        self._walk_all(node.conditions if settled is None else [settled], person, reads)

    def _walk_aggregate(self, node: Aggregate, reads: _Reads) -> None:
        for person in self._persons:
            self._walk(node.where, person, reads)
            if self._holds(node.where, person):
                self._walk(node.value, person, reads)

    def _holds(self, condition: e.Node, person: Mapping[str, Any] | None) -> bool:
        return bool(compile_expression(condition, self._graph)(self._binding, self._household, person))


_EVALUABLE: dict[int, tuple[e.Node, bool]] = {}


def _evaluable(node: e.Node) -> bool:
    """Whether the condition reads only values of one row."""
    if id(node) not in _EVALUABLE:
        _EVALUABLE[id(node)] = (node, not any(isinstance(one, (Aggregate, Rank)) for one in node.walk()))
    return _EVALUABLE[id(node)][1]
