"""The public call: a register, a start, a number of years, and what may be otherwise."""

from __future__ import annotations

import resource
import time
from dataclasses import replace
from importlib import metadata
from typing import TYPE_CHECKING, Any

from karama.cycle.law_version import law_version
from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.foundation.storage import read_json
from karama.law import programme_named
from karama.law.engine.evaluate import bind
from karama.simulation.forecast.assumed import as_frame
from karama.simulation.forecast.assumed import rates as made_rates
from karama.simulation.forecast.back_test import kept_back_test
from karama.simulation.forecast.futures import SAMPLE, in_the_country, live, sampled
from karama.simulation.forecast.measures import measured
from karama.simulation.forecast.reading import read_state, register_month
from karama.simulation.forecast.results import Forecast, caseload_of, cash_of, costs_of, years_of
from karama.simulation.forecast.run import Run, check_inputs, run
from karama.simulation.forecast.wards import ward_amounts
from karama.simulation.forecast.writing import GENERATOR

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import polars as pl

    from karama.law.engine.parameters import Clock
    from karama.law.engine.programme import Programme
    from karama.simulation.forecast.assumed import Rates
    from karama.simulation.forecast.futures import Futures
    from karama.simulation.forecast.run import Totals
    from karama.simulation.scenario import Scenario

MOST_YEARS = 10
SEED = 20_260_101


def forecast(
    register: Path,
    start: Month,
    years: int,
    *,
    programme: str = "asd",
    scenario: Scenario | None = None,
    amounts: Clock = "paid",
    draws: int = 0,
    sample: int = SAMPLE,
    seed: int = SEED,
    rates: Mapping[str, Any] | None = None,
    events: bool = True,
) -> Forecast:
    """Forecast a programme from a register, month by month.

    Args:
        register: folder of the month, or the one above it; columns as `karama.law.inputs` declares them.
        start: first month, whose figures are those of the register as it stands.
        years: 1 to 10.
        programme: of households, such as ``asd``.
        scenario: a reform from `karama.simulation.scenario`, in place of the law.
        amounts: the clock on which amounts change: as paid, or as the text says.
        draws: futures of the fan chart; 0 leaves out the fan and the tornado.
        sample: households of the sub-sample on which they are lived.
        seed: of all draws; the same seed gives the same forecast.
        rates: assumptions given otherwise, by name.
        events: without them only the dates and the law move.

    Raises:
        BadInputError: the register lacks a file or a column, a rate is no chance, years out of bounds.
        UnknownParameterError: no such programme, or no assumption of that name.
        LawError: the law has no value for a month.
    """
    begun = time.monotonic()
    months, chosen = _months(start, years), made_rates(rates)
    base = programme_named(programme)
    base = scenario.applied_to(base) if scenario else base
    law = measured(base)
    check_inputs(law.programme.law.inputs, programme)
    folder = register_month(register, start)
    origin = origin_of(folder, register)
    state = read_state(folder, law.programme.law.inputs, start, scenario.new_scores if scenario else None)
    rows = {"households": state.households, "persons": len(state.persons["home"])}
    read = time.monotonic()
    part = sampled(state, start, sample, seed) if draws else None
    central = Run(state, law, start, len(months), amounts, chosen, seed, events=events)
    totals = run(central)
    futures = live(central, part, totals, draws=draws, given=rates or {}) if part else None
    wards = ward_amounts(folder, months, amounts, chosen, seed=seed, events=events)
    manifest = {
        "generator": GENERATOR,
        "programme": programme,
        "scenario": scenario.name if scenario else None,
        "register": folder.name,
        **origin,
        "start": str(start),
        "months": len(months),
        "amounts": amounts,
        "seed": seed,
        "law": _law(base, start, amounts),
        "versions": {"karama": metadata.version("karama"), "duckdb": metadata.version("duckdb")},
        "rows": rows,
        "households_decided": sum(totals.decided),
        "draws": draws,
        "sample": futures.check if futures else None,
        **_spent(begun, read),
    }
    return _assembled(totals, wards, chosen, futures, manifest)


def _assembled(
    totals: Totals, wards: pl.DataFrame, chosen: Rates, futures: Futures | None, manifest: dict[str, Any]
) -> Forecast:
    """The tables, brought to the whole country."""
    scale = 1 / manifest["share"]
    costs = costs_of(totals, wards, scale)
    central = Forecast(
        costs,
        caseload_of(totals, wards, scale),
        years_of(costs),
        cash_of(totals, costs, wards, chosen, scale),
        as_frame(chosen),
        manifest,
        backtest=kept_back_test(),
    )
    if futures is None:
        return central
    fan, fan_years, tornado = (in_the_country(one, wards, scale) for one in futures.tables())
    return replace(central, fan=fan, fan_years=fan_years, tornado=tornado)


def _spent(begun: float, read: float) -> dict[str, Any]:
    """Seconds and memory so far."""
    return {
        "seconds": {"reading": round(read - begun, 1), "months": round(time.monotonic() - read, 1)},
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000),
    }


def _months(start: Month, years: int) -> list[Month]:
    if not 1 <= years <= MOST_YEARS:
        raise BadInputError(f"{years} years is not between 1 and {MOST_YEARS}: give fewer or at least one")
    return list(Month.range(start, 12 * years))


def origin_of(folder: Path, register: Path) -> dict[str, Any]:
    """What the manifest of a register says of it: its share of the country, and whether it is synthetic."""
    for manifest in (folder / "manifest.json", register / "manifest.json"):
        if manifest.is_file():
            said = read_json(manifest)
            share = float(said.get("share", 1))
            if not 0 < share <= 1:
                raise BadInputError(f"{manifest}: share {share} is not above 0 and at most 1: correct it")
            return {"synthetic": bool(said.get("synthetic", False)), "share": share}
    return {"synthetic": False, "share": 1.0}


def _law(programme: Programme, start: Month, clock: Clock) -> str:
    graph, binding = bind(programme, start, clock, None)
    return law_version(programme, graph, binding)
