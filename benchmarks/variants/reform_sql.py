"""Reforms by the hand-written SQL with other constants, on tables already in DuckDB's memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.measuring import Stopwatch, peak_mb, report
from benchmarks.reforms import REFORMS

if TYPE_CHECKING:
    from pathlib import Path

PERSONS = (
    "household_id, person_id, role, birth_date, death_date, enrolled, father_deceased, severe_disability, in_rnp,"
    " receives_family_allowance, receives_state_pay, receives_pension, mother_id, live_birth_order,"
    " birth_grant_claim_date"
)
HOUSEHOLDS = (
    "household_id, claim_month, score, score_effective_from, previous_score, resident, other_family_allowance,"
    " state_pay, pension, fonds_entraide_familiale"
)


def measure(register: Path, out: Path | None) -> dict[str, Any]:
    """Seconds to load the columns needed, then those of each reform, from query to families and cost."""
    import duckdb

    found: dict[str, Any] = {}
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        with Stopwatch() as opening:
            for table, columns in (("households", HOUSEHOLDS), ("persons", PERSONS)):
                connection.execute(f"CREATE TEMP TABLE {table} AS SELECT {columns} FROM '{register / table}.parquet'")
        for one in REFORMS:
            query = one.query()
            with Stopwatch() as watch:
                connection.execute(f"CREATE TEMP TABLE {one.name} AS {query}")
                told = connection.execute(
                    f"SELECT count(*) FILTER (WHERE eligible), CAST(sum(amount) AS BIGINT) FROM {one.name}"
                ).fetchall()[0]
            found |= {f"{one.name}_seconds": watch.seconds, one.name: {"families": told[0], "cost_centimes": told[1]}}
        peak = peak_mb()
        if out:
            rows = " UNION ALL ".join(
                f"SELECT household_id || ' {one.name}' AS household_id, eligible, amount FROM {one.name}"
                for one in REFORMS
            )
            connection.execute(f"COPY ({rows}) TO '{out}' (FORMAT parquet)")
    whole = opening.seconds + found[f"{REFORMS[0].name}_seconds"]
    return {"seconds": whole, "opening_seconds": opening.seconds, "peak_mb": peak, **found}


if __name__ == "__main__":
    report(measure)
