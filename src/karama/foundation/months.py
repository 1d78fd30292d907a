"""The calendar month, the unit in which aid is due."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import zoneinfo
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from karama.foundation.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATTERN = re.compile(r"(\d{4})-(\d{2})")
_DECEMBER = 12
TIME_ZONE = "Africa/Casablanca"
"""Where a day begins: a moment just before midnight in Greenwich is of the next day, which may be of the next month."""

zoneinfo.reset_tzpath(to=())  # the pinned package knows that Morocco left its hour in 2026; a machine's copy may not


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A month of the civil calendar; ordered, hashable, printed ``YYYY-MM``.

    Raises:
        BadInputError: the month is not between 1 and 12 or the year not between 1 and 9999.
    """

    year: int
    month: int

    def __post_init__(self) -> None:
        """Refuse a month that no calendar has."""
        if not (1 <= self.month <= _DECEMBER and dt.MINYEAR <= self.year <= dt.MAXYEAR):
            message = f"{self.year}-{self.month} is no month: write YYYY-MM, for example 2025-10"
            raise BadInputError(message)

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read ``YYYY-MM``; anything else is a BadInputError."""
        found = _PATTERN.fullmatch(text.strip())
        if found is None:
            message = f"'{text}' is no month: write YYYY-MM, for example 2025-10"
            raise BadInputError(message)
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, date: dt.date) -> Month:
        """The month in which the date falls."""
        return cls(date.year, date.month)

    @classmethod
    def range(cls, first: Month, count: int) -> Iterator[Month]:
        """``count`` months in a row, ``first`` included."""
        return (first + step for step in range(count))

    @property
    def index(self) -> int:
        """Months since year 0, so that differences are counts of months."""
        return self.year * 12 + self.month - 1

    @property
    def first_day(self) -> dt.date:
        """The first day, on which the facts of the month are read."""
        return dt.date(self.year, self.month, 1)

    @property
    def last_day(self) -> dt.date:
        """The last day of the month."""
        return dt.date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    def __add__(self, months: int) -> Month:
        """The month so many months later."""
        year, month = divmod(self.index + months, 12)
        return Month(year, month + 1)

    @overload
    def __sub__(self, other: Month) -> int: ...
    @overload
    def __sub__(self, other: int) -> Month: ...
    def __sub__(self, other: Month | int) -> Month | int:
        """The count of months between two months, or the month so many months earlier."""
        if isinstance(other, Month):
            return self.index - other.index
        return self + -other

    def __str__(self) -> str:
        """``YYYY-MM``."""
        return f"{self.year:04d}-{self.month:02d}"
