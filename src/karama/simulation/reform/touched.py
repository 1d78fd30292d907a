"""What a scenario touches: parameters with the article they come from, formulas and benefits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from karama.foundation.money import from_centimes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from karama.foundation.months import Month
    from karama.law.engine.parameters import Clock, DatedParameter
    from karama.law.engine.programme import Programme
    from karama.simulation.scenario import Scenario

_SCHEMA = dict.fromkeys(
    (
        "scenario", "kind", "name", "label_fr", "label_ar", "label_en", "unit", "old", "new", "first", "reference",
        "status",
    ),
    pl.String,
)  # fmt: skip


def touched_frame(programme: Programme, scenarios: Iterable[Scenario], month: Month, clock: Clock) -> pl.DataFrame:
    """A row for each parameter, formula and benefit that a scenario, or one it stands on, changes.

    Values are those in force in the month, or from the first month of the change if that is later.
    """
    rows: list[dict[str, Any]] = []
    for scenario in scenarios:
        reformed = scenario.applied_to(programme)
        for name in dict.fromkeys(change.name for one in scenario.chain for change in one.changes):
            first = min(change.first for one in scenario.chain for change in one.changes if change.name == name)
            old = programme.law.parameters.by_name.get(name)
            new = reformed.law.parameters.get(name)
            rows.append({"scenario": scenario.name, **_parameter(old, new, max(first, month), first, clock)})
        for one in scenario.chain:
            rows += [_formula(scenario.name, each) for each in one.formulas]
    return pl.DataFrame(rows, schema=_SCHEMA)


def _parameter(
    old: DatedParameter | None, new: DatedParameter, month: Month, first: Month, clock: Clock
) -> dict[str, str | None]:
    now = new.at(month, clock)
    before = old.at(month, clock) if old is not None else None
    return {
        "kind": "parameter", "name": new.name, "label_fr": new.label.fr, "label_ar": new.label.ar,
        "label_en": new.label.en, "unit": new.unit, "old": _said(old, before.value) if old and before else None,
        "new": _said(new, now.value), "first": str(first), "reference": before.reference if before else None,
        "status": before.status.value if before else None,
    }  # fmt: skip


def _said(parameter: DatedParameter, value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{code}: {_said(parameter, one)}" for code, one in value.items())
    return str(from_centimes(value)) if parameter.kind == "money" and isinstance(value, int) else str(value)


def _formula(scenario: str, formula: Any) -> dict[str, str | None]:  # noqa: ANN401 - a formula of the scenario
    return {
        "scenario": scenario, "kind": "formula", "name": formula.name, "label_fr": formula.label.fr,
        "label_ar": formula.label.ar, "label_en": formula.label.en, "unit": formula.unit, "old": None, "new": None,
        "first": str(formula.valid_from) if formula.valid_from else None, "reference": formula.reference,
        "status": None,
    }  # fmt: skip
