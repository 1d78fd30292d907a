"""Answers kept by key: a write that is asked twice, since its first answer was lost on the way, is done once.

The row is written first, in the transaction of the write: a second caller with the same key waits for the first, then
reads its answer.  A write that fails takes its row with it, so that it can be asked again.  Only who asked sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from karama.record.models import KeptAnswer

if TYPE_CHECKING:
    from karama.record.scope import Actor

KEPT_DAYS = 2
"""After that a key may mean something else: a caller that did not ask again by then has given up."""

_ASK = """
    INSERT INTO record_keptanswer AS k (account_id, key, fingerprint, at, body, headers)
    VALUES (%(account)s, %(key)s, %(fingerprint)s, clock_timestamp(), '', '{}')
    ON CONFLICT (account_id, key) DO UPDATE
        SET fingerprint = excluded.fingerprint, at = excluded.at, status = NULL, body = '', headers = excluded.headers
        WHERE k.at < clock_timestamp() - make_interval(days => %(kept)s)
    RETURNING id
"""


@dataclass(frozen=True)
class Kept:
    """An answer given before: the fingerprint of what was asked, the status, the body and the headers of its own."""

    fingerprint: str
    status: int
    body: str
    headers: dict[str, str]


def ask(key: str, fingerprint: str, by: Actor) -> int | Kept:
    """The number under which the answer is to be kept, or the answer given before.

    Waits for a call with the same key that is under way.  To be called in the transaction of the write.
    """
    given = {"account": by.account_id, "key": key, "fingerprint": fingerprint, "kept": KEPT_DAYS}
    with connection.cursor() as cursor:
        cursor.execute(_ASK, given)
        if row := cursor.fetchone():
            return int(row[0])
    found = KeptAnswer.objects.get(account=by.account_id, key=key)
    return Kept(found.fingerprint, found.status or 0, found.body, found.headers)


def keep(number: int, status: int, body: str, headers: dict[str, str]) -> None:
    """Keep the answer of a write that went well."""
    KeptAnswer.objects.filter(pk=number).update(status=status, body=body, headers=headers)


def forget_old() -> int:
    """Remove the answers that are no longer kept, of all callers that the actor sees; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM record_keptanswer WHERE at < clock_timestamp() - make_interval(days => %s)", [KEPT_DAYS]
        )
        return int(cursor.rowcount)
