"""Who may do what with a claim; each right is a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.foundation.errors import NotAllowedError
from karama.record.states import AccountKind, Role

if TYPE_CHECKING:
    from karama.delivery.claims.models import Claim
    from karama.record.scope import Actor
    from karama.registry.models import Establishment, Household


def holds_over(actor: Actor, role: Role, commune: str) -> bool:
    """The actor holds the role over the commune's territory."""
    return any(commune.startswith(place) for place in actor.territories_of.get(role, ()))


def is_the_service(actor: Actor) -> bool:
    """The service itself acts: an import, a job."""
    return actor.kind == AccountKind.SERVICE and actor.nation


def may_claim_for_household(actor: Actor, household: Household) -> bool:
    """A citizen claims for his own household; a counter agent for those of his territory."""
    return (
        household.pk in actor.households
        or holds_over(actor, Role.COUNTER_AGENT, household.commune)
        or is_the_service(actor)
    )


def may_claim_for_establishment(actor: Actor, establishment: Establishment) -> bool:
    """The director claims for the children of his establishment."""
    return (bool(actor.establishment) and actor.establishment == establishment.code) or is_the_service(actor)


def may_handle(actor: Actor, claim: Claim) -> bool:
    """Whoever may claim may correct and withdraw the claim."""
    if claim.household is not None:
        return may_claim_for_household(actor, claim.household)
    return claim.establishment is not None and may_claim_for_establishment(actor, claim.establishment)


def may_decide(actor: Actor, claim: Claim) -> bool:
    """A claims officer decides the claims of his territory, but not one he opened himself."""
    if actor.account_id is not None and claim.opened_by_id == actor.account_id:
        return False
    return holds_over(actor, Role.CLAIMS_OFFICER, commune_of(claim)) or is_the_service(actor)


def may_reassess(actor: Actor, commune: str) -> bool:
    """A claims officer or an appeals officer asks for a new decision in his territory; the service every month."""
    return (
        holds_over(actor, Role.CLAIMS_OFFICER, commune)
        or holds_over(actor, Role.APPEALS_OFFICER, commune)
        or is_the_service(actor)
    )


def commune_of(claim: Claim) -> str:
    """Whose territory a claim belongs to."""
    if claim.household is not None:
        return claim.household.commune
    return claim.establishment.commune if claim.establishment is not None else ""


def require(allowed: bool, right: str) -> None:  # noqa: FBT001 - reads as a sentence: require(may_decide(...), "…")
    """Go on only where it is allowed.

    Raises:
        NotAllowedError: it is not; names the right.
    """
    if not allowed:
        raise NotAllowedError(f"not allowed: {right}")
