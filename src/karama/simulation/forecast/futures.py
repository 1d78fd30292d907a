"""Many futures at once: a stratified sub-sample of the register lived again under other assumptions.

The sub-sample is repeated once per future, each household carrying the number of its own, and all futures run
together.  The same household draws the same numbers in each of them, so that futures differ by their assumptions only;
what a future costs beside the central one, on the sub-sample, is applied to the central path of the whole register.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from karama.population.draws import Draws
from karama.population.register import NEVER, UNKNOWN
from karama.simulation.forecast.assumed import drawn, rates, uncertain
from karama.simulation.forecast.results import FAN, FAN_YEARS, TORNADO
from karama.simulation.forecast.run import Run, run
from karama.simulation.forecast.state import State, day
from karama.simulation.forecast.wards import RELEASED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karama.foundation.months import Month
    from karama.population.draws import Floats
    from karama.simulation.forecast.run import Totals
    from karama.simulation.forecast.state import Rows

PERCENTILES = (5, 10, 25, 50, 75, 90, 95)
SAMPLE = 2_000
"""Households of the sub-sample."""
_MOST_CHILDREN = 6
_CHILD_YEARS = 21
_NEAR = 50_000_000
"""Scores are told apart by steps of 0.05 around the middle of those of claimants."""


@dataclass(frozen=True)
class Futures:
    """Fan, tornado, and how the sub-sample's central path compares with the register's."""

    fan: pl.DataFrame
    fan_years: pl.DataFrame
    tornado: pl.DataFrame
    check: dict[str, Any]

    def tables(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """Fan by month, fan by year, tornado."""
        return self.fan, self.fan_years, self.tornado


def in_the_country(table: pl.DataFrame, wards: pl.DataFrame, scale: float) -> pl.DataFrame:
    """Amounts of the whole country, children in establishments included, who are the same in all futures."""
    certain = wards.filter(pl.col("benefit") != RELEASED).select("month", "amount_centimes")
    if "fiscal_year" in table.columns:
        by = certain.group_by(pl.col("month").str.head(4).cast(pl.Int32).alias("fiscal_year"))
        further = by.agg(pl.col("amount_centimes").sum().alias("certain"))
    elif "month" in table.columns:
        further = certain.group_by("month").agg(pl.col("amount_centimes").sum().alias("certain"))
    else:
        table = table.with_columns(pl.lit(certain["amount_centimes"].sum()).alias("certain"))
        further = None
    if further is not None:
        table = table.join(further, on=further.columns[0], how="left", maintain_order="left")
    money = [name for name in table.columns if name.endswith("_centimes")]
    return table.with_columns(
        ((pl.col(name) + pl.col("certain").fill_null(0)) * scale).round().cast(pl.Int64) for name in money
    ).drop("certain")


def sampled(state: State, start: Month, size: int, seed: int) -> State:
    """A stratified sub-sample of whole households, each with the number it stands for as its weight.

    Strata: milieu, whether the household has claimed, children under 21, score.  Households are taken at equal steps
    along the strata, then weighted up to each of milieu, claim and presence of children.

    A smaller register is taken whole.  The sub-sample is a copy: a run of the register leaves it as it was.
    """
    homes, persons = state.homes, state.persons
    count = state.households
    if count <= size:
        return _part(state, np.arange(count), np.ones(count))
    young = day(start.first_day.replace(year=start.year - _CHILD_YEARS))
    inside = (persons["home"] >= 0) & (persons["birth_date"] > young) & (persons["death_date"] >= NEVER)
    children = np.minimum(np.bincount(persons["home"][inside], minlength=count), _MOST_CHILDREN)
    claimed = homes["claim_month"] < NEVER
    order = np.lexsort(
        (
            Draws(seed).uniform("sample", homes["key"]),
            homes["score"] // _NEAR,
            children,
            homes["milieu"],
            claimed,
        )
    )
    rows = np.sort(order[((np.arange(size) + 0.5) * count / size).astype(np.int64)])
    cell = (claimed.astype(np.int64) * 2 + homes["milieu"]) * 2 + (children > 0)
    whole, taken = (np.bincount(part, minlength=8) for part in (cell, cell[rows]))
    weights = np.where(taken > 0, whole / np.maximum(taken, 1), 0)[cell[rows]]
    weights *= count / weights.sum()
    return _part(state, rows, weights)


def _part(state: State, rows: Rows, weights: Floats) -> State:
    """Some households with their members."""
    chosen = np.zeros(state.households, np.bool_)
    chosen[rows] = True
    members = state.members(chosen)
    homes = {name: values[rows].copy() for name, values in state.homes.items()} | {"weight": weights}
    persons = {name: values[members].copy() for name, values in state.persons.items()}
    place = np.full(state.households, UNKNOWN, np.int32)
    place[rows] = np.arange(len(rows))
    persons["home"] = place[persons["home"]]
    at = np.full(len(state.persons["home"]) + 1, UNKNOWN, np.int32)
    at[members] = np.arange(len(members))
    persons["mother_id"] = at[persons["mother_id"]]
    return State(state.inputs, homes, persons, state.words)


def repeated(state: State, futures: int) -> State:
    """The state once per future, the same keys in each."""
    count, people = state.households, len(state.persons["home"])
    homes = {name: np.tile(values, futures) for name, values in state.homes.items()}
    homes["draw"] = np.repeat(np.arange(futures, dtype=np.int16), count)
    persons = {name: np.tile(values, futures) for name, values in state.persons.items()}
    turn = np.repeat(np.arange(futures, dtype=np.int32), people)
    inside = persons["home"] >= 0
    persons["home"] = np.where(inside, persons["home"] + turn * np.int32(count), persons["home"])
    known = persons["mother_id"] >= 0
    persons["mother_id"] = np.where(known, persons["mother_id"] + turn * np.int32(people), persons["mother_id"])
    return State(state.inputs, homes, persons, state.words)


def levels_of(draws: int, seed: int, given: Mapping[str, Any]) -> dict[str, Floats]:
    """The uncertain assumptions of each future: the central one, the drawn ones, then each at low and at high.

    An assumption that the user gives keeps its value.
    """
    central = rates(given)
    names = [name for name in uncertain() if name not in given]
    futures = 1 + draws + 2 * len(names)
    values = drawn(seed, draws) if draws else {}
    levels = {name: np.full(futures, central.number(name)) for name in uncertain()}
    for place, name in enumerate(names):
        one = uncertain()[name]
        if draws:
            levels[name][1 : 1 + draws] = values[name]
        levels[name][1 + draws + 2 * place] = one.low
        levels[name][2 + draws + 2 * place] = one.high
    return levels


def live(central: Run, sample: State, full: Totals, *, draws: int, given: Mapping[str, Any]) -> Futures:
    """Run the futures of a sub-sample beside the full central path.

    Args:
        central: the run of the whole register, for its law, months, clock and seed.
        sample: from `sampled`, taken before that run.
        full: its totals.
        draws: futures drawn.
        given: assumptions given by the user.
    """
    levels = levels_of(draws, central.seed, given)
    futures = len(next(iter(levels.values())))
    one = Run(
        repeated(sample, futures),
        central.measured,
        central.start,
        central.months,
        central.clock,
        rates(given, levels),
        central.seed,
        futures=futures,
        legal_too=False,
    )
    totals = run(one, "futures")
    costs = np.sum(list(totals.amounts.values()), axis=0)
    whole = np.sum(list(full.amounts.values()), axis=0)[:, 0]
    ratio = costs / np.maximum(costs[:, :1], 1)
    paths = whole[:, None] * ratio
    names = [name for name in uncertain() if name not in given]
    return Futures(
        _fan(full.months, paths[:, 1 : 1 + draws]),
        _fan_years(full.months, paths[:, 1 : 1 + draws]),
        _tornado(names, paths[:, 1 + draws :].sum(axis=0)),
        _check(sample, costs[:, 0], whole, draws, futures),
    )


def _check(sample: State, ours: Floats, whole: Floats, draws: int, futures: int) -> dict[str, Any]:
    """The sub-sample's central path beside the register's."""
    apart = ours / np.maximum(whole, 1) - 1
    return {
        "households": sample.households,
        "draws": draws,
        "futures": futures,
        "central_path_relative_difference": {
            "whole_period": round(float(ours.sum() / max(whole.sum(), 1) - 1), 5),
            "largest_of_a_month": round(float(np.abs(apart).max()), 5),
        },
    }


def _fan(months: list[Month], paths: Floats) -> pl.DataFrame:
    if not paths.shape[1]:
        return pl.DataFrame(schema=FAN)
    found = np.percentile(paths, PERCENTILES, axis=1)
    rows = [
        (str(month), percentile, round(float(found[place, turn])))
        for turn, month in enumerate(months)
        for place, percentile in enumerate(PERCENTILES)
    ]
    return pl.DataFrame(rows, schema=FAN, orient="row")


def _fan_years(months: list[Month], paths: Floats) -> pl.DataFrame:
    if not paths.shape[1]:
        return pl.DataFrame(schema=FAN_YEARS)
    rows = []
    for year in sorted({month.year for month in months}):
        inside = np.array([month.year == year for month in months])
        found = np.percentile(paths[inside].sum(axis=0), PERCENTILES)
        rows += [(year, percentile, round(float(found[place]))) for place, percentile in enumerate(PERCENTILES)]
    return pl.DataFrame(rows, schema=FAN_YEARS, orient="row")


def _tornado(names: list[str], costs: Floats) -> pl.DataFrame:
    """The whole period's cost with one assumption at its bounds, the widest first."""
    rows = []
    for place, name in enumerate(names):
        one = uncertain()[name]
        low, high = (round(float(costs[2 * place + turn])) for turn in (0, 1))
        label = {language: one.label.get(language, name) for language in ("fr", "ar", "en")}
        rows.append((name, one.low, one.high, low, high, label["en"], label["fr"], label["ar"], label["en"]))
    frame = pl.DataFrame(rows, schema=TORNADO, orient="row")
    width = (pl.col("cost_high_centimes") - pl.col("cost_low_centimes")).abs()
    return frame.sort(width, descending=True, maintain_order=True)
