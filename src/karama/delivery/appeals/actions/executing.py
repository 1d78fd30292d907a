"""What was upheld is executed: facts corrected from the past on, and another decision, from the month concerned on.

The decision appealed against stays as it was taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.timezone import localdate

from karama.delivery.appeals.actions import finding
from karama.delivery.appeals.actions.receiving import check_transition, held
from karama.delivery.appeals.actions.telling import tell
from karama.delivery.appeals.permissions import may_execute, require_stranger
from karama.delivery.appeals.states import AppealState
from karama.delivery.appeals.walling import require_whole
from karama.delivery.decisions.actions import Asked, decide
from karama.delivery.decisions.deciding import Subject
from karama.delivery.decisions.standing import amounts
from karama.delivery.decisions.states import Change, DecisionKind
from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.record.clock import now
from karama.record.models import Event
from karama.record.permissions import require
from karama.record.scope import SYSTEM, acting_as
from karama.registry import facts
from karama.registry.models import Health, Household, Person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from karama.delivery.appeals.actions.finding import Finding
    from karama.delivery.appeals.models import Appeal
    from karama.delivery.decisions.models import Decision
    from karama.record.scope import Actor


def execute(*, appeal_id: int, by: Actor, corrections: Sequence[Finding] = (), month: Month | None = None) -> Appeal:
    """Write what the judgment finds of the facts, and decide again from the month of the decision on.

    A finding is a ``Correction`` of a value, a ``Joining`` of somebody forgotten or an ``Ending``, of the facts the law
    reads; whoever may not read facts of health does not correct them.  ``month`` says another month.  Where a later
    month gives another amount than the one before it, it has its own decision too, up to this month.

    Returns:
        The appeal, executed.  Where somebody who joins is also known in another place, it is still upheld: the facts
        are written, the contradiction is put before a person, and once it is settled the appeal is executed, with no
        finding given again.

    Raises:
        BadInputError: nothing is corrected and nothing would change; a finding names no fact or person of this file,
            nobody that a register knows, or a value is wrong; the month is to come.
        ConflictError: the appeal was not upheld, or is executed already.
        NotAllowedError: the actor may not execute it, read all of it or correct that fact, or took part in what was
            judged.
    """
    with acting_as(by):
        facts.share_registry()
        appeal = held(appeal_id)
        require(may_execute(by, appeal), "executing this judgment")
        check_transition(appeal, AppealState.EXECUTED)
        require_stranger(by.account_id, appeal)
        require_whole(by, appeal)
        appealed = appeal.decision
        _hold(appealed)
        at = now()
        begins, this_month = month or Month.of(appealed.month), Month.of(localdate(at))
        if begins > this_month:
            raise BadInputError(f"month {begins}: a judgment counts from a month that has begun, at most {this_month}")
        with acting_as(SYSTEM):
            waited = Event.objects.filter(kind="appeal.waits", subject_id=appeal.reference).exists()
            waiting = finding.write(corrections, appeal, by, at)
        named = [one.__name__.lower() for one in map(finding.fact_of, corrections) if one is not Health]
        if waiting:
            tell("waits", appeal, by=by, at=at, contradictions=waiting, facts=named)
            return appeal
        asked = Asked(Subject.of(appealed), appealed.programme, begins, DecisionKind.APPEAL, None)
        decision, *others = decide(asked, by=by, at=at)
        if not corrections and not waited and not others and decision.change == Change.SAME:
            raise BadInputError(
                f"appeal {appeal.reference}: it was upheld, and nothing would change: say which fact was wrong"
            )
        appeal.state, appeal.executed_by_decision, appeal.ended_at = AppealState.EXECUTED, decision, at
        appeal.save(update_fields=["state", "executed_by_decision", "ended_at"])
        told = {"decision": decision.reference, "change": decision.change, "month": str(begins)}
        difference = _difference(asked, decision, this_month)
        later = [one.reference for one in others]
        tell("executed", appeal, by=by, at=at, facts=named, difference_centimes=difference, later=later, **told)
        return appeal


def _difference(asked: Asked, decision: Decision, last: Month) -> int:
    """What the months up to this one give more than they gave before the decision: arrears, or less: an overpayment."""
    months = list(Month.range(asked.month, last - asked.month + 1))
    with acting_as(SYSTEM):
        then = amounts(asked.subject, asked.programme, months, before=decision)
        return sum(amounts(asked.subject, asked.programme, months)) - sum(then)


def _hold(appealed: Decision) -> None:
    """Hold the household's row, or the child's, until the end of the transaction."""
    with acting_as(SYSTEM):
        if appealed.household_id is not None:
            list(Household.objects.select_for_update().filter(pk=appealed.household_id).values_list("pk"))
        else:
            list(Person.objects.select_for_update().filter(pk=appealed.person_id or 0).values_list("pk"))


__all__ = ["execute"]
