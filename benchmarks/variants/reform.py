"""Reforms by Karama: the register opened once, then each change of amounts or of the threshold answered."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measuring import Stopwatch, peak_mb, report
from benchmarks.reforms import REFORMS
from benchmarks.registers import MONTH

if TYPE_CHECKING:
    from karama.simulation.reform import Country, Decided

TIMES = 3
"""How often each reform is asked, every time with another value, so that no answer is one kept."""


def measure(register: Path, out: Path | None) -> dict[str, Any]:
    """Seconds to open and decide the law in force, then those of each reform, from scenario to families and cost."""
    import karama.law.asd
    import karama.law.engine.sql
    import karama.simulation.reform  # noqa: F401 - not measured
    from karama.foundation.months import Month
    from karama.simulation.reform import Country
    from karama.simulation.scenario import load_scenario

    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        with Stopwatch() as opening:
            country = Country(register, Month.parse(MONTH))
            answer(country.baseline())
        decided = {}
        for one in REFORMS:
            seconds = []
            for further in range(TIMES, -1, -1):  # the last is the reform itself; the first warms
                path = Path(name) / f"{one.name}.yaml"
                path.write_text(one.scenario(MONTH, further), encoding="utf-8")
                with Stopwatch() as watch:
                    decided[one.name] = country.decide(load_scenario(path))
                    told = answer(decided[one.name])
                seconds.append(watch.seconds)
            warm = seconds[1:]
            found |= {f"{one.name}_seconds": statistics.median(warm), f"{one.name}_raw": seconds, one.name: told}
        peak = peak_mb()
        if out:
            write(country, decided, out)
    whole = opening.seconds + found[f"{REFORMS[0].name}_seconds"]
    return {"seconds": whole, "opening_seconds": opening.seconds, "peak_mb": peak, **found}


def answer(decided: Decided) -> dict[str, int]:
    """Families, and the month's cost of each benefit."""
    from karama.law.engine.totals import total_of

    outcome, programme = decided.outcome, decided.programme
    families = int(outcome.homes[outcome.columns[programme.eligible].astype(bool)].sum())
    costs = {one.formula: outcome.total(total_of(one)) for one in programme.benefits}
    return {"families": families, "cost_centimes": sum(costs.values()), **costs}


def write(country: Country, decided: dict[str, Decided], out: Path) -> None:
    """The amount of every household under every reform, outside every measured second."""
    import pyarrow as pa

    from karama.simulation.reform.homes import HOMES

    keys = country.homes.connection.execute(f"SELECT household_id FROM {HOMES} ORDER BY home").to_arrow_table()
    tables = []
    for name, one in decided.items():
        columns = {"eligible": one.outcome.of_homes("eligible"), "amount": one.outcome.of_homes("amount")}
        table = pa.table({"household_id": keys.column(0), "reform": [name] * len(keys), **columns})
        tables.append(table)
    together = pa.concat_tables(tables)
    country.homes.connection.register("together", together)
    country.homes.connection.execute(
        f"COPY (SELECT household_id || ' ' || reform AS household_id, CAST(eligible AS BOOLEAN) AS eligible,"
        f" CAST(amount AS BIGINT) AS amount FROM together) TO '{out}' (FORMAT parquet)"
    )


if __name__ == "__main__":
    report(measure)
