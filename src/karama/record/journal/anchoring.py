"""Anchors: what the chain was on a day, kept where whoever holds the database has no hand.

Whoever can rewrite the whole database can rewrite events, seals and chain so that they fit each other.  A copy of the
chain on another machine, one small file a day, is what such a rewriting cannot reach.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import fsspec
from django.db import connection
from django.utils.timezone import localdate

from karama.foundation.errors import BadInputError, StorageError
from karama.record.clock import now
from karama.record.models import Seal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

_NAME = "journal-{day}.json"


@dataclass(frozen=True)
class Anchor:
    """The chain as it was published: the day, the last seal, how many events were sealed until then."""

    day: str
    seal: int
    chain: str
    events: int


def publish(address: str, day: dt.date | None = None) -> Anchor | None:
    """Write the file of a day (today) at an address, unless it is there already; None where nothing is sealed.

    Raises:
        StorageError: the address cannot be written.
    """
    last = Seal.objects.order_by("-number").only("number", "chain").first()
    if last is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(cardinality(events)), 0) FROM record_seal WHERE number <= %s", [last.number]
        )
        (events,) = cursor.fetchone() or (0,)
    anchor = Anchor(f"{day or localdate(now()):%Y-%m-%d}", last.number, bytes(last.chain).hex(), int(events))
    try:
        files, folder = fsspec.core.url_to_fs(address)
        files.makedirs(folder, exist_ok=True)
        place = f"{folder}/{_NAME.format(day=anchor.day)}"
        if files.exists(place):
            return _read(files, place)
        with files.open(place, "w", encoding="utf-8") as file:
            file.write(json.dumps(vars(anchor)) + "\n")
    except OSError as error:
        raise StorageError(f"{address}: anchors cannot be written ({error}): choose another place") from error
    return anchor


def read_anchors(address: str) -> list[Anchor]:
    """The anchors kept at an address, the oldest seal first.

    Raises:
        BadInputError: there is none, or a file is no anchor.
    """
    try:
        files, folder = fsspec.core.url_to_fs(address)
        places = sorted(files.glob(f"{folder}/{_NAME.format(day='*')}"))
    except (OSError, ValueError) as error:
        raise BadInputError(f"{address}: anchors cannot be read ({error}): give their address") from error
    if not places:
        raise BadInputError(f"{address}: holds no anchor ({_NAME.format(day='YYYY-MM-DD')}): give another address")
    return sorted((_read(files, place) for place in places), key=lambda one: (one.seal, one.day))


def _read(files: fsspec.AbstractFileSystem, place: str) -> Anchor:
    try:
        with files.open(place, "r", encoding="utf-8") as file:
            told: Mapping[str, object] = json.load(file)
        anchor = Anchor(str(told["day"]), int(str(told["seal"])), str(told["chain"]), int(str(told["events"])))
        bytes.fromhex(anchor.chain)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInputError(f"{place}: is no anchor of a journal ({error}): take a copy as it was published") from error
    return anchor
