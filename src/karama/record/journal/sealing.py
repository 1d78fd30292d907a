"""The sealer: takes the events no seal covers yet and chains the root of each batch to the batch before.

Writers never wait for it: an event waits in a table of its own, from which the sealer takes rows nobody else touches.
Two sealers at once are one: the second finds the lock taken and leaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from karama.record.clock import now
from karama.record.journal.merkle import SIZE, START, chain_of, root_of
from karama.record.models import Event, Seal
from karama.record.scope import SYSTEM, acting_as

if TYPE_CHECKING:
    from collections.abc import Iterator

SEALERS_LOCK = 5_823_002
"""Number of the advisory lock of sealers."""

MOST = 100_000
"""Events of one batch, at most."""

_TAKE = """
    DELETE FROM record_unsealed WHERE event_id IN (SELECT event_id FROM record_unsealed ORDER BY event_id LIMIT %s)
    RETURNING event_id"""


def seal_waiting(*, most: int = MOST) -> Iterator[Seal]:
    """Seal what waits, a batch and a transaction at a time, until nothing waits or another sealer is at work."""
    while sealed := seal_batch(most=most):
        yield sealed


def seal_batch(*, most: int = MOST) -> Seal | None:
    """Seal the waiting events with the lowest numbers; None where none waits or another sealer is at work.

    An event that waits but is gone is sealed as missing: its leaf is empty, and verifying names it.
    """
    with acting_as(SYSTEM):
        if not _alone():
            return None
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, [most])
            numbers = sorted(number for (number,) in cursor.fetchall())
        if not numbers:
            return None
        found = dict(Event.objects.filter(pk__in=numbers).values_list("pk", "hash"))
        leaves = [bytes(found.get(number, bytes(SIZE))) for number in numbers]
        return _append(numbers, leaves)


def _append(numbers: list[int], leaves: list[bytes]) -> Seal:
    last = Seal.objects.order_by("-number").only("number", "chain").first()
    number = last.number + 1 if last else 1
    before = bytes(last.chain) if last else START
    at, root = now(), root_of(leaves)
    chain = chain_of(before, number=number, count=len(numbers), at=at, root=root)
    return Seal.objects.create(number=number, at=at, events=numbers, leaves=b"".join(leaves), root=root, chain=chain)


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALERS_LOCK])
        return bool((cursor.fetchone() or (False,))[0])
