"""The record's clock: the database's time, never before what the journal already holds."""

from __future__ import annotations

import datetime as dt

from django.db import connection


def now() -> dt.datetime:
    """The time at which something becomes known or is decided; a machine's clock that goes back does not go with it.

    Read it after the locks are taken: then two writers of one file are in the order of their times.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT karama_now()")
        (found,) = cursor.fetchone() or (None,)
    if not isinstance(found, dt.datetime):
        raise TypeError("the database gave no time")
    return found
