"""One file of dated parameters, asked for by day: the delays, periods and limits that the service works with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from karama.foundation.months import Month
from karama.law.engine.parameters import ParameterSet

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

    from karama.foundation.languages import Label
    from karama.law.engine.parameters import DatedParameter, DatedValue


@dataclass(frozen=True)
class ParameterFile:
    """The parameters of a file; read when the first is asked for, on the clock of the law."""

    path: Path

    @cached_property
    def _all(self) -> ParameterSet:
        return ParameterSet.load([self.path])

    def __iter__(self) -> Iterator[DatedParameter]:
        """Each parameter with all its values."""
        return iter(self._all)

    def label(self, name: str) -> Label:
        """What a parameter is called."""
        return self._all.get(name).label

    def value_on(self, name: str, day: dt.date) -> DatedValue:
        """A parameter as it is on a day, with its status and its reference.

        Raises:
            UnknownParameterError: nobody defined it.
            LawError: it has no value yet on that day.
        """
        return self._all.get(name).at(Month.of(day), "legal")

    def number_on(self, name: str, day: dt.date) -> int:
        """A parameter that is a whole number, as it is on a day.

        Raises:
            TypeError: it is something else.
        """
        value = self.value_on(name, day).value
        if not isinstance(value, int):
            raise TypeError(f"parameter '{name}' is no number")
        return value
