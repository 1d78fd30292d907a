"""`/appeals` and `/complaints`: an appeal against a decision, a complaint about anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field, WithJsonSchema

from karama.delivery.appeals import actions
from karama.delivery.appeals.models import Appeal, Complaint
from karama.delivery.appeals.states import AppealState, ComplaintCategory, ComplaintState, StatementKind
from karama.delivery.appeals.walling import withheld_from
from karama.delivery.appeals.words import QUESTIONS, WITHHELD
from karama.exchange import documents
from karama.exchange.claims import channel_of, file_of
from karama.exchange.decisions import decision_named
from karama.exchange.documents import Digest, FileName, KindOfDocument, ProofOut
from karama.exchange.lookups import Words
from karama.exchange.operations import Call, Download, Reply, operation
from karama.exchange.paging import Cursor, Limit, Page, page_of
from karama.exchange.problems import INVALID, ProblemError, not_found
from karama.exchange.telling import CodeGiven, Day, Moment, Text, code_of, note_list, note_read, one_of, require_reader
from karama.record.states import TokenScope
from karama.registry.models import Household

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from karama.delivery.appeals.models import Evidence
    from karama.record.scope import Actor

router = Router(tags=["appeals"])

_DEFAULT = "Without an answer it is kept as if it did: who may not read health facts is not shown it."


def _asked(what: str) -> WithJsonSchema:
    """A question answered by yes or no, with its words for a form in the three languages."""
    return WithJsonSchema(
        {
            "type": "boolean",
            "description": f"{QUESTIONS[what].en} {_DEFAULT}",
            "x-label": QUESTIONS[what].as_dict(),
        }
    )


class AppealShort(Schema):
    """An appeal in a list."""

    reference: str
    decision: str = Field(description="Reference of the decision appealed against.")
    household: str | None
    establishment: str | None
    state: str
    late: bool = Field(description="Received after the delay: kept, flagged, and put to a person.")
    received_at: Moment
    appeal_until: Day = Field(description="Last day to appeal against the decision.")
    due_on: Day = Field(description="Last day to answer.")


class EvidenceOut(ProofOut):
    """A document that came with an appeal."""

    health: bool = Field(description="It tells of health: who may not read health facts is not shown it.")


class Withheld(Schema):
    """What of an appeal tells of health, which the caller may not read."""

    words: int = Field(description="How many of its texts.")
    evidence: int = Field(description="How many documents.")
    label: Words | None = Field(description="What to tell the caller; null where nothing is withheld.")


class AppealOut(AppealShort):
    """An appeal in full; a text is null where it may be among those withheld."""

    channel: str
    grounds: str | None
    evidence_asked: str | None
    evidence: list[EvidenceOut]
    judge: str | None = Field(description="Account of its judge, told to the staff alone.")
    answer: str | None = Field(description="The reasons of the judgment; empty until it is judged.")
    withheld: Withheld
    judged_at: Moment | None
    executed_by: str | None = Field(description="Reference of the decision that executes the judgment.")


class AppealIn(Schema):
    """An appeal against a decision."""

    model_config = ConfigDict(extra="forbid", strict=True)

    decision: Annotated[str, Field(pattern="^[0-9A-Za-z -]{12,20}$", description="Reference of the decision.")]
    grounds: Text
    health: Annotated[bool, _asked("grounds")] = True


class HealthIn(Schema):
    """What of an appeal tells of health."""

    model_config = ConfigDict(extra="forbid", strict=True)

    sha256: (
        Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="Digest of a document of its evidence.")] | None
    ) = None


class ComplaintOut(Schema):
    """A complaint."""

    reference: str
    household: str | None
    commune: str
    category: str
    state: str
    text: str
    received_at: Moment
    due_on: Day = Field(description="Last day to answer.")
    escalate_on: Day = Field(description="Last day before it goes to the manager of the territory.")
    answer: str
    answered_at: Moment | None


class ComplaintIn(Schema):
    """A complaint about a household's file, or about a place."""

    model_config = ConfigDict(extra="forbid", strict=True)

    category: Annotated[str, Field(json_schema_extra={"enum": list(ComplaintCategory.values)})]
    text: Text
    household: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    commune: Annotated[str, Field(pattern="^[0-9]{9}$")] | None = None


def told_short(appeal: Appeal) -> dict[str, Any]:
    """An appeal as lists show it."""
    return {
        "reference": appeal.reference,
        "decision": appeal.decision.reference,
        "household": appeal.household.number if appeal.household else None,
        "establishment": appeal.establishment.code if appeal.establishment else None,
        "state": appeal.state,
        "late": appeal.late,
        "received_at": appeal.received_at,
        "appeal_until": appeal.appeal_until,
        "due_on": appeal.due_on,
    }


def told(appeal: Appeal, reader: Actor) -> dict[str, Any]:
    """An appeal in full; four queries more."""
    judge = appeal.judge if reader.is_staff else None
    executed = appeal.executed_by_decision
    said = dict(appeal.statements.order_by("id").values_list("kind", "text"))
    withheld = withheld_from(reader, appeal)
    unseen = None if withheld.words else ""
    label = WITHHELD.as_dict() if withheld else None
    return {
        **told_short(appeal),
        "channel": appeal.channel,
        "grounds": said.get(StatementKind.GROUNDS, unseen),
        "evidence_asked": said.get(StatementKind.EVIDENCE_ASKED, unseen),
        "evidence": [told_evidence(one) for one in appeal.evidence.defer("content").order_by("id")],
        "judge": judge.get_username() if judge else None,
        "answer": said.get(StatementKind.REASONS, unseen),
        "withheld": {"words": withheld.words, "evidence": withheld.evidence, "label": label},
        "judged_at": appeal.judged_at,
        "executed_by": executed.reference if executed else None,
    }


def told_evidence(one: Evidence) -> dict[str, Any]:
    """A document of an appeal."""
    names = ("kind", "name", "media_type", "size", "sha256", "scan", "added_at")
    return {**{name: getattr(one, name) for name in names}, "health": one.walled_at is not None}


def told_complaint(complaint: Complaint) -> dict[str, Any]:
    """A complaint."""
    names = ("reference", "commune", "category", "state", "text", "received_at", "due_on", "escalate_on")
    return {
        **{name: getattr(complaint, name) for name in (*names, "answer", "answered_at")},
        "household": complaint.household.number if complaint.household else None,
    }


def appeals_seen() -> QuerySet[Appeal]:
    """The appeals that the caller may see."""
    return Appeal.objects.select_related("decision", "household", "establishment", "executed_by_decision", "judge")


def appeal_named(reference: str) -> Appeal:
    """The appeal of a reference code.

    Raises:
        ProblemError: none that the caller may see.
    """
    return one_of(appeals_seen().filter(reference=code_of(reference, "appeal")), "appeal")


@operation(router, "GET", "/appeals", gives=Page[AppealShort], scope=TokenScope.APPEALS_READ)
def list_appeals(
    call: Call,
    cursor: Cursor,
    limit: Limit,
    state: Annotated[AppealState | None, Query(None, description="Where it stands.")],
    household: Annotated[str | None, Query(None, min_length=1, max_length=32, description="Number of a household.")],
) -> dict[str, Any]:
    """List the appeals that the caller may see, the newest first."""
    given = {"state": state, "household__number": household}
    found = appeals_seen().filter(**{name: value for name, value in given.items() if value is not None})
    require_reader(call)
    page = page_of(found, cursor, limit)
    note_list(call, "appeals", page["items"])
    return {**page, "items": [told_short(one) for one in page["items"]]}


@operation(router, "POST", "/appeals", gives=AppealOut, status=201, scope=TokenScope.APPEALS_WRITE, writes=True)
def receive_appeal(call: Call, body: AppealIn) -> Reply:
    """Appeal against a decision.

    One that comes after its last day is kept and flagged `late`; a person says whether it can be heard.
    """
    try:
        decision = decision_named(body.decision)
    except ProblemError as problem:
        wrong = {"pointer": "/decision", "detail": problem.detail}
        raise ProblemError(INVALID, problem.detail, [wrong]) from None
    appeal = actions.receive_appeal(
        decision_id=decision.pk, grounds=body.grounds, health=body.health, by=call.actor, channel=channel_of(call)
    )
    return Reply(told(appeal, call.actor), headers={"Location": f"/api/v1/appeals/{appeal.reference}"})


@operation(router, "GET", "/appeals/{reference}", gives=AppealOut, scope=TokenScope.APPEALS_READ)
def read_appeal(call: Call, reference: CodeGiven) -> dict[str, Any]:
    """Read one appeal with its evidence and, once it is judged, the reasons."""
    appeal = appeal_named(reference)
    note_read(call, "appeal", appeal.reference, file_of(appeal))
    return told(appeal, call.actor)


@documents.receives(router, "/appeals/{reference}/evidence", gives=EvidenceOut, scope=TokenScope.APPEALS_WRITE)
def add_appeal_evidence(
    call: Call,
    reference: CodeGiven,
    kind: KindOfDocument,
    name: FileName,
    health: Annotated[bool, Query(default=True), _asked("evidence")],
) -> dict[str, Any]:
    """Add a document to an appeal: the body is the file itself, at most 5 MiB; a PDF, JPEG or PNG by its content."""
    appeal = appeal_named(reference)
    made = actions.add_evidence(
        appeal_id=appeal.pk, kind=kind, name=name, content=call.content, by=call.actor, health=health
    )
    return told_evidence(made)


@operation(router, "POST", "/appeals/{reference}/health", gives=AppealOut, scope=TokenScope.APPEALS_WRITE, writes=True)
def wall_appeal(call: Call, reference: CodeGiven, body: HealthIn) -> dict[str, Any]:
    """Say that an appeal tells of health: one document of its evidence, or all that was said in it.

    From then on only who may read health facts is shown it. It cannot be taken back.
    """
    appeal = appeal_named(reference)
    actions.wall_off(appeal_id=appeal.pk, sha256=body.sha256 or "", by=call.actor)
    return told(appeal, call.actor)


@documents.gives_back(router, "/appeals/{reference}/evidence/{sha256}", scope=TokenScope.APPEALS_READ)
def read_appeal_evidence(call: Call, reference: CodeGiven, sha256: Digest) -> Download:
    """Read a document of an appeal, as it came; each reading by the staff stands in the journal."""
    appeal = appeal_named(reference)
    evidence, found = documents.download(appeal.evidence.all(), sha256)
    note_read(call, "evidence", appeal.reference, file_of(appeal), evidence=evidence.pk)
    return found


@operation(
    router, "POST", "/appeals/{reference}/withdrawal", gives=AppealOut, scope=TokenScope.APPEALS_WRITE, writes=True
)
def withdraw_appeal(call: Call, reference: CodeGiven) -> dict[str, Any]:
    """Withdraw an appeal that is not judged yet; another one may follow."""
    appeal = appeal_named(reference)
    return told(actions.withdraw_appeal(appeal_id=appeal.pk, by=call.actor), call.actor)


@operation(router, "GET", "/complaints", gives=Page[ComplaintOut], scope=TokenScope.APPEALS_READ)
def list_complaints(
    call: Call,
    cursor: Cursor,
    limit: Limit,
    state: Annotated[ComplaintState | None, Query(None, description="Where it stands.")],
    category: Annotated[ComplaintCategory | None, Query(None, description="What it is about.")],
) -> dict[str, Any]:
    """List the complaints that the caller may see, the newest first."""
    require_reader(call)
    given = {"state": state, "category": category}
    found = Complaint.objects.select_related("household")
    page = page_of(found.filter(**{name: value for name, value in given.items() if value is not None}), cursor, limit)
    note_list(call, "complaints", page["items"])
    return {**page, "items": [told_complaint(one) for one in page["items"]]}


@operation(router, "POST", "/complaints", gives=ComplaintOut, status=201, scope=TokenScope.APPEALS_WRITE, writes=True)
def receive_complaint(call: Call, body: ComplaintIn) -> Reply:
    """Complain about anything but the content of a decision: delay, payment, reception, data."""
    household = None
    if body.household is not None:
        household = Household.objects.filter(number=body.household).values_list("pk", flat=True).first()
        if household is None:
            detail = not_found("household").detail
            raise ProblemError(INVALID, detail, [{"pointer": "/household", "detail": detail}])
    complaint = actions.receive_complaint(
        category=ComplaintCategory(body.category) if body.category in ComplaintCategory.values else body.category,  # type: ignore[arg-type]
        text=body.text,
        by=call.actor,
        household_id=household,
        commune=body.commune,
        channel=channel_of(call),
    )
    return Reply(told_complaint(complaint), headers={"Location": f"/api/v1/complaints/{complaint.reference}"})


@operation(router, "GET", "/complaints/{reference}", gives=ComplaintOut, scope=TokenScope.APPEALS_READ)
def read_complaint(call: Call, reference: CodeGiven) -> dict[str, Any]:
    """Read one complaint with its answer."""
    found = Complaint.objects.select_related("household").filter(reference=code_of(reference, "complaint"))
    complaint = one_of(found, "complaint")
    note_read(call, "complaint", complaint.reference, complaint.household or complaint.commune)
    return told_complaint(complaint)
