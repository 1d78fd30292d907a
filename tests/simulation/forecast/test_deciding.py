"""Deciding only whom a month touches gives what deciding everybody gives, household by household."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from karama.foundation.months import Month
from karama.law import decide_register
from karama.population.draws import Draws
from karama.simulation.forecast import run as running
from karama.simulation.forecast.agenda import Agenda
from karama.simulation.forecast.assumed import rates
from karama.simulation.forecast.deciding import Decider, connected
from karama.simulation.forecast.run import Run, run
from karama.simulation.forecast.take_up import plan_claims
from tests.simulation.forecast.conftest import START, still

if TYPE_CHECKING:
    from pathlib import Path

    from karama.simulation.forecast.measures import Measured
    from karama.simulation.forecast.state import State


def test_only_the_households_touched_are_decided_and_nothing_is_missed(state: State, law: Measured) -> None:
    one = Run(state, law, START, 15, "paid", rates(), 5)
    draws, agenda = Draws(one.seed), Agenda()
    planned = plan_claims(state, START, one.rates, draws)
    with connected() as first, connected() as second:
        kept = Decider(law, "paid", first)
        for month in Month.range(START, one.months):
            touched, restated = running._advance(one, month, agenda, planned, draws)
            figures = kept.decide(state, month, touched, restated)
            nobody = np.zeros(state.households, np.bool_)
            anew = Decider(law, "paid", second).decide(state, month, nobody, nobody)
            for name, values in anew.columns.items():
                differs = np.flatnonzero(values != figures.columns[name])
                assert not len(differs), f"{month} {name}: rows {differs[:5]}"
    assert sum(kept.decided) < 0.5 * one.months * state.households


def test_a_month_without_events_is_cheap(state: State, law: Measured) -> None:
    one = Run(state, law, Month(2026, 3), 3, "paid", rates(), 5, events=False)
    assert run(one).decided[1] < 0.05 * state.households


@pytest.mark.parametrize("month", ["2025-12", "2026-01", "2026-09", "2027-03"])
def test_with_every_rate_at_zero_a_month_ahead_is_what_the_law_decides_of_the_same_register(
    register: Path, state: State, law: Measured, month: str
) -> None:
    ahead = Month.parse(month)
    turn = ahead - START
    totals = run(Run(state, law, START, turn + 1, "paid", rates(still()), 5))
    decisions, lines = decide_register(register / str(START), ahead)
    expected: dict[str, int] = {}
    for line in lines.to_pylist():
        expected[line["benefit"]] = expected.get(line["benefit"], 0) + line["amount_centimes"]
    assert {name: int(values[turn, 0]) for name, values in totals.amounts.items()} == {
        name: expected.get(name, 0) for name in totals.amounts
    }
    aids = [row["aid"] for row in decisions.to_pylist()]
    assert int(totals.counts["families"][turn, 0]) == sum(aid != "none" for aid in aids)
    assert int(totals.counts["families_child_aid"][turn, 0]) == aids.count("child")
    assert int(totals.counts["families_flat_aid"][turn, 0]) == aids.count("flat")
