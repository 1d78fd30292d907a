"""The days that the procedure gives, as dated parameters with their status: some are known, some nobody has told us."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.timezone import localdate

from karama.law.engine.parameter_file import ParameterFile

if TYPE_CHECKING:
    import datetime as dt


PARAMETERS = ParameterFile(Path(__file__).parent / "parameters.yaml")
"""Every parameter of the procedure, with its status."""

value_on, days = PARAMETERS.value_on, PARAMETERS.number_on


def due(name: str, since: dt.datetime) -> dt.date:
    """The last day of a delay that runs from a moment: the day it falls on in Morocco is not counted."""
    begun = localdate(since)
    return begun + timedelta(days=days(name, begun))
