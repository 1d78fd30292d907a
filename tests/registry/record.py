"""What the record holds, as rows that can be compared."""

from __future__ import annotations

from typing import Any

from django.db import connection

from karama.record.scope import SYSTEM, acting_as
from karama.registry.facts import table_of
from karama.registry.models import FACTS


def facts_of() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every fact, with what it was known from and until."""
    found = {}
    with acting_as(SYSTEM), connection.cursor() as cursor:
        for fact in FACTS:
            cursor.execute(f"SELECT to_jsonb(f)::text FROM {table_of(fact)} f ORDER BY f.id")
            found[fact.__name__] = cursor.fetchall()
    return found
