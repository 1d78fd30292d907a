"""The only things said of dates: before or after a cut-off date, completed years, months elapsed, month and day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from karama.law.engine.checks import need, need_known, refuse
from karama.law.engine.expressions import Entity, Literal_, Node, Parameter
from karama.law.engine.types import DATE, INTEGER, Kind


@dataclass(frozen=True, eq=False)
class Cutoff(Node):
    """A date computed once per run from the first day of the month: minus years, plus months, plus days.

    ``age < n`` on the reference day is written ``birth_date > years_before(n)``: nothing else is done to dates.
    """

    years_before: Node
    months_after: Node
    days_after: int = 0

    def __post_init__(self) -> None:
        need(Kind.INTEGER, "a cut-off date", self.years_before, self.months_after)
        if not all(isinstance(one, Literal_ | Parameter) for one in (self.years_before, self.months_after)):
            refuse("a cut-off date is the same for everybody: its offsets must be numbers or parameters")
        self._settle(DATE, Entity.CONSTANT)


@dataclass(frozen=True, eq=False)
class CompletedYears(Node):
    """Age in completed years on the first day of the month."""

    date: Node

    def __post_init__(self) -> None:
        need_known("completed_years()", self.date)
        need(Kind.DATE, "completed_years()", self.date)
        self._settle(INTEGER, self.date.entity)


@dataclass(frozen=True, eq=False)
class MonthsSince(Node):
    """Calendar months from the month of a date to the month in question (0 in the same month)."""

    date: Node

    def __post_init__(self) -> None:
        need_known("months_since()", self.date)
        need(Kind.DATE, "months_since()", self.date)
        self._settle(INTEGER, self.date.entity)


@dataclass(frozen=True, eq=False)
class DatePart(Node):
    """Number of the month in the year (1 to 12), or of the day in the month (1 to 31)."""

    part: Literal["month", "day"]
    date: Node

    def __post_init__(self) -> None:
        need_known(f"{self.part}_of()", self.date)
        need(Kind.DATE, f"{self.part}_of()", self.date)
        self._settle(INTEGER, self.date.entity)
