"""Writes of decisions: on a claim, on a reassessment, on an appeal.  A decision is only ever added."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate

from karama.delivery.claims.actions import locked, tell
from karama.delivery.claims.bringing import bring
from karama.delivery.claims.permissions import may_decide, may_reassess
from karama.delivery.claims.states import TRANSITIONS, ClaimState
from karama.delivery.decisions.deciding import Outcome, Subject, outcome, version_of
from karama.delivery.decisions.models import Decision, Trace
from karama.delivery.decisions.notices import notify
from karama.delivery.decisions.standing import line_of
from karama.delivery.decisions.states import Change, DecisionKind, change_between
from karama.delivery.decisions.warning import warn
from karama.delivery.programmes import programme as entrusted
from karama.delivery.references import Subject as Named
from karama.delivery.references import new_references
from karama.foundation.errors import BadInputError, ConflictError
from karama.foundation.months import Month
from karama.record import journal
from karama.record.clock import now
from karama.record.permissions import is_the_service, require
from karama.record.scope import SYSTEM, acting_as
from karama.registry.facts import share_registry
from karama.registry.models import Household, Person

if TYPE_CHECKING:
    import datetime as dt

    from karama.delivery.claims.models import Claim
    from karama.record.scope import Actor


def decide_claim(*, claim_id: int, by: Actor, proven: bool = True) -> Decision | None:
    """Decide a claim on the facts known now, those it brings included; one transaction.

    Where the officer does not find them ``proven``, the law is asked on what is known without them.  A claim that waits
    for a correction may be decided too, where nothing more comes.  Months that began since the claim's have decisions
    of their own where the right is another one.

    Returns:
        The decision; None where the claim asks nothing of the law (a change of account): it is decided all the same.

    Raises:
        BadInputError: nothing is known of the household for the month, or a member whom the claim names is no more.
        ConflictError: the claim is not submitted, or somebody decided it meanwhile.
        NotAllowedError: the actor may not decide this claim.
    """
    with acting_as(by):
        share_registry()
        claim = locked(claim_id)
        require(may_decide(by, claim), "deciding this claim")
        if ClaimState.DECIDED not in TRANSITIONS[claim.state]:
            raise ConflictError(f"claim {claim.reference} is {claim.state}: only a claim that waits is decided")
        at = now()
        kind = entrusted(claim.programme).kind(claim.kind)
        if proven:
            with acting_as(SYSTEM):
                warn(bring(kind, [claim], at), at)
        claim.state, claim.ended_at = ClaimState.DECIDED, at
        claim.save(update_fields=["state", "ended_at"])
        tell("claim.decided", claim, by, at, {"facts": [one.fact for one in kind.facts if proven], "proven": proven})
        if not kind.decides:
            return None
        asked = Asked(Subject.of(claim), claim.programme, Month.of(claim.claim_month), DecisionKind.CLAIM, claim)
        return decide(asked, by=by, at=at)[0]


def reassess(
    *,
    subject: Subject,
    programme: str,
    month: Month,
    by: Actor,
    kind: DecisionKind = DecisionKind.REASSESSMENT,
    always: bool = False,
) -> Decision | None:
    """Decide again on the facts known now, from ``month`` on, which may lie in the past; one transaction.

    Returns:
        The first new decision; None where nothing changes, unless ``always``.

    Raises:
        BadInputError: nothing is known of the household for the month.
        NotAllowedError: neither the service nor an officer over the territory asks.
    """
    with acting_as(by):
        share_registry()
        _hold(subject, by)
        taken = decide(Asked(subject, programme, month, kind, None), by=by, at=now(), always=always)
        return taken[0] if taken else None


@dataclass(frozen=True)
class Asked:
    """What a decision is asked about."""

    subject: Subject
    programme: str
    month: Month
    kind: DecisionKind
    claim: Claim | None

    def next_month(self) -> Asked:
        """The same of the month after; what a claim asked, it asked of its own month."""
        kind = DecisionKind.REASSESSMENT if self.kind == DecisionKind.CLAIM else self.kind
        return replace(self, month=self.month + 1, kind=kind, claim=None)


def decide(asked: Asked, *, by: Actor, at: dt.datetime, always: bool = True) -> list[Decision]:
    """Add the decisions on what is known at ``at``; the caller holds the locks and checked the right.

    The month asked has one, unless it changes nothing and ``always`` is False; each later month that began, or that
    was decided already, has one where the right is not that of the month before.
    """
    last = max(Month.of(localdate(at)), *_decided_months(asked))
    taken = [decision] if (decision := _decide(asked, by=by, at=at, always=always)) else []
    while asked.month < last:
        asked = asked.next_month()
        with suppress(BadInputError):  # nothing is known of that month, and no right was left to end
            taken += [decision] if (decision := _decide(asked, by=by, at=at, always=False)) else []
    return taken


def _decide(asked: Asked, *, by: Actor, at: dt.datetime, always: bool) -> Decision | None:
    with acting_as(SYSTEM):
        line = line_of(asked.subject, asked.programme)
        stood = line.filter(month__lte=asked.month.first_day).first()
        previous = line.first()
    try:
        found = outcome(asked.subject, asked.programme, asked.month, at)
    except BadInputError:
        if stood is None or not stood.eligible or asked.kind == DecisionKind.CLAIM:
            raise
        found = outcome(asked.subject, asked.programme, asked.month, at, ended=True)
    before = None if stood is None else stood.right(asked.month)
    change = change_between(asked.kind, before, found.right)
    if not always and change == Change.SAME:
        return None
    decision = _add(asked, found, change, (previous, stood), by=by, at=at)
    journal.write(
        kind="decision.taken",
        subject=("decision", decision.reference),
        by=by,
        at=at,
        household_id=decision.household_id,
        data=_told(decision),
    )
    notify("SELECT %s::bigint", [decision.pk], at=at)
    return decision


@dataclass(frozen=True)
class Replay:
    """A decision taken again from the facts it read: what differs, if anything."""

    decision: Decision
    differences: tuple[str, ...]

    @property
    def same(self) -> bool:
        """The facts, the law and the outcome are those of the decision."""
        return not self.differences


def replay(decision: Decision) -> Replay:
    """Read the facts of a decision as they were known then and ask the law again.

    Raises:
        BadInputError: the facts cannot be read any more.
    """
    month = Month.of(decision.month)
    with acting_as(SYSTEM):  # it may tell of health: what differs is said, never what it holds
        trace = Trace.objects.filter(decision=decision).values_list("content", flat=True).first()
    asked = (Subject.of(decision), decision.programme, month, decision.known_at)
    try:
        again = outcome(*asked)
    except BadInputError:  # it lived nowhere any more, or was in no establishment
        again = outcome(*asked, ended=True)
    pairs: dict[str, tuple[Any, Any]] = {
        "inputs_hash": (decision.inputs_hash, again.inputs_hash),
        "law_version": (decision.law_version, version_of(decision.programme, month)),
        "eligible": (decision.eligible, again.eligible),
        "aid": (decision.aid, again.aid),
        "amount_centimes": (decision.amount_centimes, again.amount_centimes),
        "reasons": (list(decision.reasons), list(again.reasons)),
        "trace": (trace, again.trace),
    }
    return Replay(
        decision, tuple(f"{name}: {was} then, {now_} again" for name, (was, now_) in pairs.items() if was != now_)
    )


def _decided_months(asked: Asked) -> list[Month]:
    with acting_as(SYSTEM):
        last = line_of(asked.subject, asked.programme).order_by("-month").values_list("month", flat=True).first()
    return [asked.month] if last is None else [asked.month, Month.of(last)]


def _add(
    asked: Asked,
    found: Outcome,
    change: Change,
    before: tuple[Decision | None, Decision | None],
    *,
    by: Actor,
    at: dt.datetime,
) -> Decision:
    """A decision; ``before`` are the last of its line and the one that stood in its month."""
    (key, reference), *_ = new_references(Decision, Named.DECISION)
    decision = Decision(
        id=key,
        reference=reference,
        programme=asked.programme,
        kind=asked.kind,
        change=change,
        claim=asked.claim,
        household_id=asked.subject.household_id,
        person_id=asked.subject.person_id,
        establishment_id=asked.subject.establishment_id,
        month=asked.month.first_day,
        known_at=at,
        inputs_hash=found.inputs_hash,
        law_version=found.law_version,
        eligible=found.eligible,
        aid=found.aid,
        amount_centimes=found.amount_centimes,
        monthly_centimes=found.monthly_centimes,
        reasons=list(found.reasons),
        previous=before[0],
        in_place_of=before[1],
        decided_at=at,
        decided_by_id=by.account_id,
    )
    decision.save(force_insert=True)
    with acting_as(SYSTEM):
        Trace.objects.create(decision=decision, content=found.trace)
    return decision


def _hold(subject: Subject, by: Actor) -> None:
    """Hold the household's row, or the child's, until the end of the transaction, where the actor may reassess it."""
    if subject.household_id is not None:
        household = Household.objects.select_for_update().filter(pk=subject.household_id).first()
        require(household is not None and may_reassess(by, household.commune), "reassessing this household")
        return
    require(is_the_service(by), "reassessing a child of an establishment")
    list(Person.objects.select_for_update().filter(pk=subject.person_id or 0).values_list("pk"))


def _told(decision: Decision) -> dict[str, Any]:
    """What the journal keeps of a decision."""
    return {
        "programme": decision.programme,
        "kind": decision.kind,
        "change": decision.change,
        "month": f"{decision.month:%Y-%m}",
        "eligible": decision.eligible,
        "amount_centimes": decision.amount_centimes,
        "reasons": list(decision.reasons),
        "inputs_hash": decision.inputs_hash,
        "law_version": decision.law_version,
    }


__all__ = ["Asked", "Replay", "decide", "decide_claim", "reassess", "replay"]
