"""Who may review duplicates and contradictions; each right is a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.foundation.errors import NotAllowedError
from karama.record.states import AccountKind, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from karama.record.scope import Actor

_REVIEWERS = (Role.CLAIMS_OFFICER, Role.TERRITORIAL_MANAGER)


def may_review(actor: Actor, communes: Iterable[str]) -> bool:
    """A claims officer or a territorial manager reviews what touches a household of his territory."""
    told = tuple(communes)
    places = [place for role in _REVIEWERS for place in actor.territories_of.get(role, ())]
    return is_the_service(actor) or any(commune.startswith(place) for commune in told for place in places)


def may_search(actor: Actor) -> bool:
    """The service searches the whole register, an administrator asks it to."""
    return is_the_service(actor) or Role.ADMINISTRATOR in actor.roles


def is_the_service(actor: Actor) -> bool:
    """The service itself acts: a job, the demo."""
    return actor.kind == AccountKind.SERVICE and actor.nation


def require(allowed: bool, right: str) -> None:  # noqa: FBT001 - reads as a sentence: require(may_review(...), "…")
    """Go on only where it is allowed.

    Raises:
        NotAllowedError: it is not; names the right.
    """
    if not allowed:
        raise NotAllowedError(f"not allowed: {right}")
