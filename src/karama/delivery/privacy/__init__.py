"""Personal data (law 09-08): how long it is kept, a person's own copy of it, and extracts that name nobody."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from karama.law.engine.parameter_file import ParameterFile

if TYPE_CHECKING:
    import datetime as dt

PARAMETERS = ParameterFile(Path(__file__).parent / "parameters.yaml")
"""Every parameter of personal data, with its status."""


def age(born: dt.date, on: dt.date) -> int:
    """Whole years on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def majority(on: dt.date) -> int:
    """The age in years from which a person is of age, on a day (inferred)."""
    return PARAMETERS.number_on("majority_years", on)
