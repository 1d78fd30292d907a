"""Payments that do not add up to the decisions are never written for good."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from karama.cycle.deciding import choose
from karama.cycle.duck import DuckEngine
from karama.cycle.payments import write_payments
from karama.foundation.errors import IntegrityError
from karama.foundation.months import Month
from karama.law import programme_named

if TYPE_CHECKING:
    from pathlib import Path


def paid(draft: Path, decided: dict[str, int], known: list[str]) -> int:
    """The rows of the payments of decisions in centimes, when the register knows these households."""
    unknown = pa.array([None] * len(known), pa.string())
    with closing(DuckEngine(draft)) as engine:
        engine.give("decisions", pa.table({"household_id": list(decided), "amount_centimes": list(decided.values())}))
        households = {"household_id": known, "payment_channel": unknown, "payment_account": unknown}
        engine.give("households", pa.table(households))
        write_payments(engine, [choose(programme_named("asd"), Month(2026, 2), "paid", {})], "asd")
        return engine.finish()[1]["payments"].rows


def test_every_decision_with_an_amount_is_paid_once(tmp_path: Path) -> None:
    assert paid(tmp_path, {"H1": 50_000, "H2": 0, "H3": 61_500}, ["H1", "H2", "H3", "H4"]) == 2


@pytest.mark.parametrize(("known", "sum_paid"), [(["H1"], 50_000), (["H1", "H1", "H2"], 161_500), ([], 0)])
def test_a_household_that_is_not_there_or_there_twice_stops_the_month(
    tmp_path: Path, known: list[str], sum_paid: int
) -> None:
    said = f"payments.parquet: payments of {sum_paid} centimes for decisions of 111500: report it"
    with pytest.raises(IntegrityError, match=said):
        paid(tmp_path, {"H1": 50_000, "H2": 61_500}, known)
