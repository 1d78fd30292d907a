"""Fan and tornado: a sub-sample lived under many assumptions at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from karama.population.register import NEVER
from karama.simulation.forecast import Forecast, forecast
from karama.simulation.forecast.assumed import rates, uncertain
from karama.simulation.forecast.futures import PERCENTILES, levels_of, repeated, sampled
from karama.simulation.forecast.run import Run, run
from tests.simulation.forecast.conftest import START

if TYPE_CHECKING:
    from pathlib import Path

    from karama.simulation.forecast.measures import Measured
    from karama.simulation.forecast.state import State


@pytest.fixture(scope="session")
def fanned(register: Path) -> Forecast:
    """One year with thirty futures of 300 households."""
    return forecast(register, START, 1, draws=30, sample=300)


def test_futures_with_the_same_assumptions_are_the_same_and_equal_the_sub_sample_alone(
    state: State, law: Measured
) -> None:
    part = sampled(state, START, 250, 3)
    three = Run(repeated(part, 3), law, START, 14, "paid", rates(), 5, futures=3, legal_too=False)
    alone = Run(sampled(state, START, 250, 3), law, START, 14, "paid", rates(), 5, legal_too=False)
    several, one = run(three), run(alone)
    for name, values in several.amounts.items():
        assert (values == values[:, :1]).all(), name
        assert values[:, 0] == pytest.approx(one.amounts[name][:, 0]), name


def test_the_sub_sample_stands_for_the_register(state: State) -> None:
    part = sampled(state, START, 400, 3)
    assert part.households == 400
    assert part.homes["weight"].sum() == pytest.approx(state.households)
    for flags in ("claim", "milieu"):
        ours = part.homes["claim_month"] < NEVER if flags == "claim" else part.homes["milieu"] == 1
        whole = state.homes["claim_month"] < NEVER if flags == "claim" else state.homes["milieu"] == 1
        assert part.homes["weight"][ours].sum() == pytest.approx(whole.sum(), rel=0.001)
    mothers = part.persons["mother_id"]
    known = mothers >= 0
    assert (part.persons["home"][known] == part.persons["home"][mothers[known]]).all()
    assert (part.persons["sex"][mothers[known]] == 0).all()


def test_a_register_smaller_than_the_sub_sample_is_taken_whole(state: State) -> None:
    part = sampled(state, START, 10**9, 3)
    assert part.households == state.households
    assert (part.homes["weight"] == 1).all()
    assert part.homes["score"] is not state.homes["score"]


def test_each_future_differs_from_the_central_one_as_its_purpose_says() -> None:
    levels = levels_of(5, 1, {"births_level": 1.02})
    names = [name for name in uncertain() if name != "births_level"]
    assert {len(values) for values in levels.values()} == {1 + 5 + 2 * len(names)}
    assert (levels["births_level"] == 1.02).all()
    for place, name in enumerate(names):
        one, values = uncertain()[name], levels[name]
        assert values[0] == one.value
        assert (values[6 + 2 * place], values[7 + 2 * place]) == (one.low, one.high)
        others = np.delete(values[6:], [2 * place, 2 * place + 1])
        assert (others == one.value).all()


def test_percentiles_rise_and_the_first_month_is_certain(fanned: Forecast) -> None:
    wide = fanned.fan.pivot(on="percentile", index="month", values="amount_centimes")
    assert wide.columns[1:] == [str(one) for one in PERCENTILES]
    for lower, higher in zip(wide.columns[1:-1], wide.columns[2:], strict=True):
        assert (wide[lower] <= wide[higher]).all()
    first = wide.row(0)[1:]
    assert max(first) - min(first) <= 1
    due = fanned.cash["paid_centimes"]
    assert first[3] == pytest.approx(due[0], rel=1e-9)
    assert wide["5"][11] < due[11] < wide["95"][11]
    years = fanned.fan_years.pivot(on="percentile", index="fiscal_year", values="amount_centimes")
    assert years["50"].sum() == pytest.approx(due.sum(), rel=0.01)


def test_the_tornado_holds_every_uncertain_assumption_the_widest_first(fanned: Forecast) -> None:
    tornado = fanned.tornado
    assert set(tornado["assumption"]) == set(uncertain())
    width = (tornado["cost_high_centimes"] - tornado["cost_low_centimes"]).abs()
    assert width.to_list() == sorted(width, reverse=True)
    births = tornado.row(by_predicate=pl.col("assumption") == "births_level", named=True)
    assert births["cost_low_centimes"] < births["cost_high_centimes"]


def test_the_manifest_says_how_far_the_sub_sample_is_from_the_register(fanned: Forecast) -> None:
    told = fanned.manifest["sample"]
    assert (told["households"], told["draws"], told["futures"]) == (300, 30, 31 + 2 * len(uncertain()))
    assert abs(told["central_path_relative_difference"]["whole_period"]) < 0.1
