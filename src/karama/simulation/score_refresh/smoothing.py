"""The smoothing options of a score refresh: proposals, not law, read from ``score_refresh.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from karama.foundation.errors import BadInputError, UnknownParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

LAW = "law"
"""Name of the law's own answer among the options."""
PROPOSAL = "proposal, not law"

_FILE = "score_refresh.yaml"
_KEYS = {"value", "meaning", "source", "status"}


@dataclass(frozen=True, slots=True)
class Smoothing:
    """One way to soften a refresh, a proposal and not law; without any of its three parts it is the law's own answer.

    Raises:
        BadInputError: a band or notice under 0.
    """

    name: str
    band: Decimal = Decimal(0)
    """Who receives the aid leaves only above the threshold plus this."""
    notice_months: int = 0
    """Months for which the aid of who leaves goes on."""
    two_scores: bool = False
    """Who receives the aid leaves only if the score before was above the threshold too."""

    def __post_init__(self) -> None:
        if not (self.band >= 0 and self.notice_months >= 0):
            raise BadInputError(f"smoothing option '{self.name}': a band or notice under 0: give 0 or more")


THE_LAW = Smoothing(LAW)


@dataclass(frozen=True, slots=True)
class RefreshSettings:
    """The parameters of ``score_refresh.yaml``."""

    months_to_next_refresh: int
    distances: tuple[Decimal, ...]
    options: tuple[Smoothing, ...]


@cache
def refresh_settings() -> RefreshSettings:
    """The parameters of ``score_refresh.yaml``, checked.

    Raises:
        UnknownParameterError: an entry or option with a missing or unknown key.
    """
    text = resources.files(__package__).joinpath(_FILE).read_text(encoding="utf-8")
    return refresh_settings_of(yaml.safe_load(text))


def refresh_settings_of(entries: Mapping[str, Mapping[str, Any]]) -> RefreshSettings:
    """Settings from entries shaped as those of ``score_refresh.yaml``.

    Raises:
        UnknownParameterError: as `refresh_settings`.
        BadInputError: as `Smoothing`.
    """
    names = set(RefreshSettings.__slots__)
    if set(entries) != names or any(set(entry) != _KEYS for entry in entries.values()):
        told = f"the entries are {', '.join(sorted(names))}, each with {', '.join(sorted(_KEYS))}"
        raise UnknownParameterError(f"{_FILE}: an entry or one of its keys is missing or unknown: {told}")
    options = []
    for option in entries["options"]["value"]:
        unknown = set(option) - set(Smoothing.__slots__)
        if unknown or "name" not in option:
            known = ", ".join(Smoothing.__slots__)
            raise UnknownParameterError(f"{_FILE}: option {option} has no name or an unknown key: known are {known}")
        options.append(Smoothing(**{**option, "band": Decimal(option.get("band", "0"))}))
    distances = tuple(Decimal(one) for one in entries["distances"]["value"])
    return RefreshSettings(entries["months_to_next_refresh"]["value"], distances, tuple(options))
