"""`GET /verification/{code}`: whether the code on a paper is genuine; for anybody, without a word about a person."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from ninja import Router, Schema
from pydantic import Field

from karama.delivery.checking import check
from karama.exchange.operations import Call, operation
from karama.exchange.telling import CodeGiven

router = Router(tags=["verification"])


class Verified(Schema):
    """Whether this service gave the code, and to what; nothing about a person."""

    genuine: bool
    subject: Literal["decision", "announcement", "appeal", "complaint"] | None
    programme: str | None
    month: str | None
    notified_on: dt.date | None
    replaced: bool = Field(description="Whether a later decision stands in its place.")


@operation(router, "GET", "/verification/{code}", gives=Verified)
def verify_code(call: Call, code: CodeGiven) -> dict[str, Any]:  # noqa: ARG001 - every address has one
    """Say whether the code on a letter or in a message is genuine.

    A code with a slip of the pen is told as such (422), so that it is compared with the paper once more.
    """
    found = check(code)
    return {
        "genuine": found.genuine,
        "subject": found.subject or None,
        "programme": found.programme or None,
        "month": str(found.month) if found.month else None,
        "notified_on": found.notified_on,
        "replaced": found.replaced,
    }
