"""Which of several possible causes made a difference: each is tried alone, undone in one decision, done in the other.

Following values back to what differs (``causes``) finds everything that may have acted.  A child's sixth birthday, say,
may have been read on the way to the rank of another one and yet have moved nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from karama.law.engine.doubts import part_of
from karama.law.engine.evaluate import function_of
from karama.law.engine.expressions import Column
from karama.simulation.household.causes import Decided

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from karama.law.engine.graph import Graph
    from karama.simulation.household.causes import Cause, Read

Row = dict[str, Any]


def that_mattered(
    before: Decided, after: Decided, changed: Sequence[Read], causes: Mapping[Cause, set[Read]]
) -> tuple[Cause, ...]:
    """The causes without which, or with which alone, one of the changed columns would have another value.

    A cause that nothing can undo (another version of a rule) stays; so do all where none matters alone.
    """
    if len(causes) <= 1:
        return tuple(causes)
    found = [
        cause
        for cause, reads in causes.items()
        if _moves(after, before, changed, cause, reads) or _moves(before, after, changed, cause, reads)
    ]
    return tuple(found or causes)


def _moves(here: Decided, other: Decided, changed: Sequence[Read], cause: Cause, reads: set[Read]) -> bool:
    """Whether a changed column has another value in a decision when one cause is as in the other decision."""
    if cause.kind == "rule":
        return True
    tried = _as_in(other, here, cause, reads)
    return any(tried.value(read) != here.value(read) for read in changed)


def _as_in(other: Decided, here: Decided, cause: Cause, reads: set[Read]) -> Decided:
    """A decision with one cause as in another decision, all else as it is."""
    household, persons = _inputs(here)
    match cause.kind:
        case "parameter":
            values = {**here.prepared.binding.values, cause.name: other.prepared.binding.values[cause.name]}
            prepared = replace(here.prepared, binding=replace(here.prepared.binding, values=values))
            return _evaluated(Decided(prepared, here.decision), household, persons)
        case "joined" | "left":
            persons = [one for one in persons if one[_key(here)] != cause.person_id]
            if here.person(str(cause.person_id)) is None:
                persons += [one for one in _inputs(other)[1] if one[_key(here)] == cause.person_id]
        case "fact":
            value = other.value((cause.name, cause.person_id))
            if cause.person_id is None:
                household = {**household, cause.name: value}
            else:
                persons = [{**one, cause.name: value} if one[_key(here)] == cause.person_id else one for one in persons]
        case _:
            return _with_values_of(other, here, reads)
    return _evaluated(here, household, persons)


def _key(decided: Decided) -> str:
    return decided.prepared.graph.inputs.person_key


def _inputs(decided: Decided) -> tuple[Row, list[Row]]:
    """The facts of a decision, without what was computed."""
    names = {one.name for one in decided.prepared.graph.inputs.columns}
    household = {name: value for name, value in decided.decision.values.items() if name in names}
    return household, [{name: one[name] for name in one if name in names} for one in decided.decision.persons]


def _evaluated(decided: Decided, household: Row, persons: list[Row]) -> Decided:
    values, rows = decided.prepared.evaluate(household, persons)
    return Decided(decided.prepared, replace(decided.decision, values=values, persons=tuple(rows)))


def _with_values_of(other: Decided, here: Decided, reads: set[Read]) -> Decided:
    """A decision in which some formulas have the values of another decision, and what follows from them is computed."""
    prepared, decision, key = here.prepared, here.decision, _key(here)
    household, persons = dict(decision.values), [dict(one) for one in decision.persons]
    for name, who in reads:
        for row in persons if who is not None else [household]:
            if who is None or row[key] == who:
                row[name] = other.value((name, who))
    part = _followers(prepared.graph, frozenset(name for name, _ in reads))
    computed, own = function_of(part).bind(prepared.binding)(household, persons)
    rows = tuple({**person, **new} for person, new in zip(persons, own, strict=True))
    return Decided(prepared, replace(decision, values={**household, **computed}, persons=rows))


_FOLLOWERS: dict[tuple[int, frozenset[str]], tuple[Graph, Graph]] = {}


def _followers(graph: Graph, names: frozenset[str]) -> Graph:
    """The graph of the formulas that follow from some, these apart; made once."""
    key = (id(graph), names)
    if key not in _FOLLOWERS:
        following: set[str] = set()
        for name, one in graph.definitions.items():  # in an order in which each follows what it reads
            if name not in names and _read_by(one.node.walk()) & (names | following):
                following.add(name)
        _FOLLOWERS[key] = (graph, part_of(graph, following))
    return _FOLLOWERS[key][1]


def _read_by(nodes: Iterable[object]) -> set[str]:
    return {one.name for one in nodes if isinstance(one, Column)}
