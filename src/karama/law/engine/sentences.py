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
from karama.law.engine.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from karama.foundation.languages import Label, Language

_DENIED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!="}
_BRACKETED = (e.All, e.Any, e.Case, e.Comparison, e.Total, e.Difference, e.Product, e.Rounded, numbers.Ratio)
_LISTED = 3
"""A condition or a sum of so many parts is a list, not a sentence."""


def say_value(value: object, language: Language, unit: str = "", currency: str = "MAD") -> str:
    """A value as a reader of the language writes it: money with its currency, yes or no, dates, decimals."""
    words = WORDS[language]
    if value is None:
        return words["unknown"]
    if isinstance(value, bool):
        return words["yes"] if value else words["no"]
    if unit == "centimes" and isinstance(value, int):
        return format_money(value, language, currency)
    if isinstance(value, dt.date):
        return _say_date(value, language)
    if isinstance(value, Decimal):
        text = f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
        return text.replace(".", ",") if language == "fr" else text
    return str(value)


def _say_date(value: dt.date, language: Language) -> str:
    """A date; those at the ends of the calendar stand for "long ago" and "never yet"."""
    if value.year in {dt.MINYEAR, dt.MAXYEAR}:
        return WORDS[language]["long_ago" if value.year == dt.MINYEAR else "far_ahead"]
    return value.isoformat() if language == "en" else value.strftime("%d/%m/%Y")


def _no_code(name: str, code: str) -> str:  # noqa: ARG001 - a hook's shape
    return code


def _sought(node: members.Aggregate) -> e.Node:
    """What is looked for in a person, with the condition on who is looked at."""
    return node.value if isinstance(node.where, e.Literal_) else e.all_of(node.where, node.value)


class Phrases:
    """Phrases of one language; ``label_of`` names columns and parameters, ``code_of`` the codes of a choice."""

    def __init__(
        self, language: Language, label_of: Callable[[str], Label], code_of: Callable[[str, str], str] = _no_code
    ) -> None:
        """Bind the language and the names."""
        self.language = language
        self._label_of = label_of
        self._code_of = code_of
        self._words = WORDS[language]

    def say(self, node: e.Node) -> str:
        """The phrase of a node."""
        return self._say(node)

    def laid_out(self, node: e.Node) -> tuple[str, list[str]]:
        """A long node as a heading and its parts; a short one as its phrase and no parts."""
        match node:
            case e.All() if len(node.conditions) >= _LISTED:
                return self._words["all_hold"], [self._say(one) for one in node.conditions]
            case e.Any() if len(node.conditions) >= _LISTED:
                return self._words["one_holds"], [self._say(one) for one in node.conditions]
            case e.Total() if len(node.terms) >= _LISTED:
                return self._words["sum_of_all"], [self._say(one) for one in node.terms]
            case e.Case() if len(node.branches) >= _LISTED - 1:
                parts = [self._fill("if", self._say(test), self._say(value)) for test, value in node.branches]
                return self._words["first_that_holds"], [*parts, self._fill("otherwise_this", self._say(node.default))]
            case _:
                return self._say(node), []

    def _fill(self, key: str, *parts: str) -> str:
        text = self._words[key].format(*parts)
        if self.language == "fr":  # articles contract outside labels, which stand in marks
            for apart, joined in (("à le ", "au "), ("à les ", "aux "), ("de le ", "du "), ("de les ", "des ")):
                text = text.replace(f" {apart}", f" {joined}")
        return text

    def _listed(self, parts: list[str]) -> str:
        """A, b or c."""
        *first, last = parts
        return self._words["comma"].join(first) + self._words["last_or"] + last if first else last

    def _inner(self, node: e.Node) -> str:
        """A phrase inside another one, in brackets where it has several parts."""
        text = self._say(node)
        several = isinstance(node, (*_BRACKETED, members.Aggregate, members.Rank, numbers.Extreme))
        if isinstance(node, e.Not):
            several = isinstance(node.condition, (e.All, e.Any, e.Among, e.Case, members.Aggregate))
        if isinstance(node, e.Among):
            several = len(node.codes) > 1
        return f"({text})" if several else text

    def _part(self, node: e.Node) -> str:
        """A condition among others: comparisons need no brackets there."""
        return self._say(node) if isinstance(node, e.Comparison) else self._inner(node)

    @singledispatchmethod
    def _say(self, node: e.Node) -> str:
        message = f"{type(node).__name__} has no words"
        raise TypeError(message)

    @_say.register
    def _(self, node: e.Literal_) -> str:
        return say_value(node.value, self.language)

    @_say.register
    def _(self, node: e.Column) -> str:
        return self._fill("quote", self._label_of(node.name).get(self.language))

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
        if isinstance(months, e.Literal_) and months.value in {0, 1}:
            return self._words["next_month" if months.value else "first_day"]
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
        return self._compared(node, node.comparator)

    def _compared(self, node: e.Comparison, comparator: str) -> str:
        prefix = "date" if node.left.type.kind is Kind.DATE else ""
        right = self._inner(node.right)
        if isinstance(node.right, e.Literal_) and isinstance(node.right.value, str):
            right = self._code(node.left, node.right.value)
        return self._fill(prefix + comparator, self._inner(node.left), right)

    def _code(self, chooser: e.Node, code: str) -> str:
        """A code in the words of the column or parameter that holds it."""
        return self._code_of(chooser.name, code) if isinstance(chooser, e.Column | e.Parameter) else code

    @_say.register
    def _(self, node: e.Among) -> str:
        return self._among(node, "among")

    def _among(self, node: e.Among, key: str) -> str:
        codes = [self._code(node.value, code) for code in node.codes]
        listed = self._listed(codes) if key == "among" else self._words["comma"].join(codes)
        return self._fill(key, self._say(node.value), listed)

    @_say.register
    def _(self, node: e.IsKnown) -> str:
        return self._fill("known", self._say(node.value))

    @_say.register
    def _(self, node: e.Otherwise) -> str:
        return self._fill("otherwise", self._say(node.value), self._say(node.default))

    @_say.register
    def _(self, node: e.All) -> str:
        return self._words["and"].join(self._part(one) for one in node.conditions)

    @_say.register
    def _(self, node: e.Any) -> str:
        return self._words["or"].join(self._part(one) for one in node.conditions)

    @_say.register
    def _(self, node: e.Not) -> str:
        """The denial in the shortest exact words: a joint condition is denied part by part."""
        match node.condition:
            case e.Not(condition=inner):
                return self._say(inner)
            case e.All(conditions=conditions):
                return self._say(e.any_of(*(e.Not(one) for one in conditions)))
            case e.Any(conditions=conditions):
                return self._say(e.all_of(*(e.Not(one) for one in conditions)))
            case condition:
                return self._denied(condition)

    def _denied(self, condition: e.Node) -> str:
        match condition:
            case e.Comparison():
                return self._compared(condition, _DENIED[condition.comparator])
            case e.Among():
                return self._among(condition, "not_among")
            case e.IsKnown():
                return self._fill("not_known", self._say(condition.value))
            case members.Aggregate(aggregation="any"):
                return self._fill("nobody", self._say(_sought(condition)))
            case _:
                key = "not" if isinstance(condition, e.Column | e.Parameter) else "false"
                return self._fill(key, self._inner(condition))

    @_say.register
    def _(self, node: e.Case) -> str:
        branches = [self._fill("branch", self._say(test), self._inner(value)) for test, value in node.branches]
        branches.append(self._fill("else", self._inner(node.default)))
        return self._words["semicolon"].join(branches)

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
        return self._fill(node.which, self._words["semicolon"].join(self._inner(one) for one in node.values))

    @_say.register
    def _(self, node: members.Aggregate) -> str:
        if node.aggregation == "any":
            return self._fill("any", self._say(_sought(node)))
        value, where = self._inner(node.value), self._say(node.where)
        if node.aggregation in {"least", "greatest"}:
            return self._fill(f"{node.aggregation}_of", value, where)
        text = self._fill(node.aggregation, value, where)
        everybody = isinstance(node.where, e.Literal_)
        return text if everybody or node.aggregation == "count" else self._fill("where", text, where)

    @_say.register
    def _(self, node: members.Rank) -> str:
        keys = [self._order(one) for one in node.order]
        if not node.shared:
            keys.append(self._words["identifier"])
        text = self._fill("rank", self._inner(node.among_), self._words["comma"].join(keys))
        if node.within:
            text = self._fill("within", text, self._words["comma"].join(self._say(one) for one in node.within))
        return self._fill("shared", text) if node.shared else text

    def _order(self, order: e.Order) -> str:
        way = "descending" if order.descending else "ascending"
        nature = "date" if order.key.type.kind is Kind.DATE else "number"
        return self._fill(f"{way}_{nature}", self._inner(order.key))
