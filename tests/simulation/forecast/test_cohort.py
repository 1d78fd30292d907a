"""The version by matrices beside the microsimulation."""

from __future__ import annotations

from math import erf
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from karama.foundation.months import Month
from karama.law import programme_named
from karama.population import generate
from karama.simulation.forecast.assumed import rates
from karama.simulation.forecast.cohort import cohort
from karama.simulation.forecast.cohort.score_chain import ScoreChain
from karama.simulation.forecast.measures import measured
from karama.simulation.forecast.reading import read_state
from karama.simulation.forecast.run import Run, Totals, run
from tests.simulation.forecast.conftest import START, still

if TYPE_CHECKING:
    from pathlib import Path

    from karama.simulation.forecast.measures import Measured
    from karama.simulation.forecast.state import State

MOST = 0.01
"""How far the two versions may be from each other."""


def test_with_no_event_both_versions_count_the_same_children_every_month(state: State, law: Measured) -> None:
    given = rates(still())
    by_matrices = cohort(state, law, START, 26, given)
    state.persons["severe_disability"][:] = False  # the older disabled, who are left out by the matrices
    totals = run(Run(state, law, START, 26, "paid", given, 1, legal_too=False))
    assert by_matrices["children"].to_numpy() == pytest.approx(totals.counts["children"][:, 0], abs=1)
    assert by_matrices["families"].to_numpy() == pytest.approx(totals.counts["families"][:, 0], abs=2)
    families = totals.counts["families_child_aid"][:, 0]
    assert by_matrices["families_child_aid"].to_numpy() == pytest.approx(families, abs=2)


def test_scores_spread_by_the_chain_as_by_their_moves() -> None:
    given = rates({"score_updates_a_month": {"ordinary": 1, "after_change": 1}, "score_noise": 1e-9})
    chain = ScoreChain(np.full(1000, 9_500_000_000), 9_743_001_000, given)
    deviation = given.mapping("score_move")["deviation"]
    out, back = chain.step(1)
    beyond = 0.5 * (1 - erf(0.243 / deviation / 2**0.5))
    assert out == pytest.approx(given.mapping("score_move")["share"] * beyond, rel=0.05)
    assert back == 0
    assert chain.parts.sum() == pytest.approx(1000)


@pytest.mark.long
def test_families_children_and_yearly_cost_agree_within_one_percent(tmp_path: Path) -> None:
    start, months = Month(2025, 12), 37
    generate(share=0.02, seed=8, out=tmp_path / "register", first_month=start)
    law = measured(programme_named("asd"))
    state = read_state(tmp_path / "register" / str(start), law.programme.law.inputs, start)
    by_matrices = cohort(state, law, start, months, rates())
    totals = run(Run(state, law, start, months, "paid", rates(), 1, legal_too=False))
    for category in ("families", "families_child_aid", "children"):
        apart = by_matrices[category].to_numpy() / totals.counts[category][:, 0] - 1
        assert np.abs(apart).max() < MOST, category
    for year, cost in _yearly(by_matrices, totals).items():
        assert abs(cost) < MOST, year


def _yearly(by_matrices: pl.DataFrame, totals: Totals) -> dict[str, float]:
    """Relative difference of each whole year's cost."""
    drawn = np.sum([values[:, 0] for values in totals.amounts.values()], axis=0)
    both = by_matrices.with_columns(pl.Series("drawn", drawn), pl.col("month").str.head(4).alias("year"))
    years = both.group_by("year").agg(pl.len(), pl.col("amount_centimes").sum(), pl.col("drawn").sum())
    whole = years.filter(pl.col("len") == 12)
    return {year: ours / theirs - 1 for year, _, ours, theirs in whole.iter_rows()}
