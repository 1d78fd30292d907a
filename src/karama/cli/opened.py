"""The service as a command finds it: Django set up, the database reached, the bundled server running meanwhile."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from karama.foundation.errors import BadInputError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from karama.foundation.postgres import Server

SETTINGS = "karama.project.settings"


@contextmanager
def open_service(*, migrated: bool = True, owner: bool = False) -> Iterator[Server | None]:
    """Set Django up on the service's database and give the bundled server, which is started unless one was named.

    ``migrated=False`` takes a database as it is; ``owner`` asks for the connection of the role that owns the tables.

    Raises:
        StorageError: the database cannot be reached.
        BadInputError: it is not migrated, or the owner's address is not known.
    """
    import django
    from django.db import connections

    from karama.foundation.postgres import running_server

    with ExitStack() as stack:
        server = None if os.environ.get("DATABASE_URL") else stack.enter_context(running_server())
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
        django.setup()
        stack.callback(connections.close_all)
        _reach("owner" if owner else "default")
        if migrated:
            refuse_unmigrated()
        yield server


def refuse_unmigrated() -> None:
    """Stop where the database is not of this version.

    Raises:
        BadInputError: it has not seen all migrations.
    """
    from karama.record.upkeep.doctor import unapplied

    if waiting := unapplied():
        raise BadInputError(f"{len(waiting)} migrations are not applied: run 'karama migrate' first")


def _reach(alias: str) -> None:
    from django.db import OperationalError, connections

    if alias not in connections:
        raise BadInputError(
            "KARAMA_OWNER_DATABASE_URL is not set: this command needs the role that owns the tables; give its address"
        )
    try:
        connections[alias].ensure_connection()
    except OperationalError as error:
        reason = " ".join(str(error).split())
        raise StorageError(f"the database cannot be reached ({reason}): start it, or correct DATABASE_URL") from error
