"""The days that the procedure gives, as dated parameters with their status: some are known, some nobody has told us."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.timezone import localdate

from karama.foundation.months import Month
from karama.law.engine.parameters import DatedValue, ParameterSet

if TYPE_CHECKING:
    import datetime as dt


@cache
def parameters() -> ParameterSet:
    """Every parameter of the procedure."""
    return ParameterSet.load([Path(__file__).parent / "parameters.yaml"])


def value_on(name: str, day: dt.date) -> DatedValue:
    """A parameter of the procedure as it is on a day, with its status and its reference."""
    return parameters().get(name).at(Month.of(day), "legal")


def days(name: str, day: dt.date) -> int:
    """A number of days, as it is on a day."""
    value = value_on(name, day).value
    if not isinstance(value, int):
        raise TypeError(f"parameter '{name}' is no number")
    return value


def due(name: str, since: dt.datetime) -> dt.date:
    """The last day of a delay that runs from a moment: the day it falls on in Morocco is not counted."""
    begun = localdate(since)
    return begun + timedelta(days=days(name, begun))
