"""An appeal is received, sometimes withdrawn, and brings evidence; it is never refused for being late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from karama.delivery import procedure
from karama.delivery.appeals.actions.telling import tell
from karama.delivery.appeals.deadlines import delay_to_appeal
from karama.delivery.appeals.models import Appeal
from karama.delivery.appeals.permissions import is_its_judge, may_appeal
from karama.delivery.appeals.states import APPEAL_TRANSITIONS, OPEN_APPEALS, AppealState, StatementKind
from karama.delivery.appeals.walling import say, wall
from karama.delivery.claims.documents import checked, keep
from karama.delivery.claims.states import Channel
from karama.delivery.decisions.models import Decision
from karama.delivery.references import Subject, new_references
from karama.foundation.errors import BadInputError, ConflictError, NotAllowedError
from karama.record.clock import now
from karama.record.constraints import broken_rule
from karama.record.permissions import require
from karama.record.scope import SYSTEM, acting_as

if TYPE_CHECKING:
    from karama.delivery.appeals.models import Evidence
    from karama.record.scope import Actor

LONGEST = 5_000
"""Characters of grounds, reasons and questions, at most."""


def receive_appeal(
    *,
    decision_id: int,
    grounds: str,
    by: Actor,
    health: bool = True,
    channel: Channel = Channel.ONLINE,
    idempotency_key: str | None = None,
) -> Appeal:
    """Receive an appeal against a decision: the clock of the answer runs from now.

    One that comes after its last day is kept and flagged; a person says whether it can be heard.  With the same key by
    the same account, the appeal received before is given back.  ``health`` says whether the grounds tell of somebody's
    health, as who appeals answered; without an answer they are kept as if they did.

    Raises:
        BadInputError: no grounds are given, or they are too long.
        ConflictError: an appeal against this decision is open or judged already.
        NotAllowedError: the decision may not be seen, or the actor may not appeal against it.
    """
    text = in_words(grounds, "the grounds of the appeal")
    with acting_as(by):
        if idempotency_key and (known := _received_with(idempotency_key, by)):
            return known
        decision = _decision(decision_id)
        require(may_appeal(by, decision), "appealing against this decision")
        delay, at = delay_to_appeal(decision), now()
        (key, reference), *_ = new_references(Appeal, Subject.APPEAL)
        appeal = Appeal(
            id=key,
            reference=reference,
            decision=decision,
            household=decision.household,
            establishment=decision.establishment,
            channel=channel,
            state=AppealState.RECEIVED,
            notified_at=delay.notified_at,
            appeal_until=delay.last_day,
            late=delay.passed(at),
            received_at=at,
            received_by_id=by.account_id,
            due_on=procedure.due("days_to_answer_an_appeal", at),
            idempotency_key=idempotency_key,
        )
        try:
            with transaction.atomic():
                appeal.save(force_insert=True)
        except IntegrityError as error:
            if idempotency_key and (known := _received_with(idempotency_key, by)):
                return known
            raise _refused_twice(error, decision) from error
        say(appeal, StatementKind.GROUNDS, text, by=by, at=at, health=health)
        days = {"late": appeal.late, "appeal_until": appeal.appeal_until, "due_on": appeal.due_on}
        tell("received", appeal, by=by, at=at, decision=decision.reference, channel=channel, **days)
        return appeal


def withdraw_appeal(*, appeal_id: int, by: Actor) -> Appeal:
    """Withdraw an appeal that is not judged yet; another one may follow.

    Raises:
        ConflictError: it is judged or over.
        NotAllowedError: the actor may not appeal for them.
    """
    with acting_as(by):
        appeal = held(appeal_id)
        require(may_appeal(by, appeal), "withdrawing this appeal")
        check_transition(appeal, AppealState.WITHDRAWN)
        at = now()
        appeal.state, appeal.ended_at = AppealState.WITHDRAWN, at
        appeal.save(update_fields=["state", "ended_at"])
        tell("withdrawn", appeal, by=by, at=at)
        return appeal


def add_evidence(*, appeal_id: int, kind: str, name: str, content: bytes, by: Actor, health: bool = True) -> Evidence:
    """Keep a document with an appeal that is not judged yet; the same document twice is kept once.

    ``health`` says whether it tells of somebody's health, as who hands it in answered; without an answer it is kept as
    if it did.  Whoever hands it in need not have the right to read it again.

    Raises:
        BadInputError: not a document that is accepted, too large, or a virus was found in it.
        ConflictError: the appeal is judged or over, or holds too many documents.
        NotAllowedError: the actor may not appeal for them and is not the judge.
    """
    document = checked(kind=kind, name=name, content=content)
    with acting_as(by):
        appeal = held(appeal_id)
        require(may_appeal(by, appeal) or is_its_judge(by, appeal), "adding evidence to this appeal")
        if appeal.state not in OPEN_APPEALS:
            raise ConflictError(f"appeal {appeal.reference} is {appeal.state}: no evidence can be added any more")
        at = now()
        with acting_as(SYSTEM):
            walled_at = at if health else None
            whose = f"appeal {appeal.reference}"
            made, new = keep(document, appeal.evidence, whose=whose, by=by, at=at, walled_at=walled_at)
            more = 0 if new or not health else wall(appeal.evidence.filter(pk=made.pk), at)
        if new:
            # Neither its name nor its kind: the journal of a file is read without the right to health facts too.
            told = {"media_type": document.media_type, "sha256": document.sha256, "scan": document.scan}
            tell("evidence_added", appeal, by=by, at=at, evidence=made.pk, health=health, **told)
        elif more:
            tell("walled", appeal, by=by, at=at, words=0, evidence=more)
        return made


def held(appeal_id: int) -> Appeal:
    """The appeal with its row held until the end of the transaction.

    Raises:
        NotAllowedError: there is none that the actor may see.
    """
    found = (
        Appeal.objects.select_for_update(of=("self",))
        .select_related("household", "establishment", "decision")
        .filter(pk=appeal_id)
        .first()
    )
    if found is None:
        raise NotAllowedError(f"no appeal {appeal_id} may be seen")
    return found


def check_transition(appeal: Appeal, to: AppealState) -> None:
    """Go on only where the table of transitions allows it.

    Raises:
        ConflictError: it does not; says where the appeal stands.
    """
    if to not in APPEAL_TRANSITIONS[appeal.state]:
        raise ConflictError(f"appeal {appeal.reference} is {appeal.state}: it cannot become {to}")


def in_words(text: str, what: str) -> str:
    """A text that a person reads.

    Raises:
        BadInputError: it is empty or too long.
    """
    said = text.strip()
    if not said:
        raise BadInputError(f"{what}: empty: say it in words the family understands")
    if len(said) > LONGEST:
        raise BadInputError(f"{what}: {len(said)} characters: at most {LONGEST} are kept")
    return said


def _decision(decision_id: int) -> Decision:
    found = Decision.objects.select_related("household", "establishment").filter(pk=decision_id).first()
    if found is None:
        raise NotAllowedError(f"no decision {decision_id} may be seen")
    return found


def _received_with(key: str, by: Actor) -> Appeal | None:
    return Appeal.objects.filter(received_by_id=by.account_id, idempotency_key=key).first()


def _refused_twice(error: IntegrityError, decision: Decision) -> ConflictError:
    if broken_rule(error) != "appeal_once_per_decision":
        raise error
    return ConflictError(
        f"decision {decision.reference}: an appeal against it is open or judged already: follow that one"
    )
