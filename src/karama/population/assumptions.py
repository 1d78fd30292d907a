"""The assumptions of the first month and, in ``life/``, of the events: read once, checked, and given by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from karama.foundation.errors import UnknownParameterError

if TYPE_CHECKING:
    from karama.population.draws import Floats

_FILE = "assumptions.yaml"
_EVENTS = "life"
_KEYS = {"value", "meaning", "source", "calibrated"}


@dataclass(frozen=True, slots=True)
class Assumption:
    """One documented assumption: its value, what it means, and where it comes from."""

    name: str
    value: Any
    meaning: str
    source: str
    calibrated: bool


@cache
def assumptions() -> dict[str, Assumption]:
    """All assumptions of the synthetic population, by name, in the files' order.

    Raises:
        UnknownParameterError: an entry lacks its meaning or source, has a key nobody knows, or stands in two files.
    """
    folder = resources.files("karama.population")
    events = sorted(
        (one for one in folder.joinpath(_EVENTS).iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name
    )
    found: dict[str, Assumption] = {}
    for file in (folder.joinpath(_FILE), *events):
        entries = yaml.safe_load(file.read_text(encoding="utf-8"))
        twice = sorted(set(entries) & set(found))
        if twice:
            raise UnknownParameterError(f"{file.name}: '{twice[0]}' stands in another file too: keep one of the two")
        found.update({name: _checked(name, entry) for name, entry in entries.items()})
    return found


def _checked(name: str, entry: dict[str, Any]) -> Assumption:
    """One entry, complete and without unknown keys."""
    unknown = set(entry) - _KEYS
    missing = {"value", "meaning", "source"} - set(entry)
    if unknown or missing:
        fault = f"unknown keys {sorted(unknown)}" if unknown else f"no {', '.join(sorted(missing))}"
        message = (
            f"{_FILE}: assumption '{name}' has {fault}: each entry has value, meaning, source and, if so, calibrated"
        )
        raise UnknownParameterError(message)
    return Assumption(name, entry["value"], entry["meaning"], entry["source"], bool(entry.get("calibrated", False)))


def _found(name: str) -> Any:  # noqa: ANN401 - a number, a list or a mapping, as the file has it
    found = assumptions().get(name)
    if found is None:
        message = f"{_FILE}: no assumption is named '{name}': add it with its value, meaning and source"
        raise UnknownParameterError(message)
    return found.value


def number(name: str) -> float:
    """The assumption as one number."""
    return float(_found(name))


def table(name: str) -> Floats:
    """The assumption as a one- or two-dimensional array of numbers."""
    return np.asarray(_found(name), dtype=np.float64)


def mapping(name: str) -> dict[str, float]:
    """The assumption as named numbers."""
    return {key: float(value) for key, value in _found(name).items()}
