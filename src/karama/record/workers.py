"""The workers of ``karama serve``: each does the jobs of queues of its own, one at a time.

So a batch that lasts an hour keeps no message and no seal waiting; and what takes up the jobs of a dead worker does not
wait either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Mapping

QUEUES: Mapping[str, tuple[str, ...]] = {"jobs": ("default",), "messages": ("messages",), "journal": ("journal",)}
"""The queues of each worker; every queue has one."""

_CONNECTED = """
    SELECT DISTINCT application_name FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND application_name = ANY (%s)"""


def known_as(worker: str) -> str:
    """The name under which a worker is connected to the database."""
    return f"karama {worker}"


def running() -> dict[str, bool]:
    """Which workers are connected to the database, from whatever machine; each keeps a connection while it lives."""
    with connection.cursor() as cursor:
        cursor.execute(_CONNECTED, [[known_as(one) for one in QUEUES]])
        connected = {name for (name,) in cursor.fetchall()}
    return {one: known_as(one) in connected for one in QUEUES}
