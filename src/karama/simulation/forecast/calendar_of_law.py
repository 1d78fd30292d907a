"""What the passing of a month changes in the law: formulas that read otherwise, and dates that cross a cut-off.

Both graphs are folded with their month's constants and compared.  A formula that says the same but for cut-off dates
that moved with the month touches only the rows whose date lies between the former and the present cut-off; any other
difference touches everybody.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

from karama.law.engine import expressions as e
from karama.law.engine.dates import CompletedYears, Cutoff, DatePart, MonthsSince
from karama.law.engine.types import Kind

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from karama.foundation.months import Month
    from karama.law.engine.graph import Definition, Graph


class Crossing(NamedTuple):
    """Rows of a date column between two days (both included), which a moving cut-off passes."""

    column: str
    entity: e.Entity
    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Passage:
    """What differs between a month and the one before: formulas that changed for everybody, and dates crossed."""

    changed: frozenset[str]
    crossings: frozenset[Crossing]


@dataclass(frozen=True)
class Reading:
    """A folded graph of one month, its parameters that folding leaves, and its month."""

    graph: Graph
    values: Mapping[str, Any]
    month: Month


def passage(before: Reading, now: Reading) -> Passage:
    """Compare the law of two months in a row.

    Returns:
        The household and person formulas to compute again for everybody (with all that read them), and the crossings.
    """
    changed: set[str] = set()
    crossings: set[Crossing] = set()
    for name, one in now.graph.definitions.items():
        former = before.graph.definitions.get(name)
        found = _compared(former, one, before, now) if former else None
        if found is None:
            changed.add(name)
        else:
            crossings |= found
    gone = set(before.graph.definitions) - set(now.graph.definitions)
    return Passage(frozenset(_readers(changed | gone, now.graph)), frozenset(crossings))


def _readers(changed: set[str], graph: Graph) -> set[str]:
    """The changed formulas and those that read them, however far."""
    found = set(changed)
    for name, one in graph.definitions.items():
        if any(isinstance(node, e.Column) and node.name in found for node in one.node.walk()):
            found.add(name)
    return found


def _compared(former: Definition, one: Definition, before: Reading, now: Reading) -> set[Crossing] | None:
    """The dates crossed in a formula, or None where it says something else than before."""
    then, dates_then = _blank(former.node, before)
    here, dates_here = _blank(one.node, now)
    if then != here:
        return None
    moved = [first != second for first, second in zip(dates_then, dates_here, strict=True)]
    steady = all(
        _offsets(first, before.month) & _offsets(second, now.month)
        for first, second, moves in zip(dates_then, dates_here, moved, strict=True)
        if moves
    )
    if not steady:
        return None
    return _crossings(former.node, one.node, now.month, any_moved=any(moved))


def _offsets(date: dt.date, month: Month) -> set[tuple[int, int]]:
    """A date told from the month: months apart and day of its month; the last of a month also as day 0 of the next."""
    told = {(date.year * 12 + date.month - 1 - month.index, date.day)}
    following = date + dt.timedelta(days=1) if date < dt.date.max else date
    if following.day == 1:
        told.add((following.year * 12 + following.month - 1 - month.index, 0))
    return told


def _blank(node: e.Node, reading: Reading) -> tuple[Hashable, list[dt.date]]:
    """What a node says without its dates, and those dates in order."""
    dates: list[dt.date] = []

    def said(content: object) -> Hashable:
        if isinstance(content, e.Literal_) and isinstance(content.value, dt.date):
            dates.append(content.value)
            return "date"
        if isinstance(content, e.Parameter):
            return content.name, repr(reading.values.get(content.name)), content.key
        if isinstance(content, e.Node):
            parts = (said(getattr(content, one.name)) for one in fields(content) if one.init)
            return (type(content).__name__, content.type, *parts)
        if isinstance(content, e.Order):
            return said(content.key), content.descending
        if isinstance(content, tuple):
            return tuple(said(part) for part in content)
        return content  # a name, a number, a type

    return said(node), dates


_CALENDAR = (MonthsSince, CompletedYears, Cutoff)


def _crossings(former: e.Node, node: e.Node, month: Month, *, any_moved: bool) -> set[Crossing] | None:
    """The crossings of the comparisons inside a formula; None where a date counts outside a comparison."""
    found: set[Crossing] = set()
    inside: set[int] = set()
    for then, here in zip(former.walk(), node.walk(), strict=True):
        if not isinstance(here, e.Comparison) or not isinstance(then, e.Comparison):
            continue
        own = _of_comparison(then, here, month)
        if own is None:
            return None
        found |= own
        inside |= {id(one) for one in here.walk()}
    for one in node.walk():
        outside = id(one) not in inside
        if outside and isinstance(one, _CALENDAR):
            return None
        if outside and any_moved and isinstance(one, e.Literal_) and isinstance(one.value, dt.date):
            return None
    return found


def _of_comparison(then: e.Comparison, here: e.Comparison, month: Month) -> set[Crossing] | None:
    months = [one for one in here.walk() if isinstance(one, MonthsSince)]
    if months:
        return _of_months(here, months, month)
    if any(isinstance(one, CompletedYears) for one in here.walk()):
        return None
    pairs = [(first, second) for first, second in zip(_dates_in(then), _dates_in(here), strict=True) if first != second]
    if not pairs:
        return set()
    columns = [one for one in here.walk() if isinstance(one, e.Column) and one.type.kind is Kind.DATE]
    return {Crossing(column.name, column.entity, min(pair), max(pair)) for column in columns for pair in pairs}


def _dates_in(node: e.Node) -> Iterator[dt.date]:
    for one in node.walk():
        if isinstance(one, e.Literal_) and isinstance(one.value, dt.date):
            yield one.value


_REACHED = {"<": (0,), ">=": (0,), "<=": (1,), ">": (1,), "=": (0, 1)}
"""Months after the number compared in which the answer turns, for a count of months that grows by one."""


def _of_months(here: e.Comparison, months: list[MonthsSince], month: Month) -> set[Crossing] | None:
    """Rows for which a count of months since a date passes the number it is compared with."""
    alone = here.left is months[0] and len(months) == 1
    if not alone or not isinstance(here.right, e.Literal_) or not isinstance(here.right.value, int):
        return None
    columns = [one for one in months[0].walk() if isinstance(one, e.Column)]
    if any(isinstance(one, DatePart) for one in here.walk()):
        return None
    reached = [month - (here.right.value + turn) for turn in _REACHED[here.comparator]]
    return {Crossing(one.name, one.entity, at.first_day, at.last_day) for one in columns for at in reached}
