"""Events against what can be computed by hand: one kind of event alone, at a constant rate."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from karama.foundation.months import Month
from karama.population.draws import Draws
from karama.population.register import NEVER
from karama.simulation.forecast.assumed import rates
from karama.simulation.forecast.run import Run, run
from karama.simulation.forecast.take_up import plan_claims
from tests.simulation.forecast.conftest import START, still

if TYPE_CHECKING:
    from pathlib import Path

    from karama.simulation.forecast.measures import Measured
    from karama.simulation.forecast.state import State

YEARS = 3
ONE_FACTOR = {"rural_factors": dict.fromkeys(
    ("deaths", "marriages", "divorces", "departures", "disability", "jobs", "moves", "drop_out"), 1.0
)}  # fmt: skip


def within(observed: float, chance: float, trials: int) -> bool:
    """Four standard deviations of a binomial."""
    return abs(observed - chance * trials) < 4 * np.sqrt(trials * chance * (1 - chance)) + 1


def test_with_deaths_alone_the_living_fall_exponentially(state: State, law: Measured) -> None:
    given = still() | ONE_FACTOR | {"deaths_men": [0.05] * 16, "deaths_women": [0.05] * 16, "deaths_of_husbands": 1}
    first = int((state.persons["death_date"] >= NEVER).sum())
    run(Run(state, law, START, 12 * YEARS + 1, "paid", rates(given), 3))
    # Orphans without an adult leave the register: they are alive and counted.
    alive = int((state.persons["death_date"] >= NEVER).sum())
    exposed = first
    assert within(alive, np.exp(-0.05 * YEARS), exposed) or alive > np.exp(-0.05 * YEARS) * exposed
    assert alive < first * 0.9


def test_with_no_event_children_leave_childhood_exactly_on_their_birthdays(
    register: Path, state: State, law: Measured
) -> None:
    totals = run(Run(state, law, START, 25, "paid", rates(still()), 3))
    persons = pl.read_parquet(register / str(START) / "persons.parquet")
    children = persons.filter(
        pl.col("role").is_in(["child", "kafala_child", "ward"]),
        pl.col("death_date").is_null(),
        ~pl.col("severe_disability"),
    )
    before = _counted_here(children, START)
    after = _counted_here(children, START + 24)
    households = register / str(START) / "households.parquet"
    assert before - after == _turned(children)
    assert totals.counts["children"][0, 0] > totals.counts["children"][24, 0]
    assert pl.read_parquet(households).height == state.households


def _counted_here(children: pl.DataFrame, month: Month) -> int:
    limit = month.first_day.replace(year=month.year - 21)
    return children.filter(pl.col("birth_date") > limit).height


def _turned(children: pl.DataFrame) -> int:
    bounds = [dt.date(START.year - 21 + years, START.month, 1) for years in (0, 2)]
    return children.filter(pl.col("birth_date") > bounds[0], pl.col("birth_date") <= bounds[1]).height


def test_births_alone_come_at_the_rate_of_their_mothers(state: State, law: Measured) -> None:
    persons = state.persons
    day = (START + 7).first_day.toordinal() - dt.date(1970, 1, 1).toordinal()
    age = (day - persons["birth_date"]) // 365.2425
    mothers = (persons["sex"] == 0) & (persons["marital_status"] == 1) & (age >= 15) & (age < 50)
    mothers &= persons["death_date"] >= NEVER
    recent = persons["birth_date"] > day - 213 - 330
    spaced = np.zeros(len(persons["home"]), np.bool_)
    spaced[persons["mother_id"][recent & (persons["mother_id"] >= 0)]] = True
    exposed = int((mothers & ~spaced).sum())
    given = still() | {"births": [0.1] * 16, "births_by_milieu": {"urban": 1, "rural": 1}, "births_trend": 0}
    run(Run(state, law, START, 13, "paid", rates(given), 3))
    born = state.persons["birth_date"] > day - 213 + 30
    of_spaced = np.isin(state.persons["mother_id"][born], np.flatnonzero(~spaced))
    assert within(int(of_spaced.sum()), 1 - np.exp(-0.1), exposed)
    assert (state.persons["home"][born] == state.persons["home"][state.persons["mother_id"][born]]).all()


def test_a_dead_husband_leaves_a_widow_who_heads_the_household_and_fatherless_children(
    state: State, law: Measured
) -> None:
    given = still() | {"deaths_men": [1.0] * 16}
    before = state.persons["role"].copy()
    run(Run(state, law, START, 14, "paid", rates(given), 3))
    persons = state.persons
    husbands = np.flatnonzero((before == 0) & (persons["sex"] == 1) & (persons["marital_status"] == 1))
    last = (START + 13).first_day.toordinal() - dt.date(1970, 1, 1).toordinal()
    dead = husbands[persons["death_date"][husbands] < last]
    assert len(dead) > 100
    homes = persons["home"][dead]
    wives = np.flatnonzero(np.isin(persons["home"], homes) & (persons["sex"] == 0) & (before == 1))
    wives = wives[persons["death_date"][wives] >= NEVER]
    assert (persons["marital_status"][wives] == 3).all()
    assert (persons["role"][wives] == 0).all()
    children = np.flatnonzero(np.isin(persons["home"], persons["home"][wives]) & (persons["role"] == 2))
    single = children[(persons["marital_status"][children] == 0) & (persons["death_date"][children] >= NEVER)]
    assert persons["father_deceased"][single].all()


def test_the_same_seed_gives_the_same_run_and_a_longer_one_begins_with_the_shorter(
    register: Path, law: Measured
) -> None:
    from karama.simulation.forecast.reading import read_state  # noqa: PLC0415 - three fresh states

    def cost(months: int, seed: int) -> list[float]:
        fresh = read_state(register / str(START), law.programme.law.inputs, START)
        totals = run(Run(fresh, law, START, months, "paid", rates(), seed))
        return [float(sum(values[turn, 0] for values in totals.amounts.values())) for turn in range(months)]

    long = cost(15, 1)
    assert cost(8, 1) == long[:8]
    assert cost(8, 2) != long[:8]


@pytest.mark.parametrize("rural", [False, True])
def test_school_drop_out_alone_empties_classes_by_its_rate(state: State, law: Measured, *, rural: bool) -> None:
    given = still() | ONE_FACTOR | {"drop_out": dict.fromkeys(still()["drop_out"], 0.3), "drop_out_of_rural_girls": 1}
    persons = state.persons
    day = Month(2026, 9).first_day.toordinal() - dt.date(1970, 1, 1).toordinal()
    age = (day - persons["birth_date"]) / 365.2425
    pupils = persons["enrolled"] & (age > 7) & (age < 18) & (persons["marital_status"] == 0)
    pupils &= (persons["death_date"] >= NEVER) & (state.homes["milieu"][persons["home"]] == int(rural))
    rows = np.flatnonzero(pupils)
    run(Run(state, law, START, 11, "paid", rates(given), 3))
    assert within(int((~state.persons["enrolled"][rows]).sum()), 0.3, len(rows))


def test_the_first_wave_brings_in_all_who_are_willing_by_its_end(state: State) -> None:
    start = Month(2023, 12)
    schedule = {"2023-12": 0.4, "2024-01": 0.35, "2024-03": 0.25}
    willing = 0.9
    made = rates({"claim_months": schedule, "claim_by_score": [[0.0, 99.0], [willing, willing]]})
    homes = state.homes
    early = np.random.default_rng(1).random(state.households) < willing * schedule["2023-12"]
    homes["claim_month"] = np.where(early, 0, NEVER).astype(np.int32)
    planned = plan_claims(state, start, made, Draws(4))
    months, counts = np.unique(planned[planned < NEVER], return_counts=True)
    assert months.tolist() == [Month(2024, 1).index, Month(2024, 3).index]
    assert not (planned[early] < NEVER).any()
    for count, share in zip(counts, (0.35, 0.25), strict=True):
        assert within(count, willing * share, state.households)
    assert within(early.sum() + counts.sum(), willing, state.households)
