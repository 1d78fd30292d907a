"""A score told variable by variable: value, coefficient, contribution, article; and its place by the thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from karama.law import programme_named
from karama.law.citations import translate
from karama.law.engine.evaluate import bind, decide_one
from karama.law.engine.sentences import say_value
from karama.law.rsu import PROGRAMME
from karama.law.rsu.score.formulas import CONTRIBUTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karama.foundation.languages import Label, Language
    from karama.foundation.months import Month
    from karama.law.engine.programme import Programme

WITH_THRESHOLD = ("asd", "amo_tadamon")
"""The programmes open at or under a score."""


@dataclass(frozen=True)
class Contribution:
    """What one variable adds to the score: coefficient times value, divided by ``divided_by`` where it is a share."""

    name: str
    label: Label
    value: object
    divided_by: int | None
    coefficient: Decimal
    contribution: Decimal
    status: str
    reference: str
    note: str


@dataclass(frozen=True)
class ScoreExplained:
    """A score with its contributions, which add up to it before rounding."""

    household_id: str
    score: Decimal
    base: Decimal
    contributions: tuple[Contribution, ...]
    thresholds: Mapping[str, Decimal]

    def as_dict(self, language: Language = "fr") -> dict[str, Any]:
        """The JSON of ``karama law score``."""
        return {
            "household_id": self.household_id,
            "score": self.score,
            "constant_and_region": self.base,
            "contributions": [
                {
                    "variable": one.name,
                    "label": one.label.get(language),
                    "value": one.value,
                    "divided_by": one.divided_by,
                    "coefficient": one.coefficient,
                    "contribution": one.contribution,
                    "status": one.status,
                    "citation": translate(one.reference, language),
                    "note": translate(one.note, language),
                }
                for one in self.contributions
            ],
            "thresholds": {
                name: {"threshold": value, "at_or_under": self.score <= value}
                for name, value in self.thresholds.items()
            },
        }


def contributions(household: Mapping[str, Any], month: Month, where: str | None = None) -> ScoreExplained:
    """Score a household given with its ``score_inputs`` and keep every contribution.

    Raises:
        BadInputError: a field is unknown, missing or impossible.
    """
    decision = decide_one(PROGRAMME, household, month, where=where)
    values = decision.values
    milieu = values["milieu"]
    _, binding = bind(PROGRAMME, month, "paid", None)
    found = []
    for formula in CONTRIBUTIONS:
        if not formula.name.startswith(milieu):
            continue
        _, coefficient, column, *base = formula.arguments
        dated = binding.dated[coefficient]
        found.append(
            Contribution(
                name=formula.name.removeprefix(f"{milieu}_").removesuffix("_contribution"),
                label=formula.label,
                value=values[column],
                divided_by=values[base[0]] if base else None,
                coefficient=dated.value,  # type: ignore[arg-type]
                contribution=values[formula.name],
                status=dated.status.value,
                reference=dated.reference,
                note=dated.note,
            )
        )
    thresholds = {name: _threshold(programme_named(name), month) for name in WITH_THRESHOLD}
    return ScoreExplained(
        decision.household_id, values["computed_score"], values["base_contribution"], tuple(found), thresholds
    )


def _threshold(programme: Programme, month: Month) -> Decimal:
    parameter = programme.law.parameters.get("score_threshold")
    value = parameter.at(max(month, parameter.values[0].legal_from)).value
    assert isinstance(value, Decimal)  # noqa: S101 - the type its file gives it
    return value


_WORDS: dict[Language, dict[str, str]] = {
    "fr": {
        ":": " : ",
        "score": "Indice socio-économique",
        "base": "constante et région",
        "under": "au seuil ou en dessous",
        "above": "au-dessus du seuil",
        "poorer": "plus bas, plus pauvre",
        "unconfirmed": "non confirmé",
    },
    "ar": {
        ":": ": ",
        "score": "المؤشر الاجتماعي والاقتصادي",
        "base": "الثابت والجهة",
        "under": "في حدود العتبة",
        "above": "فوق العتبة",
        "poorer": "كلما انخفض كانت الأسرة أفقر",
        "unconfirmed": "غير مؤكد",
    },
    "en": {
        ":": ": ",
        "score": "Socio-economic score",
        "base": "constant and region",
        "under": "at or under the threshold",
        "above": "above the threshold",
        "poorer": "the lower, the poorer",
        "unconfirmed": "unconfirmed",
    },
}


def as_text(found: ScoreExplained, language: Language = "fr") -> str:
    """The score as a page of text, the largest contributions first."""
    words = _WORDS[language]
    title = f"{words['score']} · {found.household_id}{words[':']}{say_value(found.score, language)}"
    lines = [f"{title} ({words['poorer']})"]
    for name, threshold in found.thresholds.items():
        place = words["under"] if found.score <= threshold else words["above"]
        label = programme_named(name).label.get(language)
        lines.append(f"  {label}{words[':']}{place} ({say_value(threshold, language)})")
    lines.append(f"  {say_value(found.base, language):>12}  {words['base']}")
    largest_first = sorted(found.contributions, key=lambda one: -abs(one.contribution))
    lines += [f"  {say_value(one.contribution, language):>12}  {_how(one, language)}" for one in largest_first]
    return "\n".join([*lines, ""])


def _how(one: Contribution, language: Language) -> str:
    """``label: value ÷ base × coefficient``, and what is not confirmed of it."""
    words = _WORDS[language]
    share = f" ÷ {one.divided_by}" if one.divided_by is not None else ""
    times = f"{say_value(one.value, language)}{share} × {say_value(one.coefficient, language)}"
    doubt = ""
    if one.status != "confirmed":
        note = f"{words[':']}{translate(one.note, language)}" if one.note else ""
        doubt = f" — {words['unconfirmed']}{note}"
    return f"{one.label.get(language)}{words[':']}{times}{doubt}"
