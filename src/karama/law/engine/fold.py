"""What a month makes certain is settled before a register is read: switches, dates, months without a grant.

Constants of the binding are put in, conditions they decide are decided, and formulas nobody needs any more are left
out.  A reading of the law that is not in force then costs nothing.  Values and types stay what they were.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import singledispatchmethod
from typing import TYPE_CHECKING, Any

from karama.law.engine import expressions as e
from karama.law.engine.dates import Cutoff, DatePart
from karama.law.engine.graph import Graph, lay
from karama.law.engine.members import Aggregate, Rank
from karama.law.engine.types import Constant, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from karama.law.engine.graph import Binding, Definition

COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
"""What each comparison says of two values."""

_SETTLED = {Kind.BOOLEAN, Kind.INTEGER, Kind.DATE}
"""Kinds whose literals have the very type of what they replace."""


def fold(graph: Graph, binding: Binding) -> Graph:
    """The same outputs with what the binding settles settled."""
    folder = Folder(binding)
    folded: dict[str, Definition] = {}
    for name, one in graph.definitions.items():
        node = folder.fold(one.node)
        folder.know(one, node)
        folded[name] = replace(one, node=node)
    needed = _needed(graph.outputs, folded)
    kept = {name: one for name, one in folded.items() if name in needed}
    read = {one.name for definition in kept.values() for one in definition.node.walk() if isinstance(one, e.Column)}
    return Graph(
        inputs=graph.inputs,
        definitions=lay(kept),
        input_columns=tuple(column for column in graph.input_columns if column.name in read),
        parameter_names=graph.parameter_names,
        outputs=graph.outputs,
    )


def _needed(outputs: tuple[str, ...], definitions: dict[str, Definition]) -> set[str]:
    needed: set[str] = set()
    waiting = list(outputs)
    while waiting:
        name = waiting.pop()
        if name in definitions and name not in needed:
            needed.add(name)
            waiting += [one.name for one in definitions[name].node.walk() if isinstance(one, e.Column)]
    return needed


def _literal(value: Constant, like: e.Node) -> e.Node:
    """The value as a literal, where that has the very type of the node it replaces."""
    made = e.Literal_(value)
    return made if made.type == like.type else like


def _value(node: e.Node) -> object:
    return node.value if isinstance(node, e.Literal_) else None


class Folder:
    """Replaces what is settled in one expression after another."""

    def __init__(self, binding: Binding) -> None:
        """Constants come from the binding."""
        self._binding = binding
        self._known: dict[str, e.Node] = {}

    def know(self, definition: Definition, node: e.Node) -> None:
        """Remember a formula that has become a constant."""
        if isinstance(node, e.Literal_) and node.type == definition.node.type:
            self._known[definition.name] = node

    def fold(self, node: e.Node) -> e.Node:
        """The node with its settled parts replaced, of the same type."""
        folded = self._fold(node)
        return folded if folded.type == node.type else node

    def _rebuilt(self, node: e.Node) -> e.Node:
        """The node over folded children."""
        values = {one.name: self._content(getattr(node, one.name)) for one in fields(node) if one.init}
        return type(node)(**values)

    def _content(self, content: object) -> object:
        if isinstance(content, e.Node):
            return self.fold(content)
        if isinstance(content, e.Order):
            return e.Order(self.fold(content.key), content.descending)
        if isinstance(content, tuple):
            return tuple(self._content(part) for part in content)
        return content

    @singledispatchmethod
    def _fold(self, node: e.Node) -> e.Node:
        return self._rebuilt(node)

    @_fold.register
    def _(self, node: e.Literal_) -> e.Node:
        return node

    @_fold.register
    def _(self, node: e.Column) -> e.Node:
        return self._known.get(node.name, node)

    @_fold.register
    def _(self, node: e.Parameter) -> e.Node:
        if node.key is not None or node.type.kind not in _SETTLED or self._is_open(node):
            return node
        value = self._binding.parameter(node.name)
        return node if isinstance(value, Mapping) else _literal(value, node)

    @_fold.register
    def _(self, node: e.Lookup) -> e.Node:
        return e.Lookup(node.parameter, self.fold(node.selector))

    @_fold.register
    def _(self, node: e.IsKnown) -> e.Node:
        return node

    @_fold.register
    def _(self, node: e.Otherwise) -> e.Node:
        return e.Otherwise(node.value, self.fold(node.default))

    def _is_open(self, node: e.Node) -> bool:
        """Whether the binding leaves the value open."""
        return isinstance(node, e.Parameter) and node.name not in self._binding.values

    @_fold.register
    def _(self, node: Cutoff) -> e.Node:
        if any(map(self._is_open, node.children())):
            return node
        return _literal(self._binding.cutoff(node), node)

    @_fold.register
    def _(self, node: DatePart) -> e.Node:
        date = self.fold(node.date)
        value = _value(date)
        return _literal(getattr(value, node.part), node) if value is not None else DatePart(node.part, date)

    @_fold.register
    def _(self, node: e.Comparison) -> e.Node:
        left, right = self._compared(node.left), self._compared(node.right)
        a, b = _value(left), _value(right)
        if a is None or b is None:
            return e.Comparison(node.comparator, self.fold(node.left), self.fold(node.right))
        return e.Literal_(bool(COMPARED[node.comparator](a, b)))

    def _compared(self, node: e.Node) -> e.Node:
        """A side of a comparison; codes of switches are settled here, where their wider type does not matter."""
        if isinstance(node, e.Parameter) and node.type.kind is Kind.CHOICE and not self._is_open(node):
            value = self._binding.parameter(node.name)
            return node if isinstance(value, Mapping) else e.Literal_(value)
        return self.fold(node)

    @_fold.register
    def _(self, node: e.All) -> e.Node:
        parts = [self.fold(one) for one in node.conditions]
        if any(_value(one) is False for one in parts):
            return e.Literal_(value=False)
        parts = [one for one in parts if _value(one) is not True]
        return e.all_of(*parts) if len(parts) > 1 else (parts[0] if parts else e.Literal_(value=True))

    @_fold.register
    def _(self, node: e.Any) -> e.Node:
        parts = [self.fold(one) for one in node.conditions]
        if any(_value(one) is True for one in parts):
            return e.Literal_(value=True)
        parts = [one for one in parts if _value(one) is not False]
        return e.any_of(*parts) if len(parts) > 1 else (parts[0] if parts else e.Literal_(value=False))

    @_fold.register
    def _(self, node: e.Not) -> e.Node:
        inner = self.fold(node.condition)
        value = _value(inner)
        return e.Literal_(value=not value) if isinstance(value, bool) else e.Not(inner)

    @_fold.register
    def _(self, node: e.Case) -> e.Node:
        branches: list[tuple[e.Node, e.Node]] = []
        default = self.fold(node.default)
        for condition, value in node.branches:
            decided = self.fold(condition)
            if _value(decided) is False:
                continue
            if _value(decided) is True:
                default = self.fold(value)
                break
            branches.append((decided, self.fold(value)))
        if not branches or all(_value(one) is not None and _value(one) == _value(default) for _, one in branches):
            return default if default.type == node.type else node
        return e.Case(tuple(branches), default)

    @_fold.register
    def _(self, node: e.Total) -> e.Node:
        if node.type.kind is not Kind.INTEGER:
            return self._rebuilt(node)
        parts = [part for part in (self.fold(one) for one in node.terms) if _value(part) != 0]
        return e.Total(tuple(parts)) if len(parts) > 1 else (parts[0] if parts else e.Literal_(0))

    @_fold.register
    def _(self, node: Aggregate) -> e.Node:
        value, where = self.fold(node.value), self.fold(node.where)
        nothing = _value(where) is False or (node.aggregation == "sum" and _value(value) == 0)
        if nothing or (node.aggregation == "any" and _value(value) is False):
            return node.default
        if e.widest(value, where) is not e.Entity.PERSON:
            return node
        return Aggregate(node.aggregation, value, where, node.default)

    @_fold.register
    def _(self, node: Rank) -> e.Node:
        among = self.fold(node.among_)
        if _value(among) is False:
            return e.Literal_(0)
        if among.entity is not e.Entity.PERSON:
            return node
        keys = [e.Order(self.fold(one.key), one.descending) for one in node.order]
        moving = tuple(one for one in keys if not isinstance(one.key, e.Literal_))
        if node.shared and not moving:
            return node
        return Rank(among, moving, tuple(self.fold(one) for one in node.within), node.shared)
