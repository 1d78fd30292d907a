"""Which unconfirmed parameters mattered to a decision: those whose other value would have changed it.

Another reading of an open rule is tried on the household itself.  Only what depends on the parameter is computed
again: first the formulas that read it, and, where one of them changes, all that follows from them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from karama.law.engine.dates import Cutoff
from karama.law.engine.evaluate import decision_of, function_of
from karama.law.engine.expressions import Column, Comparison, Parameter
from karama.law.engine.graph import Graph
from karama.law.engine.inputs import InputColumn
from karama.law.engine.path import PathFinder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from karama.law.engine.evaluate import Decision, Evaluator, Ready
    from karama.law.engine.parameters import DatedParameter

Row = dict[str, Any]
_TRIED_BY_A_STEP = {"money", "decimal"}


@dataclass(frozen=True)
class Trial:
    """Another value of one parameter: the formulas that read it, then those and all that follow, both bound to it."""

    readers: Evaluator
    followers: Evaluator


@dataclass(frozen=True)
class Doubt:
    """An unconfirmed parameter in force, with the values to try.

    ``compared`` says that it bounds something, without another known reading: no trial can then say how wrong it may
    be, and it matters as soon as it is read.
    """

    name: str
    trials: tuple[Trial, ...]
    compared: bool


_DOUBTS: dict[int, tuple[Ready, tuple[Doubt, ...]]] = {}


def that_mattered(prepared: Ready, decision: Decision) -> tuple[str, ...]:
    """Names of the unconfirmed parameters that mattered to a decision, in alphabetical order."""
    found = []
    read: frozenset[str] | None = None
    for one in doubts_of(prepared):
        if any(_changes(prepared, decision, trial) for trial in one.trials):
            found.append(one.name)
        elif one.compared:
            read = _parameters_read(prepared, decision) if read is None else read
            found += [one.name] if one.name in read else []
    return tuple(sorted(found))


def doubts_of(prepared: Ready) -> tuple[Doubt, ...]:
    """The unconfirmed parameters the graph reads in the month, ready to be tried; made once."""
    if id(prepared) not in _DOUBTS:
        _DOUBTS[id(prepared)] = (prepared, tuple(_doubts(prepared)))
    return _DOUBTS[id(prepared)][1]


def _doubts(prepared: Ready) -> Iterator[Doubt]:
    for name in prepared.graph.parameter_names:
        dated = prepared.binding.dated.get(name)
        if dated is None or not dated.status.unconfirmed:
            continue
        parameter = prepared.programme.law.parameters.get(name)
        direct, all_of_them = _readers(prepared.graph, name)
        readers, followers = (function_of(_part(prepared.graph, one)) for one in (direct, all_of_them))
        trials = []
        for value in _other_values(parameter, dated.value):
            binding = replace(prepared.binding, values={**prepared.binding.values, name: value})
            trials.append(Trial(readers.bind(binding), followers.bind(binding)))
        bounds = parameter.kind not in _TRIED_BY_A_STEP or _is_compared(prepared.graph, name)
        yield Doubt(name, tuple(trials), compared=bounds and not parameter.is_switch)


def _other_values(parameter: DatedParameter, value: object) -> Sequence[Any]:
    """The other readings of a switch; of an amount or a coefficient, the next value: if it counts, the result moves."""
    if parameter.is_switch:
        return [one for one in parameter.alternatives if one != value]
    if parameter.kind not in _TRIED_BY_A_STEP:
        return []
    step = 1 if parameter.kind == "money" else Decimal(1).scaleb(-parameter.type.places)
    if isinstance(value, dict):
        return [{code: one + step for code, one in value.items()}]
    return [value + step]  # type: ignore[operator]


def _readers(graph: Graph, parameter: str) -> tuple[set[str], set[str]]:
    """The formulas that read a parameter themselves, and those with all that follow from them."""
    direct: set[str] = set()
    following: set[str] = set()
    for name, one in graph.definitions.items():  # in an order in which each follows what it reads
        nodes = list(one.node.walk())
        if any(isinstance(node, Parameter) and node.name == parameter for node in nodes):
            direct.add(name)
        if name in direct or any(isinstance(node, Column) and node.name in following for node in nodes):
            following.add(name)
    return direct, following


def _part(graph: Graph, names: set[str]) -> Graph:
    """The graph of some formulas alone, which finds the results of the others among its inputs."""
    kept = {name: one for name, one in graph.definitions.items() if name in names}
    read = {node.name: node for one in kept.values() for node in one.node.walk() if isinstance(node, Column)}
    columns = {column.name: column for column in graph.inputs.columns}
    for name, node in read.items():
        if name in graph.definitions and name not in names:
            columns[name] = InputColumn(name, node.entity, node.type, graph.definitions[name].formula.label, "computed")
    return Graph(
        inputs=graph.inputs,
        definitions=kept,
        input_columns=tuple(columns[name] for name in read if name not in names),
        parameter_names=graph.parameter_names,
        outputs=tuple(kept),
    )


def _is_compared(graph: Graph, parameter: str) -> bool:
    """Whether the parameter bounds something: a side of a comparison, or of a date that is."""
    bounds = (
        side
        for one in graph.definitions.values()
        for node in one.node.walk()
        if isinstance(node, (Comparison, Cutoff))
        for side in node.children()
    )
    return any(isinstance(side, Parameter) and side.name == parameter for side in bounds)


def _changes(prepared: Ready, decision: Decision, trial: Trial) -> bool:
    """Whether the other value changes what the household receives, or why it does not."""
    values, persons = decision.values, decision.persons
    if not _differ(trial.readers(values, persons), values, persons):
        return False
    computed, own = trial.followers(values, persons)
    other = decision_of(
        prepared,
        {**values, **computed},
        tuple({**person, **new} for person, new in zip(persons, own, strict=True)),
    )
    return _outcome(prepared, other) != _outcome(prepared, decision)


def _differ(computed: tuple[Row, list[Row]], values: Mapping[str, Any], persons: Sequence[Mapping[str, Any]]) -> bool:
    household, own = computed
    if any(values[name] != value for name, value in household.items()):
        return True
    return any(person[name] != value for person, new in zip(persons, own, strict=True) for name, value in new.items())


def _outcome(prepared: Ready, decision: Decision) -> tuple[object, ...]:
    """What a decision says; of a programme that pays nothing, its figures too."""
    programme = prepared.programme
    figures = () if programme.amount else tuple(decision.values[name] for name in programme.trace)
    return (decision.eligible, decision.aid, decision.lines, decision.reasons, *figures)


def _parameters_read(prepared: Ready, decision: Decision) -> frozenset[str]:
    """Parameters on the way to the lines and to the conditions that settled the outcome."""
    finder = PathFinder(prepared.graph, prepared.binding, decision)
    programme = prepared.programme
    key = programme.law.inputs.person_key
    persons = {one[key]: one for one in decision.persons}
    found: set[str] = set()
    for line in decision.lines:
        found |= set(finder.of(line.benefit, persons.get(line.person_id)).parameters)
    for one in programme.conditions:
        if decision.eligible or not decision.values[one.formula]:
            found |= set(finder.of(one.formula).parameters)
    return frozenset(found)
