"""An explanation as a page of plain text in French, Arabic or English, the way a counter agent reads it aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.foundation.money import format_money
from karama.foundation.months import Month
from karama.law.engine.sentences import say_value
from karama.law.engine.speech import COLON, say_month, speech_of

if TYPE_CHECKING:
    from karama.foundation.languages import Language
    from karama.law.engine.explain import ConditionExplained, Explanation

_TITLES: dict[Language, dict[str, str]] = {
    "fr": {
        "eligible": "Droit ouvert",
        "refused": "Pas de droit ce mois",
        "amount": "Montant du mois",
        "conditions": "Conditions",
        "lines": "Détail",
        "none": "aucune ligne",
        "value": "valeur",
        "required": "limite",
        "correct": "à corriger auprès de",
        "rank": "rang",
        "unconfirmed": "Points non confirmés qui ont compté (textes à vérifier par un juriste)",
        "rule": "règle",
        "figures": "Chiffres",
    },
    "ar": {
        "eligible": "الحق مفتوح",
        "refused": "لا حق هذا الشهر",
        "amount": "مبلغ الشهر",
        "conditions": "الشروط",
        "lines": "التفصيل",
        "none": "لا شيء",
        "value": "القيمة",
        "required": "الحد",
        "correct": "يصحح لدى",
        "rank": "الرتبة",
        "unconfirmed": "نقاط غير مؤكدة كان لها أثر (نصوص يجب أن يتحقق منها خبير قانوني)",
        "rule": "القاعدة",
        "figures": "الأرقام",
    },
    "en": {
        "eligible": "Eligible",
        "refused": "Not eligible this month",
        "amount": "Amount of the month",
        "conditions": "Conditions",
        "lines": "Detail",
        "none": "no line",
        "value": "value",
        "required": "limit",
        "correct": "to be corrected at",
        "rank": "rank",
        "unconfirmed": "Unconfirmed points that mattered (texts to be checked by a lawyer)",
        "rule": "rule",
        "figures": "Figures",
    },
}


def as_text(explanation: Explanation, language: Language = "fr") -> str:
    """The whole explanation, a line per condition and per benefit with its reasons."""
    words, colon = _TITLES[language], COLON[language]
    decision, programme = explanation.decision, explanation.programme
    aid = programme.aid_labels.get(decision.aid)
    who = programme.law.inputs.get(programme.law.inputs.household_key)
    assert who is not None  # noqa: S101 - every programme has the key of its table
    outcome = words["eligible"] if decision.eligible else words["refused"]
    title = f"{programme.label.get(language)} · {say_month(decision.month, language)}"
    lines = [
        f"{title} · {who.label.get(language)} {decision.household_id}",
        (f"{outcome}{colon}" if programme.conditions else "") + (aid.get(language) if aid else decision.aid),
    ]
    if programme.amount:
        amount = format_money(decision.amount_centimes, language, programme.currency)
        lines.append(f"{words['amount']}{colon}{amount}")
    if programme.conditions:
        lines += ["", f"{words['conditions']}{colon.rstrip()}"]
        lines += [_condition(explanation, one, language) for one in explanation.conditions]
    if programme.benefits:
        lines += ["", f"{words['lines']}{colon.rstrip()}", *_benefits(explanation, language)]
    if not programme.conditions:
        lines += ["", f"{words['figures']}{colon.rstrip()}", *_figures(explanation, language)]
    if explanation.unconfirmed:
        lines += ["", f"{words['unconfirmed']}{colon.rstrip()}"]
        lines += [f"  ? {explanation.say_parameter(name, language)}" for name in explanation.unconfirmed]
    return "\n".join([*lines, ""])


def _condition(explanation: Explanation, one: ConditionExplained, language: Language) -> str:
    words, colon, mark = _TITLES[language], COLON[language], "✓" if one.met else "✗"
    label = one.label if one.met else one.condition.refusal_label
    text = f"  {mark} {label.get(language)} [{explanation.programme.translate(one.reference, language)}]"
    compared = []
    if one.condition.value and one.value is not None:
        compared.append(f"{words['value']}{colon}{_said(one.value, language)}")
        if one.condition.required:
            compared.append(f"{words['required']}{colon}{_said(one.required, language)}")
    if compared:
        text += f" — {_AND[language].join(compared)}"
    if not one.met and one.condition.correct_at:
        text += f" — {words['correct']}{colon}{one.condition.correct_at.get(language)}"
    return text


def _said(value: object, language: Language) -> str:
    return say_month(value, language) if isinstance(value, Month) else say_value(value, language)


def _benefits(explanation: Explanation, language: Language) -> list[str]:
    words, colon, programme = _TITLES[language], COLON[language], explanation.programme
    if not explanation.decision.lines:
        return [f"  {words['none']}"]
    lines: list[str] = []
    for line in explanation.decision.lines:
        formula = explanation.graph.definitions[line.benefit].formula
        whose = f" — {line.person_id}" if line.person_id else ""
        rank = f"{_COMMA[language]}{words['rank']} {line.rank}" if line.rank else ""
        amount = format_money(line.amount_centimes, language, programme.currency)
        article = programme.translate(formula.reference, language)
        lines.append(f"  + {amount}{colon}{formula.label.get(language)}{whose}{rank} [{article}]")
        rule, *facts = explanation.because(line, language)
        lines.append(f"      {words['rule']}{colon}{rule}")
        lines += [f"      · {fact}" for fact in facts]
    return lines


def _figures(explanation: Explanation, language: Language) -> list[str]:
    """The figures of a programme that has no condition, as a score; those of value 0 are left out."""
    speech = speech_of(explanation.programme, explanation.graph, language)
    values = explanation.decision.values
    return [f"  {speech.column(name, None, values[name])}" for name in explanation.programme.trace if values[name]]


_COMMA: dict[Language, str] = {"fr": ", ", "ar": "، ", "en": ", "}
_AND: dict[Language, str] = {"fr": " ; ", "ar": "؛ ", "en": "; "}
