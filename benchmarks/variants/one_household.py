"""One household at a time, warm, by the public calls: amount, full explanation and next twelve months, JSON-ready.

The months and the three languages take turns, so that nothing of the answer before can be given again.
"""

from __future__ import annotations

import datetime as dt
import json
import statistics
import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from benchmarks.measuring import report
from benchmarks.registers import MONTH

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SEPTEMBER = "2026-09"
"""A month with the back-to-school grant and other rates."""
HOUSEHOLDS = 400
ROUNDS = 5
MONTHS = ("claim_month", "score_effective_from")
TWENTIETH = 20
LEFT_OUT = ("size", "payment_channel", "payment_account", "province", "region")


def households(register: Path, number: int) -> list[dict[str, Any]]:
    """Households of the register, spread over it, as HOUSEHOLD.json writes them."""
    import duckdb

    from karama.law.inputs import REGISTER

    known = {column.name for column in REGISTER.columns}
    with duckdb.connect() as connection:
        source = f"'{register / 'households.parquet'}'"
        step = max(connection.execute(f"SELECT count(*) FROM {source}").fetchall()[0][0] // number, 1)
        connection.execute(
            "CREATE TEMP TABLE chosen AS SELECT * EXCLUDE (n) FROM (SELECT *, row_number() OVER (ORDER BY"
            f" household_id) AS n FROM {source}) WHERE n % {step} = 0 ORDER BY household_id LIMIT {number}"
        )
        found = connection.execute("FROM chosen").to_arrow_table().to_pylist()
        members: dict[str, list[dict[str, Any]]] = {}
        persons = f"SELECT p.* FROM '{register / 'persons.parquet'}' p SEMI JOIN chosen USING (household_id)"
        for row in connection.execute(f"{persons} ORDER BY household_id, person_id").to_arrow_table().to_pylist():
            members.setdefault(row.pop("household_id"), []).append(plain(row, known))
    return [{**plain(row, known), "members": members[row["household_id"]]} for row in found]


def plain(row: dict[str, Any], known: set[str]) -> dict[str, Any]:
    """A row as JSON writes it, without what the law does not know."""
    kept = {name: value for name, value in row.items() if name in known and name not in LEFT_OUT}
    return {
        name: (str(value)[:7] if name in MONTHS else str(value)) if isinstance(value, dt.date) else value
        for name, value in kept.items()
    }


def timed(work: Callable[[dict[str, Any], int], object], found: list[dict[str, Any]]) -> dict[str, float]:
    """Milliseconds by the clock, and of the processor alone; the first round is left out as warming."""
    by_clock, by_processor = [], []
    for number in range(ROUNDS + 1):
        for place, household in enumerate(found):
            start, busy = time.perf_counter(), time.process_time()
            work(household, place + number)
            spent, used = time.perf_counter() - start, time.process_time() - busy
            if number:
                by_clock.append(1000 * spent)
                by_processor.append(1000 * used)
    return {
        "median_ms": statistics.median(by_clock),
        "p95_ms": statistics.quantiles(by_clock, n=TWENTIETH)[-1],
        "median_cpu_ms": statistics.median(by_processor),
        "p95_cpu_ms": statistics.quantiles(by_processor, n=TWENTIETH)[-1],
    }


def measure(register: Path, out: Path | None) -> dict[str, Any]:
    """Milliseconds of the amount and of the explanation; ``out`` gets one household as JSON."""
    from karama.foundation.languages import LANGUAGES
    from karama.foundation.months import Month
    from karama.law import decide_household, explain
    from karama.simulation.household import next_months

    month, september = Month.parse(MONTH), Month.parse(SEPTEMBER)
    turns = [(month, september)[number % 2] for number in range(2 * len(LANGUAGES))]
    found = households(register, HOUSEHOLDS)
    if out:
        richest = max(found, key=lambda one: decide_household(one, month).amount_centimes)
        out.write_text(json.dumps(richest, default=number_of), encoding="utf-8")
    return {
        "households": len(found),
        "rounds": ROUNDS,
        "months": [MONTH, SEPTEMBER],
        "amount": timed(lambda one, turn: decide_household(one, turns[turn % len(turns)]).amount_centimes, found),
        "explanation": timed(
            lambda one, turn: explain(one, turns[turn % len(turns)]).as_dict(LANGUAGES[turn % len(LANGUAGES)]), found
        ),
        "twelve_months": timed(
            lambda one, turn: next_months(one, turns[turn % len(turns)]).as_dict(LANGUAGES[turn % len(LANGUAGES)]),
            found,
        ),
    }


def number_of(value: object) -> float:
    """A score as JSON writes it."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{value!r} is no JSON value")


if __name__ == "__main__":
    report(measure)
