"""Who may review duplicates and contradictions: the right of the record, asked about the households touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.record.permissions import File, is_the_service, review_register

if TYPE_CHECKING:
    from collections.abc import Iterable

    from karama.record.scope import Actor


def may_review(actor: Actor, communes: Iterable[str]) -> bool:
    """One household touched in the actor's territory is enough; the service also reviews whom no household knows."""
    return is_the_service(actor) or any(review_register.test(actor, File(commune)) for commune in communes)
