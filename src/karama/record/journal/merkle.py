"""Hashes of the journal: an event's text, the tree of a batch, the chain of the batches.  Nothing of a database.

The tree is that of RFC 6962: a leaf is hashed after a zero byte, a node after a one, so that no node passes for a leaf.
"""

from __future__ import annotations

import datetime as dt
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZE = 32
START = bytes(SIZE)
"""The chain before the first seal."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


def event_hash(fields: Sequence[str], separator: str) -> bytes:
    """The hash of an event, from its fields as text in the order of the journal."""
    return sha256(separator.join(fields).encode()).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root of a batch's tree; that of an empty batch is the hash of nothing."""
    if not leaves:
        return sha256(b"").digest()
    level = [sha256(b"\x00" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
        level = above + level[-1:] if len(level) % 2 else above
    return level[0]


def chain_of(before: bytes, *, number: int, count: int, at: dt.datetime, root: bytes) -> bytes:
    """The chain at a seal: the one before it, its number, how many events, the time to the microsecond, the root."""
    told = b"".join(each.to_bytes(8, "big") for each in (number, count, (at - _EPOCH) // _MICROSECOND))
    return sha256(before + told + root).digest()


def split(leaves: bytes) -> list[bytes]:
    """Hashes kept one after the other."""
    return [leaves[start : start + SIZE] for start in range(0, len(leaves), SIZE)]
