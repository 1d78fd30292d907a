"""Which of two places a person was known to be in first: what counts until somebody settles it."""

from __future__ import annotations


def known_since(alias: str, day: str, table: str = "membership", known_at: str = "%(known_at)s") -> str:
    """SQL of the time since which it is known without a break that a person is in this place on a day.

    A row that was closed and written again, with another end or another role, does not begin anew: after a settlement
    the days before it count where they counted.

    Args:
        alias: of the row of ``registry_membership`` or ``registry_placement`` in the query around.
        day: SQL of the day.
        table: ``membership`` or ``placement``.
        known_at: SQL of the time as of which it is asked.
    """
    place = "household_id" if table == "membership" else "establishment_id"
    return (
        f"(SELECT lower(span) FROM unnest((SELECT range_agg(f.known) FROM registry_{table} f"
        f" WHERE f.person_id = {alias}.person_id AND f.{place} = {alias}.{place} AND f.validity @> {day})) AS span"
        f" WHERE span @> {known_at})"
    )


def placed_before_member(placement: str, membership: str, day: str) -> str:
    """SQL of whether a placement has been known longer than a membership of the same person; at once, it has not."""
    return f"{known_since(placement, day, 'placement')} < {known_since(membership, day)}"
