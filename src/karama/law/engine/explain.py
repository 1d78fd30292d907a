"""Why a household receives what it receives: conditions, data, parameters with their article, in three languages.

Everything is read from the graph that decided: values from the decision, words from the nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from karama.foundation.money import from_centimes
from karama.law.engine.evaluate import bind, decide_rows, read_rows
from karama.law.engine.path import Path, PathFinder
from karama.law.engine.sentences import Phrases, say_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karama.foundation.languages import Label, Language
    from karama.foundation.months import Month
    from karama.law.engine.evaluate import Decision, Line
    from karama.law.engine.graph import Binding, Graph
    from karama.law.engine.parameters import Clock, DatedParameter
    from karama.law.engine.programme import Condition, Programme


@dataclass(frozen=True)
class ConditionExplained:
    """A condition, whether it is met, what was compared, and the sentences."""

    condition: Condition
    met: bool
    value: object
    required: object
    label: Label
    reference: str


@dataclass(frozen=True)
class Explanation:
    """A decision with everything needed to tell it; ``as_dict`` is the JSON of the contract, ``as_text`` a letter."""

    programme: Programme
    decision: Decision
    conditions: tuple[ConditionExplained, ...]
    unconfirmed: tuple[str, ...]
    graph: Graph
    binding: Binding
    paths: Mapping[Line, Path]

    def label_of(self, name: str) -> Label:
        """The label of an input, a formula or a parameter."""
        return label_of(self.programme, self.graph, name)

    def as_dict(self, language: Language = "fr") -> dict[str, Any]:
        """The JSON of ``karama law explain``: amounts in MAD with two decimals, labels in one language."""
        decision = self.decision
        return {
            decision_key(self.programme): decision.household_id,
            "programme": decision.programme,
            "month": str(decision.month),
            "eligible": decision.eligible,
            "aid": decision.aid,
            "amount": from_centimes(decision.amount_centimes),
            "conditions": [self._condition_dict(one, language) for one in self.conditions],
            "lines": [self._line_dict(one, language) for one in decision.lines],
            "reasons": list(decision.reasons),
            "unconfirmed": list(self.unconfirmed),
        }

    def _condition_dict(self, one: ConditionExplained, language: Language) -> dict[str, Any]:
        correct_at = one.condition.correct_at
        return {
            "name": one.condition.formula,
            "met": one.met,
            "value": plain(one.value),
            "required": plain(one.required),
            "citation": one.reference,
            "label": (one.label if one.met else one.condition.refusal_label).get(language),
            "correct_at": correct_at.get(language) if correct_at else None,
        }

    def _line_dict(self, line: Line, language: Language) -> dict[str, Any]:
        formula = self.graph.definitions[line.benefit].formula
        return {
            "benefit": line.benefit,
            "person_id": line.person_id,
            "rank": line.rank,
            "amount": from_centimes(line.amount_centimes),
            "label": formula.label.get(language),
            "citation": formula.reference,
            "because": self.because(line, language),
        }

    def because(self, line: Line, language: Language) -> list[str]:
        """Sentences for one line: the rule, the facts read, the parameters with their article and status."""
        path, phrases = self.paths[line], phrases_of(self.programme, self.graph, language)
        rule = phrases.say(self.graph.definitions[line.benefit].node)
        return [rule, *self._facts(path, language), *self._parameters(path, language)]

    def _facts(self, path: Path, language: Language) -> list[str]:
        """The data read, each with its source; what is unknown is left out."""
        return [
            self._fact(name, person, value, language)
            for (name, person), value in path.inputs.items()
            if value is not None
        ]

    def _fact(self, name: str, person: str | None, value: object, language: Language) -> str:
        column = self.graph.inputs.get(name)
        assert column is not None, "a path reads inputs of the graph"  # noqa: S101
        code = column.code_labels.get(value) if isinstance(value, str) else None
        said = code.get(language) if code else say_value(value, language, column.unit)
        whose = f" ({person})" if person else ""
        return f"{column.label.get(language)}{whose}: {said} — {column.source}"

    def _parameters(self, path: Path, language: Language) -> list[str]:
        return [self.say_parameter(name, language) for name in path.parameters]

    def say_parameter(self, name: str, language: Language) -> str:
        """A parameter with its value, article and, where it is not confirmed, its status."""
        parameter = self.programme.law.parameters.get(name)
        value = self.binding.values.get(name)
        unit = "centimes" if parameter.kind == "money" else ""
        said = say_value(value, language, unit, self.programme.currency)
        dated = self.binding.dated.get(name)
        article = f" ({dated.reference})" if dated else ""
        doubt = f" — {_UNCONFIRMED[language]}" if name in self.unconfirmed else ""
        return f"{parameter.label.get(language)}: {said}{article}{doubt}"


_UNCONFIRMED: dict[Language, str] = {"fr": "non confirmé", "ar": "غير مؤكد", "en": "unconfirmed"}


def decision_key(programme: Programme) -> str:
    """Name of the household's identifier in the programme."""
    return programme.law.inputs.household_key


def plain(value: object) -> object:
    """A value as JSON holds it: decimals exact, dates as text."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return value if isinstance(value, Decimal) else str(value)


def label_of(programme: Programme, graph: Graph, name: str) -> Label:
    """The label of an input, a formula or a parameter."""
    if name in graph.definitions:
        return graph.definitions[name].formula.label
    column = programme.law.inputs.get(name)
    return column.label if column else programme.law.parameters.get(name).label


def phrases_of(programme: Programme, graph: Graph, language: Language) -> Phrases:
    """Phrases in the words of a programme."""
    return Phrases(language, lambda name: label_of(programme, graph, name))


def explain(
    programme: Programme,
    raw: Mapping[str, Any],
    month: Month,
    amounts: Clock = "paid",
    where: str | None = None,
) -> Explanation:
    """Decide one household and tell why.

    Raises:
        BadInputError: a field of the household is wrong.
        LawError: the law has no value for the month.
    """
    graph, binding = bind(programme, month, amounts, None)
    household, persons = read_rows(programme, raw, month, where)
    decision = decide_rows(programme, graph, binding, household, persons)
    finder = PathFinder(graph, binding, decision)
    paths = {line: _line_path(programme, finder, decision, line) for line in decision.lines}
    read = dict.fromkeys(name for path in paths.values() for name in path.parameters)
    read.update(_read_by_conditions(programme, finder, decision))
    doubtful = [programme.law.parameters.get(name) for name in read]
    doubtful = [one for one in doubtful if one.at(month, amounts).status.unconfirmed]

    def changes(one: DatedParameter) -> bool:
        return _matters(programme, graph, binding, one, decision, household, persons)

    return Explanation(
        programme=programme,
        decision=decision,
        conditions=tuple(_condition(programme, graph, binding, decision, one) for one in programme.conditions),
        unconfirmed=tuple(sorted(one.name for one in doubtful if not one.is_switch or changes(one))),
        graph=graph,
        binding=binding,
        paths=paths,
    )


def _line_path(programme: Programme, finder: PathFinder, decision: Decision, line: Line) -> Path:
    key = programme.law.inputs.person_key
    person = next((one for one in decision.persons if one[key] == line.person_id), None)
    return finder.of(line.benefit, person)


def _read_by_conditions(programme: Programme, finder: PathFinder, decision: Decision) -> dict[str, None]:
    """Parameters behind the conditions that settled the outcome: all of them, or those that failed."""
    found: dict[str, None] = {}
    for one in programme.conditions:
        if decision.eligible or not decision.values[one.formula]:
            found.update(finder.of(one.formula).parameters)
    return found


def _matters(  # noqa: PLR0917 - the decision and all it was made of
    programme: Programme,
    graph: Graph,
    binding: Binding,
    switch: DatedParameter,
    decision: Decision,
    household: dict[str, Any],
    persons: list[dict[str, Any]],
) -> bool:
    """Whether another reading of an open rule would change what this household receives or why not."""
    for value in switch.alternatives:
        other = type(binding)(binding.month, {**binding.values, switch.name: value}, binding.dated)
        read_so = decide_rows(programme, graph, other, household, persons)
        same = (read_so.eligible, read_so.aid, read_so.lines, read_so.reasons) == (
            decision.eligible,
            decision.aid,
            decision.lines,
            decision.reasons,
        )
        if not same:
            return True
    return False


def _condition(
    programme: Programme, graph: Graph, binding: Binding, decision: Decision, one: Condition
) -> ConditionExplained:
    formula = graph.definitions[one.formula].formula
    met = bool(decision.values[one.formula])
    return ConditionExplained(
        condition=one,
        met=met,
        value=_named(programme, binding, decision, one.value) if one.value else met,
        required=_named(programme, binding, decision, one.required) if one.required else (None if one.value else True),
        label=formula.label,
        reference=formula.reference,
    )


def _named(programme: Programme, binding: Binding, decision: Decision, name: str) -> object:
    if name in programme.law.parameters.by_name:
        return binding.values.get(name)
    return decision.values.get(name)
