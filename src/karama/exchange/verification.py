"""`GET /verification/{code}`: whether the code on a paper is genuine; for anybody, without a word about a person."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Router, Schema
from pydantic import Field

from karama.delivery.decisions.models import Decision
from karama.delivery.references import Subject, subject_of
from karama.exchange.operations import Call, operation
from karama.exchange.telling import CodeGiven, month
from karama.record.scope import SYSTEM, acting_as

router = Router(tags=["verification"])


class Verified(Schema):
    """Whether this service made the paper, and of which programme and month; nothing about a person."""

    genuine: bool
    subject: Literal["decision"] | None
    programme: str | None
    month: str | None
    replaced: bool = Field(description="Whether a later decision stands in its place.")


@operation(router, "GET", "/verification/{code}", gives=Verified)
def verify_code(call: Call, code: CodeGiven) -> dict[str, Any]:  # noqa: ARG001 - every address has one
    """Say whether a decision's reference code is genuine.

    A code with a slip of the pen is told as such (422), so that it is compared with the paper once more.
    """
    unknown = {"genuine": False, "subject": None, "programme": None, "month": None, "replaced": False}
    named = subject_of(code)
    if named is None or named[0] is not Subject.DECISION:
        return unknown
    with acting_as(SYSTEM):
        found = Decision.objects.filter(pk=named[1]).only("programme", "month").first()
        if found is None:
            return unknown
        replaced = Decision.objects.filter(previous=found).exists()
    return {
        "genuine": True,
        "subject": "decision",
        "programme": found.programme,
        "month": month(found.month),
        "replaced": replaced,
    }
