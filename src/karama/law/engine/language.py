"""The words in which formulas are written: ``case``, ``sum_of``, ``rank``, ``years_before`` and their like.

Each builds a node of the narrow waist (``expressions``), which refuses what has no meaning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.foundation.errors import LawError
from karama.law.engine.dates import CompletedYears, Cutoff, DatePart, MonthsSince
from karama.law.engine.expressions import Case, Order, all_of, any_of, node, total
from karama.law.engine.members import Aggregate, Rank
from karama.law.engine.numbers import Extreme, Ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from karama.law.engine.expressions import Node
    from karama.law.engine.types import Constant

__all__ = [
    "all_of",
    "any_of",
    "any_person",
    "case",
    "completed_years",
    "count_of",
    "day_of",
    "descending",
    "first_day",
    "greatest",
    "greatest_of",
    "last_day",
    "least",
    "least_of",
    "month_of",
    "months_since",
    "rank",
    "ratio",
    "sum_of",
    "total",
    "when",
    "years_before",
]


def years_before(years: Node | int) -> Cutoff:
    """The first day of the month, so many years earlier."""
    return Cutoff(node(years), node(0))


def first_day(months_later: Node | int = 0) -> Cutoff:
    """The first day of the month so many months later (earlier when negative)."""
    return Cutoff(node(0), node(months_later))


def last_day(months_later: int = 0) -> Cutoff:
    """The last day of the month so many months later."""
    return Cutoff(node(0), node(months_later + 1), -1)


def case(*branches: tuple[Node, Node | Constant], otherwise: Node | Constant) -> Node:
    """``case((condition, value), ..., otherwise=value)``: the first condition that holds decides."""
    if not branches:
        message = "case() needs at least one (condition, value)"
        raise LawError(message)
    return Case(tuple((condition, node(value)) for condition, value in branches), node(otherwise))


def when(condition: Node, value: Node | Constant) -> Node:
    """The value where the condition holds, else zero."""
    return case((condition, value), otherwise=0)


def ratio(numerator: Node, denominator: Node, places: int) -> Node:
    """The only division: exact, half up, on non-negative integers."""
    return Ratio(numerator, denominator, places)


def least(*values: Node | Constant) -> Node:
    """The smallest value, or earliest date."""
    return Extreme("least", tuple(node(one) for one in values))


def greatest(*values: Node | Constant) -> Node:
    """The largest value, or latest date."""
    return Extreme("greatest", tuple(node(one) for one in values))


def sum_of(value: Node, where: Node | None = None) -> Node:
    """Sum over the household's persons."""
    return Aggregate("sum", value, node(value=True) if where is None else where, node(0))


def count_of(where: Node) -> Node:
    """Number of the household's persons for whom the condition holds."""
    return Aggregate("count", node(1), where, node(0))


def any_person(condition: Node) -> Node:
    """Whether the condition holds for a person of the household."""
    return Aggregate("any", condition, node(value=True), node(value=False))


def least_of(value: Node, *, where: Node, otherwise: Constant) -> Node:
    """Smallest value among the household's persons; ``otherwise`` when there is none."""
    return Aggregate("least", value, where, node(otherwise))


def greatest_of(value: Node, *, where: Node, otherwise: Constant) -> Node:
    """Largest value among the household's persons; ``otherwise`` when there is none."""
    return Aggregate("greatest", value, where, node(otherwise))


def rank(among: Node, *keys: Node | Order, within: Sequence[Node] = (), shared: bool = False) -> Node:
    """Rank of each person among those of the household for whom ``among`` holds, smallest key first."""
    order = tuple(key if isinstance(key, Order) else Order(key) for key in keys)
    return Rank(among, order, tuple(within), shared)


def descending(key: Node) -> Order:
    """The largest first."""
    return Order(key, descending=True)


def completed_years(date: Node) -> Node:
    """Age in completed years on the first day of the month."""
    return CompletedYears(date)


def months_since(date: Node) -> Node:
    """Calendar months from the month of the date to the month in question."""
    return MonthsSince(date)


def month_of(date: Node) -> Node:
    """Number of the date's month in the year, 1 to 12."""
    return DatePart("month", date)


def day_of(date: Node) -> Node:
    """Number of the date's day in the month, 1 to 31."""
    return DatePart("day", date)
