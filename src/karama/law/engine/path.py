"""What a decision has read: the inputs and parameters on the way the evaluation took, branch by branch.

The values come from the compiled function; the way through each formula from a function
generated beside it (``reads``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import localcontext
from typing import TYPE_CHECKING, Any

from karama.law.engine.expressions import Entity
from karama.law.engine.python_expressions import EXACT
from karama.law.engine.reads import reads_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from karama.law.engine.graph import Binding, Graph
    from karama.law.engine.reads import Reads


@dataclass(slots=True)
class Path:
    """Names read, in the order met: inputs (with the person or None) and parameters, each with what lies behind it.

    ``steps`` are the formulas read by the first one itself.
    """

    inputs: dict[tuple[str, str | None], object] = field(default_factory=dict)
    parameters: dict[str, None] = field(default_factory=dict)
    steps: dict[tuple[str, str | None], object] = field(default_factory=dict)


class Ways:
    """What each formula of a graph reads, bound to a month; made when first asked for."""

    def __init__(self, graph: Graph, binding: Binding) -> None:
        """Bind graph and constants."""
        self.graph = graph
        self.personal = frozenset(
            [column.name for column in graph.inputs.of(Entity.PERSON)] + [one.name for one in graph.of(Entity.PERSON)]
        )
        self._binding = binding
        self._reads: dict[str, Callable[..., Reads]] = {}

    def reads(self, name: str) -> Callable[..., Reads]:
        """The function that tells what a formula reads."""
        if name not in self._reads:
            definition, key = self.graph.definitions[name], self.graph.inputs.person_key
            self._reads[name] = reads_of(definition, key, self._binding)
        return self._reads[name]


class PathFinder:
    """Follows the evaluation of one decision; the way behind a formula is followed once for each person."""

    def __init__(self, ways: Ways, household: Mapping[str, Any], persons: Sequence[Mapping[str, Any]]) -> None:
        """Take the computed values of a decision as they are."""
        self._ways = ways
        self._household = household
        self._persons = persons
        self._person_key = ways.graph.inputs.person_key
        self._known: dict[tuple[str, str | None], Path] = {}

    def of(self, name: str, person: Mapping[str, Any] | None = None) -> Path:
        """The way to a formula's value, for a person where it stands on persons."""
        key = (name, self._who(name, person))
        found = self._known.get(key)
        if found is None:
            with localcontext(EXACT):
                found = self._follow(key, person)
        return found

    def _follow(self, key: tuple[str, str | None], person: Mapping[str, Any] | None) -> Path:
        definitions, personal, known = self._ways.graph.definitions, self._ways.personal, self._known
        found = known[key] = Path()
        columns, parameters = self._ways.reads(key[0])(self._household, person, self._persons)
        for read, row in columns.items():
            name = read[0]
            value = (row if row is not None and name in personal else self._household).get(name)
            if name not in definitions:
                found.inputs[read] = value
                continue
            found.steps[read] = value
            behind = known[read] if read in known else self._follow(read, row)
            found.inputs.update(behind.inputs)
            found.parameters.update(behind.parameters)
        found.parameters.update(parameters)
        return found

    def _who(self, name: str, person: Mapping[str, Any] | None) -> str | None:
        return person[self._person_key] if person is not None and name in self._ways.personal else None
