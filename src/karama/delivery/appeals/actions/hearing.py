"""An appeal is examined, put to a judge, reviewed and judged, each by somebody who took no part in what is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.delivery.appeals.actions.receiving import check_transition, held, in_words
from karama.delivery.appeals.actions.telling import tell
from karama.delivery.appeals.permissions import (
    can_be_judge,
    can_read_whole,
    is_its_judge,
    may_appeal,
    may_assign,
    may_hear,
    may_pass_on,
    require_stranger,
)
from karama.delivery.appeals.states import JUDGED, OPEN_APPEALS, AppealState, StatementKind
from karama.delivery.appeals.walling import require_whole, say
from karama.foundation.errors import BadInputError, ConflictError
from karama.record.clock import now
from karama.record.permissions import require
from karama.record.scope import SYSTEM, acting_as

if TYPE_CHECKING:
    from karama.delivery.appeals.models import Appeal
    from karama.record.scope import Actor


def admit(*, appeal_id: int, by: Actor) -> Appeal:
    """Say that an appeal can be heard (recevable), late or not.

    Raises:
        ConflictError: it was examined before, or is over.
        NotAllowedError: the actor hears no appeals there, or took part in what is judged.
    """
    with acting_as(by):
        appeal = _to_examine(appeal_id, AppealState.ADMISSIBLE, by)
        at = now()
        appeal.state, appeal.examined_by_id, appeal.examined_at = AppealState.ADMISSIBLE, by.account_id, at
        appeal.save(update_fields=["state", "examined_by", "examined_at"])
        tell("admitted", appeal, by=by, at=at, late=appeal.late)
        return appeal


def refuse_to_hear(*, appeal_id: int, reasons: str, by: Actor, health: bool = False) -> Appeal:
    """Say that an appeal cannot be heard (irrecevable), and why; another one may follow.

    Raises:
        BadInputError: no reasons are given.
        ConflictError: it was examined before, or is over.
        NotAllowedError: the actor hears no appeals there, or took part in what is judged.
    """
    said = in_words(reasons, "the reasons")
    with acting_as(by):
        appeal = _to_examine(appeal_id, AppealState.INADMISSIBLE, by)
        require_whole(by, appeal)
        at = now()
        appeal.state, appeal.examined_by_id, appeal.examined_at = AppealState.INADMISSIBLE, by.account_id, at
        appeal.ended_at = at
        words = say(appeal, StatementKind.REASONS, said, by=by, at=at, health=health)
        appeal.save(update_fields=["state", "examined_by", "examined_at", "ended_at"])
        tell("inadmissible", appeal, by=by, at=at, statement=words.pk)
        return appeal


def assign_judge(*, appeal_id: int, judge_id: int, by: Actor) -> Appeal:
    """Put an admissible appeal to a judge, or to another one before the judgment.

    An officer who may not read a part of it, because it tells of health, passes it to one who may.

    Raises:
        BadInputError: that account is no appeals officer of the territory, or may not read all of the appeal.
        ConflictError: the appeal was not admitted, is judged or over.
        NotAllowedError: the actor may not name this judge, or the judge took part in what is judged.
    """
    with acting_as(by):
        appeal = held(appeal_id)
        passes_on = not may_assign(by, appeal, judge_id) and may_pass_on(by, appeal)
        require(passes_on or may_assign(by, appeal, judge_id), "putting this appeal to that judge")
        if appeal.state == AppealState.RECEIVED or appeal.state not in OPEN_APPEALS:
            raise ConflictError(f"appeal {appeal.reference} is {appeal.state}: no judge can be named")
        if not can_be_judge(judge_id, appeal):
            raise BadInputError(
                f"account {judge_id} hears no appeals of this territory: choose an appeals officer of it"
            )
        require_stranger(judge_id, appeal)
        if not can_read_whole(judge_id, appeal):
            raise BadInputError(
                f"account {judge_id} may not read what this appeal tells of health: choose an officer who may"
            )
        if passes_on:
            require_stranger(by.account_id, appeal)
        if appeal.judge_id == judge_id:
            return appeal
        former, appeal.judge_id = appeal.judge_id, judge_id
        appeal.save(update_fields=["judge"])
        tell("assigned", appeal, by=by, at=now(), judge=judge_id, former=former)
        return appeal


def begin_review(*, appeal_id: int, by: Actor) -> Appeal:
    """Take up an appeal: the judge's alone.

    Raises:
        ConflictError: it was taken up before.
        NotAllowedError: the actor is not its judge, or took part in what is judged.
    """
    with acting_as(by):
        appeal = _before_its_judge(appeal_id, AppealState.UNDER_REVIEW, by, since=AppealState.ADMISSIBLE)
        appeal.state = AppealState.UNDER_REVIEW
        appeal.save(update_fields=["state"])
        tell("review_began", appeal, by=by, at=now())
        return appeal


def ask_evidence(*, appeal_id: int, text: str, by: Actor, health: bool = False) -> Appeal:
    """Ask who appealed for evidence, in words; the delay to answer runs on.

    Raises:
        BadInputError: nothing is asked.
        ConflictError: the appeal is not under review.
        NotAllowedError: the actor is not its judge, or took part in what is judged.
    """
    said = in_words(text, "the evidence asked for")
    with acting_as(by):
        appeal = _before_its_judge(appeal_id, AppealState.EVIDENCE_ASKED, by)
        at = now()
        words = say(appeal, StatementKind.EVIDENCE_ASKED, said, by=by, at=at, health=health)
        appeal.state = AppealState.EVIDENCE_ASKED
        appeal.save(update_fields=["state"])
        tell("evidence_asked", appeal, by=by, at=at, statement=words.pk)
        return appeal


def resume_review(*, appeal_id: int, by: Actor) -> Appeal:
    """Go on with the review: who appealed says that all was sent, or the judge waits no longer.

    Raises:
        ConflictError: no evidence is awaited.
        NotAllowedError: the actor is neither.
    """
    with acting_as(by):
        appeal = held(appeal_id)
        require(may_appeal(by, appeal) or is_its_judge(by, appeal), "going on with the review of this appeal")
        if appeal.state != AppealState.EVIDENCE_ASKED:
            raise ConflictError(f"appeal {appeal.reference} is {appeal.state}: no evidence is awaited")
        appeal.state = AppealState.UNDER_REVIEW
        appeal.save(update_fields=["state"])
        tell("evidence_received", appeal, by=by, at=now(), documents=_documents(appeal))
        return appeal


def judge(*, appeal_id: int, outcome: AppealState, reasons: str, by: Actor, health: bool = False) -> Appeal:
    """Judge an appeal: uphold it, in part or wholly, or reject it, with the reasons told to who appealed.

    Raises:
        BadInputError: no reasons are given, or the outcome is none of the three.
        ConflictError: the appeal is not under review.
        NotAllowedError: the actor is not its judge, or took part in what is judged.
    """
    said = in_words(reasons, "the reasons of the judgment")
    if outcome not in JUDGED:
        raise BadInputError(f"'{outcome}' is no judgment: choose one of {', '.join(JUDGED)}")
    with acting_as(by):
        appeal = _before_its_judge(appeal_id, outcome, by)
        at = now()
        words = say(appeal, StatementKind.REASONS, said, by=by, at=at, health=health)
        appeal.state, appeal.judged_at = outcome, at
        appeal.ended_at = at if outcome == AppealState.REJECTED else None
        appeal.save(update_fields=["state", "judged_at", "ended_at"])
        tell(str(outcome), appeal, by=by, at=at, statement=words.pk)
        return appeal


def _documents(appeal: Appeal) -> int:
    with acting_as(SYSTEM):
        return appeal.evidence.count()


def _to_examine(appeal_id: int, to: AppealState, by: Actor) -> Appeal:
    appeal = held(appeal_id)
    require(may_hear(by, appeal), "hearing this appeal")
    check_transition(appeal, to)
    require_stranger(by.account_id, appeal)
    return appeal


def _before_its_judge(appeal_id: int, to: AppealState, by: Actor, since: AppealState | None = None) -> Appeal:
    appeal = held(appeal_id)
    require(is_its_judge(by, appeal), "judging this appeal, which was not put to this officer")
    check_transition(appeal, to)
    if since is not None and appeal.state != since:
        raise ConflictError(f"appeal {appeal.reference} is {appeal.state}: it cannot become {to}")
    require_stranger(by.account_id, appeal)
    require_whole(by, appeal)
    return appeal
