"""Why two decisions differ: what was read on the way to them, followed back to what differs by itself.

Nothing of a programme is known here.  A formula's value can only differ because a column it read differs, because a
parameter it read does, because a date has passed one of its cut-off dates, because the calendar has moved on, or
because the law has another formula of that name.  The first is followed further, the others are the causes; so a
difference without a cause cannot be.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import localcontext
from typing import TYPE_CHECKING, Any, Literal

from karama.law.engine.dates import CompletedYears, Cutoff, DatePart, MonthsSince
from karama.law.engine.expressions import Column, Comparison, Entity, Parameter
from karama.law.engine.members import Rank
from karama.law.engine.python_expressions import EXACT
from karama.law.engine.types import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from karama.law.engine.evaluate import Decision, Ready
    from karama.law.engine.expressions import Node
    from karama.law.engine.graph import Definition

CauseKind = Literal["parameter", "age", "date", "calendar", "rule", "fact", "joined", "left"]
"""A value of the law, an age reached, another date passed, the month itself, a new formula, a fact, a member."""

Read = tuple[str, str | None]
"""A column with the person on whose row it is read; None for the household's."""


@dataclass(frozen=True)
class Cause:
    """One reason of a difference.

    ``name`` is the parameter (kind parameter), the date's column (age, date), the formula (calendar, rule) or the
    column (fact); the member's role for who joined or left.  ``before`` and ``after`` are the two values; of an age
    reached ``before`` is the date of birth and ``after`` the years, of another date both are the date.
    """

    kind: CauseKind
    name: str
    person_id: str | None
    before: object
    after: object


@dataclass(frozen=True)
class Decided:
    """A decision with the law that made it."""

    prepared: Ready
    decision: Decision

    def value(self, read: Read) -> object:
        """A column's value, for a person where one is named; None where there is no such row or column."""
        name, who = read
        row = self.decision.values if who is None else self.person(who)
        return row.get(name) if row is not None else None

    def person(self, who: str) -> Mapping[str, Any] | None:
        """The row of a person."""
        key = self.prepared.graph.inputs.person_key
        return next((one for one in self.decision.persons if one[key] == who), None)

    def reads(self, read: Read) -> tuple[set[Read], set[str]]:
        """The columns and the parameters that a formula read by itself; of a rank also what it orders by."""
        name, who = read
        definition = self.prepared.graph.definitions.get(name)
        person = None if who is None else self.person(who)
        if definition is None or (who is not None and person is None):
            return set(), set()
        with localcontext(EXACT):
            columns, parameters = self.prepared.ways.reads(name)(self.decision.values, person, self.decision.persons)
        ordered = [node for node in definition.node.walk() if isinstance(node, Rank)]
        return set(columns) | self._ordered_by(ordered), set(parameters) | _parameters(ordered)

    def _ordered_by(self, ranks: Sequence[Rank]) -> set[Read]:
        key = self.prepared.graph.inputs.person_key
        names = {node.name: node.entity for rank in ranks for node in rank.walk() if isinstance(node, Column)}
        everybody = [one[key] for one in self.decision.persons]
        return {
            (name, who) for name, entity in names.items() for who in (everybody if entity is Entity.PERSON else [None])
        }


def _parameters(nodes: Sequence[Node]) -> set[str]:
    return {one.name for node in nodes for one in node.walk() if isinstance(one, Parameter)}


def causes_of(before: Decided, after: Decided, changed: Sequence[Read]) -> dict[Cause, set[Read]]:
    """Why some columns have other values in one decision than in the other, in the order in which they were met.

    Each cause comes with the columns on which it acts by itself.
    """
    found: dict[Cause, set[Read]] = {}
    seen: set[Read] = set()
    waiting = list(reversed(changed))
    while waiting:
        read = waiting.pop()
        if read in seen:
            continue
        seen.add(read)
        if before.value(read) == after.value(read):
            continue
        causes, further = _step(before, after, read)
        for one in causes:
            found.setdefault(one, set()).add(read)
        waiting += sorted(further - seen, key=lambda one: (one[0], one[1] or ""), reverse=True)
    return found


def _step(before: Decided, after: Decided, read: Read) -> tuple[list[Cause], set[Read]]:
    """What makes a column differ by itself, and the columns through which it may differ."""
    name, who = read
    if who is not None and (before.person(who) is None or after.person(who) is None):
        return [_member(before, after, who)], set()
    old, new = before.prepared.graph.definitions.get(name), after.prepared.graph.definitions.get(name)
    if new is None or old is None:
        known = old or new
        kind: CauseKind = "rule" if known else "fact"
        return [Cause(kind, name, None if known else who, before.value(read), after.value(read))], set()
    (columns_before, named_before), (columns_after, named_after) = before.reads(read), after.reads(read)
    causes = list(_of_parameters(before, after, sorted(named_before | named_after)))
    if old.formula is not new.formula:
        causes.append(Cause("rule", name, None, None, None))
    further = {one for one in columns_before | columns_after if before.value(one) != after.value(one)}
    if before.prepared.month != after.prepared.month:
        causes += _of_time(before, after, new, who, certain=bool(causes or further))
    return causes, further


def _member(before: Decided, after: Decided, who: str) -> Cause:
    joined = before.person(who) is None
    role = (after if joined else before).value(("role", who))
    return Cause("joined" if joined else "left", str(role), who, None, None)


def _of_parameters(before: Decided, after: Decided, names: Sequence[str]) -> Iterator[Cause]:
    old, new = before.prepared.binding.values, after.prepared.binding.values
    for name in names:
        if name in old and name in new and old[name] != new[name]:
            yield Cause("parameter", name, None, old[name], new[name])


def _of_time(before: Decided, after: Decided, definition: Definition, who: str | None, *, certain: bool) -> list[Cause]:
    """The dates that have passed a cut-off date between two months; without any, the calendar itself.

    ``certain`` says that other causes are known: the calendar is then named for a month of the year only.
    """
    causes: dict[Cause, None] = {}
    for node in definition.node.walk():
        if isinstance(node, Comparison):
            causes.update(dict.fromkeys(_passed(before, after, node, who)))
    moving = (DatePart,) if certain else (DatePart, MonthsSince, CompletedYears, Cutoff)
    if not causes and any(isinstance(node, moving) and _moves(node) for node in definition.node.walk()):
        months = (before.prepared.month, after.prepared.month)
        causes[Cause("calendar", definition.name, None, *months)] = None
    return list(causes)


def _moves(node: Node) -> bool:
    """Whether a part of a date is one of the month asked, not of a person's date."""
    return not isinstance(node, DatePart) or any(isinstance(one, Cutoff) for one in node.walk())


def _passed(before: Decided, after: Decided, node: Comparison, who: str | None) -> Iterator[Cause]:
    """The dates compared by a node that stand on another side of its cut-off date than before."""
    cutoffs = [one for one in node.walk() if isinstance(one, Cutoff)]
    columns = [one for one in node.walk() if isinstance(one, Column) and one.type.kind is Kind.DATE]
    for column in columns:
        read = (column.name, who if column.entity is Entity.PERSON else None)
        date = after.value(read)
        if not isinstance(date, dt.date) or before.value(read) != date:
            continue
        for cutoff in cutoffs:
            then, now = before.prepared.binding.cutoff(cutoff), after.prepared.binding.cutoff(cutoff)
            if _side(node, cutoff, date, then) != _side(node, cutoff, date, now):
                years = _years(after, cutoff)
                yield Cause("age" if years else "date", *read, date, years or date)


def _side(node: Comparison, cutoff: Cutoff, date: dt.date, limit: dt.date) -> bool:
    """On which side of a limit a date stands, as the comparison sees it (is the day itself before or after?)."""
    limit_first = any(one is cutoff for one in node.left.walk())
    includes_day = node.comparator in {"<=", ">="}
    below = node.comparator in {"<", "<="}
    return date >= limit if (below == limit_first) == includes_day else date > limit


def _years(decided: Decided, cutoff: Cutoff) -> int:
    node = cutoff.years_before
    value = decided.prepared.binding.values[node.name] if isinstance(node, Parameter) else getattr(node, "value", 0)
    return value if isinstance(value, int) else 0
