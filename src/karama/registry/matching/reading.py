"""Between PostgreSQL and the search: civil facts out by COPY, pairs found in by COPY."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import polars as pl
from django.db import connection

from karama.record.clock import TODAY
from karama.registry.matching.comparisons import COMPARISONS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

_ENTRIES = f"""
    SELECT p.id AS person_id, c.family_name_fr, c.given_name_fr, c.family_name_ar, c.given_name_ar, c.sex, c.birth_date,
        c.birth_commune, h.commune, c.mother_idcs
    FROM registry_person p
    JOIN registry_civil c ON c.person_id = p.id AND upper_inf(c.known) AND c.validity @> {TODAY}
    LEFT JOIN (
        SELECT DISTINCT ON (m.person_id) m.person_id, m.household_id FROM registry_membership m
        WHERE upper_inf(m.known) AND m.validity @> {TODAY} ORDER BY m.person_id, lower(m.known), m.id
    ) first ON first.person_id = p.id
    LEFT JOIN registry_household h ON h.id = first.household_id
    WHERE p.merged_into_id IS NULL
"""
_FOUND = ("first", "other", "probability", "weight", "comparisons")


def civil_entries() -> pl.DataFrame:
    """What is known today of everybody who was not merged into another: the columns of ``finding.ENTRY_COLUMNS``."""
    told = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(f"COPY ({_ENTRIES}) TO STDOUT (FORMAT csv, HEADER)") as rows:
        for part in rows:
            told.write(part)
    told.seek(0)
    return pl.read_csv(told, infer_schema=False).with_columns(pl.col("birth_date").str.to_date())


def propose(found: pl.DataFrame, at: dt.datetime) -> tuple[int, int]:
    """Put pairs in the queue; one that was judged stays judged, one that waits is told as it now looks.

    Returns:
        How many are new, and how many were in the queue already and look otherwise.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS found")
        cursor.execute(
            "CREATE TEMPORARY TABLE found (first bigint, other bigint, probability float8, weight float8,"
            " comparisons jsonb) ON COMMIT DROP"
        )
        with cursor.copy(f"COPY found ({', '.join(_FOUND)}) FROM STDIN") as rows:
            for row in _rows(found):
                rows.write_row(row)
        cursor.execute(
            """
            INSERT INTO matching_candidatepair AS known (left_id, right_id, probability, weight, comparisons, state,
                found_at)
            SELECT least(first, other), greatest(first, other), probability, weight, comparisons, 'proposed', %s
            FROM found
            ON CONFLICT (left_id, right_id) DO UPDATE SET probability = excluded.probability,
                weight = excluded.weight, comparisons = excluded.comparisons, found_at = excluded.found_at
            WHERE known.state = 'proposed' AND known.comparisons IS DISTINCT FROM excluded.comparisons
            RETURNING xmax = 0
            """,
            [at],
        )
        new = [is_new for (is_new,) in cursor.fetchall()]
    return sum(new), len(new) - sum(new)


def _rows(found: pl.DataFrame) -> Iterator[tuple[str, str, float, float, str]]:
    for row in found.iter_rows(named=True):
        compared = [
            {"code": one.code, "level": row[f"{one.code}_level"], "weight": round(row[f"{one.code}_weight"], 3)}
            for one in COMPARISONS
        ]
        yield row["left"], row["right"], row["probability"], row["weight"], json.dumps(compared)
