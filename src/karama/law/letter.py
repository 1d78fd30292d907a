"""An explanation as a page of plain text in French, Arabic or English, the way a counter agent reads it aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.foundation.money import format_money
from karama.law.engine.sentences import say_value

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
        "household": "Ménage",
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
        "household": "الأسرة",
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
        "household": "Household",
    },
}


def as_text(explanation: Explanation, language: Language = "fr") -> str:
    """The whole explanation, a line per condition and per benefit with its reasons."""
    words, decision, programme = _TITLES[language], explanation.decision, explanation.programme
    aid = programme.aid_labels.get(decision.aid)
    outcome = words["eligible"] if decision.eligible else words["refused"]
    lines = [
        f"{programme.label.get(language)} · {decision.month} · {words['household']} {decision.household_id}",
        f"{outcome}: {aid.get(language) if aid else decision.aid}",
    ]
    if programme.amount:
        lines.append(f"{words['amount']}: {format_money(decision.amount_centimes, language, programme.currency)}")
    lines += ["", f"{words['conditions']}:", *(_condition(one, language) for one in explanation.conditions)]
    if programme.benefits:
        lines += ["", f"{words['lines']}:", *_benefits(explanation, language)]
    if explanation.unconfirmed:
        lines += ["", f"{words['unconfirmed']}:"]
        lines += [f"  ? {explanation.say_parameter(name, language)}" for name in explanation.unconfirmed]
    return "\n".join([*lines, ""])


def _condition(one: ConditionExplained, language: Language) -> str:
    words, mark = _TITLES[language], "✓" if one.met else "✗"
    label = one.label if one.met else one.condition.refusal_label
    text = f"  {mark} {label.get(language)} [{one.reference}]"
    if one.condition.value and one.value is not None:
        text += f" — {words['value']}: {say_value(one.value, language)}"
    if one.condition.required:
        text += f"; {words['required']}: {say_value(one.required, language)}"
    if not one.met and one.condition.correct_at:
        text += f" — {words['correct']}: {one.condition.correct_at.get(language)}"
    return text


def _benefits(explanation: Explanation, language: Language) -> list[str]:
    words, programme = _TITLES[language], explanation.programme
    if not explanation.decision.lines:
        return [f"  {words['none']}"]
    lines: list[str] = []
    for line in explanation.decision.lines:
        formula = explanation.graph.definitions[line.benefit].formula
        whose = f" — {line.person_id}" if line.person_id else ""
        rank = f", {words['rank']} {line.rank}" if line.rank else ""
        amount = format_money(line.amount_centimes, language, programme.currency)
        lines.append(f"  + {amount}: {formula.label.get(language)}{whose}{rank} [{formula.reference}]")
        rule, *facts = explanation.because(line, language)
        lines.append(f"      {words['rule']}: {rule}")
        lines += [f"      · {fact}" for fact in facts]
    return lines
