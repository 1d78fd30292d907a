"""One notice in one language: how it says months, amounts, values, persons and places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karama.delivery.decisions.notice.private import private_names
from karama.delivery.decisions.notice.words import say
from karama.foundation.languages import Label, isolated
from karama.foundation.money import format_money
from karama.foundation.months import Month
from karama.foundation.reference_codes import spoken
from karama.foundation.wording import month_name
from karama.law.engine.sentences import say_value
from karama.law.engine.speech import Speech, code_label, label_of, speech_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from karama.delivery.decisions.notice.facts import NoticeFacts
    from karama.delivery.decisions.notice.outcome import Outcome
    from karama.foundation.languages import Language
    from karama.law.engine.explain import Explanation

_RSU, _RNP = Label("RSU", "السجل الاجتماعي الموحد", "RSU"), Label("RNP", "السجل الوطني للسكان", "RNP")
_REVISION = Label("RSU : révision de l'indice", "السجل الاجتماعي الموحد: مراجعة المؤشر", "RSU: revision of the score")
_ASD_SPACE = Label("espace ASD", "فضاء الدعم الاجتماعي المباشر", "ASD space")
_SCORES = frozenset({"score", "previous_score", "score_effective_from"})
_SHORT = 4

FactKey = tuple[str, str | None]
"""A column and the person it is about, None for the household's own."""


@dataclass(frozen=True)
class Telling:
    """An explanation, what the record adds, and the language of the reader."""

    explanation: Explanation
    facts: NoticeFacts
    outcome: Outcome
    language: Language

    @property
    def speech(self) -> Speech:
        """The law's words for values."""
        return speech_of(self.explanation.programme, self.explanation.graph, self.language)

    @property
    def private(self) -> frozenset[str]:
        """What the reader may not be told: nothing where he may read facts of health."""
        if self.facts.with_health:
            return frozenset()
        return private_names(self.outcome.programme, self.outcome.month)

    def say(self, name: str, **values: str) -> str:
        """A sentence of the letters."""
        return say(name, self.language, **values)

    def month(self, month: Month) -> str:
        """A month by its name."""
        return month_name(month, self.language)

    def day(self, day: dt.date) -> str:
        """A day as the reader writes it."""
        return say_value(day, self.language)

    def money(self, centimes: int) -> str:
        """An amount with its currency."""
        return format_money(centimes, self.language, self.explanation.programme.currency)

    def code(self, code: str) -> str:
        """A reference code in groups, in its own order."""
        return self.isolated(spoken(code))

    def isolated(self, text: str) -> str:
        """Latin text that stands inside a sentence."""
        return isolated(text, self.language)

    def label(self, name: str) -> str:
        """The label of a fact, a formula or a parameter."""
        return label_of(self.explanation.programme, self.explanation.graph, name).get(self.language)

    def value(self, name: str, value: object) -> str:
        """A fact's or a result's value in words."""
        return self.speech.value(name, value)

    def parameter(self, name: str, value: object) -> str:
        """The value of a parameter of the law."""
        return self.speech.parameter(name, value).removeprefix(self.label(name)).lstrip(" :\u00a0")

    def compared(self, value: object) -> str:
        """A value or a limit of a condition; a month by its name, which no direction of writing turns round."""
        return self.month(value) if isinstance(value, Month) else say_value(value, self.language)

    def article(self, reference: str) -> str:
        """A citation in the reader's words."""
        return self.explanation.programme.translate(reference, self.language)

    def who(self, person: str | None) -> str:
        """A person by name, or by role and the end of the identifier; the family where it is nobody's own."""
        inputs = self.explanation.programme.law.inputs
        if inputs.person_table is None:
            person = self.explanation.decision.household_id
            return self._named(person) or self.say("child_in_care")
        if person is None:
            return self.say("family")
        row = self._row(person)
        label = code_label(self.explanation.programme, "role", str(row["role"])) if "role" in row else None
        role = label.get(self.language) if label else ""
        return self._named(person) or f"{role} {self.isolated('…' + person[-_SHORT:])}".strip()

    def place(self, name: str) -> str:
        """Where a citizen corrects a fact: by its registry; everything but the RNP and the RSU in the ASD space."""
        column = self.explanation.programme.law.inputs.get(name)
        source = column.source if column else ""
        if name in _SCORES:
            return _REVISION.get(self.language)
        place = _RNP if "RNP" in source else _RSU if "RSU" in source else _ASD_SPACE
        return place.get(self.language)

    def _named(self, person: str) -> str:
        name = self.facts.people.get(person)
        return name.get(self.language) if name else ""

    def _row(self, person: str) -> Mapping[str, Any]:
        key = self.explanation.programme.law.inputs.person_key
        return next((one for one in self.explanation.decision.persons if one[key] == person), {})


def facts_read(explanation: Explanation, benefit: str = "", person: str | None = None) -> dict[FactKey, object]:
    """Every fact that the decision has read, in the order of the register's columns, the household's first.

    Those on the way to each condition and to each line, and to the one grant claimed where there is one; without the
    identifiers, and without what is unknown unless a condition failed for it.
    """
    finder, decision = explanation.finder, explanation.decision
    inputs = explanation.programme.law.inputs
    found: dict[FactKey, object] = {}
    for condition in explanation.conditions:
        found.update(finder.of(condition.condition.formula).inputs)
    for line in decision.lines:
        found.update(explanation.paths[line].inputs)
    if benefit:
        row = next((one for one in decision.persons if one[inputs.person_key] == person), None)
        found.update(finder.of(benefit, row).inputs)
    failed = {name for one in explanation.conditions if not one.met for name in _compared_names(explanation, one)}
    order = {column.name: place for place, column in enumerate(inputs.columns)}
    people = {one[inputs.person_key]: place for place, one in enumerate(decision.persons)}
    kept = {
        key: value
        for key, value in found.items()
        if key[0] in order and key[0] not in _identifiers(explanation) and (value is not None or key[0] in failed)
    }
    ordered = sorted(kept, key=lambda key: (people.get(key[1] or "", -1), order[key[0]]))
    return {key: kept[key] for key in ordered}


def _compared_names(explanation: Explanation, one: Any) -> set[str]:  # noqa: ANN401 - a condition explained
    return {name for name, _ in explanation.finder.of(one.condition.formula).inputs}


def _identifiers(explanation: Explanation) -> set[str]:
    inputs = explanation.programme.law.inputs
    return {inputs.household_key, inputs.person_key, "mother_id"}
