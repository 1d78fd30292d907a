"""The aids that came before, and what becomes of those who were on their lists.

The schemes and what may not be held together are data with a status: nothing here is law that was not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from karama.foundation.languages import Label
from karama.law.engine.parameter_file import ParameterFile
from karama.law.engine.parameters import DatedValue, Status, load_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karama.foundation.months import Month

HERE = Path(__file__).parent
PARAMETERS = ParameterFile(HERE / "parameters.yaml")


@dataclass(frozen=True)
class Scheme:
    """An aid of before: the programme said to replace it, and how sure that is."""

    name: str
    label: Label
    replaced_by: str
    status: Status
    reference: str


@cache
def schemes() -> Mapping[str, Scheme]:
    """The aids of before, by name."""
    raw = load_yaml(HERE / "schemes.yaml")
    return {
        name: Scheme(name, Label(**told["label"]), told["replaced_by"], Status(told["status"]), told["reference"])
        for name, told in raw.items()
    }


def both_aids(month: Month) -> DatedValue:
    """What happens where somebody receives an aid of before and the one that replaces it, with the status of that."""
    return PARAMETERS.value_on("both_aids", month.first_day)
