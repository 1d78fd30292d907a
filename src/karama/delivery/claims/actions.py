"""Writes of claims: open, answer, submit, ask for a correction, withdraw, close.

Each is one transaction and leaves an event in the journal of the household's file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from karama.delivery import procedure
from karama.delivery.claims.bringing import homes_of
from karama.delivery.claims.models import Claim
from karama.delivery.claims.permissions import (
    may_claim_for_establishment,
    may_claim_for_household,
    may_decide,
    may_handle,
)
from karama.delivery.claims.recipients import members_named
from karama.delivery.claims.states import TRANSITIONS, Channel, ClaimState
from karama.delivery.programmes import programme as entrusted
from karama.delivery.references import Subject, new_references
from karama.foundation.errors import BadInputError, ConflictError, NotAllowedError
from karama.foundation.months import Month
from karama.record import journal
from karama.record.clock import now
from karama.record.constraints import broken_rule
from karama.record.permissions import require
from karama.record.scope import SYSTEM, acting_as
from karama.registry.models import Establishment, Household, Membership, Person
from karama.registry.queries import person_named

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from karama.delivery.programmes import ClaimKind
    from karama.record.scope import Actor


@dataclass(frozen=True)
class PlacedChild:
    """A child placed in an establishment, as the placement order names it."""

    establishment_id: int
    idcs: str
    birth_date: dt.date


def open_claim(
    *,
    programme: str,
    kind: str,
    by: Actor,
    household_id: int | None = None,
    person_id: int | None = None,
    placed: PlacedChild | None = None,
    answers: Mapping[str, object] | None = None,
    channel: Channel = Channel.ONLINE,
    claim_month: Month | None = None,
    idempotency_key: str | None = None,
) -> Claim:
    """Open a draft; with the same key by the same account, the claim opened before is given back.

    It is about a household, about one of its members (``person_id``), or about a child ``placed`` in an establishment.
    ``answers`` may be given later; ``claim_month`` is this month unless an import says otherwise.

    Raises:
        BadInputError: the claim is about somebody it cannot be about, or an answer is wrong.
        ConflictError: the same is already claimed and still open.
        NotAllowedError: the actor may not claim for them.
        UnknownParameterError: no such programme or kind of claim.
    """
    asked = entrusted(programme).kind(kind)
    with acting_as(by):
        if idempotency_key and (known := _opened_with(idempotency_key, by)):
            return known
        require(by.health or not asked.health, "claiming what tells of health")
        at = now()
        month = claim_month or Month.of(localdate(at))
        household, person, establishment = _subjects(asked, household_id, person_id, placed, month, by)
        (key, reference), *_ = new_references(Claim, Subject.CLAIM)
        claim = Claim(
            id=key,
            reference=reference,
            programme=programme,
            kind=kind,
            household=household,
            person=person,
            establishment=establishment,
            state=ClaimState.DRAFT,
            channel=channel,
            health=asked.health,
            answers={} if answers is None else _read(asked, answers, household_id, at),
            claim_month=month.first_day,
            opened_at=at,
            opened_by_id=by.account_id,
            idempotency_key=idempotency_key,
        )
        try:
            with transaction.atomic():
                claim.save(force_insert=True)
        except IntegrityError as error:
            if idempotency_key and (known := _opened_with(idempotency_key, by)):
                return known
            raise _open_already(error, claim) from error
        tell("claim.opened", claim, by, at, {"programme": programme, "kind": kind, "channel": channel})
        return claim


def answer(*, claim_id: int, answers: Mapping[str, object], by: Actor) -> Claim:
    """Write the form's answers of a draft, or of a claim awaiting correction.

    Raises:
        BadInputError: an answer is wrong; all that is wrong is said at once.
        ConflictError: the claim can no longer be changed.
        NotAllowedError: the claim is not the actor's to handle.
    """
    with acting_as(by):
        claim = locked(claim_id)
        require(may_handle(by, claim), "changing this claim")
        if claim.state not in {ClaimState.DRAFT, ClaimState.AWAITING_CORRECTION}:
            raise ConflictError(f"claim {claim.reference} is {claim.state}: its answers stand")
        kind, at = entrusted(claim.programme).kind(claim.kind), now()
        claim.answers = _read(kind, answers, claim.household_id, at)
        claim.save(update_fields=["answers"])
        tell("claim.answered", claim, by, at, {"fields": sorted(claim.answers)})
        return claim


def submit(*, claim_id: int, by: Actor) -> Claim:
    """Submit a draft, or a corrected claim again: the clock of the decision runs; its facts wait for the decision.

    The deadline of a corrected claim stays that of its first submission.

    Raises:
        BadInputError: an answer or a proof is missing.
        ConflictError: the claim is not open.
        NotAllowedError: the claim is not the actor's to handle.
    """
    with acting_as(by):
        claim = locked(claim_id)
        require(may_handle(by, claim), "submitting this claim")
        _check_transition(claim, ClaimState.SUBMITTED)
        kind = entrusted(claim.programme).kind(claim.kind)
        at = now()
        _read(kind, claim.answers, claim.household_id, at)
        _check_proofs(claim, kind)
        if claim.submitted_at is None:
            claim.submitted_at = at
            claim.due_on = procedure.due("days_to_decide_a_claim", at)
        claim.state, claim.correction = ClaimState.SUBMITTED, ""
        claim.save(update_fields=["state", "submitted_at", "due_on", "correction"])
        tell("claim.submitted", claim, by, at, {"due_on": claim.due_on})
        return claim


def ask_correction(*, claim_id: int, text: str, by: Actor) -> Claim:
    """Ask whoever claims to correct something, in words; the deadline runs on.

    Raises:
        BadInputError: nothing is asked.
        ConflictError: the claim is not submitted.
        NotAllowedError: the actor may not decide this claim.
    """
    if not text.strip():
        raise BadInputError("what is to be corrected is empty: say it in words the family understands")
    with acting_as(by):
        claim = locked(claim_id)
        require(may_decide(by, claim), "asking for a correction of this claim")
        _check_transition(claim, ClaimState.AWAITING_CORRECTION)
        claim.state, claim.correction = ClaimState.AWAITING_CORRECTION, text.strip()
        claim.save(update_fields=["state", "correction"])
        tell("claim.correction_asked", claim, by, now(), {"text": claim.correction})
        return claim


def withdraw(*, claim_id: int, by: Actor) -> Claim:
    """Withdraw a claim that is not decided yet: nothing of it was written into the registry.

    Raises:
        ConflictError: it is decided or withdrawn already.
        NotAllowedError: the claim is not the actor's to handle.
    """
    with acting_as(by):
        claim = locked(claim_id)
        require(may_handle(by, claim), "withdrawing this claim")
        _check_transition(claim, ClaimState.WITHDRAWN)
        at = now()
        claim.state, claim.ended_at = ClaimState.WITHDRAWN, at
        claim.save(update_fields=["state", "ended_at"])
        tell("claim.withdrawn", claim, by, at, {})
        return claim


def close(*, claim_id: int, by: Actor) -> Claim:
    """Close a decided claim, once its decision was told; ``ended_at`` stays the time at which it was decided.

    Raises:
        ConflictError: it is not decided.
        NotAllowedError: the actor may not.
    """
    with acting_as(by):
        claim = locked(claim_id)
        require(may_decide(by, claim) or may_handle(by, claim), "closing this claim")
        _check_transition(claim, ClaimState.CLOSED)
        claim.state = ClaimState.CLOSED
        claim.save(update_fields=["state"])
        tell("claim.closed", claim, by, now(), {})
        return claim


def locked(claim_id: int) -> Claim:
    """The claim, with its household, or a placed child and its family, held until the end of the transaction.

    Raises:
        NotAllowedError: there is none that the actor may see.
    """
    found = (
        Claim.objects.select_for_update(of=("self",)).select_related("household", "establishment").filter(pk=claim_id)
    ).first()
    if found is None:
        raise NotAllowedError(f"no claim {claim_id} may be seen")
    if found.household_id is not None:
        list(Household.objects.select_for_update().filter(pk=found.household_id).values_list("pk"))
        return found
    with acting_as(SYSTEM):
        list(Person.objects.select_for_update().filter(pk=found.person_id or 0).values_list("pk"))
        list(Household.objects.select_for_update().filter(pk__in=homes_of(found)).order_by("pk").values_list("pk"))
    return found


def _open_already(error: IntegrityError, claim: Claim) -> ConflictError:
    if broken_rule(error) != "claim_open_once":
        raise error
    return ConflictError(
        f"a claim '{claim.kind}' of programme '{claim.programme}' is already open for the same: continue that one"
    )


def _opened_with(key: str, by: Actor) -> Claim | None:
    return Claim.objects.filter(opened_by_id=by.account_id, idempotency_key=key).first()


def _read(kind: ClaimKind, answers: Mapping[str, object], household_id: int | None, at: dt.datetime) -> dict[str, Any]:
    """The answers of the form, read and checked, the members named as the registry knows them that day."""
    found = kind.answers(answers)
    members_named(kind, found, household_id, localdate(at))
    return found


def _subjects(  # noqa: PLR0917 - whom a claim may be about
    asked: ClaimKind,
    household_id: int | None,
    person_id: int | None,
    placed: PlacedChild | None,
    month: Month,
    by: Actor,
) -> tuple[Household | None, Person | None, Establishment | None]:
    """Whom the claim is about, seen by the actor and his to claim for."""
    if asked.about == "placed_person":
        if placed is None:
            raise BadInputError(f"claim '{asked.name}' is about a child of an establishment: name both")
        return None, *_placed(placed, by)
    household = Household.objects.filter(pk=household_id or 0).first()
    if household is None:
        raise NotAllowedError(f"no household {household_id} may be seen")
    require(may_claim_for_household(by, household), "claiming for this household")
    if asked.about == "household":
        return household, None, None
    members = Membership.objects.filter(household=household, known__endswith=None)
    members = members.filter(validity__overlap=(month.first_day, None))
    member = Person.objects.filter(pk=person_id or 0, pk__in=members.values("person_id")).first()
    if member is None:
        raise BadInputError(
            f"claim '{asked.name}' is about a member of household {household} in {month} or since: name one"
        )
    return household, member, None


def _placed(placed: PlacedChild, by: Actor) -> tuple[Person, Establishment]:
    """The child and its establishment; of a child whom the director names wrongly he learns nothing."""
    establishment = Establishment.objects.filter(pk=placed.establishment_id).first()
    require(
        establishment is not None and may_claim_for_establishment(by, establishment), "claiming for this establishment"
    )
    child = person_named(placed.idcs, placed.birth_date)
    if child is None or establishment is None:
        raise BadInputError(
            f"the registry knows nobody with IDCS {placed.idcs} born on {placed.birth_date}:"
            " read both again on the placement order"
        )
    return child, establishment


def _check_transition(claim: Claim, to: ClaimState) -> None:
    if to not in TRANSITIONS[claim.state]:
        raise ConflictError(f"claim {claim.reference} is {claim.state}: it cannot become {to}")


def _check_proofs(claim: Claim, kind: ClaimKind) -> None:
    held = set(claim.proofs.values_list("kind", flat=True))
    missing = [one for one in kind.proofs_needed(claim.answers) if one not in held]
    if missing:
        raise BadInputError(f"claim '{kind.name}': a proof is missing: add {', '.join(missing)}")


def tell(kind: str, claim: Claim, by: Actor, at: dt.datetime, data: dict[str, Any]) -> None:
    """Journal what happened to a claim; of one that is a fact of health no more than where it stands.

    The journal of a file is read by whoever sees the file; the claim itself only with the right to health facts.
    """
    if claim.health:
        data = {name: data[name] for name in ("due_on",) if name in data}
    journal.write(
        kind=kind,
        subject=("claim", claim.reference),
        by=by,
        at=at,
        household_id=claim.household_id,
        data={**data, "state": claim.state},
    )


__all__ = ["PlacedChild", "answer", "ask_correction", "close", "locked", "open_claim", "submit", "tell", "withdraw"]
