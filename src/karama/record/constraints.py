"""Which rule of the database a write broke, by its name: the words told for one are not told for another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db import IntegrityError


def broken_rule(error: IntegrityError) -> str:
    """The name of the constraint that refused a write; empty where the database named none."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""
