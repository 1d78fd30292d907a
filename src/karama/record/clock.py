"""The record's clock: the database's time, never before what the journal already holds."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection

from karama.foundation.errors import NotAllowedError

if TYPE_CHECKING:
    from collections.abc import Iterator

TODAY = f"(now() AT TIME ZONE '{settings.TIME_ZONE}')::date"
"""SQL of today's day here; the connection's own day is that of UTC."""
_STEP = dt.timedelta(milliseconds=1)


def now() -> dt.datetime:
    """The time at which something becomes known or is decided; a machine's clock that goes back does not go with it.

    Read it after the locks are taken: then two writers of one file are in the order of their times.
    """
    if (invented := _INVENTED.get()) is not None:
        invented[0] += _STEP
        return invented[0]
    return _asked("SELECT karama_now()")


@contextmanager
def invented(moment: dt.datetime) -> Iterator[None]:
    """Let what is done inside have happened at ``moment``: so a demonstration has a past.  One process alone writes.

    Raises:
        NotAllowedError: the service does not show invented persons, or the journal holds something later.
    """
    if not settings.ENVIRONMENT.demo:
        raise NotAllowedError("time is invented in a demonstration only: KARAMA_MODE is not 'demo'")
    if (last := _last_event()) is not None and last >= moment:
        raise NotAllowedError(f"the journal holds an event of {last:%Y-%m-%d %H:%M}: time does not go back")
    token = _INVENTED.set([moment])
    try:
        yield
    finally:
        _INVENTED.reset(token)


_INVENTED: ContextVar[list[dt.datetime] | None] = ContextVar("invented", default=None)


def _last_event() -> dt.datetime | None:
    from karama.record.scope import SYSTEM, acting_as  # noqa: PLC0415 - only a demonstration looks at all events

    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT max(at) FROM record_event")
        (found,) = cursor.fetchone() or (None,)
    return found if isinstance(found, dt.datetime) else None


def _asked(query: str) -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute(query)
        (found,) = cursor.fetchone() or (None,)
    if not isinstance(found, dt.datetime):
        raise TypeError("the database gave no time")
    return found
