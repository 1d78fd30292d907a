"""What officers do with an appeal: admit it, name its judge, review it, ask for evidence, judge it, execute it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from ninja import Router, Schema
from pydantic import ConfigDict, Field

from karama.delivery.appeals import actions
from karama.delivery.appeals.states import JUDGED, AppealState
from karama.exchange.appeals import AppealOut, appeal_named, told
from karama.exchange.claims import key_of
from karama.exchange.eligibility import Value, month_within_reach
from karama.exchange.operations import Call, Reply, operation
from karama.exchange.problems import INVALID, ProblemError
from karama.exchange.shapes import MONTH
from karama.exchange.telling import NAME, CodeGiven, DayGiven, Text
from karama.foundation.errors import BadInputError
from karama.law.engine.values import json_text
from karama.record.models import Account
from karama.record.states import TokenScope
from karama.registry.models import Person

if TYPE_CHECKING:
    from collections.abc import Callable

    from karama.delivery.appeals.actions.finding import Finding

router = Router(tags=["appeals"])
MOST_FINDINGS = 50


OfHealth = Annotated[
    bool, Field(description="Whether these words tell of health: who may not read health facts is not shown them.")
]
Identifier = Annotated[str, Field(min_length=1, max_length=32, description="IDCS of a person.")]
Proof = Annotated[str, Field(max_length=150, description="What shows it: a document, a register's number.")]


class ReasonsIn(Schema):
    """Why, told to who appealed."""

    model_config = ConfigDict(extra="forbid", strict=True)

    reasons: Text
    health: OfHealth = False


class JudgeIn(Schema):
    """Who is to judge."""

    model_config = ConfigDict(extra="forbid", strict=True)

    judge: Annotated[str, Field(min_length=1, max_length=150)] | None = Field(
        default=None, description="Account of an appeals officer of the territory; whoever calls, where none is named."
    )


class EvidenceAsked(Schema):
    """What evidence is asked for."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Annotated[Text, Field(description="In words the family understands.")]
    health: OfHealth = False


class JudgmentIn(Schema):
    """A judgment."""

    model_config = ConfigDict(extra="forbid", strict=True)

    outcome: Annotated[str, Field(json_schema_extra={"enum": [str(one.value) for one in JUDGED]})]
    reasons: Text
    health: OfHealth = False


class CorrectionIn(Schema):
    """A fact that the judgment found wrong, as it was in truth."""

    model_config = ConfigDict(extra="forbid", strict=True)

    fact: Annotated[str, Field(pattern=NAME, description="Such as `score`, `schooling`, `situation`.")]
    values: dict[str, Value | dict[str, Value]] = Field(description="Columns of the fact; the others stay as known.")
    begins: Annotated[DayGiven, Field(description="First day on which it held.")]
    ends: Annotated[DayGiven | None, Field(description="First day on which it held no longer.")] = None
    person: Identifier | None = None
    proof: Proof = ""


class JoiningIn(Schema):
    """A member whom the file had forgotten, as a document names it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    person: Identifier
    birth_date: DayGiven
    role: Annotated[str, Field(pattern=NAME, description="Such as `child`, `spouse`.")]
    begins: DayGiven
    ends: DayGiven | None = None
    proof: Proof = ""


class EndingIn(Schema):
    """A fact that held no longer from a day on."""

    model_config = ConfigDict(extra="forbid", strict=True)

    fact: Annotated[str, Field(pattern=NAME, description="Such as `membership`, `schooling`.")]
    on: DayGiven
    person: Identifier | None = None
    proof: Proof = ""


class ExecutionIn(Schema):
    """How a judgment is executed."""

    model_config = ConfigDict(extra="forbid", strict=True)

    corrections: Annotated[list[CorrectionIn], Field(max_length=MOST_FINDINGS, default_factory=list)]
    joinings: Annotated[list[JoiningIn], Field(max_length=MOST_FINDINGS, default_factory=list)]
    endings: Annotated[list[EndingIn], Field(max_length=MOST_FINDINGS, default_factory=list)]
    month: Annotated[str, Field(pattern=MONTH)] | None = Field(
        default=None, description="From which to decide again; that of the decision where none is given."
    )


def _step(path: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A step of an appeal: a write with a key, by whoever judges appeals."""
    return operation(
        router, "POST", f"/appeals/{{reference}}/{path}", gives=AppealOut, scope=TokenScope.APPEALS_JUDGE, writes=True
    )


def _after(call: Call, reference: str) -> dict[str, Any]:
    return told(appeal_named(reference), call.actor)


@_step("admission")
def admit_appeal(call: Call, reference: CodeGiven) -> dict[str, Any]:
    """Say that an appeal can be heard, late or not."""
    actions.admit(appeal_id=appeal_named(reference).pk, by=call.actor)
    return _after(call, reference)


@_step("inadmissibility")
def refuse_to_hear_appeal(call: Call, reference: CodeGiven, body: ReasonsIn) -> dict[str, Any]:
    """Say that an appeal cannot be heard, and why; another one may follow."""
    actions.refuse_to_hear(
        appeal_id=appeal_named(reference).pk, reasons=body.reasons, health=body.health, by=call.actor
    )
    return _after(call, reference)


@_step("judge")
def assign_appeal_judge(call: Call, reference: CodeGiven, body: JudgeIn) -> dict[str, Any]:
    """Put an admissible appeal to a judge.

    A manager of the territory names one, or another one before the judgment; an appeals officer takes an appeal that
    has none. Nobody judges what he took part in.
    """
    judge = call.actor.account_id
    if body.judge is not None:
        judge = Account.objects.filter(username=body.judge).values_list("pk", flat=True).first()
    try:
        actions.assign_judge(appeal_id=appeal_named(reference).pk, judge_id=judge or 0, by=call.actor)
    except BadInputError:
        detail = f"'{body.judge or call.actor.name}' hears no appeals of this territory: name an appeals officer of it"
        raise ProblemError(INVALID, detail, [{"pointer": "/judge", "detail": detail}]) from None
    return _after(call, reference)


@_step("review")
def review_appeal(call: Call, reference: CodeGiven) -> dict[str, Any]:
    """Take up an appeal: its judge alone."""
    actions.begin_review(appeal_id=appeal_named(reference).pk, by=call.actor)
    return _after(call, reference)


@_step("evidence-request")
def ask_appeal_evidence(call: Call, reference: CodeGiven, body: EvidenceAsked) -> dict[str, Any]:
    """Ask who appealed for evidence, in words; the delay to answer runs on."""
    actions.ask_evidence(appeal_id=appeal_named(reference).pk, text=body.text, health=body.health, by=call.actor)
    return _after(call, reference)


@operation(
    router,
    "POST",
    "/appeals/{reference}/resumption",
    gives=AppealOut,
    scope=TokenScope.APPEALS_WRITE,
    writes=True,
)
def resume_appeal(call: Call, reference: CodeGiven) -> dict[str, Any]:
    """Go on with the review: who appealed says that all was sent, or the judge waits no longer."""
    actions.resume_review(appeal_id=appeal_named(reference).pk, by=call.actor)
    return _after(call, reference)


@_step("judgment")
def judge_appeal(call: Call, reference: CodeGiven, body: JudgmentIn) -> dict[str, Any]:
    """Judge an appeal, with the reasons told to who appealed.

    One that is upheld, wholly or in part, waits for its execution; the decision appealed against is never changed.
    """
    if body.outcome not in JUDGED:
        detail = f"choose one of {', '.join(JUDGED)}"
        raise ProblemError(INVALID, f"'{body.outcome}' is no judgment", [{"pointer": "/outcome", "detail": detail}])
    actions.judge(
        appeal_id=appeal_named(reference).pk,
        outcome=AppealState(body.outcome),
        reasons=body.reasons,
        health=body.health,
        by=call.actor,
    )
    return _after(call, reference)


@_step("execution")
def execute_judgment(call: Call, reference: CodeGiven, body: ExecutionIn) -> Reply:
    """Write what the judgment found of the facts, and decide again from the month of the decision on.

    By the judge, or by a claims officer of the territory. `executed_by` names the new decision; it is null, and the
    appeal stays upheld, where whoever joins is known elsewhere: that is settled first.
    """
    appeal = appeal_named(reference)
    month = month_within_reach(body.month) if body.month is not None else None
    done = actions.execute(appeal_id=appeal.pk, by=call.actor, corrections=_findings(body), month=month)
    executed = done.executed_by_decision
    headers = {"Location": f"/api/v1/decisions/{executed.reference}"} if executed else {}
    return Reply(_after(call, reference), headers=headers)


def _findings(body: ExecutionIn) -> list[Finding]:
    for place, one in enumerate(body.corrections):
        if one.ends is not None and one.ends <= one.begins:
            wrong = {"pointer": f"/corrections/{place}/ends", "detail": "it ends before it begins"}
            raise ProblemError(INVALID, "a correction ends before it begins", [wrong])
    corrections = [
        actions.Correction(
            fact=one.fact,
            values={name: _as_text(value) for name, value in one.values.items()},
            begins=one.begins,
            ends=one.ends,
            person_id=_person(one.person, f"/corrections/{place}/person"),
            proof=one.proof,
        )
        for place, one in enumerate(body.corrections)
    ]
    joinings = [
        actions.Joining(one.person, one.birth_date, one.role, one.begins, one.ends, one.proof) for one in body.joinings
    ]
    endings = [
        actions.Ending(one.fact, one.on, _person(one.person, f"/endings/{place}/person"), one.proof)
        for place, one in enumerate(body.endings)
    ]
    return [*corrections, *joinings, *endings]


def _person(idcs: str | None, pointer: str) -> int | None:
    return None if idcs is None else key_of(Person.objects.filter(idcs=idcs), "person", pointer)


def _as_text(value: object) -> str | None:
    """A value as the database reads it into the type of its column, which it checks."""
    return value if value is None or isinstance(value, str) else json_text(value, indent=None)
