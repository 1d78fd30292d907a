"""The graph as one plain Python function for one household, generated once and then called in microseconds.

The persons are gone through once for each depth of ranks: what needs no rank, then what needs the first ranks, and so
on; the last passage gathers the aggregations.  The text of the function is kept (``CompiledFunction.source``): it can
be read, and printed beside a decision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import localcontext
from typing import TYPE_CHECKING, Any

from karama.law.engine import expressions as e
from karama.law.engine import members
from karama.law.engine.expressions import Entity
from karama.law.engine.graph import aggregates
from karama.law.engine.python_expressions import EXACT, Expressions, constant_values, made_function
from karama.law.engine.types import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from karama.law.engine.graph import Binding, Definition, Graph

Row = dict[str, Any]
"""Values of one row by column name; None where unknown."""


Evaluator = Callable[[Mapping[str, Any], Sequence[Mapping[str, Any]]], tuple[Row, list[Row]]]
"""Gives the household's values and those of its persons, from their rows."""


@dataclass(frozen=True)
class CompiledFunction:
    """``function(constants, month, household, persons, result, rows)`` adds the values to ``result`` and ``rows``."""

    graph: Graph
    source: str
    function: Callable[..., None]
    _constants: tuple[e.Node, ...]

    def bind(self, binding: Binding) -> Evaluator:
        """The function with the constants of a month: give it a household row and its persons' rows.

        The rows hold the graph's input columns; the result holds every definition of the graph.
        """
        constants = constant_values(self._constants, binding)
        month, function = binding.month, self.function

        def evaluate(household: Mapping[str, Any], persons: Sequence[Mapping[str, Any]]) -> tuple[Row, list[Row]]:
            result: Row = {}
            rows: list[Row] = [{} for _ in persons]
            with localcontext(EXACT):
                function(constants, month, household, persons, result, rows)
            return result, rows

        return evaluate

    def bind_beside_inputs(self, binding: Binding) -> Evaluator:
        """The same, for a result that holds what the rows hold too."""
        constants = constant_values(self._constants, binding)
        month, function = binding.month, self.function

        def evaluate(household: Mapping[str, Any], persons: Sequence[Mapping[str, Any]]) -> tuple[Row, list[Row]]:
            result, rows = dict(household), [dict(one) for one in persons]
            with localcontext(EXACT):
                function(constants, month, household, persons, result, rows)
            return result, rows

        return evaluate


def compile_function(graph: Graph) -> CompiledFunction:
    """Generate and compile the function of a graph; constants are bound later."""
    writer = _FunctionWriter(graph)
    source = writer.write()
    function = made_function(source, {"_rank": _rank, "_rank_in_groups": _rank_in_groups})
    return CompiledFunction(graph, source, function, writer.constants)


def _rank(entries: list[tuple[Any, ...]], size: int) -> list[int]:
    """Ranks from 1 of entries whose keys come first and the person's place last; 0 for persons without entry."""
    ranks = [0] * size
    entries.sort()
    for rank, entry in enumerate(entries, start=1):
        ranks[entry[-1]] = rank
    return ranks


def _rank_in_groups(entries: list[tuple[Any, Any, int]], size: int, *, shared: bool) -> list[int]:
    """The same for entries of (keys, group, place): restarted in each group; equal keys share a rank if so asked."""
    ranks = [0] * size
    counts: dict[Any, tuple[int, int, Any]] = {}
    entries.sort(key=_keys_and_place)
    for key, group, place in entries:
        count, rank, last = counts.get(group, (0, 0, None))
        rank = rank if shared and key == last else count + 1
        counts[group] = (count + 1, rank, key)
        ranks[place] = rank
    return ranks


def _keys_and_place(entry: tuple[Any, Any, int]) -> tuple[Any, int]:
    return entry[0], entry[2]


class _FunctionWriter:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._lines: list[str] = []
        self._expressions = Expressions()

    @property
    def constants(self) -> tuple[e.Node, ...]:
        """Parameters and cut-off dates the function is given, in their order."""
        return tuple(self._expressions.constants.values())

    def write(self) -> str:
        for column in self._graph.input_columns:
            if column.entity is Entity.HOUSEHOLD:
                self._lines.append(f" h_{column.name} = household[{column.name!r}]")
        for phase in range(self._graph.phases):
            households = self._graph.of(Entity.HOUSEHOLD, phase)
            found = {id(node): node for one in households for node in aggregates(one.node)}
            self._persons(self._graph.of(Entity.PERSON, phase), list(found.values()))
            for one in households:
                self._lines.append(f" h_{one.name} = {self._expressions.of(one.node)}")
                self._lines.append(f" result[{one.name!r}] = h_{one.name}")
        start = "def evaluate(K, month, household, persons, result, rows):"
        return "\n".join([*self._expressions.preamble(), start, *self._expressions.header(), *self._lines, ""])

    def _persons(self, definitions: list[Definition], gathered: list[members.Aggregate]) -> None:
        """Passages over the persons, broken where ranks need all of them; the last gathers the aggregations."""
        passages = _passages(definitions)
        if not passages and gathered:
            passages.append(_Passage([], []))
        for number, passage in enumerate(passages):
            last = number == len(passages) - 1
            self._passage(passage, gathered if last else [])

    def _passage(self, passage: _Passage, gathered: list[members.Aggregate]) -> None:
        for rank in passage.ranks:
            self._lines.append(f" {self._name(rank, 'rank')} = []")
        for node in gathered:
            self._lines.append(f" {self._name(node, 'a')} = {self._start(node)}")
        self._lines.append(" for i, (person, row) in enumerate(zip(persons, rows)):")
        self._read_person_columns(passage, gathered)
        for one in passage.definitions:
            self._lines.append(f"  p_{one.name} = {self._expressions.of(one.node)}")
            self._lines.append(f"  row[{one.name!r}] = p_{one.name}")
        for rank in passage.ranks:
            self._enter(rank)
        for node in gathered:
            self._gather(node)
        for rank in passage.ranks:
            name = self._expressions.made[id(rank)]
            grouped = rank.shared or rank.within
            made = (
                f"_rank_in_groups({name}, len(rows), shared={rank.shared})" if grouped else f"_rank({name}, len(rows))"
            )
            self._lines.append(f" {name} = {made}")
        for node in gathered:
            if node.aggregation in {"least", "greatest"}:
                name = self._expressions.made[id(node)]
                self._lines.append(f" if {name} is None: {name} = {self._expressions.of_type(node.default, node.type)}")

    def _name(self, node: e.Node, kind: str) -> str:
        return self._expressions.made.setdefault(id(node), f"{kind}_{len(self._expressions.made)}")

    def _start(self, node: members.Aggregate) -> str:
        extreme = node.aggregation in {"least", "greatest"}
        return "None" if extreme else self._expressions.of_type(node.default, node.type)

    def _read_person_columns(self, passage: _Passage, gathered: list[members.Aggregate]) -> None:
        made = {one.name for one in passage.definitions}
        read: dict[str, None] = {}
        for node in (*(one.node for one in passage.definitions), *gathered):
            read.update(dict.fromkeys(_person_columns(node)))
        for rank in passage.ranks:
            for node in rank.children():
                read.update(dict.fromkeys(_person_columns(node)))
        for name in read:
            if name not in made:
                source = "row" if name in self._graph.definitions else "person"
                self._lines.append(f"  p_{name} = {source}[{name!r}]")

    def _enter(self, rank: members.Rank) -> None:
        """Enter the person among those ranked."""
        keys = [self._key(one) for one in rank.order]
        if not rank.shared:
            keys.append(f"person[{self._graph.inputs.person_key!r}]")
        if rank.shared or rank.within:
            within = "".join(f"{self._expressions.of(one)}, " for one in rank.within)
            entry = f"({''.join(f'{key}, ' for key in keys)}), ({within}), i"
        else:
            entry = ", ".join([*keys, "i"])
        name = self._expressions.made[id(rank)]
        self._lines.append(f"  if {self._expressions.of(rank.among_)}: {name}.append(({entry}))")

    def _key(self, order: e.Order) -> str:
        written = self._expressions.of(order.key)
        if not order.descending:
            return written
        return f"-({written}).toordinal()" if order.key.type.kind is Kind.DATE else f"-({written})"

    def _gather(self, node: members.Aggregate) -> None:
        name, value = self._expressions.made[id(node)], self._expressions.of_type(node.value, node.type)
        everybody = isinstance(node.where, e.Literal_) and node.where.value is True
        condition = "" if everybody else f"if {self._expressions.of(node.where)}: "
        match node.aggregation:
            case "sum" | "count":
                done = f"{name} += {value}"
            case "any":
                done = f"{name} = {name} or {value}"
            case "least":
                done = f"{name} = {value} if {name} is None else min({name}, {value})"
            case "greatest":
                done = f"{name} = {value} if {name} is None else max({name}, {value})"
        self._lines.append(f"  {condition}{done}")


@dataclass(frozen=True)
class _Passage:
    """What one passage over the persons computes, and the ranks for which it enters them."""

    definitions: list[Definition]
    ranks: list[members.Rank]


def _passages(definitions: Iterable[Definition]) -> list[_Passage]:
    """The fewest passages in which each formula comes after the ranks it needs."""
    passages: list[_Passage] = []
    place: dict[str, int] = {}
    for one in definitions:
        ranks = list({id(node): node for node in one.node.walk() if isinstance(node, members.Rank)}.values())
        entered = _latest(
            (name for rank in ranks for child in rank.children() for name in _person_columns(child)), place
        )
        own = max(_latest(_person_columns(one.node), place), entered + 1 if ranks else 0)
        while len(passages) <= own:
            passages.append(_Passage([], []))
        passages[own].definitions.append(one)
        passages[entered].ranks.extend(ranks)
        place[one.name] = own
    return passages


def _latest(names: Iterable[str], place: Mapping[str, int]) -> int:
    return max((place.get(name, 0) for name in names), default=0)


def _person_columns(node: e.Node) -> Iterator[str]:
    """Names of the persons' columns that an expression reads when it is evaluated; a rank is evaluated before."""
    if isinstance(node, e.Column) and node.entity is Entity.PERSON:
        yield node.name
    if not isinstance(node, members.Rank):
        for child in node.children():
            yield from _person_columns(child)
