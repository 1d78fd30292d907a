"""`/claims`: a claim from its draft to its decision."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field, WithJsonSchema

from karama.delivery.claims import actions
from karama.delivery.claims.models import Claim
from karama.delivery.claims.proofs import add_proof
from karama.delivery.claims.queries import child_to_place, days_left, with_people
from karama.delivery.claims.states import Channel, ClaimState
from karama.delivery.programmes import entrusted
from karama.exchange import documents
from karama.exchange.documents import Digest, FileName, KindOfDocument, ProofOut
from karama.exchange.operations import Call, Download, Reply, operation
from karama.exchange.paging import Cursor, Limit, Page, page_of
from karama.exchange.problems import INVALID, ProblemError, not_found
from karama.exchange.telling import (
    NAME,
    CodeGiven,
    Day,
    DayGiven,
    Moment,
    code_of,
    month,
    note_list,
    note_read,
    one_of,
    require_reader,
)
from karama.record.states import AccountKind, TokenScope
from karama.registry.models import Establishment, Household, Person

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from karama.delivery.appeals.models import Appeal
    from karama.delivery.decisions.models import Decision
    from karama.record.scope import Actor

router = Router(tags=["claims"])
Answers = Annotated[
    dict[str, Any],
    WithJsonSchema({"type": "object", "description": "Answers of the form, as /lookups/programmes describes it."}),
]


class ChildOut(Schema):
    """A child to be placed, as the registry names it."""

    family_name_fr: str
    given_name_fr: str
    family_name_ar: str
    given_name_ar: str
    sex: str
    birth_date: Day


class ClaimShort(Schema):
    """A claim in a list."""

    reference: str
    programme: str
    kind: str
    state: str
    household: str | None = Field(description="Number of the household.")
    person: str | None = Field(description="IDCS of the person the claim is about.")
    establishment: str | None = Field(description="Code of the establishment that claims for a child.")
    claim_month: str
    submitted_at: Moment | None
    due_on: Day | None = Field(description="Last day to decide it.")
    days_left: int | None = Field(description="Days left to decide it; negative when it is late.")


class ClaimOut(ClaimShort):
    """A claim in full."""

    channel: str
    answers: dict[str, Any]
    opened_at: Moment
    correction: str = Field(description="What the officer asked to be corrected, in his words; empty if nothing.")
    ended_at: Moment | None
    decision: str | None = Field(description="Reference of its decision.")
    proofs: list[ProofOut]
    child: ChildOut | None = Field(description="For the officer who compares a placement order with the registry.")
    proofs_missing: list[str] = Field(description="Kinds of documents that must come before it is submitted.")


class ClaimIn(Schema):
    """A claim to be opened; whom it is about depends on its kind."""

    model_config = ConfigDict(extra="forbid", strict=True)

    programme: Annotated[str, Field(pattern=NAME)]
    kind: Annotated[str, Field(pattern=NAME)]
    household: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    person: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    birth_date: DayGiven | None = None
    establishment: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    answers: Answers | None = None


class AnswersIn(Schema):
    """The answers of a claim's form, all of them."""

    model_config = ConfigDict(extra="forbid", strict=True)

    answers: Answers


def told_short(claim: Claim) -> dict[str, Any]:
    """A claim as lists show it."""
    return {
        "reference": claim.reference,
        "programme": claim.programme,
        "kind": claim.kind,
        "state": claim.state,
        "household": claim.household.number if claim.household else None,
        "person": claim.person.idcs if claim.person else None,
        "establishment": claim.establishment.code if claim.establishment else None,
        "claim_month": month(claim.claim_month),
        "submitted_at": claim.submitted_at,
        "due_on": claim.due_on,
        "days_left": days_left(claim, timezone.localdate()),
    }


def told(claim: Claim, reader: Actor | None = None) -> dict[str, Any]:
    """A claim in full; two queries more, four where it is an establishment's."""
    with_people([claim])
    proofs = list(claim.proofs.defer("content").order_by("id"))
    decision = claim.decisions.values_list("reference", flat=True).first()
    asked = entrusted()[claim.programme].kind(claim.kind).proofs_needed(claim.answers)
    held = {one.kind for one in proofs}
    return {
        **told_short(claim),
        "channel": claim.channel,
        "answers": claim.answers,
        "opened_at": claim.opened_at,
        "correction": claim.correction,
        "ended_at": claim.ended_at,
        "decision": decision,
        "proofs": proofs,
        "child": None if reader is None else child_to_place(claim, reader),
        "proofs_missing": [one for one in asked if one not in held],
    }


def seen() -> QuerySet[Claim]:
    """The claims that the caller may see, with whom they are about."""
    return Claim.objects.select_related("household", "person", "establishment")


def claim_named(reference: str) -> Claim:
    """The claim of a reference code.

    Raises:
        ProblemError: none that the caller may see.
    """
    return one_of(seen().filter(reference=code_of(reference, "claim")), "claim")


def file_of(subject: Claim | Appeal | Decision) -> Household | Establishment | None:
    """Whose file a claim, a decision or an appeal stands in."""
    return subject.household or subject.establishment


def channel_of(call: Call) -> Channel:
    """How something came: through a partner's program, at the counter, or by the citizen himself."""
    if call.actor.kind == AccountKind.SERVICE:
        return Channel.PARTNER
    return Channel.COUNTER if call.actor.is_staff else Channel.ONLINE


@operation(router, "GET", "/claims", gives=Page[ClaimShort], scope=TokenScope.CLAIMS_READ)
def list_claims(  # noqa: PLR0917 - the filters of the address
    call: Call,
    cursor: Cursor,
    limit: Limit,
    state: Annotated[ClaimState | None, Query(None, description="Where it stands.")],
    programme: Annotated[str | None, Query(None, pattern=NAME, description="Name of a programme.")],
    household: Annotated[str | None, Query(None, min_length=1, max_length=32, description="Number of a household.")],
    due_before: Annotated[dt.date | None, Query(None, description="To be decided before this day.")],
) -> dict[str, Any]:
    """List the claims that the caller may see, the newest first."""
    given = {"state": state, "programme": programme, "household__number": household, "due_on__lt": due_before}
    found = seen().filter(**{name: value for name, value in given.items() if value is not None})
    require_reader(call)
    page = page_of(found, cursor, limit)
    note_list(call, "claims", page["items"])
    return {**page, "items": [told_short(one) for one in with_people(page["items"])]}


@operation(router, "POST", "/claims", gives=ClaimOut, status=201, scope=TokenScope.CLAIMS_WRITE, writes=True)
def open_claim(call: Call, body: ClaimIn) -> Reply:
    """Open a claim as a draft.

    A claim of a family names its `household`; one about a member also the `person`; one for a child in an
    establishment names the `establishment`, and the child by `person` and `birth_date`, as its placement order does.
    Submit it once its answers and proofs are complete.
    """
    household, person, placed = _subjects(body)
    claim = actions.open_claim(
        programme=body.programme,
        kind=body.kind,
        by=call.actor,
        household_id=household,
        person_id=person,
        placed=placed,
        answers=body.answers,
        channel=channel_of(call),
    )
    return Reply(told(claim), headers={"Location": f"/api/v1/claims/{claim.reference}"})


@operation(router, "GET", "/claims/{reference}", gives=ClaimOut, scope=TokenScope.CLAIMS_READ)
def read_claim(call: Call, reference: CodeGiven) -> dict[str, Any]:
    """Read one claim with its answers and the list of its proofs."""
    claim = claim_named(reference)
    note_read(call, "claim", claim.reference, file_of(claim))
    return told(claim, call.actor)


@operation(router, "PUT", "/claims/{reference}/answers", gives=ClaimOut, scope=TokenScope.CLAIMS_WRITE, writes=True)
def answer_claim(call: Call, reference: CodeGiven, body: AnswersIn) -> dict[str, Any]:
    """Write the answers of a draft, or of a claim that awaits a correction; those before are replaced."""
    claim = claim_named(reference)
    return told(actions.answer(claim_id=claim.pk, answers=body.answers, by=call.actor))


@documents.receives(router, "/claims/{reference}/proofs", scope=TokenScope.CLAIMS_WRITE)
def add_claim_proof(call: Call, reference: CodeGiven, kind: KindOfDocument, name: FileName) -> Any:  # noqa: ANN401 - a row
    """Add a document to a claim: the body is the file itself, at most 5 MiB; a PDF, JPEG or PNG by its content."""
    claim = claim_named(reference)
    asked = entrusted()[claim.programme].kind(claim.kind).proofs
    if asked and kind not in asked:
        wrong = {"parameter": "kind", "detail": f"this claim asks for {', '.join(asked)}"}
        raise ProblemError(INVALID, f"'{kind}' is no document of this claim", [wrong])
    return add_proof(claim_id=claim.pk, kind=kind, name=name, content=call.content, by=call.actor)


@documents.gives_back(router, "/claims/{reference}/proofs/{sha256}", scope=TokenScope.CLAIMS_READ)
def read_claim_proof(call: Call, reference: CodeGiven, sha256: Digest) -> Download:
    """Read a document of a claim, as it came; each reading by the staff stands in the journal."""
    claim = claim_named(reference)
    proof, found = documents.download(claim.proofs.all(), sha256)
    note_read(call, "proof", claim.reference, file_of(claim), proof=proof.pk)
    return found


@operation(router, "POST", "/claims/{reference}/submission", gives=ClaimOut, scope=TokenScope.CLAIMS_WRITE, writes=True)
def submit_claim(call: Call, reference: CodeGiven) -> dict[str, Any]:
    """Submit a draft, or a corrected claim again; the clock of its decision runs from the first submission."""
    claim = claim_named(reference)
    return told(actions.submit(claim_id=claim.pk, by=call.actor))


@operation(router, "POST", "/claims/{reference}/withdrawal", gives=ClaimOut, scope=TokenScope.CLAIMS_WRITE, writes=True)
def withdraw_claim(call: Call, reference: CodeGiven) -> dict[str, Any]:
    """Withdraw a claim that is not decided yet: nothing of it was written into the registry."""
    claim = claim_named(reference)
    return told(actions.withdraw(claim_id=claim.pk, by=call.actor))


def _subjects(body: ClaimIn) -> tuple[int | None, int | None, actions.PlacedChild | None]:
    """The household and the person named, by their keys, or the child of an establishment as the order names it.

    Raises:
        ProblemError: one of them does not exist or may not be seen; points at it.
    """
    if body.establishment is not None:
        establishment = key_of(Establishment.objects.filter(code=body.establishment), "establishment")
        if body.person is None or body.birth_date is None:
            missing = {"pointer": "/birth_date", "detail": "name the child: its person and birth_date"}
            raise ProblemError(INVALID, "the claim is about nobody", [missing])
        return None, None, actions.PlacedChild(establishment, body.person, body.birth_date)
    if body.household is None:
        wrong = {"pointer": "/household", "detail": "name the household, or the establishment"}
        raise ProblemError(INVALID, "the claim is about nobody", [wrong])
    household = key_of(Household.objects.filter(number=body.household), "household")
    person = key_of(Person.objects.filter(idcs=body.person), "person") if body.person is not None else None
    return household, person, None


def key_of(found: QuerySet[Any], what: str, pointer: str = "") -> int:
    """The key of the one row that a body names and the caller may see.

    Raises:
        ProblemError: there is none; points at it.
    """
    key = found.values_list("pk", flat=True).first()
    if key is None:
        problem = not_found(what)
        raise ProblemError(INVALID, problem.detail, [{"pointer": pointer or f"/{what}", "detail": problem.detail}])
    return int(key)
