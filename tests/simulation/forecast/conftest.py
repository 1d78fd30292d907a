"""A small synthetic register, generated once for the tests of the forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from karama.foundation.months import Month
from karama.law import programme_named
from karama.population import generate
from karama.simulation.forecast.assumed import all_rates
from karama.simulation.forecast.measures import Measured, measured
from karama.simulation.forecast.reading import read_state

if TYPE_CHECKING:
    from pathlib import Path

    from karama.simulation.forecast.state import State

SHARE, SEED = 0.0008, 11
START = Month(2025, 12)


@pytest.fixture(scope="session")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One month of some 4,000 households."""
    folder = tmp_path_factory.mktemp("forecast") / "register"
    generate(share=SHARE, seed=SEED, out=folder, first_month=START)
    return folder


@pytest.fixture(scope="session")
def law() -> Measured:
    """The direct social aid with the sums of a forecast."""
    return measured(programme_named("asd"))


@pytest.fixture
def state(register: Path, law: Measured) -> State:
    """The register in memory, to be changed."""
    return read_state(register / str(START), law.programme.law.inputs, START)


def still() -> dict[str, Any]:
    """Rates with which nothing happens to anybody; children stay at school as they are."""
    zero = {
        "births": [0] * 16,
        "deaths_men": [0] * 16,
        "deaths_women": [0] * 16,
        "marriages_men": [0] * 16,
        "marriages_women": [0] * 16,
        "divorces": [0] * 16,
        "departures": [0] * 16,
        "aged_alone_join_family": [0] * 16,
        "severe_disability_onset": 0,
        "declared_jobs_a_month": {"start": 0, "end": 0},
        "pensions_a_month": {"formal": 0, "salaried": 0, "others": 0},
        "preschool_entry": 0,
        "school_entry": 0,
        "score_updates_a_month": {"ordinary": 0, "after_change": 0},
        "late_claims_a_month": [[9.0, 10.0], [0, 0]],
        "claim_by_score": [[9.0, 10.0], [0, 0]],
        "registrations_a_year": 0,
        "ward_departures": 0,
        "admissions_a_year": 0,
    }
    for name in ("moving_up", "leaving_at_the_end", "drop_out"):
        zero[name] = dict.fromkeys(all_rates()[name].value, 0)
    return zero
