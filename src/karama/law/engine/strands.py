"""Which persons matter to which aggregation, so that a household's value is drawn from few rows and few columns.

An aggregation is asked, condition by condition: if this did not hold for a person, would the person still bring
anything?  The answer is found by folding its expression under that supposition.  Aggregations to which the same
persons matter are drawn together, in a strand; ranks are then taken among those persons only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from karama.law.engine import expressions as e
from karama.law.engine import types
from karama.law.engine.expressions import Entity, Node
from karama.law.engine.fold import Folder
from karama.law.engine.members import Aggregate, Rank
from karama.law.engine.shapes import shape
from karama.law.engine.types import BOOLEAN, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from karama.law.engine.graph import Binding, Definition, Graph
    from karama.law.engine.members import Aggregation
    from karama.law.engine.types import Type


@dataclass(frozen=True)
class Drawn:
    """An aggregation as it stands over the persons of a strand."""

    aggregation: Aggregation
    value: Node
    where: Node
    type: Type
    of: Hashable
    """Shape of the aggregation in the graph."""


@dataclass(frozen=True)
class Strand:
    """Aggregations over the persons for whom all ``conditions`` hold.

    ``ranked_among`` tells among whom they are ranked, where that is not the same persons; None where only a rank tells,
    so that every person of the households concerned is needed.  ``before`` is computed for all, ``after`` for those
    needed.
    """

    conditions: tuple[Node, ...]
    drawn: tuple[Drawn, ...]
    before: tuple[Definition, ...]
    after: tuple[Definition, ...]
    ranked_among: tuple[Node, ...] | None


class _Supposing(Folder):
    """Folds under a supposition: some conditions hold or do not."""

    def __init__(self, binding: Binding, supposed: Mapping[Hashable, bool]) -> None:
        super().__init__(binding)
        self._supposed = supposed

    def fold(self, node: Node) -> Node:
        if node.type == BOOLEAN and not isinstance(node, e.Literal_):
            value = self._supposed.get(shape(node))
            if value is not None:
                return e.Literal_(value=value)
        return super().fold(node)


class _Splitter(Folder):
    def __init__(self, binding: Binding, terms: Callable[[Aggregate], list[Node]]) -> None:
        super().__init__(binding)
        self._terms = terms

    def fold(self, node: Node) -> Node:
        if not isinstance(node, Aggregate):
            return super().fold(node)
        terms = self._terms(node)
        if len(terms) == 1:
            return node
        return e.total(*(Aggregate(node.aggregation, one, node.where, node.default) for one in terms))


class Strands:
    """The strands of some aggregations of a graph."""

    def __init__(self, graph: Graph, binding: Binding) -> None:
        """Take a graph whose constants are settled already."""
        self._binding = binding
        self._persons = {one.name: one for one in graph.of(Entity.PERSON)}

    def of(self, found: Sequence[Aggregate]) -> list[Strand]:
        """The aggregations in strands; those without ranks together, unless the same persons are drawn anyway.

        Where persons are ranked among those who matter, rarer ones are drawn from these; alone, from their households.
        """
        free: list[tuple[Aggregate, list[Node]]] = []
        ranked: list[tuple[Aggregate, list[Node], list[Node]]] = []
        for one in found:
            conditions = self._conditions(one)
            among = _shapes(rank.among_ for rank in self._ranks([one], self._persons))
            if among:
                alike = [condition for condition in conditions if _shapes([condition]) == among]
                ranked.append((one, alike, self._strongest(conditions)))
            else:
                free.append((one, conditions))
        groups: dict[Hashable, tuple[list[Node], list[Aggregate]]] = {}
        for one, alike, strongest in sorted(ranked, key=lambda each: _shapes(each[1]) != _shapes(each[2])):
            chosen = alike if _shapes(alike) in groups else strongest
            groups.setdefault(_shapes(chosen), (chosen, []))[1].append(one)
        apart: list[tuple[Aggregate, list[Node]]] = []
        for one, conditions in free:
            same = groups.get(_shapes(self._strongest(conditions)))
            if same is None:
                apart.append((one, conditions))
            else:
                same[1].append(one)
        if apart:
            common = _common([conditions for _, conditions in apart])
            groups = {None: (self._strongest(common), [one for one, _ in apart]), **groups}
        return [self._strand(conditions, members) for conditions, members in groups.values()]

    def split(self, node: Node) -> Node:
        """A household's expression in which the terms of a sum that needs ranks are summed one by one."""
        return _Splitter(self._binding, self._terms).fold(node)

    def _terms(self, aggregate: Aggregate) -> list[Node]:
        """The terms of a sum of whole numbers, each of persons; the value itself where that does not apply."""
        value = aggregate.value
        if isinstance(value, e.Column) and value.name in self._persons:
            value = self._persons[value.name].node
        whole = aggregate.aggregation == "sum" and aggregate.type.kind is Kind.INTEGER
        if not (whole and isinstance(value, e.Total) and self._ranks([aggregate], self._persons)):
            return [aggregate.value]
        if any(e.widest(one, aggregate.where) is not Entity.PERSON for one in value.terms):
            return [aggregate.value]
        return [
            part
            for one in value.terms
            for part in self._terms(Aggregate("sum", one, aggregate.where, aggregate.default))
        ]

    def _strand(self, conditions: Sequence[Node], members: Sequence[Aggregate]) -> Strand:
        """What is supposed may be folded in only where no other person is read."""
        ranks = self._ranks(members, self._persons)
        alone = all(_shapes([one.among_]) == _shapes(conditions) for one in ranks)
        folder, definitions = self._suppose({shape(one): True for one in conditions} if alone else {}, members)
        drawn = tuple(
            Drawn(one.aggregation, folder.fold(one.value), folder.fold(one.where), one.type, shape(one))
            for one in members
        )
        others: tuple[Node, ...] | None = () if alone else tuple(one.among_ for one in ranks)
        if any(self._ranks([one], self._persons) for one in others or ()):
            others = None
        before = reachable([*conditions, *(others or ())], self._persons)
        after = reachable([node for one in drawn for node in (one.value, one.where)], definitions) - before
        return Strand(
            tuple(conditions),
            drawn,
            tuple(one for name, one in self._persons.items() if name in before),
            tuple(one for name, one in definitions.items() if name in after),
            others,
        )

    def _suppose(
        self, supposed: Mapping[Hashable, bool], roots: Iterable[Node]
    ) -> tuple[_Supposing, dict[str, Definition]]:
        """The definitions the roots need, folded under a supposition."""
        folder = _Supposing(self._binding, supposed)
        needed = reachable(roots, self._persons)
        folded = {}
        for name, one in self._persons.items():
            if name in needed:
                node = folder.fold(one.node)
                folder.know(one, node)
                folded[name] = replace(one, node=node)
        return folder, folded

    @staticmethod
    def _ranks(roots: Iterable[Node], definitions: Mapping[str, Definition]) -> list[Rank]:
        """The ranks some expressions need, themselves or through definitions of persons."""
        roots = list(roots)
        below = [definitions[name].node for name in reachable(roots, definitions)]
        return [one for root in [*roots, *below] for one in root.walk() if isinstance(one, Rank)]

    def _conditions(self, aggregate: Aggregate) -> list[Node]:
        """Conditions without which a person brings nothing, told from the person's own row without ranks."""
        nodes = [aggregate.value, aggregate.where]
        nodes += [self._persons[name].node for name in reachable([aggregate], self._persons)]
        candidates: dict[Hashable, Node] = {}
        for root in nodes:
            for one in root.walk():
                if isinstance(one, Rank):
                    candidates.setdefault(shape(one.among_), one.among_)
                elif isinstance(one, e.Column) and one.type == BOOLEAN and one.entity is Entity.PERSON:
                    candidates.setdefault(shape(one), one)
        if aggregate.where.entity is Entity.PERSON:
            candidates.setdefault(shape(aggregate.where), aggregate.where)
        return [
            one
            for key, one in candidates.items()
            if not self._ranks([one], self._persons) and self._vanishes(aggregate, {key: False})
        ]

    def _vanishes(self, aggregate: Aggregate, supposed: Mapping[Hashable, bool]) -> bool:
        """Whether a person then leaves the aggregation as it is without the person."""
        nothing = {"sum": 0, "count": 0, "any": False}
        if aggregate.aggregation in nothing and not _is(aggregate.default, nothing[aggregate.aggregation]):
            return False
        folder, _ = self._suppose(supposed, [aggregate])
        if _is(folder.fold(aggregate.where), value=False):
            return True
        return aggregate.aggregation in nothing and _is(folder.fold(aggregate.value), nothing[aggregate.aggregation])

    def _strongest(self, conditions: Sequence[Node]) -> list[Node]:
        """The conditions without those another one implies."""
        kept: list[Node] = []
        for number, one in enumerate(conditions):
            rivals = [*kept, *conditions[number + 1 :]]
            if not any(self._implies(other, one) for other in rivals):
                kept.append(one)
        return kept

    def _implies(self, one: Node, other: Node) -> bool:
        folder, _ = self._suppose({shape(other): False}, [one])
        return _is(folder.fold(one), value=False)


def _is(node: Node, value: types.Constant) -> bool:
    return isinstance(node, e.Literal_) and type(node.value) is type(value) and node.value == value


def reachable(roots: Iterable[Node], definitions: Mapping[str, Definition]) -> set[str]:
    """Names of the definitions some expressions need, at any depth."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        for one in waiting.pop().walk():
            if isinstance(one, e.Column) and one.name in definitions and one.name not in found:
                found.add(one.name)
                waiting.append(definitions[one.name].node)
    return found


def _shapes(conditions: Iterable[Node]) -> frozenset[Hashable]:
    return frozenset(map(shape, conditions))


def _common(lists: Sequence[Sequence[Node]]) -> list[Node]:
    shared = frozenset.intersection(*map(_shapes, lists))
    return [one for one in lists[0] if shape(one) in shared]
