"""Why a household receives what it receives: conditions, data, parameters with their article, in three languages.

Everything is read from the graph that decided: values from the decision, words from the nodes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from karama.foundation.money import from_centimes
from karama.foundation.months import Month
from karama.law.engine.doubts import doubts_of
from karama.law.engine.evaluate import decide_rows, read_rows, ready
from karama.law.engine.path import Path, PathFinder
from karama.law.engine.speech import phrases_of, speech_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karama.foundation.languages import Label, Language
    from karama.law.engine.evaluate import Decision, Line, Ready
    from karama.law.engine.graph import Binding, Graph
    from karama.law.engine.parameters import Clock
    from karama.law.engine.programme import Condition, Programme
    from karama.law.engine.speech import Speech


UNCONFIRMED: dict[Language, str] = {"fr": "non confirmé", "ar": "غير مؤكد", "en": "unconfirmed"}


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

    prepared: Ready
    decision: Decision
    conditions: tuple[ConditionExplained, ...]
    unconfirmed: tuple[str, ...]
    finder: PathFinder

    @property
    def programme(self) -> Programme:
        """What was decided."""
        return self.prepared.programme

    @property
    def graph(self) -> Graph:
        """The formulas of the month."""
        return self.prepared.graph

    @cached_property
    def paths(self) -> Mapping[Line, Path]:
        """What was read on the way to each line; followed only when somebody asks why."""
        persons = {one[self.graph.inputs.person_key]: one for one in self.decision.persons}
        return {line: self.finder.of(line.benefit, persons.get(line.person_id)) for line in self.decision.lines}

    @cached_property
    def _said(self) -> dict[tuple[Language, str, str | None], str]:
        """Facts already in words: several lines rest on the same."""
        return {}

    def as_dict(self, language: Language = "fr") -> dict[str, Any]:
        """The JSON of ``karama law explain``: amounts with two decimals, labels in one language.

        A person decided alone, outside any household (a child in care), has ``person_id`` and a null ``household_id``.
        """
        decision, inputs = self.decision, self.programme.law.inputs
        alone = {} if inputs.person_table else {inputs.person_key: decision.household_id}
        return {
            "household_id": decision.household_id if inputs.person_table else None,
            **alone,
            "programme": decision.programme,
            "month": str(decision.month),
            "eligible": decision.eligible,
            "aid": decision.aid,
            "amount": from_centimes(decision.amount_centimes),
            "conditions": [self._condition_dict(one, language) for one in self.conditions],
            "lines": [self._line_dict(one, language) for one in decision.lines],
            "reasons": list(decision.reasons),
            "unconfirmed": list(self.unconfirmed),
            "trace": {name: self._traced(name) for name in self.programme.trace},
        }

    def _traced(self, name: str) -> object:
        value = self.decision.values[name]
        if self.graph.definitions[name].formula.unit == "centimes":
            return from_centimes(value)
        return plain(value)

    def _condition_dict(self, one: ConditionExplained, language: Language) -> dict[str, Any]:
        correct_at = one.condition.correct_at
        return {
            "name": one.condition.formula,
            "met": one.met,
            "value": plain(one.value),
            "required": plain(one.required),
            "citation": self.programme.translate(one.reference, language),
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
            "citation": self.programme.translate(formula.reference, language),
            "because": self.because(line, language),
        }

    def because(self, line: Line, language: Language) -> list[str]:
        """Sentences for one line: the rule, what it counted, the facts read, the parameters with article and status."""
        path, speech = self.paths[line], speech_of(self.programme, self.graph, language)
        steps = [self._say(speech, language, one) for one in path.steps.items()]
        own: list[str] = []
        others: list[str] = []
        for one in path.inputs.items():
            (_, who), value = one
            if value is not None:
                (own if who == line.person_id else others).append(self._say(speech, language, one))
        parameters = [self.say_parameter(name, language) for name in path.parameters]
        return [speech.rule(line.benefit), *steps, *own, *others, *parameters]

    def _say(self, speech: Speech, language: Language, one: tuple[tuple[str, str | None], object]) -> str:
        (name, who), value = one
        key = (language, name, who)
        if key not in self._said:
            self._said[key] = speech.column(name, who, value)
        return self._said[key]

    def say_parameter(self, name: str, language: Language) -> str:
        """A parameter with its value, article and, where it is not confirmed, its status."""
        said, key = self.prepared.said, (name, language)
        if key not in said:
            said[key] = _parameter_said(self.prepared, name, language)
        return said[key]


def _parameter_said(prepared: Ready, name: str, language: Language) -> str:
    binding, programme = prepared.binding, prepared.programme
    text = speech_of(programme, prepared.graph, language).parameter(name, binding.values[name])
    dated = binding.dated.get(name)
    article = f" ({programme.translate(dated.reference, language)})" if dated else ""
    doubt = f" — {UNCONFIRMED[language]}" if dated and dated.status.unconfirmed else ""
    return f"{text}{article}{doubt}"


def plain(value: object) -> object:
    """A value as JSON holds it: decimals exact, dates as text."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return value if isinstance(value, Decimal) else str(value)


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
    prepared = ready(programme, month, amounts)
    household, persons = read_rows(programme, raw, month, where)
    decision = decide_rows(prepared, household, persons)
    finder = PathFinder(prepared.ways, decision.values, decision.persons)
    return Explanation(
        prepared=prepared,
        decision=decision,
        conditions=tuple(_condition(prepared, decision, one) for one in programme.conditions),
        unconfirmed=doubts_of(prepared).that_mattered(decision, finder),
        finder=finder,
    )


def _condition(prepared: Ready, decision: Decision, one: Condition) -> ConditionExplained:
    programme, binding = prepared.programme, prepared.binding
    formula = prepared.graph.definitions[one.formula].formula
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
    """The value of a column or a parameter; a month as a month."""
    if name in programme.law.parameters.by_name:
        value: object = binding.values.get(name)
        is_month = programme.law.parameters.get(name).kind == "month"
    else:
        value, column = decision.values.get(name), programme.law.inputs.get(name)
        is_month = column is not None and column.month
    return Month.of(value) if is_month and isinstance(value, dt.date) else value


__all__ = ["ConditionExplained", "Explanation", "explain", "phrases_of", "plain"]
