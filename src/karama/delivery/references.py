"""Reference codes of claims, decisions, appeals and complaints: short, checked against slips, impossible to guess."""

from __future__ import annotations

import hashlib
from enum import IntEnum
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection

from karama.foundation.reference_codes import is_sealed, number_of, read_code, reference_code

if TYPE_CHECKING:
    from django.db import models


class Subject(IntEnum):
    """What a code names; part of the number in it."""

    CLAIM = 0
    DECISION = 1
    APPEAL = 2
    COMPLAINT = 3
    ANNOUNCEMENT = 4


_ROOM = 8
"""Subjects that numbers leave room for, so that a further one changes no code that was ever printed."""


def new_references(model: type[models.Model], subject: Subject, count: int = 1) -> list[tuple[int, str]]:
    """``count`` new keys of a table with the code of each; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],  # noqa: SLF001 - Django's own name for the table
        )
        keys = [int(key) for (key,) in cursor.fetchall()]
    seal = _key(settings.SECRET_KEY)
    return [(key, reference_code(key * _ROOM + subject, seal)) for key in keys]


def subject_of(text: str) -> tuple[Subject, int] | None:
    """What a code names and its key in the table; None where this service did not make it.

    Raises:
        BadInputError: no code at all, or a slip of the pen.
    """
    code = read_code(text)
    if not any(is_sealed(code, _key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)):
        return None
    key, subject = divmod(number_of(code), _ROOM)
    return Subject(subject), key


def _key(secret: str) -> bytes:
    return hashlib.sha256(b"karama references " + secret.encode()).digest()
