"""The outputs of all variants, household by household: equal, or nothing is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from pathlib import Path

THRESHOLD = "9.743001"


class DifferentOutputsError(Exception):
    """Some household got different amounts; says how many and between whom."""


def check_equal(outputs: dict[str, Path], reference: str, *, part_of: tuple[str, ...] = ()) -> dict[str, int]:
    """Compare every output with the reference; those of ``part_of`` hold only some of the households.

    Returns:
        Households, the eligible ones and the sum of amounts in centimes.

    Raises:
        DifferentOutputsError: an output differs or misses households, or the reference is missing.
    """
    if reference not in outputs:
        raise DifferentOutputsError(f"{reference} gave no amounts: there is nothing to compare with")
    with duckdb.connect() as connection:
        for name, path in ((name, path) for name, path in outputs.items() if name != reference):
            join = "RIGHT" if name in part_of else "FULL"
            differing = connection.execute(
                f"SELECT count(*), min(household_id) FROM '{outputs[reference]}' s {join} JOIN '{path}' g"
                " USING (household_id)"
                " WHERE s.amount IS DISTINCT FROM g.amount OR s.eligible IS DISTINCT FROM g.eligible"
            ).fetchall()[0]
            if differing[0]:
                raise DifferentOutputsError(
                    f"{name} and {reference} differ for {differing[0]:,} households, {differing[1]} for one"
                )
        row = connection.execute(
            "SELECT count(*), count(*) FILTER (WHERE eligible), CAST(sum(amount) AS BIGINT)"
            f" FROM '{outputs[reference]}'"
        ).fetchall()[0]
    return {"households": row[0], "eligible": row[1], "amount_centimes": row[2]}


def moved_by_float32(register: Path) -> int:
    """Households whose score stands on the other side of the threshold once it is a float32."""
    with duckdb.connect() as connection:
        return connection.execute(
            f"SELECT count(*) FROM '{register / 'households.parquet'}'"
            f" WHERE (score <= {THRESHOLD}) <> (CAST(score AS FLOAT) <= CAST({THRESHOLD} AS FLOAT))"
        ).fetchall()[0][0]
