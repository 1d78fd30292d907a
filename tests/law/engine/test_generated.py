"""Random laws on random rows: both compilations give the same values and types, every dialect can be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.law.engine.both_engines import alone, disagreements, evaluate
from tests.law.engine.generated_laws import MONTHS, laws, register

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.law.engine.graph import Law

ANY_SIZE = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


def check(law: Law, seed: int, month: Month) -> None:
    """All formulas are asked for, or the last one alone, which lets SQL leave out what nobody needs."""
    last = [law.formulas[0].name]
    computed = evaluate(law, register(seed), month, outputs=last if seed % 3 == 0 else None)
    assert disagreements(computed) == []
    assert alone(computed) == []
    for step in computed.plan.steps:
        for dialect in ("postgres", "spark"):
            assert sqlglot.parse_one(step.sql(dialect), read=dialect) is not None


@settings(max_examples=150, suppress_health_check=ANY_SIZE)
@given(law=laws(), seed=st.integers(0, 10_000), month=st.sampled_from(MONTHS))
def test_both_compilations_agree_on_generated_laws(law: Law, seed: int, month: Month) -> None:
    check(law, seed, month)


@pytest.mark.long
@settings(max_examples=1500, suppress_health_check=ANY_SIZE)
@given(law=laws(), seed=st.integers(0, 10_000), month=st.sampled_from(MONTHS))
def test_both_compilations_agree_on_many_generated_laws(law: Law, seed: int, month: Month) -> None:
    check(law, seed, month)
