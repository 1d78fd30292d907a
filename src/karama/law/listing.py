"""The dated parameters of a programme as a list, with what a lawyer must check."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karama.foundation.money import from_centimes
from karama.foundation.months import Month
from karama.law.engine.explain import plain
from karama.law.engine.sentences import say_value
from karama.law.engine.speech import say_month

if TYPE_CHECKING:
    from collections.abc import Sequence

    from karama.foundation.languages import Language
    from karama.law.engine.parameters import Clock, DatedParameter, DatedValue
    from karama.law.engine.programme import Programme


@dataclass(frozen=True)
class Row:
    """One value of one parameter of a programme."""

    programme: Programme
    parameter: DatedParameter
    dated: DatedValue

    @property
    def currency(self) -> str:
        """The currency of its amounts."""
        return self.programme.currency

    def as_dict(self, language: Language) -> dict[str, Any]:
        """The row as JSON, money in the main unit, words in the language."""
        one, dated, translate = self.parameter, self.dated, self.programme.translate
        return {
            "name": one.name,
            "label": one.label.get(language),
            "value": self._plain(dated.value),
            "unit": translate(one.unit, language),
            "legal_from": str(dated.legal_from),
            "paid_from": str(dated.paid_from),
            "status": dated.status.value,
            "reference": translate(dated.reference, language),
            "note": translate(dated.note, language),
            "alternatives": [self._plain(value) for value in one.alternatives],
            "file": one.file,
        }

    def _plain(self, value: object) -> object:
        if isinstance(value, dict):
            return {code: self._plain(one) for code, one in value.items()}
        if self.parameter.kind == "money" and isinstance(value, int):
            return from_centimes(value)
        if self.parameter.kind == "month" and isinstance(value, dt.date):
            return str(Month.of(value))
        return plain(value)

    def say(self, language: Language) -> str:
        """The value as readers write it."""
        return self.say_other(self.dated.value, language)

    def say_other(self, value: object, language: Language) -> str:
        """Another value of the parameter as readers write it."""
        kind = self.parameter.kind
        if isinstance(value, dict):
            return ", ".join(f"{code}: {self.say_other(one, language)}" for code, one in value.items())
        if isinstance(value, str) and value in self.parameter.choice_labels:
            return self.parameter.choice_labels[value].get(language)
        if kind == "month" and isinstance(value, dt.date):
            return say_month(Month.of(value), language)
        return say_value(value, language, "centimes" if kind == "money" else "", self.currency)


def listing(
    programme: Programme, month: Month | None = None, amounts: Clock = "paid", *, unconfirmed_only: bool = False
) -> list[Row]:
    """All values, or those in force in a month on a clock; only the unconfirmed ones if asked."""
    rows = []
    for parameter in programme.law.parameters:
        values: Sequence[DatedValue] = parameter.values
        if month is not None:
            started = any(value.starts(amounts) <= month for value in values)
            values = [parameter.at(month, amounts)] if started else []
        rows += [Row(programme, parameter, value.on(amounts)) for value in values]
    return [row for row in rows if row.dated.status.unconfirmed or not unconfirmed_only]


_WORDS: dict[Language, dict[str, str]] = {
    "fr": {"from": "à partir de", "paid": "payé à partir de", "or": " ou ", "others": "autres lectures : ", ",": ", "},
    "ar": {"from": "ابتداء من", "paid": "يؤدى ابتداء من", "or": " أو ", "others": "قراءات أخرى: ", ",": "، "},
    "en": {"from": "from", "paid": "paid from", "or": " or ", "others": "other readings: ", ",": ", "},
}


def as_text(rows: Sequence[Row], language: Language = "fr") -> str:
    """The list as text: value, dates, act, status; switches with their other readings."""
    words, lines = _WORDS[language], []
    for row in rows:
        one, dated, translate = row.parameter, row.dated, row.programme.translate
        dates = f"{words['from']} {say_month(dated.legal_from, language)}"
        if dated.paid_from != dated.legal_from:
            dates += f"{words[',']}{words['paid']} {say_month(dated.paid_from, language)}"
        mark = "?" if dated.status.unconfirmed else "✓"
        lines.append(f"{mark} {one.name} = {row.say(language)} ({dates})")
        facts = [translate(text, language) for text in (one.unit, dated.status.value, dated.reference)]
        lines.append("    " + " · ".join([one.label.get(language), *facts]))
        if dated.note:
            lines.append(f"    {translate(dated.note, language)}")
        if one.alternatives and not one.key:
            others = words["or"].join(row.say_other(value, language) for value in one.alternatives)
            lines.append(f"    {words['others']}{others}")
    return "\n".join([*lines, ""])
