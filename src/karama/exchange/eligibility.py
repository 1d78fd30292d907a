"""`POST /eligibility`: what a household would receive in a month, and why; for anybody, and nothing is kept."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal

from django.utils import timezone
from ninja import Router, Schema
from pydantic import ConfigDict, Field, WithJsonSchema

from karama.delivery.programmes import entrusted
from karama.exchange.operations import Call, operation
from karama.exchange.problems import INVALID, ProblemError
from karama.exchange.shapes import MONTH, MOST_MEMBERS, household_shape
from karama.foundation.months import Month
from karama.law import explain, programme_named

router = Router(tags=["eligibility"])
USUAL = "asd"
"""The programme asked where none is named, as on the command line: the outer contract says so."""

MONTHS_AHEAD = 24
"""How far a household may be asked ahead: the law may have changed by then."""

Number = Annotated[Decimal, WithJsonSchema({"type": "number"})]
Amount = Annotated[Decimal, WithJsonSchema({"type": "number", "minimum": 0, "description": "MAD, two decimals"})]
Value = Annotated[bool | int | Decimal | str | None, WithJsonSchema({"type": ["boolean", "number", "string", "null"]})]


class Condition(Schema):
    """A condition of the law, what was compared, and where the fact is corrected."""

    name: str
    met: bool
    value: Value
    required: Value
    citation: str
    label: str
    correct_at: str | None


class Line(Schema):
    """A benefit that is due, and because of what."""

    benefit: str
    person_id: str | None
    rank: int | None
    amount: Amount
    label: str
    citation: str
    because: list[str]


class Explained(Schema):
    """What is due and why; the same as `karama law explain --format json`."""

    household_id: str | None
    programme: str
    month: str
    eligible: bool
    aid: str
    amount: Amount
    conditions: list[Condition]
    lines: list[Line]
    reasons: list[str] = Field(description="Codes of every refusal; see /lookups/refusal-reasons.")
    unconfirmed: list[str] = Field(description="Parameters that mattered and that a lawyer must still check.")
    trace: dict[str, Value]


class EligibilityQuestion(Schema):
    """A household in a month."""

    model_config = ConfigDict(extra="forbid", strict=True)

    household: Annotated[dict[str, Any], WithJsonSchema({"type": "object"})]
    month: Annotated[str, Field(pattern=MONTH)]
    programme: str = USUAL
    language: Literal["fr", "ar", "en"] = "fr"
    amounts: Literal["paid", "legal"] = "paid"


@cache
def programmes_of_households() -> tuple[str, ...]:
    """Programmes entrusted whose claims are about households, which can be asked without a claim."""
    return tuple(name for name, one in entrusted().items() if one.law.law.inputs.person_table)


@cache
def question_shape() -> dict[str, Any]:
    """The body as JSON Schema: each programme reads its own columns."""
    return {"oneOf": [_question_of(name) for name in programmes_of_households()]}


def _question_of(name: str) -> dict[str, Any]:
    return {
        "title": f"Question_{name}",
        "type": "object",
        "additionalProperties": False,
        "required": ["household", "month", *([] if name == USUAL else ["programme"])],
        "properties": {
            "household": household_shape(programme_named(name).law.inputs),
            "month": {"type": "string", "pattern": MONTH, "description": "Month asked, YYYY-MM."},
            "programme": {"type": "string", "enum": [name]},
            "language": {"type": "string", "enum": ["fr", "ar", "en"], "default": "fr"},
            "amounts": {"type": "string", "enum": ["paid", "legal"], "default": "paid"},
        },
    }


def month_within_reach(text: str, pointer: str = "/month") -> Month:
    """A month that may be asked: no further ahead than two years.

    Raises:
        ProblemError: further, or no month.
    """
    month, latest = Month.parse(text), Month.of(timezone.localdate()) + MONTHS_AHEAD
    if month > latest:
        wrong = {"pointer": pointer, "detail": f"ask for {latest} at the latest"}
        raise ProblemError(INVALID, f"month {month} is too far ahead", [wrong])
    return month


@operation(
    router,
    "POST",
    "/eligibility",
    gives=Explained,
    openapi={"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Question"}}}}},
)
def check_eligibility(call: Call, body: EligibilityQuestion) -> dict[str, Any]:  # noqa: ARG001 - every address has one
    """Tell what a household would receive in a month, and why.

    Anybody may ask, without sign-in. Nothing of the household is kept. The household is written as in HOUSEHOLD.json.
    The answer is computed by the same law as a decision, but binds nobody: a decision rests on what the registries say.
    """
    if body.programme not in programmes_of_households():
        known = ", ".join(programmes_of_households())
        raise ProblemError(
            INVALID,
            f"programme '{body.programme}' is not asked for a household",
            [{"pointer": "/programme", "detail": f"use one of {known}"}],
        )
    members = body.household.get("members")
    if isinstance(members, list) and len(members) > MOST_MEMBERS:
        wrong = {"pointer": "/household/members", "detail": f"at most {MOST_MEMBERS}"}
        raise ProblemError(INVALID, "too many members", [wrong])
    found = explain(body.household, month_within_reach(body.month), body.programme, body.amounts)
    return found.as_dict(body.language)
