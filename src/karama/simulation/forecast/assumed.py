"""The assumptions of a forecast: tables shared with the synthetic population, levels and trends of its own.

A value of ``rates/*.yaml`` may have ``low`` and ``high``: the bounds within which Monte Carlo draws it (triangular, the
value being the mode) and at which the tornado puts it.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import yaml

from karama.foundation.errors import BadInputError, UnknownParameterError
from karama.population import assumptions as population_assumptions
from karama.population.draws import Draws

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from karama.population.draws import Floats
    from karama.simulation.forecast.state import Array

STATUSES = ("census", "published", "assumption", "unknown")
_KEYS = {"value", "low", "high", "unit", "label", "meaning", "source", "status"}
FROM_POPULATION = (
    "births", "births_by_milieu", "boys_share", "birth_grant_claim_share", "birth_grant_claim_days",
    "deaths_men", "deaths_women", "deaths_of_husbands", "rural_factors", "marriages_women", "marriages_men",
    "remarriage_factor", "bride_younger_by_up_to_days", "couple_forms_household", "divorces", "departures",
    "aged_alone_join_family", "severe_disability_onset", "severe_disability_by_age", "declared_jobs_a_month",
    "pension_ages", "pensions_a_month", "pension_passes_to_widow", "preschool_entry", "school_entry", "moving_up",
    "leaving_at_the_end", "drop_out", "drop_out_of_rural_girls", "vocational_after_secondary",
    "score_updates_a_month", "claim_months", "claim_by_score", "late_claims_a_month", "claims_after_registration",
    "ward_departures",
)  # fmt: skip
"""Assumptions of the synthetic population that the forecast reads too."""


@dataclass(frozen=True, slots=True)
class Rate:
    """One assumption: its value with bounds, what it means, where it comes from."""

    name: str
    value: Any
    meaning: str
    source: str
    status: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    label: Mapping[str, str] = field(default_factory=dict)


@cache
def own_rates() -> dict[str, Rate]:
    """The forecast's own assumptions, in the order of the files.

    Raises:
        UnknownParameterError: an entry is incomplete, or has a key or a status nobody knows.
    """
    folder = resources.files("karama.simulation.forecast").joinpath("rates")
    found: dict[str, Rate] = {}
    for file in sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name):
        for name, entry in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            if set(entry) - _KEYS or {"value", "meaning", "source", "status"} - set(entry):
                raise UnknownParameterError(f"{file.name}: '{name}': write value, unit, meaning, source and status")
            if entry["status"] not in STATUSES:
                raise UnknownParameterError(f"{file.name}: '{name}': status is one of {', '.join(STATUSES)}")
            found[name] = Rate(name=name, **entry)
    return found


@cache
def all_rates() -> dict[str, Rate]:
    """The forecast's own assumptions, then those it shares with the synthetic population."""
    shared = population_assumptions()
    found = dict(own_rates())
    for name in FROM_POPULATION:
        one = shared[name]
        status = "census" if "RGPH" in one.source else "assumption"
        found[name] = Rate(name, one.value, one.meaning, one.source, status)
    return found


@dataclass(frozen=True)
class Rates:
    """The values of one run; the uncertain ones have one value per simulated future."""

    given: Mapping[str, Any]
    levels: Mapping[str, Floats]

    def value(self, name: str) -> Any:  # noqa: ANN401 - a number, a list or a mapping, as the file has it
        """An assumption as written."""
        return self.given[name] if name in self.given else all_rates()[name].value

    def number(self, name: str) -> float:
        """An assumption that is one number."""
        value = self.value(name)
        try:
            return float(value)
        except (TypeError, ValueError) as error:
            raise BadInputError(f"rate '{name}': {value!r} is no number: write one number") from error

    def table(self, name: str) -> Floats:
        """An assumption that is a table."""
        return np.asarray(self.value(name), dtype=np.float64)

    def mapping(self, name: str) -> dict[str, float]:
        """An assumption of named numbers."""
        return {key: float(value) for key, value in self.value(name).items()}

    def level(self, name: str, draw: Array) -> Floats:
        """An uncertain assumption for rows of these futures."""
        values = self.levels[name]
        return values if len(values) == 1 else values[draw]


def uncertain() -> dict[str, Rate]:
    """The assumptions with bounds."""
    return {name: one for name, one in own_rates().items() if one.low is not None and one.high is not None}


def rates(given: Mapping[str, Any] | None = None, levels: Mapping[str, Floats] | None = None) -> Rates:
    """The central values, some of them given otherwise; ``levels`` gives uncertain ones per simulated future.

    Raises:
        UnknownParameterError: no such assumption; the nearest one is named.
        BadInputError: a chance is not between 0 and 1, or chances that exclude each other add up to more than 1.
    """
    given = dict(given or {})
    for name in given:
        if name not in all_rates():
            near = difflib.get_close_matches(name, all_rates(), n=1)
            hint = f": did you mean '{near[0]}'?" if near else ""
            raise UnknownParameterError(f"no assumption of the forecast is named '{name}'{hint}")
    made = Rates(given, {})
    central = {name: np.array([made.number(name)]) for name in uncertain()}
    made = Rates(given, {**central, **(levels or {})})
    _check(made)
    return made


def read_rates(path: Path) -> dict[str, Any]:
    """Values written in a YAML file, by the name of the assumption.

    Raises:
        BadInputError: no such file, or no mapping of names to values.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadInputError(f"{path}: no such file: give a YAML file of rates") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInputError(f"{path}: not readable as YAML ({str(error).splitlines()[0]}): correct it") from error
    if not isinstance(content, dict):
        raise BadInputError(f"{path}: holds no names with values: write one 'name: value' a line")
    return {name: one["value"] if isinstance(one, dict) and "value" in one else one for name, one in content.items()}


_CHANCES = (
    "births", "deaths_men", "deaths_women", "marriages_women", "marriages_men", "divorces", "departures",
    "aged_alone_join_family", "moving_up", "leaving_at_the_end", "drop_out", "claim_months", "score_updates_a_month",
    "declared_jobs_a_month", "pensions_a_month", "salaried_share", "couple_forms_household", "boys_share",
    "preschool_entry", "school_entry", "vocational_after_secondary", "claims_after_registration",
    "registrations_a_year", "pension_passes_to_widow", "birth_grant_claim_share",
)  # fmt: skip


def _check(made: Rates) -> None:
    """Chances lie between 0 and 1; shares of one whole add up to it."""
    for name in _CHANCES:
        raw = made.value(name)
        try:
            values = np.asarray(list(raw.values()) if isinstance(raw, dict) else raw, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise BadInputError(f"rate '{name}': {raw!r} is no number or table of numbers: write numbers") from error
        if not ((values >= 0) & (values <= 1)).all():
            wrong = float(values[(values < 0) | (values > 1) | np.isnan(values)].flat[0])
            raise BadInputError(f"rate '{name}': {wrong} is no chance: write values from 0 to 1")
        usual = all_rates()[name].value
        if isinstance(usual, list) and values.shape != np.shape(usual):
            raise BadInputError(f"rate '{name}': {values.size} values where {np.size(usual)} are needed: one per group")
    up, leaving = made.mapping("moving_up"), made.mapping("leaving_at_the_end")
    for level in up:
        if up[level] + leaving.get(level, 0) > 1 + 1e-9:
            message = f"rates 'moving_up' and 'leaving_at_the_end': {level} adds up to {up[level] + leaving[level]:g}"
            raise BadInputError(f"{message}, more than 1: lower one of them")
    total = sum(made.mapping("claim_months").values())
    if abs(total - 1) > 1e-6:  # noqa: PLR2004 - rounding of decimals
        raise BadInputError(f"rate 'claim_months': the shares add up to {total:g}, not to 1: correct them")


def drawn(seed: int, count: int) -> dict[str, Floats]:
    """The uncertain assumptions in so many futures: triangular between the bounds, independent of each other."""
    result = {}
    for name, one in uncertain().items():
        uniform = Draws(seed).uniform(f"assumption/{name}", np.arange(count, dtype=np.int64))
        result[name] = _triangular(uniform, float(one.low or 0), float(one.value), float(one.high or 0))
    return result


def _triangular(uniform: Floats, low: float, mode: float, high: float) -> Floats:
    """The triangular distribution's inverse."""
    turn = (mode - low) / (high - low)
    rising = low + np.sqrt(uniform * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - uniform) * (high - low) * (high - mode))
    return np.where(uniform < turn, rising, falling)


def as_frame(made: Rates) -> pl.DataFrame:
    """``name``, ``value`` (as text), ``unit``, ``low``, ``high``, ``meaning``, ``source``, ``status``, labels."""
    rows = [
        {
            "name": one.name,
            "value": str(made.value(one.name)),
            "unit": one.unit,
            "low": one.low,
            "high": one.high,
            "meaning": one.meaning,
            "source": "given by the user" if one.name in made.given else one.source,
            "status": "assumption" if one.name in made.given else one.status,
            **{f"label_{language}": one.label.get(language) for language in ("fr", "ar", "en")},
        }
        for one in all_rates().values()
    ]
    texts = ("name", "value", "unit", "meaning", "source", "status", "label_fr", "label_ar", "label_en")
    return pl.DataFrame(
        rows, schema_overrides={**dict.fromkeys(texts, pl.String), "low": pl.Float64, "high": pl.Float64}
    )
