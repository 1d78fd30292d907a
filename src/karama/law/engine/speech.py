"""The values of a programme in words: facts with their source, parameters with their unit, rules as sentences."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from karama.foundation.months import Month
from karama.law.engine.sentences import Phrases, say_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from karama.foundation.languages import Label, Language
    from karama.law.engine.graph import Graph
    from karama.law.engine.programme import Programme

COLON: dict[Language, str] = {"fr": " : ", "ar": ": ", "en": ": "}
"""A label and what it says, as each language parts them."""

_NOT_SAID = {"", "centimes", "score", "rank", "yes or no", "date", "month", "month of the year"}
"""Units that the value itself or its label already says."""

_KEPT_VALUES = 1024
"""Values of a column whose words are kept."""


def label_of(programme: Programme, graph: Graph, name: str) -> Label:
    """The label of an input, a formula or a parameter."""
    if name in graph.definitions:
        return graph.definitions[name].formula.label
    column = programme.law.inputs.get(name)
    return column.label if column else programme.law.parameters.get(name).label


def code_label(programme: Programme, name: str, code: str) -> Label | None:
    """What a code means in a column, a parameter or the kind of aid; None where nothing says it."""
    if name == programme.aid:
        return programme.aid_labels.get(code)
    column = programme.law.inputs.get(name)
    if column is not None:
        return column.code_labels.get(code)
    parameter = programme.law.parameters.by_name.get(name)
    return parameter.choice_labels.get(code) if parameter else None


def phrases_of(programme: Programme, graph: Graph, language: Language) -> Phrases:
    """Phrases in the words of a programme."""

    def code_of(name: str, code: str) -> str:
        label = code_label(programme, name, code)
        return label.get(language) if label else code

    return Phrases(language, lambda name: label_of(programme, graph, name), code_of)


def say_month(month: Month, language: Language) -> str:
    """A month as a reader of the language writes it."""
    return str(month) if language == "en" else f"{month.month:02d}/{month.year}"


class Speech:
    """The words of one programme in one language; what does not depend on a household is said once and kept."""

    def __init__(self, programme: Programme, graph: Graph, language: Language) -> None:
        """Bind programme and language."""
        self._programme = programme
        self._graph = graph
        self._language = language
        self._phrases = phrases_of(programme, graph, language)
        self._rules: dict[str, str] = {}
        self._sources: dict[str, str] = {}
        self._frames: dict[str, tuple[str, str, str, Callable[[Any], str]]] = {}

    def rule(self, name: str) -> str:
        """A formula as a sentence."""
        if name not in self._rules:
            self._rules[name] = self._phrases.say(self._graph.definitions[name].node)
        return self._rules[name]

    def column(self, name: str, person: str | None, value: object) -> str:
        """A fact with its source, or the result of a formula: label, whose it is, value."""
        if name not in self._frames:
            self._frames[name] = self._frame(name)
        label, colon, source, say = self._frames[name]
        return f"{label} ({person}){colon}{say(value)}{source}" if person else f"{label}{colon}{say(value)}{source}"

    def value(self, name: str, value: object) -> str:
        """The value of a fact or of a formula's result alone, with its unit."""
        if name not in self._frames:
            self._frames[name] = self._frame(name)
        return self._frames[name][3](value)

    def _frame(self, name: str) -> tuple[str, str, str, Callable[[Any], str]]:
        """What is said around the values of a column, and how the values are said; each is said once and kept."""
        label = label_of(self._programme, self._graph, name).get(self._language)
        column = None if name in self._graph.definitions else self._programme.law.inputs.get(name)
        if column is None:
            unit, source = self._graph.definitions[name].formula.unit, ""
        else:
            unit, source = column.unit, f" — {self.source(name, column.source)}"
        say = self.month if column is not None and column.month else partial(self._value, name, unit)
        return label, COLON[self._language], source, lru_cache(_KEPT_VALUES)(say)

    def parameter(self, name: str, value: object) -> str:
        """A parameter: label and value."""
        parameter = self._programme.law.parameters.get(name)
        unit = "centimes" if parameter.kind == "money" else parameter.unit
        if isinstance(value, dict):
            said = ", ".join(f"{code}: {self._value(name, unit, one)}" for code, one in value.items())
        else:
            said = self.month(value) if parameter.kind == "month" else self._value(name, unit, value)
        return f"{parameter.label.get(self._language)}{COLON[self._language]}{said}"

    def source(self, name: str, source: str) -> str:
        """The registry that holds a fact."""
        if name not in self._sources:
            self._sources[name] = self._programme.translate(source, self._language)
        return self._sources[name]

    def month(self, value: object) -> str:
        """A month kept as its first day."""
        if isinstance(value, dt.date):
            value = Month.of(value)
        return say_month(value, self._language) if isinstance(value, Month) else say_value(value, self._language)

    def _value(self, name: str, unit: str, value: object) -> str:
        label = code_label(self._programme, name, value) if isinstance(value, str) else None
        if label:
            return label.get(self._language)
        said = say_value(value, self._language, unit, self._programme.currency)
        if not isinstance(value, int) or isinstance(value, bool) or unit in _NOT_SAID:
            return said
        return f"{said} {self._programme.translate(unit, self._language, value)}"


_SPEECHES: dict[tuple[int, int, Language], Speech] = {}


def speech_of(programme: Programme, graph: Graph, language: Language) -> Speech:
    """The words of a programme for a graph in a language, kept for the next call."""
    key = (id(programme), id(graph), language)
    if key not in _SPEECHES:
        _SPEECHES[key] = Speech(programme, graph, language)
    return _SPEECHES[key]
