"""Rates: how often somebody may ask, held in PostgreSQL so that every web process counts the same.

The generic cell rate algorithm (ITU-T I.371) in one statement: a row says when all that was asked will have been worked
off; a call that would push that moment beyond the burst is refused and leaves the row as it was.  The table is not
logged: a write of it waits for no disk, and after a crash everybody starts anew.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from django.db import connection
from django.utils.crypto import salted_hmac

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


STRANGERS = Allowance(burst=60, per_second=10)
"""Of one address without sign-in: an office or a mobile network shares one among many people."""

_IPV6 = 6
_SITE = 64
"""Bits of an IPv6 address that name the site; whoever has one has all the rest."""


def site_of(address: str) -> str:
    """The address that calls; of IPv6 the part that names the site."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address
    if read.version == _IPV6:
        return str(ipaddress.ip_network((read, _SITE), strict=False).network_address)
    return str(read)


def key_of_stranger(address: str) -> str:
    """Under what the calls of an address that is nobody's are counted: only a keyed hash of it is kept."""
    return f"address {salted_hmac('karama.record.rates', site_of(address)).hexdigest()}"


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
