"""Sentences in French, Arabic and English written from the nodes of a formula: one text of the law for all readers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import singledispatchmethod
from typing import TYPE_CHECKING

from karama.foundation.money import format_money
from karama.law.engine import dates, members, numbers
from karama.law.engine import expressions as e
from karama.law.engine.types import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from karama.foundation.languages import Label, Language

_WORDS: dict[Language, dict[str, str]] = {
    "fr": {
        "<": "{0} est inférieur à {1}",
        "<=": "{0} est inférieur ou égal à {1}",
        ">": "{0} est supérieur à {1}",
        ">=": "{0} est supérieur ou égal à {1}",
        "=": "{0} est {1}",
        "date<": "{0} est avant {1}",
        "date<=": "{0} est au plus tard {1}",
        "date>": "{0} est après {1}",
        "date>=": "{0} est au plus tôt {1}",
        "date=": "{0} est {1}",
        "and": " et ",
        "or": " ou ",
        "not": "il est faux que : {0}",
        "among": "{0} est parmi : {1}",
        "known": "{0} est connu",
        "otherwise": "{0}, à défaut {1}",
        "branch": "{1} si {0}",
        "else": "sinon {0}",
        "minus": "{0} moins {1}",
        "times": "{0} multiplié par {1}",
        "plus": " plus ",
        "rounded": "{0}, arrondi à {1} décimales",
        "ratio": "{0} divisé par {1}, à {2} décimales",
        "least": "le plus petit de : {0}",
        "greatest": "le plus grand de : {0}",
        "sum": "la somme, sur les membres, de {0}",
        "count": "le nombre de membres pour qui {1}",
        "any": "au moins un membre pour qui {0}",
        "least_of": "le plus petit, parmi les membres pour qui {1}, de {0}",
        "greatest_of": "le plus grand, parmi les membres pour qui {1}, de {0}",
        "where": "{0}, pour les membres pour qui {1}",
        "rank": "le rang parmi les membres pour qui {0}, classés par : {1}",
        "identifier": "identifiant",
        "descending": "{0} (le plus grand d'abord)",
        "first_day": "le premier jour du mois",
        "last_day": "le dernier jour du mois",
        "years_before": "le premier jour du mois, {0} ans plus tôt",
        "months_after": "le premier jour du mois, {0} mois plus tard",
        "age": "l'âge en années révolues ({0})",
        "months_since": "les mois écoulés depuis {0}",
        "month": "le mois de l'année ({0})",
        "day": "le jour du mois ({0})",
        "lookup": "{0} selon {1}",
        "yes": "oui",
        "no": "non",
        "unknown": "inconnu",
    },
    "ar": {
        "<": "{0} أقل من {1}",
        "<=": "{0} أقل من أو يساوي {1}",
        ">": "{0} أكبر من {1}",
        ">=": "{0} أكبر من أو يساوي {1}",
        "=": "{0} هو {1}",
        "date<": "{0} قبل {1}",
        "date<=": "{0} في أجل أقصاه {1}",
        "date>": "{0} بعد {1}",
        "date>=": "{0} ابتداء من {1}",
        "date=": "{0} هو {1}",
        "and": " و ",
        "or": " أو ",
        "not": "ليس صحيحا أن: {0}",
        "among": "{0} ضمن: {1}",
        "known": "{0} معروف",
        "otherwise": "{0}، وإلا {1}",
        "branch": "{1} إذا كان {0}",
        "else": "وإلا {0}",
        "minus": "{0} ناقص {1}",
        "times": "{0} مضروب في {1}",
        "plus": " زائد ",
        "rounded": "{0}، مقرب إلى {1} منازل عشرية",
        "ratio": "{0} مقسوم على {1}، إلى {2} منزلة عشرية",
        "least": "الأصغر من: {0}",
        "greatest": "الأكبر من: {0}",
        "sum": "مجموع {0} لأفراد الأسرة",
        "count": "عدد الأفراد الذين: {1}",
        "any": "فرد واحد على الأقل: {0}",
        "least_of": "أصغر {0} بين الأفراد الذين: {1}",
        "greatest_of": "أكبر {0} بين الأفراد الذين: {1}",
        "where": "{0}، للأفراد الذين: {1}",
        "rank": "الرتبة بين الأفراد الذين: {0}، حسب: {1}",
        "identifier": "المعرّف",
        "descending": "{0} (الأكبر أولا)",
        "first_day": "أول يوم من الشهر",
        "last_day": "آخر يوم من الشهر",
        "years_before": "أول يوم من الشهر قبل {0} سنة",
        "months_after": "أول يوم من الشهر بعد {0} شهر",
        "age": "السن بالسنوات الكاملة ({0})",
        "months_since": "الأشهر المنصرمة منذ {0}",
        "month": "شهر السنة ({0})",
        "day": "يوم الشهر ({0})",
        "lookup": "{0} حسب {1}",
        "yes": "نعم",
        "no": "لا",
        "unknown": "غير معروف",
    },
    "en": {
        "<": "{0} is less than {1}",
        "<=": "{0} is at most {1}",
        ">": "{0} is more than {1}",
        ">=": "{0} is at least {1}",
        "=": "{0} is {1}",
        "date<": "{0} is before {1}",
        "date<=": "{0} is not later than {1}",
        "date>": "{0} is after {1}",
        "date>=": "{0} is not earlier than {1}",
        "date=": "{0} is {1}",
        "and": " and ",
        "or": " or ",
        "not": "it is false that: {0}",
        "among": "{0} is one of: {1}",
        "known": "{0} is known",
        "otherwise": "{0}, or else {1}",
        "branch": "{1} if {0}",
        "else": "otherwise {0}",
        "minus": "{0} minus {1}",
        "times": "{0} times {1}",
        "plus": " plus ",
        "rounded": "{0}, rounded to {1} places",
        "ratio": "{0} divided by {1}, to {2} places",
        "least": "the least of: {0}",
        "greatest": "the greatest of: {0}",
        "sum": "the sum over the members of {0}",
        "count": "the number of members for whom {1}",
        "any": "at least one member for whom {0}",
        "least_of": "the least, among the members for whom {1}, of {0}",
        "greatest_of": "the greatest, among the members for whom {1}, of {0}",
        "where": "{0}, for the members for whom {1}",
        "rank": "the rank among the members for whom {0}, ordered by: {1}",
        "identifier": "identifier",
        "descending": "{0} (largest first)",
        "first_day": "the first day of the month",
        "last_day": "the last day of the month",
        "years_before": "the first day of the month, {0} years earlier",
        "months_after": "the first day of the month, {0} months later",
        "age": "the age in completed years ({0})",
        "months_since": "the months elapsed since {0}",
        "month": "the month of the year ({0})",
        "day": "the day of the month ({0})",
        "lookup": "{0} by {1}",
        "yes": "yes",
        "no": "no",
        "unknown": "unknown",
    },
}
_COMMA: dict[Language, str] = {"fr": ", ", "ar": "، ", "en": ", "}
_SEMICOLON: dict[Language, str] = {"fr": " ; ", "ar": "؛ ", "en": "; "}


def say_value(value: object, language: Language, unit: str = "", currency: str = "MAD") -> str:
    """A value as a reader of the language writes it: money with its currency, yes or no, dates, decimals."""
    words = _WORDS[language]
    if value is None:
        return words["unknown"]
    if isinstance(value, bool):
        return words["yes"] if value else words["no"]
    if unit == "centimes" and isinstance(value, int):
        return format_money(value, language, currency)
    if isinstance(value, dt.date):
        return value.isoformat() if language == "en" else value.strftime("%d/%m/%Y")
    if isinstance(value, Decimal):
        text = f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
        return text.replace(".", ",") if language == "fr" else text
    return str(value)


class Phrases:
    """Phrases of one language; ``label_of`` names columns and parameters, ``value_of`` gives values to show or None."""

    def __init__(
        self,
        language: Language,
        label_of: Callable[[str], Label],
        unit_of: Callable[[str], str] = lambda name: "",  # noqa: ARG005 - no units by default
        currency: str = "MAD",
    ) -> None:
        """Bind the language and the names."""
        self.language = language
        self._label_of = label_of
        self._unit_of = unit_of
        self._currency = currency
        self._words = _WORDS[language]

    def say(self, node: e.Node) -> str:
        """The phrase of a node."""
        return self._say(node)

    def _fill(self, key: str, *parts: str) -> str:
        return self._words[key].format(*parts)

    def _inner(self, node: e.Node) -> str:
        """A phrase inside another one, in brackets where it has several parts."""
        text = self._say(node)
        return f"({text})" if isinstance(node, (e.All, e.Any, e.Case, e.Comparison, e.Total, e.Difference)) else text

    @singledispatchmethod
    def _say(self, node: e.Node) -> str:
        message = f"{type(node).__name__} has no words"
        raise TypeError(message)

    @_say.register
    def _(self, node: e.Literal_) -> str:
        return say_value(node.value, self.language)

    @_say.register
    def _(self, node: e.Column) -> str:
        return f"« {self._label_of(node.name).get(self.language)} »"

    @_say.register
    def _(self, node: e.Parameter) -> str:
        return f"[{self._label_of(node.name).get(self.language)}]"

    @_say.register
    def _(self, node: e.Lookup) -> str:
        return self._fill("lookup", self._say(node.parameter), self._say(node.selector))

    @_say.register
    def _(self, node: dates.Cutoff) -> str:
        years, months = node.years_before, node.months_after
        if node.days_after:
            return self._words["last_day"]
        if not (isinstance(years, e.Literal_) and years.value == 0):
            return self._fill("years_before", self._say(years))
        if isinstance(months, e.Literal_) and months.value == 0:
            return self._words["first_day"]
        return self._fill("months_after", self._say(months))

    @_say.register
    def _(self, node: dates.CompletedYears) -> str:
        return self._fill("age", self._say(node.date))

    @_say.register
    def _(self, node: dates.MonthsSince) -> str:
        return self._fill("months_since", self._say(node.date))

    @_say.register
    def _(self, node: dates.DatePart) -> str:
        return self._fill(node.part, self._say(node.date))

    @_say.register
    def _(self, node: e.Comparison) -> str:
        prefix = "date" if node.left.type.kind is Kind.DATE else ""
        return self._fill(prefix + node.comparator, self._inner(node.left), self._inner(node.right))

    @_say.register
    def _(self, node: e.Among) -> str:
        return self._fill("among", self._say(node.value), _COMMA[self.language].join(node.codes))

    @_say.register
    def _(self, node: e.IsKnown) -> str:
        return self._fill("known", self._say(node.value))

    @_say.register
    def _(self, node: e.Otherwise) -> str:
        return self._fill("otherwise", self._say(node.value), self._say(node.default))

    @_say.register
    def _(self, node: e.All) -> str:
        return self._words["and"].join(self._inner(one) for one in node.conditions)

    @_say.register
    def _(self, node: e.Any) -> str:
        return self._words["or"].join(self._inner(one) for one in node.conditions)

    @_say.register
    def _(self, node: e.Not) -> str:
        return self._fill("not", self._inner(node.condition))

    @_say.register
    def _(self, node: e.Case) -> str:
        branches = [self._fill("branch", self._inner(test), self._inner(value)) for test, value in node.branches]
        branches.append(self._fill("else", self._inner(node.default)))
        return _SEMICOLON[self.language].join(branches)

    @_say.register
    def _(self, node: e.Total) -> str:
        return self._words["plus"].join(self._inner(one) for one in node.terms)

    @_say.register
    def _(self, node: e.Difference) -> str:
        return self._fill("minus", self._inner(node.left), self._inner(node.right))

    @_say.register
    def _(self, node: e.Product) -> str:
        return self._fill("times", self._inner(node.left), self._inner(node.right))

    @_say.register
    def _(self, node: e.Rounded) -> str:
        return self._fill("rounded", self._inner(node.value), str(node.places))

    @_say.register
    def _(self, node: numbers.Ratio) -> str:
        return self._fill("ratio", self._inner(node.numerator), self._inner(node.denominator), str(node.places))

    @_say.register
    def _(self, node: numbers.Extreme) -> str:
        return self._fill(node.which, _COMMA[self.language].join(self._inner(one) for one in node.values))

    @_say.register
    def _(self, node: members.Aggregate) -> str:
        value, where = self._inner(node.value), self._say(node.where)
        if node.aggregation in {"least", "greatest"}:
            return self._fill(f"{node.aggregation}_of", value, where)
        text = self._fill(node.aggregation, value, where)
        everybody = isinstance(node.where, e.Literal_)
        return text if everybody or node.aggregation == "count" else self._fill("where", text, where)

    @_say.register
    def _(self, node: members.Rank) -> str:
        keys = [
            self._fill("descending", self._inner(one.key)) if one.descending else self._inner(one.key)
            for one in node.order
        ]
        if not node.shared:
            keys.append(self._words["identifier"])
        return self._fill("rank", self._inner(node.among_), _COMMA[self.language].join(keys))
