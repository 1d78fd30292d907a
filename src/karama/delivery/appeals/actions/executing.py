"""What was upheld is executed: facts corrected from the past on, and another decision, from the month concerned on.

The decision appealed against stays as it was taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import DataError, IntegrityError, transaction
from django.utils.timezone import localdate

from karama.delivery.appeals.actions.receiving import check_transition, held
from karama.delivery.appeals.actions.telling import tell
from karama.delivery.appeals.permissions import may_execute, require_stranger
from karama.delivery.appeals.states import AppealState
from karama.delivery.appeals.walling import require_whole
from karama.delivery.decisions.actions import Asked, decide
from karama.delivery.decisions.deciding import Subject
from karama.delivery.decisions.states import Change, DecisionKind
from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.record.clock import now
from karama.record.permissions import require
from karama.record.scope import SYSTEM, acting_as
from karama.registry import facts
from karama.registry.models import (
    BirthGrantClaim,
    Civil,
    Declaration,
    Enrolment,
    Health,
    Household,
    Income,
    Membership,
    Person,
    Placement,
    Residence,
    Schooling,
    Score,
    Situation,
)
from karama.registry.states import Source

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from karama.delivery.appeals.models import Appeal
    from karama.delivery.decisions.models import Decision
    from karama.record.scope import Actor
    from karama.registry.models import Fact


@dataclass(frozen=True)
class Correction:
    """A fact that the judgment found wrong, as it was in truth, over the days it held."""

    fact: str
    """Name of the fact: ``schooling``, ``situation``, ``membership``…"""
    values: Mapping[str, Any]
    begins: dt.date
    ends: dt.date | None = None
    """First day it held no longer; none while it holds."""
    person_id: int | None = None
    """Whom it is about, where it is not the household."""
    proof: str = ""
    """What shows it: a document's name, a register's number."""


_LAW_READS = (
    Civil,
    Schooling,
    Health,
    Income,
    BirthGrantClaim,
    Membership,
    Residence,
    Situation,
    Enrolment,
    Declaration,
    Score,
    Placement,
)
"""Facts that a judgment may correct; where a family is paid and how it is reached have their own ways."""


def execute(*, appeal_id: int, by: Actor, corrections: Sequence[Correction] = (), month: Month | None = None) -> Appeal:
    """Correct the facts that the judgment found wrong, and decide again from the month of the decision on.

    The facts are those the law reads; whoever may not read facts of health does not correct them.

    ``month`` says another one.  Where a later month gives another amount than the one before it, it has its own
    decision too, up to this month.

    Raises:
        BadInputError: nothing is corrected and nothing would change; a correction names no fact or person of this file,
            or a value is wrong; the month is to come.
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
            for one in corrections:
                _correct(one, appeal, by, at)
        asked = Asked(Subject.of(appealed), appealed.programme, begins, DecisionKind.APPEAL, None)
        decision, *others = decide(asked, by=by, at=at)
        if not corrections and not others and decision.change == Change.SAME:
            raise BadInputError(
                f"appeal {appeal.reference}: it was upheld, and nothing would change: say which fact was wrong"
            )
        later = [one.reference for one in others]
        appeal.state, appeal.executed_by_decision, appeal.ended_at = AppealState.EXECUTED, decision, at
        appeal.save(update_fields=["state", "executed_by_decision", "ended_at"])
        told = {"decision": decision.reference, "change": decision.change, "month": str(begins), "later": later}
        tell(
            "executed",
            appeal,
            by=by,
            at=at,
            facts=[one.fact for one in corrections if _fact_named(one.fact) is not Health],
            **told,
        )
        return appeal


def _hold(appealed: Decision) -> None:
    """Hold the household's row, or the child's, until the end of the transaction."""
    with acting_as(SYSTEM):
        if appealed.household_id is not None:
            list(Household.objects.select_for_update().filter(pk=appealed.household_id).values_list("pk"))
        else:
            list(Person.objects.select_for_update().filter(pk=appealed.person_id or 0).values_list("pk"))


def _correct(one: Correction, appeal: Appeal, by: Actor, at: dt.datetime) -> None:
    fact = _fact_named(one.fact)
    require(by.health or fact is not Health, "correcting facts of health")
    if fact is Placement and one.values.get("establishment_id", appeal.establishment_id) != appeal.establishment_id:
        raise BadInputError(f"correction of '{one.fact}': a judgment places nobody elsewhere: that is another claim")
    try:
        with transaction.atomic():
            facts.correct(
                fact,
                key=_key(fact, one, appeal),
                values=one.values,
                validity=(one.begins, one.ends),
                source=Source.AGENCY,
                proof=f"appeal {appeal.reference}: {one.proof}"[:200].rstrip(": "),
                known_at=at,
            )
    except (DataError, IntegrityError) as error:
        reason = str(error).partition("\n")[0]
        raise BadInputError(f"correction of '{one.fact}' from {one.begins}: {reason}: correct the value") from error


def _fact_named(name: str) -> type[Fact]:
    known = {fact.__name__.lower(): fact for fact in _LAW_READS}
    if name.replace("_", "").lower() not in known:
        raise BadInputError(f"'{name}' is no fact that a judgment corrects: choose one of {', '.join(known)}")
    return known[name.replace("_", "").lower()]


def _key(fact: type[Fact], one: Correction, appeal: Appeal) -> dict[str, Any]:
    """What names the subject of a fact: this household, one of its people, the child placed, this programme."""
    about = {"household_id": appeal.household_id, "programme": appeal.decision.programme}
    if "person_id" in fact.key:
        about["person_id"] = _person(one, appeal)
    if any(about[name] is None for name in fact.key):
        raise BadInputError(
            f"correction of '{one.fact}': the appeal is not about a household: correct the child's facts"
        )
    return {name: about[name] for name in fact.key}


def _person(one: Correction, appeal: Appeal) -> int:
    if appeal.household_id is None:
        people = [appeal.decision.person_id]
    else:
        people = list(Membership.objects.filter(household_id=appeal.household_id).values_list("person_id", flat=True))
    if one.person_id is None or one.person_id not in people:
        raise BadInputError(
            f"correction of '{one.fact}': person {one.person_id} is nobody of this file: name one who is"
        )
    return one.person_id


__all__ = ["Correction", "execute"]
