"""The graph as one plain Python function for one household, generated once and then called in microseconds.

The text of the function is kept (``CompiledFunction.source``): it can be read, and printed beside a decision.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import singledispatchmethod
from typing import TYPE_CHECKING, Any

from karama.foundation.errors import BadInputError
from karama.law.engine import dates, members, numbers
from karama.law.engine import expressions as e
from karama.law.engine.expressions import Entity
from karama.law.engine.graph import aggregates
from karama.law.engine.types import INTEGER_DIGITS_IN_DECIMALS, Kind, common_type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from karama.law.engine.graph import Binding, Definition, Graph
    from karama.law.engine.types import Type

EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_LIMIT = 10**INTEGER_DIGITS_IN_DECIMALS
_EMPTY = object()

Row = dict[str, Any]
"""Values of one row by column name; None where unknown."""


@dataclass(frozen=True)
class CompiledFunction:
    """``function(constants, month, household, persons)`` gives the household's values and a list of the persons'."""

    graph: Graph
    source: str
    function: Callable[..., tuple[Row, list[Row]]]
    _constants: tuple[e.Node, ...]

    def bind(
        self, binding: Binding
    ) -> Callable[[Mapping[str, Any], Sequence[Mapping[str, Any]]], tuple[Row, list[Row]]]:
        """The function with the constants of a month: give it a household row and its persons' rows.

        The rows hold the graph's input columns; the result holds every definition of the graph.
        """
        constants = [_constant_value(node, binding) for node in self._constants]
        month, function = binding.month, self.function

        def evaluate(household: Mapping[str, Any], persons: Sequence[Mapping[str, Any]]) -> tuple[Row, list[Row]]:
            with localcontext(EXACT):
                return function(constants, month, household, persons)

        return evaluate


def _constant_value(node: e.Node, binding: Binding) -> object:
    if isinstance(node, e.Parameter):
        return binding.parameter(node.name)
    assert isinstance(node, dates.Cutoff)  # noqa: S101 - the only other constant
    return binding.cutoff(node)


def compile_function(graph: Graph) -> CompiledFunction:
    """Generate and compile the function of a graph; constants are bound later."""
    writer = _FunctionWriter(graph)
    source = writer.write()
    namespace: dict[str, Any] = {
        "_ratio": _ratio,
        "_decimal": _decimal,
        "_rank": _rank,
        "Decimal": Decimal,
        "date": dt.date,
    }
    exec(compile(source, "<law>", "exec"), namespace)  # noqa: S102 - text written above from validated nodes
    return CompiledFunction(graph, source, namespace["evaluate"], tuple(writer.constants.values()))


_EXPRESSIONS: dict[int, tuple[e.Node, Callable[..., Any]]] = {}


def compile_expression(node: e.Node, graph: Graph) -> Callable[..., Any]:
    """The value of one expression on rows already computed: ``value(binding, household, person)``.

    For expressions without aggregation or rank inside: those need all the persons.
    """
    if id(node) not in _EXPRESSIONS:
        _EXPRESSIONS[id(node)] = (node, _expression(node, graph))
    return _EXPRESSIONS[id(node)][1]


def _expression(node: e.Node, graph: Graph) -> Callable[..., Any]:
    writer = _FunctionWriter(graph)
    source = writer.write_expression(node)
    namespace: dict[str, Any] = {"_ratio": _ratio, "_decimal": _decimal, "Decimal": Decimal, "date": dt.date}
    exec(compile(source, "<expression>", "exec"), namespace)  # noqa: S102 - text written from validated nodes
    evaluate, constants = namespace["evaluate"], tuple(writer.constants.values())

    last: tuple[Binding | None, list[object]] = (None, [])

    def value(binding: Binding, household: Mapping[str, Any], person: Mapping[str, Any] | None) -> object:
        nonlocal last
        known, bound = last
        if known is not binding:
            bound = [_constant_value(one, binding) for one in constants]
            last = (binding, bound)
        with localcontext(EXACT):
            return evaluate(bound, binding.month, household, person)

    return value


def _decimal(number: int | None) -> Decimal | None:
    if number is None:
        return None
    if not -_LIMIT < number < _LIMIT:
        message = f"{number} has more than {INTEGER_DIGITS_IN_DECIMALS} digits: it cannot meet a decimal"
        raise BadInputError(message)
    return Decimal(number)


def _ratio(numerator: int, denominator: int, places: int) -> Decimal:
    if denominator <= 0:
        return Decimal(0)
    size = (2 * abs(numerator) * 10**places + denominator) // (2 * denominator)
    return Decimal(-size if numerator < 0 else size).scaleb(-places)


def _rank(among: list[bool], keys: list[tuple[Any, ...]], within: list[tuple[Any, ...]], shared: bool) -> list[int]:  # noqa: FBT001
    """Ranks from 1 in the order of the keys, restarted in each group; 0 where not among."""
    ranks = [0] * len(among)
    order = sorted((index for index, counted in enumerate(among) if counted), key=keys.__getitem__)
    counts: dict[tuple[Any, ...], tuple[int, int, tuple[Any, ...] | None]] = {}
    for index in order:
        group, key = within[index], keys[index]
        count, rank, last = counts.get(group, (0, 0, None))
        rank = rank if shared and key == last else count + 1
        counts[group] = (count + 1, rank, key)
        ranks[index] = rank
    return ranks


class _FunctionWriter:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._lines: list[str] = []
        self.constants: dict[object, e.Node] = {}
        self._aggregates: dict[int, str] = {}

    def write(self) -> str:
        self._lines = ["def evaluate(K, month, household, persons):", " result = {}", " rows = [{} for _ in persons]"]
        body_start = len(self._lines)
        for column in self._graph.input_columns:
            if column.entity is Entity.HOUSEHOLD:
                self._lines.append(f" h_{column.name} = household[{column.name!r}]")
        for phase in range(self._graph.phases):
            self._persons(self._graph.of(Entity.PERSON, phase))
            self._households(self._graph.of(Entity.HOUSEHOLD, phase))
        names = [f" k_{number} = K[{number}]" for number in range(len(self.constants))]
        self._lines[body_start:body_start] = names
        return "\n".join([*self._lines, " return result, rows", ""])

    def write_expression(self, node: e.Node) -> str:
        """A function of one expression over rows that hold all its columns."""
        columns = {one.name: one for one in node.walk() if isinstance(one, e.Column)}
        lines = ["def evaluate(K, month, household, person):"]
        for name, one in columns.items():
            row = "person" if one.entity is Entity.PERSON else "household"
            lines.append(f" {self._of(one)} = {row}[{name!r}]")
        written = self._of(node)
        lines[1:1] = [f" k_{number} = K[{number}]" for number in range(len(self.constants))]
        return "\n".join([*lines, f" return {written}", ""])

    def _persons(self, definitions: list[Definition]) -> None:
        """Loops over the persons, broken where a rank needs all of them."""
        pending: list[Definition] = []
        for one in definitions:
            ranks = [node for node in one.node.walk() if isinstance(node, members.Rank)]
            if ranks:
                self._loop(pending)
                pending = []
                for node in ranks:
                    self._write_rank(node)
            pending.append(one)
            if ranks:
                self._loop(pending)
                pending = []
        self._loop(pending)

    def _loop(self, definitions: list[Definition]) -> None:
        if not definitions:
            return
        made = {one.name for one in definitions}
        self._lines.append(" for i, (person, row) in enumerate(zip(persons, rows)):")
        self._read_person_columns([one.node for one in definitions], made)
        for one in definitions:
            self._lines.append(f"  p_{one.name} = {self._of(one.node)}")
            self._lines.append(f"  row[{one.name!r}] = p_{one.name}")

    def _read_person_columns(self, nodes: Sequence[e.Node], made: set[str]) -> None:
        read: dict[str, None] = {}
        for node in nodes:
            for one in node.walk():
                if isinstance(one, e.Column) and one.entity is Entity.PERSON and one.name not in made:
                    read[one.name] = None
        for name in read:
            source = "row" if name in self._graph.definitions else "person"
            self._lines.append(f"  p_{name} = {source}[{name!r}]")

    def _write_rank(self, node: members.Rank) -> None:
        name = f"rank_{len(self._aggregates)}"
        self._aggregates[id(node)] = name
        self._lines.append(f" {name}_among, {name}_keys, {name}_within = [], [], []")
        self._lines.append(" for person, row in zip(persons, rows):")
        self._read_person_columns([node], set())
        keys = "".join(f"{self._key(one)}, " for one in node.order)
        if not node.shared:
            keys += f"person[{self._graph.inputs.person_key!r}], "
        within = "".join(f"{self._of(one)}, " for one in node.within)
        self._lines.append(f"  {name}_among.append({self._of(node.among_)})")
        self._lines.append(f"  {name}_keys.append(({keys}))")
        self._lines.append(f"  {name}_within.append(({within}))")
        self._lines.append(f" {name} = _rank({name}_among, {name}_keys, {name}_within, {node.shared})")

    def _key(self, order: e.Order) -> str:
        written = self._of(order.key)
        if not order.descending:
            return written
        return f"-({written}).toordinal()" if order.key.type.kind is Kind.DATE else f"-({written})"

    def _households(self, definitions: list[Definition]) -> None:
        found = {id(node): node for one in definitions for node in aggregates(one.node)}
        if found:
            self._write_aggregates(found)
        for one in definitions:
            self._lines.append(f" h_{one.name} = {self._of(one.node)}")
            self._lines.append(f" result[{one.name!r}] = h_{one.name}")

    def _write_aggregates(self, found: dict[int, members.Aggregate]) -> None:
        for key, node in found.items():
            self._aggregates[key] = f"a_{len(self._aggregates)}"
            start = "None" if node.aggregation in {"least", "greatest"} else self._as(node.default, node.type)
            self._lines.append(f" {self._aggregates[key]} = {start}")
        self._lines.append(" for person, row in zip(persons, rows):")
        self._read_person_columns(list(found.values()), set())
        for key, node in found.items():
            self._lines.append(f"  if {self._of(node.where)}:")
            self._lines.append(f"   {self._accumulate(self._aggregates[key], node)}")
        for key, node in found.items():
            if node.aggregation in {"least", "greatest"}:
                name = self._aggregates[key]
                self._lines.append(f" if {name} is None: {name} = {self._as(node.default, node.type)}")

    def _accumulate(self, name: str, node: members.Aggregate) -> str:
        value = self._as(node.value, node.type)
        match node.aggregation:
            case "sum" | "count":
                return f"{name} += {value}"
            case "any":
                return f"{name} = {name} or {value}"
            case "least":
                return f"{name} = {value} if {name} is None else min({name}, {value})"
            case "greatest":
                return f"{name} = {value} if {name} is None else max({name}, {value})"

    def _constant(self, key: object, node: e.Node) -> str:
        self.constants.setdefault(key, node)
        return f"k_{list(self.constants).index(key)}"

    def _as(self, node: e.Node, kind: Type) -> str:
        written = self._of(node)
        if kind.kind is Kind.DECIMAL and node.type.kind is Kind.INTEGER:
            return f"_decimal({written})"
        return written

    @singledispatchmethod
    def _of(self, node: e.Node) -> str:
        message = f"{type(node).__name__} has no Python"
        raise TypeError(message)

    @_of.register
    def _(self, node: e.Literal_) -> str:
        if isinstance(node.value, dt.date):
            return f"date({node.value.year}, {node.value.month}, {node.value.day})"
        return repr(node.value)

    @_of.register
    def _(self, node: e.Column) -> str:
        return f"{'p' if node.entity is Entity.PERSON else 'h'}_{node.name}"

    @_of.register
    def _(self, node: e.Parameter) -> str:
        return self._constant(node.name, node)

    @_of.register
    def _(self, node: e.Lookup) -> str:
        return f"{self._of(node.parameter)}[{self._of(node.selector)}]"

    @_of.register
    def _(self, node: dates.Cutoff) -> str:
        return self._constant(id(node), node)

    @_of.register
    def _(self, node: dates.CompletedYears) -> str:
        date = self._of(node.date)
        return f"(month.year - {date}.year - (({date}.month, {date}.day) > (month.month, 1)))"

    @_of.register
    def _(self, node: dates.MonthsSince) -> str:
        date = self._of(node.date)
        return f"((month.year - {date}.year) * 12 + month.month - {date}.month)"

    @_of.register
    def _(self, node: dates.DatePart) -> str:
        return f"{self._of(node.date)}.{node.part}"

    @_of.register
    def _(self, node: e.Comparison) -> str:
        comparator = "==" if node.comparator == "=" else node.comparator
        kind = common_type([node.left.type, node.right.type], "a comparison")
        return f"({self._as(node.left, kind)} {comparator} {self._as(node.right, kind)})"

    @_of.register
    def _(self, node: e.Among) -> str:
        return f"({self._of(node.value)} in {node.codes!r})"

    @_of.register
    def _(self, node: e.IsKnown) -> str:
        return f"({self._of(node.value)} is not None)"

    @_of.register
    def _(self, node: e.Otherwise) -> str:
        value = self._of(node.value)
        return f"({self._as(node.value, node.type)} if {value} is not None else {self._as(node.default, node.type)})"

    @_of.register
    def _(self, node: e.All) -> str:
        return f"({' and '.join(self._of(one) for one in node.conditions)})"

    @_of.register
    def _(self, node: e.Any) -> str:
        return f"({' or '.join(self._of(one) for one in node.conditions)})"

    @_of.register
    def _(self, node: e.Not) -> str:
        return f"(not {self._of(node.condition)})"

    @_of.register
    def _(self, node: e.Case) -> str:
        branches = "".join(f"{self._as(value, node.type)} if {self._of(test)} else " for test, value in node.branches)
        return f"({branches}{self._as(node.default, node.type)})"

    @_of.register
    def _(self, node: e.Total) -> str:
        return f"({' + '.join(self._as(one, node.type) for one in node.terms)})"

    @_of.register
    def _(self, node: e.Difference) -> str:
        return f"({self._as(node.left, node.type)} - {self._as(node.right, node.type)})"

    @_of.register
    def _(self, node: e.Product) -> str:
        product = f"({self._as(node.left, node.type)} * {self._as(node.right, node.type)})"
        return product if node.type.kind is Kind.INTEGER else f"({product} + 0)"  # -0 becomes 0, as in SQL

    @_of.register
    def _(self, node: e.Rounded) -> str:
        return f"({self._of(node.value)}.quantize({Decimal(1).scaleb(-node.places)!r}) + 0)"  # -0 becomes 0

    @_of.register
    def _(self, node: numbers.Ratio) -> str:
        return f"_ratio({self._of(node.numerator)}, {self._of(node.denominator)}, {node.places})"

    @_of.register
    def _(self, node: numbers.Extreme) -> str:
        name = "min" if node.which == "least" else "max"
        return f"{name}({', '.join(self._as(one, node.type) for one in node.values)})"

    @_of.register
    def _(self, node: members.Aggregate) -> str:
        return self._aggregates[id(node)]

    @_of.register
    def _(self, node: members.Rank) -> str:
        return f"{self._aggregates[id(node)]}[i]"
