"""Documents that come with a claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.delivery.claims.actions import locked, tell
from karama.delivery.claims.documents import checked, keep
from karama.delivery.claims.permissions import may_handle
from karama.delivery.claims.states import OPEN
from karama.foundation.errors import ConflictError
from karama.record.clock import now
from karama.record.permissions import require
from karama.record.scope import acting_as

if TYPE_CHECKING:
    from karama.delivery.claims.models import Proof
    from karama.record.scope import Actor


def add_proof(*, claim_id: int, kind: str, name: str, content: bytes, by: Actor) -> Proof:
    """Keep a document with a claim that is still open; the same document twice is kept once.

    Raises:
        BadInputError: not accepted, or a virus was found in it.
        ConflictError: the claim is no longer open, or holds too many proofs.
        NotAllowedError: the claim is not the actor's to handle.
    """
    document = checked(kind=kind, name=name, content=content)
    with acting_as(by):
        claim = locked(claim_id)
        require(may_handle(by, claim), "adding proofs to this claim")
        if claim.state not in OPEN:
            raise ConflictError(f"claim {claim.reference} is {claim.state}: no proof can be added any more")
        at = now()
        proof, new = keep(document, claim.proofs, whose=f"claim {claim.reference}", by=by, at=at)
        if new:
            told = {"media_type": proof.media_type, "sha256": proof.sha256, "scan": proof.scan}
            tell("claim.proof_added", claim, by, at, {"proof": proof.pk, "kind": kind, **told})
        return proof
