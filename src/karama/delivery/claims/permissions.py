"""Who may do what with a claim; each right is a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.record.permissions import holds_over, is_the_service
from karama.record.states import Role

if TYPE_CHECKING:
    from karama.delivery.claims.models import Claim
    from karama.record.scope import Actor
    from karama.registry.models import Establishment, Household


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
