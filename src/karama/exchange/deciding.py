"""What an officer does with a claim: asks for a correction, decides it, closes it."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Router, Schema
from pydantic import ConfigDict, Field

from karama.delivery.claims import actions
from karama.delivery.decisions.actions import decide_claim
from karama.exchange.claims import ClaimOut, claim_named, told
from karama.exchange.operations import Call, Reply, operation
from karama.exchange.telling import CodeGiven, Text
from karama.record.states import TokenScope

router = Router(tags=["claims"])


class CorrectionAsked(Schema):
    """What whoever claims is asked to correct."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Annotated[Text, Field(description="In words the family understands.")]


class DecisionIn(Schema):
    """How a claim is decided; the law says what is decided."""

    model_config = ConfigDict(extra="forbid", strict=True)

    proven: bool = Field(
        default=True,
        description="Whether the facts that the claim brings are proven; where not, the law is asked without them.",
    )


@operation(
    router,
    "POST",
    "/claims/{reference}/correction-request",
    gives=ClaimOut,
    scope=TokenScope.CLAIMS_DECIDE,
    writes=True,
)
def ask_claim_correction(call: Call, reference: CodeGiven, body: CorrectionAsked) -> dict[str, Any]:
    """Ask whoever claims to correct something, in words; the deadline of the decision runs on."""
    claim = claim_named(reference)
    return told(actions.ask_correction(claim_id=claim.pk, text=body.text, by=call.actor))


@operation(router, "POST", "/claims/{reference}/decision", gives=ClaimOut, scope=TokenScope.CLAIMS_DECIDE, writes=True)
def decide_on_claim(call: Call, reference: CodeGiven, body: DecisionIn) -> Reply:
    """Decide a claim on the facts known now; whoever opened it does not decide it.

    `decision` names what was decided, which `/decisions` explains; a claim that asks nothing of the law, such as a
    change of account, has none. The family is told by a notice.
    """
    claim = claim_named(reference)
    decision = decide_claim(claim_id=claim.pk, by=call.actor, proven=body.proven)
    headers = {"Location": f"/api/v1/decisions/{decision.reference}"} if decision else {}
    return Reply(told(claim_named(reference)), headers=headers)


@operation(router, "POST", "/claims/{reference}/closing", gives=ClaimOut, scope=TokenScope.CLAIMS_DECIDE, writes=True)
def close_claim(call: Call, reference: CodeGiven) -> dict[str, Any]:
    """Close a decided claim, once its decision was told."""
    claim = claim_named(reference)
    return told(actions.close(claim_id=claim.pk, by=call.actor))
