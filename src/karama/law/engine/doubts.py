"""Which unconfirmed parameters mattered to a decision: those whose other value would have changed it.

Another reading of an open rule is tried on the household itself.  First one generated function looks, for all the
readings at once, whether a formula that reads the parameter would change; where one does, what follows from it is
computed again, as far as the outcome depends on it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from karama.law.engine.dates import Cutoff
from karama.law.engine.evaluate import function_of, lines_of, refusals_of
from karama.law.engine.expressions import Column, Comparison, Parameter
from karama.law.engine.graph import Graph
from karama.law.engine.inputs import InputColumn
from karama.law.engine.touched import touched_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from karama.law.engine.evaluate import Decision, Ready
    from karama.law.engine.graph import Binding
    from karama.law.engine.parameters import DatedParameter
    from karama.law.engine.path import PathFinder
    from karama.law.engine.python import Evaluator

Row = dict[str, Any]
_TRIED_BY_A_STEP = {"money", "decimal"}


@dataclass(frozen=True)
class Trial:
    """Another value of one parameter: the formulas that read it, and all that follow as far as the outcome needs them.

    ``settles`` says whether eligibility, the kind of aid or a refusal may follow from it.
    """

    binding: Binding
    readers: tuple[str, ...]
    followers: Graph
    settles: bool

    @cached_property
    def evaluate(self) -> Evaluator:
        """The followers' function with the other value."""
        return function_of(self.followers).bind(self.binding)


@dataclass(frozen=True)
class Doubt:
    """An unconfirmed parameter in force, with the values to try.

    ``compared`` says that it bounds something, without another known reading: no trial can then say how wrong it may
    be, and it matters as soon as it is read.
    """

    name: str
    trials: tuple[Trial, ...]
    compared: bool


class Doubts:
    """The doubts of a programme in a month, ready to be tried on households."""

    def __init__(self, prepared: Ready) -> None:
        """Find the unconfirmed parameters that the graph reads, and what depends on each."""
        self._prepared = prepared
        self.doubts = tuple(_doubts(prepared))
        trials = [trial for doubt in self.doubts for trial in doubt.trials]
        self._place = {id(trial): number for number, trial in enumerate(trials)}
        self._idle = frozenset(number for number, trial in enumerate(trials) if not trial.followers.definitions)
        self._settling = frozenset(number for number, trial in enumerate(trials) if trial.settles)
        self._touched = touched_by(prepared.graph, [(trial.binding, trial.readers) for trial in trials])

    def that_mattered(self, decision: Decision, finder: PathFinder) -> tuple[str, ...]:
        """Names of the unconfirmed parameters that mattered to a decision, in alphabetical order."""
        found = []
        read: frozenset[str] | None = None
        skipped = self._idle if decision.eligible else self._idle | (self._place_of_all - self._settling)
        touched = self._touched(decision.values, decision.persons, skipped)
        for one in self.doubts:
            if any(self._place[id(trial)] in touched and self._changes(decision, trial) for trial in one.trials):
                found.append(one.name)
            elif one.compared:
                read = _parameters_read(self._prepared, decision, finder) if read is None else read
                found += [one.name] if one.name in read else []
        return tuple(sorted(found))

    @cached_property
    def _place_of_all(self) -> frozenset[int]:
        return frozenset(self._place.values())

    def _changes(self, decision: Decision, trial: Trial) -> bool:
        """Whether the other value changes what the household receives, or why it does not."""
        values, persons = decision.values, decision.persons
        computed, own = trial.evaluate(values, persons)
        if decision.eligible and not trial.settles and self._pays_otherwise(decision, computed, own):
            return True
        if not _differ(computed, own, values, persons):
            return False
        others = [{**person, **new} for person, new in zip(persons, own, strict=True)]
        told = decision.lines if decision.eligible else decision.reasons
        return _outcome(self._prepared, {**values, **computed}, others) != _as_outcome(self._prepared, values, told)

    def _pays_otherwise(self, decision: Decision, computed: Row, own: Sequence[Row]) -> bool:
        """Whether the amount of a benefit differs."""
        for name, _, personal in self._prepared.benefits:
            if not personal:
                if computed.get(name, decision.values[name]) != decision.values[name]:
                    return True
            elif any(new.get(name, one[name]) != one[name] for one, new in zip(decision.persons, own, strict=True)):
                return True
        return False


_DOUBTS: dict[int, tuple[Ready, Doubts]] = {}


def doubts_of(prepared: Ready) -> Doubts:
    """The doubts of a programme in a month on a clock; made once."""
    if id(prepared) not in _DOUBTS:
        _DOUBTS[id(prepared)] = (prepared, Doubts(prepared))
    return _DOUBTS[id(prepared)][1]


def _doubts(prepared: Ready) -> Iterator[Doubt]:
    readings = _readings_of(prepared)
    for name in prepared.graph.parameter_names:
        dated = prepared.binding.dated.get(name)
        if dated is None or not dated.status.unconfirmed:
            continue
        parameter = prepared.programme.law.parameters.get(name)
        read = readings.of(name)
        trials = []
        for value in _other_values(parameter, dated.value):
            binding = replace(prepared.binding, values={**prepared.binding.values, name: value})
            trials.append(Trial(binding, read.direct, read.part, settles=read.settles))
        bounds = parameter.kind not in _TRIED_BY_A_STEP or read.compared
        yield Doubt(name, tuple(trials), compared=bounds and not parameter.is_switch)


@dataclass(frozen=True)
class _Reading:
    """Who reads a parameter: formulas by themselves, all that follow as far as the outcome needs them."""

    direct: tuple[str, ...]
    part: Graph
    settles: bool
    compared: bool


class _Readings:
    """The readings of a graph, which many months share; each is looked for once."""

    def __init__(self, prepared: Ready) -> None:
        self.programme, self.graph = prepared.programme, prepared.graph  # kept, so that their ids stay theirs
        self._settling = _settling(prepared)
        benefits = {name for one in prepared.programme.benefits for name in (one.formula, one.rank) if name}
        self._needed = _needed(prepared.graph, self._settling | benefits)
        self._known: dict[str, _Reading] = {}

    def of(self, parameter: str) -> _Reading:
        """Who reads a parameter."""
        if parameter not in self._known:
            direct, following = _readers(self.graph, parameter)
            part = part_of(self.graph, following & self._needed)
            settles = bool(self._settling & set(part.definitions))
            self._known[parameter] = _Reading(tuple(direct), part, settles, _is_compared(self.graph, parameter))
        return self._known[parameter]


_READINGS: dict[tuple[int, int], _Readings] = {}


def _readings_of(prepared: Ready) -> _Readings:
    key = (id(prepared.programme), id(prepared.graph))
    if key not in _READINGS:
        _READINGS[key] = _Readings(prepared)
    return _READINGS[key]


def _settling(prepared: Ready) -> set[str]:
    """The columns that settle who receives what kind of aid; of a programme that pays nothing, its figures too."""
    programme = prepared.programme
    figures = () if programme.amount else programme.trace
    return {programme.eligible, programme.aid, *(one.formula for one in programme.conditions), *figures}


def _needed(graph: Graph, names: set[str]) -> set[str]:
    """The formulas on which some depend, themselves included."""
    found = set(names)
    for name in reversed(list(graph.definitions)):  # each follows what it reads
        if name in found:
            found |= {node.name for node in graph.definitions[name].node.walk() if isinstance(node, Column)}
    return found


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


def _readers(graph: Graph, parameter: str) -> tuple[list[str], set[str]]:
    """The formulas that read a parameter themselves, and those with all that follow from them."""
    direct: list[str] = []
    following: set[str] = set()
    for name, one in graph.definitions.items():  # in an order in which each follows what it reads
        nodes = list(one.node.walk())
        if any(isinstance(node, Parameter) and node.name == parameter for node in nodes):
            direct.append(name)
            following.add(name)
        elif any(isinstance(node, Column) and node.name in following for node in nodes):
            following.add(name)
    return direct, following


def part_of(graph: Graph, names: set[str]) -> Graph:
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


def _differ(computed: Row, own: Sequence[Row], values: Mapping[str, Any], persons: Sequence[Mapping[str, Any]]) -> bool:
    if any(values[name] != value for name, value in computed.items()):
        return True
    return any(person[name] != value for person, new in zip(persons, own, strict=True) for name, value in new.items())


def _outcome(prepared: Ready, values: Mapping[str, Any], persons: Sequence[Mapping[str, Any]]) -> tuple[object, ...]:
    """What would be decided."""
    eligible = values[prepared.programme.eligible]
    told = lines_of(prepared, values, persons) if eligible else refusals_of(prepared.programme, values)
    return _as_outcome(prepared, values, told)


def _as_outcome(prepared: Ready, values: Mapping[str, Any], told: tuple[object, ...]) -> tuple[object, ...]:
    """What is decided, with its lines or refusals; of a programme that pays nothing, its figures too."""
    programme = prepared.programme
    figures = () if programme.amount else tuple(values[name] for name in programme.trace)
    return (bool(values[programme.eligible]), values[programme.aid], told, *figures)


def _parameters_read(prepared: Ready, decision: Decision, finder: PathFinder) -> frozenset[str]:
    """Parameters on the way to the lines and to the conditions that settled the outcome."""
    programme = prepared.programme
    key = programme.law.inputs.person_key
    persons = {one[key]: one for one in decision.persons}
    found: set[str] = set()
    for line in decision.lines:
        found |= finder.of(line.benefit, persons.get(line.person_id)).parameters.keys()
    for one in programme.conditions:
        if decision.eligible or not decision.values[one.formula]:
            found |= finder.of(one.formula).parameters.keys()
    return frozenset(found)
