"""Who is in two places at once: two households, or a household and an establishment; found in sets, in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from karama.record.clock import TODAY
from karama.registry.places import known_since

if TYPE_CHECKING:
    import datetime as dt

_HELD = "upper_inf({0}.known)"
_NOW = "'infinity'::timestamptz"
_SINCE_A, _SINCE_B = (
    f"({known_since(alias, 'lower(shared.days)', known_at=_NOW)}, {alias}.household_id)" for alias in "ab"
)
_STILL = f"(upper(shared.days) IS NULL OR upper(shared.days) > {TODAY})"

PLACES = f"""
    SELECT a.person_id, a.household_id AS first_household_id, b.household_id AS second_household_id,
        NULL::bigint AS establishment_id, lower(shared.days) AS since,
        greatest(lower(a.known), lower(b.known)) AS known,
        CASE WHEN 'kafala_child' IN (a.role, b.role) THEN 'kafala'
            WHEN a.role = 'child' AND b.role = 'child' AND EXISTS (
                SELECT 1 FROM registry_membership p
                JOIN registry_civil c ON c.person_id = p.person_id AND {_HELD.format("c")}
                    AND c.validity @> {TODAY}
                WHERE p.household_id IN (a.household_id, b.household_id) AND {_HELD.format("p")}
                    AND p.validity && shared.days AND p.role IN ('head', 'spouse') AND c.marital_status = 'divorced')
            THEN 'custody' ELSE 'two_households' END AS kind
    FROM registry_membership a
    JOIN registry_membership b ON b.person_id = a.person_id AND b.household_id <> a.household_id
        AND b.validity && a.validity AND {_HELD.format("b")}
    CROSS JOIN LATERAL (SELECT a.validity * b.validity AS days) shared
    WHERE {_HELD.format("a")} AND {_STILL} AND {_SINCE_A} < {_SINCE_B}
    UNION ALL
    SELECT m.person_id, m.household_id, NULL, w.establishment_id, lower(shared.days), greatest(lower(m.known),
        lower(w.known)), 'institution'
    FROM registry_membership m
    JOIN registry_placement w ON w.person_id = m.person_id AND w.validity && m.validity AND {_HELD.format("w")}
    CROSS JOIN LATERAL (SELECT m.validity * w.validity AS days) shared
    WHERE {_HELD.format("m")} AND {_STILL}
"""
"""One row per person and pair of places that both hold on some day from today on, as known now."""

_SAME = (
    "(c.person_id, c.first_household_id, c.second_household_id, c.establishment_id) IS NOT DISTINCT FROM"
    " (p.person_id, p.first_household_id, p.second_household_id, p.establishment_id)"
)


def put_in_queue(at: dt.datetime, person_id: int | None = None) -> tuple[int, int]:
    """Put in the queue what contradicts itself now, of everybody or of one person, and close what no longer does.

    What a person settled does not come back, unless a later fact says it again.

    Returns:
        How many are new, and how many are gone.
    """
    of, params = ("", []) if person_id is None else ("person_id = %s", [person_id])
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS places")
        cursor.execute(
            "CREATE TEMPORARY TABLE places ON COMMIT DROP AS SELECT DISTINCT ON (person_id, first_household_id,"
            f" second_household_id, establishment_id) * FROM ({PLACES}) p{of and f' WHERE p.{of}'}"
            " ORDER BY person_id, first_household_id, second_household_id, establishment_id, since",
            params,
        )
        cursor.execute(
            "UPDATE matching_contradiction c SET state = 'gone' WHERE state = 'open'"
            f" AND NOT EXISTS (SELECT 1 FROM places p WHERE {_SAME}){of and f' AND c.{of}'}",
            params,
        )
        gone = cursor.rowcount
        cursor.execute(
            f"""
            INSERT INTO matching_contradiction (person_id, kind, first_household_id, second_household_id,
                establishment_id, since, state, found_at)
            SELECT person_id, kind, first_household_id, second_household_id, establishment_id, since, 'open', %s
            FROM places p
            WHERE NOT EXISTS (SELECT 1 FROM matching_contradiction c JOIN matching_settlement s
                ON s.contradiction_id = c.id WHERE {_SAME} AND s.settled_at >= p.known)
            ON CONFLICT DO NOTHING""",
            [at],
        )
        return cursor.rowcount, gone
