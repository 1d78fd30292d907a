"""“Pourquoi ?”: one household's decision told as HTML, conditions, lines and unconfirmed points, in one language."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from karama.foundation.languages import Label
from karama.foundation.markup import Html, joined, tag
from karama.foundation.money import format_money, from_centimes
from karama.foundation.months import Month
from karama.foundation.wording import month_name, signed
from karama.law.engine.sentences import say_value
from karama.law.inputs import REGISTER
from karama.monitoring.words import reasons
from karama.territory import unit_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from karama.foundation.languages import Language
    from karama.law.engine.explain import ConditionExplained, Explanation
    from karama.monitoring.example_household import Example

_SHORT = 3
_FACTS = ("birth_date", "enrolled", "school_level", "father_deceased", "severe_disability")
_ONE_LINE = {"birth_date": "month"}
_WORDS: Mapping[str, Label] = {
    "why": Label("Pourquoi ?", "لماذا؟", "Why?"),
    "household": Label("Ménage", "الأسرة", "Household"),
    "due": Label("dus pour {0}", "مستحقة عن {0}", "due for {0}"),
    "refused": Label("Pas de droit pour {0}", "لا حق عن {0}", "Nothing due for {0}"),
    "changed": Label("Depuis le mois dernier", "منذ الشهر الماضي", "Since last month"),
    "before": Label("{0} le mois d'avant, soit {1}", "{0} في الشهر السابق، أي {1}", "{0} the month before, so {1}"),
    "unchanged": Label(
        "rien n'a changé depuis le mois d'avant",
        "لم يتغير شيء منذ الشهر السابق",
        "nothing has changed since the month before",
    ),
    "family": Label("La famille", "الأسرة وأفرادها", "The family"),
    "member": Label("membre", "الفرد", "member"),
    "conditions": Label("Les conditions", "الشروط", "The conditions"),
    "met": Label("remplie", "مستوفى", "met"),
    "unmet": Label("non remplie", "غير مستوفى", "not met"),
    "value": Label("valeur", "القيمة", "value"),
    "limit": Label("limite", "الحد", "limit"),
    "correct": Label("à corriger auprès de", "يصحح لدى", "to be corrected at"),
    "lines": Label("Le calcul", "الحساب", "The amounts"),
    "rank": Label("rang", "الرتبة", "rank"),
    "because": Label("règle et données utilisées", "القاعدة والمعطيات المستعملة", "rule and data used"),
    "sum": Label("Total du mois", "مجموع الشهر", "Total of the month"),
    "unconfirmed": Label("Points non confirmés", "نقاط غير مؤكدة", "Unconfirmed points"),
    "lawyer": Label(
        "Ils ont compté ici ; un juriste doit les vérifier sur le texte.",
        "كان لها أثر هنا؛ يجب أن يتحقق منها خبير قانوني في النص.",
        "They mattered here; a lawyer must check them against the text.",
    ),
    "example": Label(
        "ménage synthétique, aucune personne réelle",
        "أسرة اصطناعية، لا شخص حقيقي فيها",
        "synthetic household, nobody real",
    ),
}


def why_article(explanation: Explanation, example: Example, language: Language) -> Html:
    """The explanation of one household in one language, with its own language and direction."""

    def say(name: str) -> str:
        return _WORDS[name].get(language)

    decision, programme = explanation.decision, explanation.programme
    month = month_name(decision.month, language)
    unit = unit_name(str(example.household["commune"]), language)
    head = tag(
        "header",
        tag("p", f"{say('household')} {decision.household_id} · {unit} · {say('example')}", class_="who"),
        tag("h3", say("why")),
        tag(
            "p",
            tag("strong", format_money(decision.amount_centimes, language, programme.currency)),
            " ",
            say("due" if decision.eligible else "refused").format(month),
            class_="amount",
        ),
        tag("p", tag("b", say("changed"), " : " if language == "fr" else ": "), _change(example, language)),
    )
    return tag(
        "article",
        head,
        tag("h4", say("family")),
        _family(example.household["members"], language),
        tag("h4", say("conditions")),
        tag("ul", *(_condition(explanation, one, language) for one in explanation.conditions), class_="conditions"),
        tag("h4", say("lines")),
        _lines(explanation, language),
        _unconfirmed(explanation, language),
        class_="why",
        lang=language,
        dir="rtl" if language == "ar" else "ltr",
    )


def _change(example: Example, language: Language) -> str:
    """What changed since the month before, as a sentence."""
    change = example.change
    if change is None:
        return _WORDS["unchanged"].get(language)
    before, after = change["amount_before_centimes"], change["amount_after_centimes"]
    because = ", ".join(reasons()[one].get(language) for one in change["reasons"])
    difference = signed(from_centimes(after - before), language, 2)
    sentence = _WORDS["before"].get(language).format(format_money(before, language), difference)
    return f"{sentence} ({because})"


def _family(members: Sequence[Mapping[str, Any]], language: Language) -> Html:
    """The members with the facts that the aid depends on."""
    columns = [one for one in (REGISTER.get(name) for name in _FACTS) if one]
    names = {one.name: one for one in columns if one.name in _FACTS[:2] or any(one.name in m for m in members)}
    names.pop("school_level", None)
    head = tag(
        "tr",
        tag("th", _WORDS["member"].get(language), scope="col"),
        *(tag("th", one.label.get(language), scope="col") for one in names.values()),
    )
    rows = [
        tag(
            "tr",
            tag("th", _member(one, language), scope="row"),
            *(tag("td", _fact(one, name, language), class_=_ONE_LINE.get(name)) for name in names),
        )
        for one in members
    ]
    table = tag("table", tag("thead", head), tag("tbody", *rows))
    return tag("div", table, class_="scroll", tabindex="0", role="region", aria_label=_WORDS["family"].get(language))


def _member(member: Mapping[str, Any], language: Language) -> Html:
    """A member by the end of the identifier and the place in the household."""
    role = REGISTER.get("role")
    label = role.code_labels[member["role"]].get(language) if role else ""
    return joined(f"{label} ", _short(str(member["person_id"])))


def _short(person_id: str) -> Html:
    """An identifier of which the eye needs the end only."""
    return tag("code", f"…{person_id[-_SHORT:]}", title=person_id, dir="ltr")


def _fact(member: Mapping[str, Any], name: str, language: Language) -> str:
    column = REGISTER.get(name)
    value = member.get(name, column.default if column else None)
    said = str(value) if name == "birth_date" else say_value(value, language)
    level = REGISTER.get("school_level")
    if name == "enrolled" and value and level:
        code = str(member.get("school_level", level.default))
        said += f" ({level.code_labels[code].get(language)})"
    return said


def _condition(explanation: Explanation, one: ConditionExplained, language: Language) -> Html:
    """One condition with its mark, what was compared, and its article."""

    def say(name: str) -> str:
        return _WORDS[name].get(language)

    label = one.label if one.met else one.condition.refusal_label
    compared = []
    if one.condition.value and one.value is not None:
        compared.append(f"{say('value')} {_said(one.value, language)}")
    if one.condition.required:
        compared.append(f"{say('limit')} {_said(one.required, language)}")
    if not one.met and one.condition.correct_at:
        compared.append(f"{say('correct')} {one.condition.correct_at.get(language)}")
    mark = tag(
        "span", "✓" if one.met else "✗", class_="mark", role="img", aria_label=say("met" if one.met else "unmet")
    )
    return tag(
        "li",
        mark,
        tag(
            "span",
            label.get(language),
            tag("small", " · ".join(compared)) if compared else None,
            tag("small", explanation.programme.translate(one.reference, language), class_="article"),
        ),
        class_="met" if one.met else "unmet",
    )


def _said(value: object, language: Language) -> str:
    """A value in words; a month by its name, whose order of words no direction of writing turns round."""
    if isinstance(value, dt.date):
        value = Month.of(value) if value.day == 1 else value
    return month_name(value, language) if isinstance(value, Month) else say_value(value, language)


def _lines(explanation: Explanation, language: Language) -> Html:
    """The lines that add up to the amount, each with the rule and data behind it."""
    decision, currency = explanation.decision, explanation.programme.currency
    items = []
    for line in decision.lines:
        formula = explanation.graph.definitions[line.benefit].formula
        rank = f" · {_WORDS['rank'].get(language)} {line.rank}" if line.rank else ""
        article = explanation.programme.translate(formula.reference, language)
        items.append(
            tag(
                "li",
                tag("b", format_money(line.amount_centimes, language, currency)),
                tag(
                    "span",
                    formula.label.get(language),
                    " ",
                    _short(line.person_id) if line.person_id else None,
                    rank,
                    tag("small", article, class_="article"),
                    tag(
                        "details",
                        tag("summary", _WORDS["because"].get(language)),
                        tag("ul", *(tag("li", one) for one in explanation.because(line, language))),
                    ),
                ),
            )
        )
    total = format_money(decision.amount_centimes, language, currency)
    items.append(tag("li", tag("b", total), tag("span", _WORDS["sum"].get(language)), class_="sum"))
    return tag("ul", *items, class_="lines")


def _unconfirmed(explanation: Explanation, language: Language) -> Html:
    """The parameters that mattered and are not confirmed."""
    if not explanation.unconfirmed:
        return Html("")
    points = [tag("li", explanation.say_parameter(name, language)) for name in explanation.unconfirmed]
    return tag(
        "div",
        tag("h4", _WORDS["unconfirmed"].get(language)),
        tag("p", _WORDS["lawyer"].get(language)),
        tag("ul", *points),
        class_="unconfirmed",
    )
