"""What a formula reads for one household, as a generated function: the columns and parameters on the way it took.

Of a ``case`` that is the conditions up to the first that holds, then its value; of *and* and *or* the one condition
that settles the result, or all of them; of an aggregation and a rank what they ask of every person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from karama.law.engine import expressions as e
from karama.law.engine.expressions import Entity
from karama.law.engine.members import Aggregate, Rank
from karama.law.engine.python_expressions import Expressions, constant_values, made_function

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from karama.law.engine.graph import Binding, Definition

    ColumnsRead = dict[tuple[str, str | None], Mapping[str, Any] | None]
    """Columns by name and person (None for the household's), with the person on whose row each was read."""

    Reads = tuple[ColumnsRead, dict[str, None]]
    """Columns and names of parameters, in the order met."""


def reads_of(definition: Definition, person_key: str, binding: Binding) -> Callable[..., Reads]:
    """A function of the household's row, the person's or None, and all persons' rows, all computed.

    It must be called where decimals are exact (``localcontext(EXACT)``).
    """
    writer = _ReadsWriter(person_key)
    function = made_function(writer.write(definition))
    constants, month = constant_values(writer.expressions.constants.values(), binding), binding.month

    def reads(
        household: Mapping[str, Any], person: Mapping[str, Any] | None, persons: Sequence[Mapping[str, Any]]
    ) -> Reads:
        columns: ColumnsRead = {}
        parameters: dict[str, None] = {}
        function(constants, month, household, person, persons, columns, parameters)
        return columns, parameters

    return reads


_HOUSEHOLD, _PERSON, _RANKED = ("None", "None"), ("person", "who"), ("other", "other_who")
"""Where an expression is read: the variables of the row and of its identifier."""

_Scope = tuple[str, str]


class _ReadsWriter:
    def __init__(self, person_key: str) -> None:
        self.expressions = Expressions()
        self._person_key = person_key
        self._lines: list[str] = []
        self._chosen = 0

    def write(self, definition: Definition) -> str:
        """The text of the function."""
        personal = definition.formula.entity is Entity.PERSON
        if personal:
            self._line(1, f"who = person[{self._person_key!r}]")
        self._node(definition.node, 1, _PERSON if personal else _HOUSEHOLD)
        start = "def evaluate(K, month, household, person, persons, columns, parameters):"
        return "\n".join([*self.expressions.preamble(), start, *self.expressions.header(), *self._lines, ""])

    def _line(self, depth: int, text: str) -> None:
        self._lines.append(" " * depth + text)

    def _node(self, node: e.Node, depth: int, scope: _Scope) -> None:
        row, who = scope
        match node:
            case e.Column():
                whose = who if node.entity is Entity.PERSON else "None"
                self._line(depth, f"columns[{node.name!r}, {whose}] = {row}")
            case e.Parameter():
                self._line(depth, f"parameters[{node.name!r}] = None")
            case e.Case() if _evaluable(condition for condition, _ in node.branches):
                self._case(node, depth, scope)
            case e.All() | e.Any() if _evaluable(node.conditions):
                self._junction(node, depth, scope)
            case Aggregate():
                self._persons(depth, _PERSON)
                self._node(node.where, depth + 1, _PERSON)
                self._load([node.where], depth + 1, _PERSON)
                self._line(depth + 1, f"if {self.expressions.of(node.where)}:")
                self._block([node.value], depth + 2, _PERSON)
            case Rank():
                self._persons(depth, _RANKED)
                self._block([node.among_], depth + 1, _RANKED)
            case _:
                for child in node.children():
                    self._node(child, depth, scope)

    def _block(self, nodes: Iterable[e.Node], depth: int, scope: _Scope) -> None:
        """The lines of an indented block, which needs one."""
        written = len(self._lines)
        for one in nodes:
            self._node(one, depth, scope)
        if len(self._lines) == written:
            self._line(depth, "pass")

    def _persons(self, depth: int, scope: _Scope) -> None:
        row, who = scope
        self._line(depth, f"for {row} in persons:")
        self._line(depth + 1, f"{who} = {row}[{self._person_key!r}]")

    def _load(self, conditions: Iterable[e.Node], depth: int, scope: _Scope) -> None:
        """The columns of conditions into the variables by which they are tested."""
        found = {one.name: one for node in conditions for one in node.walk() if isinstance(one, e.Column)}
        for name, one in found.items():
            row = scope[0] if one.entity is Entity.PERSON else "household"
            self._line(depth, f"{self.expressions.of(one)} = {row}[{name!r}]")

    def _choose(self, tests: Iterable[str], depth: int) -> str:
        """A variable for the number of the first test that holds, or -1."""
        self._chosen += 1
        numbered = "".join(f"{number} if {test} else " for number, test in enumerate(tests))
        self._line(depth, f"n_{self._chosen} = {numbered}-1")
        return f"n_{self._chosen}"

    def _case(self, node: e.Case, depth: int, scope: _Scope) -> None:
        conditions = [condition for condition, _ in node.branches]
        self._load(conditions, depth, scope)
        chosen = self._choose(map(self.expressions.of, conditions), depth)
        for number, condition in enumerate(conditions):
            if number:
                self._line(depth, f"if not 0 <= {chosen} < {number}:")
            self._block([condition], depth + bool(number), scope)
        for number, value in enumerate([*(value for _, value in node.branches), node.default]):
            self._line(depth, f"if {chosen} == {number if number < len(conditions) else -1}:")
            self._block([value], depth + 1, scope)

    def _junction(self, node: e.All | e.Any, depth: int, scope: _Scope) -> None:
        self._load(node.conditions, depth, scope)
        tests = (self.expressions.of(one) for one in node.conditions)
        chosen = self._choose(tests if isinstance(node, e.Any) else (f"not {test}" for test in tests), depth)
        for number, condition in enumerate(node.conditions):
            self._line(depth, f"if {chosen} < 0 or {chosen} == {number}:")
            self._block([condition], depth + 1, scope)


def _evaluable(conditions: Iterable[e.Node]) -> bool:
    """Whether the conditions read only values of one row."""
    return not any(isinstance(one, (Aggregate, Rank)) for condition in conditions for one in condition.walk())
