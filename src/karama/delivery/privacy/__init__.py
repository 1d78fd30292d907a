"""Personal data (law 09-08): how long it is kept, a person's own copy of it, and extracts that name nobody."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from karama.foundation.months import Month
from karama.law.engine.parameters import DatedValue, ParameterSet

if TYPE_CHECKING:
    import datetime as dt


@cache
def parameters() -> ParameterSet:
    """Every parameter of personal data."""
    return ParameterSet.load([Path(__file__).parent / "parameters.yaml"])


def value_on(name: str, day: dt.date) -> DatedValue:
    """A parameter as it is on a day, with its status and its reference."""
    return parameters().get(name).at(Month.of(day), "legal")


def number_on(name: str, day: dt.date) -> int:
    """A parameter that is a number."""
    value = value_on(name, day).value
    if not isinstance(value, int):
        raise TypeError(f"parameter '{name}' is no number")
    return value
