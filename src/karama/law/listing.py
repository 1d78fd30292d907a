"""The dated parameters of a programme as a list, with what a lawyer must check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karama.foundation.money import from_centimes
from karama.law.engine.explain import plain
from karama.law.engine.sentences import say_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from karama.foundation.languages import Language
    from karama.foundation.months import Month
    from karama.law.engine.parameters import DatedParameter, DatedValue
    from karama.law.engine.programme import Programme


@dataclass(frozen=True)
class Row:
    """One value of one parameter."""

    parameter: DatedParameter
    dated: DatedValue
    currency: str

    def as_dict(self, language: Language) -> dict[str, Any]:
        """The row as JSON, money in the main unit."""
        one, dated = self.parameter, self.dated
        return {
            "name": one.name,
            "label": one.label.get(language),
            "value": self._plain(dated.value),
            "unit": one.unit,
            "legal_from": str(dated.legal_from),
            "paid_from": str(dated.paid_from),
            "status": dated.status.value,
            "reference": dated.reference,
            "note": dated.note,
            "alternatives": [self._plain(value) for value in one.alternatives],
            "file": one.file,
        }

    def _plain(self, value: object) -> object:
        if isinstance(value, dict):
            return {code: self._plain(one) for code, one in value.items()}
        if self.parameter.kind == "money" and isinstance(value, int):
            return from_centimes(value)
        return plain(value)

    def say(self, language: Language) -> str:
        """The value as readers write it."""
        unit = "centimes" if self.parameter.kind == "money" else ""
        if isinstance(self.dated.value, dict):
            return ", ".join(f"{code}: {say_value(one, language)}" for code, one in self.dated.value.items())
        return say_value(self.dated.value, language, unit, self.currency)


def listing(programme: Programme, month: Month | None = None, *, unconfirmed_only: bool = False) -> list[Row]:
    """All values, or those in force in a month; only the unconfirmed ones if asked."""
    rows = []
    for parameter in programme.law.parameters:
        values: Sequence[DatedValue] = parameter.values
        if month is not None:
            started = [value for value in values if value.paid_from <= month]
            values = [parameter.at(month)] if started else []
        rows += [Row(parameter, value, programme.currency) for value in values]
    return [row for row in rows if row.dated.status.unconfirmed or not unconfirmed_only]


_WORDS: dict[Language, dict[str, str]] = {
    "fr": {"from": "à partir de", "paid": "payé à partir de", "or": "ou"},
    "ar": {"from": "ابتداء من", "paid": "يؤدى ابتداء من", "or": "أو"},
    "en": {"from": "from", "paid": "paid from", "or": "or"},
}


def as_text(rows: Sequence[Row], language: Language = "fr") -> str:
    """The list as text: value, dates, act, status; switches with their other readings."""
    words, lines = _WORDS[language], []
    for row in rows:
        one, dated = row.parameter, row.dated
        dates = f"{words['from']} {dated.legal_from}"
        if dated.paid_from != dated.legal_from:
            dates += f", {words['paid']} {dated.paid_from}"
        mark = "?" if dated.status.unconfirmed else "✓"
        lines.append(f"{mark} {one.name} = {row.say(language)} ({dates})")
        lines.append(f"    {one.label.get(language)} · {one.unit} · {dated.status.value} · {dated.reference}")
        if dated.note:
            lines.append(f"    {dated.note}")
        if one.alternatives and not one.key:
            others = f" {words['or']} ".join(say_value(value, language) for value in one.alternatives)
            lines.append(f"    {words['or']}: {others}")
    return "\n".join([*lines, ""])
