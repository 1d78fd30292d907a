"""Appending events: one, or as many as a query gives."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from karama.record.scope import Actor

_COLUMNS = "at, actor, account_id, kind, subject_type, subject_id, household_id, data"


def write(
    *,
    kind: str,
    subject: tuple[str, object],
    by: Actor,
    at: dt.datetime,
    household_id: int | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Append one event in the transaction of the write it tells; ``subject`` is what it is about and its key."""
    subject_type, subject_id = subject
    told = json.dumps(data or {}, cls=DjangoJSONEncoder, ensure_ascii=False)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO record_event ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [at, by.name, by.account_id, kind, subject_type, str(subject_id), household_id, told],
        )


def write_many(query: str, params: Sequence[Any], *, kind: str, subject_type: str, by: Actor, at: dt.datetime) -> int:
    """Append an event for each row of ``query``: (subject_id, household_id, data as jsonb).

    Returns:
        How many were written.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO record_event ({_COLUMNS})"
            " SELECT %s, %s, %s, %s, %s, s.subject_id::text, s.household_id, s.data FROM"
            f" ({query}) AS s(subject_id, household_id, data)",
            [at, by.name, by.account_id, kind, subject_type, *params],
        )
        return int(cursor.rowcount)
