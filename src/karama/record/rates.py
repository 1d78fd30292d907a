"""Rates: how often somebody may ask, held in PostgreSQL so that every web process counts the same.

The generic cell rate algorithm (ITU-T I.371) in one statement: a row says when all that was asked will have been worked
off; a call that would push that moment beyond the burst is refused and leaves the row as it was.  The table is not
logged: a write of it waits for no disk, and after a crash everybody starts anew.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

_TAKE = """
    WITH asked AS (SELECT %(key)s::text AS key, clock_timestamp() AS at,
        make_interval(secs => %(step)s) AS step, make_interval(secs => %(whole)s) AS whole),
    taken AS (
        INSERT INTO record_rate AS r (key, free_at) SELECT key, at + step FROM asked
        ON CONFLICT (key) DO UPDATE SET free_at = greatest(r.free_at, clock_timestamp()) + (SELECT step FROM asked)
            WHERE greatest(r.free_at, clock_timestamp()) + (SELECT step - whole FROM asked) <= clock_timestamp()
        RETURNING 1)
    SELECT EXISTS (SELECT 1 FROM taken), coalesce(extract(epoch FROM (
        SELECT r.free_at + step - whole - at FROM record_rate r JOIN asked USING (key)))::float, 0)
"""


@dataclass(frozen=True)
class Allowance:
    """So many at once, and then so many a second."""

    burst: int
    per_second: float

    @property
    def step(self) -> float:
        """Seconds that one call costs."""
        return 1 / self.per_second


def wait_before(key: str, allowance: Allowance) -> float:
    """Take one call of the rate; zero where it may go on, else the seconds to wait before the next one may.

    One query in a transaction of its own where none is open: a caller that is refused holds no lock.
    """
    with connection.cursor() as cursor:
        step = allowance.step
        cursor.execute(_TAKE, {"key": key, "step": step, "whole": step * allowance.burst})
        taken, wait = cursor.fetchone() or (False, 0.0)
    return 0.0 if taken else max(float(wait), 0.001)


def forget_free() -> int:
    """Remove the rows of those who asked nothing lately; how many.  Nothing is lost by it."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM record_rate WHERE free_at < clock_timestamp()")
        return int(cursor.rowcount)
