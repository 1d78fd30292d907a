"""Writes about persons in two places: find them, settle where one belongs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from karama.foundation.errors import BadInputError, ConflictError
from karama.record import journal
from karama.record.clock import now
from karama.record.permissions import require, search_register
from karama.record.scope import SYSTEM, acting_as
from karama.registry import facts
from karama.registry.matching.detection import put_in_queue
from karama.registry.matching.models import Contradiction, Settlement
from karama.registry.matching.permissions import may_review
from karama.registry.matching.states import ContradictionState
from karama.registry.models import Household, Membership, Placement

if TYPE_CHECKING:
    import datetime as dt

    from karama.record.scope import Actor


@dataclass(frozen=True)
class Detection:
    """What a detection did: contradictions new in the queue, and those that later facts ended."""

    new: int
    gone: int


def find_contradictions(*, by: Actor) -> Detection:
    """Look at all memberships and placements known now, in sets; the same facts twice change nothing.

    Raises:
        NotAllowedError: the actor is neither the service nor an administrator.
    """
    require(search_register.test(by), "searching the register for persons in two places")
    with acting_as(SYSTEM):
        at = now()
        told = Detection(*put_in_queue(at))
        journal.write(
            kind="matching.contradictions_searched",
            subject=("register", "all"),
            by=by,
            at=at,
            data={"new": told.new, "gone": told.gone},
        )
    return told


def put_before_a_person(*, person_id: int, at: dt.datetime) -> list[int]:
    """Put in the queue at once where one person is known in two places: who wrote so tells it in the journal.

    Returns:
        The contradictions of that person that are open.
    """
    with acting_as(SYSTEM):
        put_in_queue(at, person_id)
        found = Contradiction.objects.filter(person_id=person_id, state=ContradictionState.OPEN)
        return list(found.order_by("pk").values_list("pk", flat=True))


def settle(
    *, contradiction_id: int, stays: int | None, since: dt.date, reason: str, proof: str, by: Actor
) -> Settlement:
    """Settle where a person belongs from ``since`` on: the other membership, or the placement, ends that day.

    ``stays`` is one of the two households, or None for the establishment.  Days before ``since`` stay as they are
    known, and months decided before are replayed as they were.

    Raises:
        BadInputError: ``stays`` is not one of the two places, or the reason or the proof is missing.
        ConflictError: it is settled already, or later facts ended it.
        NotAllowedError: neither household is in the actor's territory, or one of them he cannot see.
    """
    if not reason.strip() or not proof.strip():
        raise BadInputError(
            "reason and proof: one is empty; say why, and name the document (judgement of custody, act of kafala,"
            " certificate of residence, decision of placement)"
        )
    with acting_as(by):
        facts.share_registry()
        found = _locked(contradiction_id, by)
        places = {found.first_household_id, found.second_household_id}
        if stays not in places:
            told = ", ".join("the establishment" if one is None else f"household {one}" for one in places)
            raise BadInputError(f"stays: {stays} is not one of the two places: {told}")
        with acting_as(SYSTEM):
            at = now()
            _end_the_others(found, stays, since, at)
            settled = Settlement.objects.create(
                contradiction=found,
                stays_id=stays,
                since=since,
                reason=reason,
                proof=proof,
                settled_by=by.name,
                settled_at=at,
            )
            found.state = ContradictionState.RESOLVED
            found.save(update_fields=["state"])
            _tell(found, settled, by, at)
        return settled


def _locked(contradiction_id: int, by: Actor) -> Contradiction:
    found = Contradiction.objects.select_for_update().filter(pk=contradiction_id).first()
    if found is None:
        raise BadInputError(f"contradiction {contradiction_id}: none of this number, or outside your territory")
    asked = [one for one in (found.first_household_id, found.second_household_id) if one is not None]
    homes = list(Household.objects.select_for_update().filter(pk__in=asked).order_by("pk"))
    communes = [one.commune for one in homes]
    if found.establishment is not None:
        communes.append(found.establishment.commune)
    require(may_review(by, communes), "settling a contradiction outside your territory")
    require(len(homes) == len(asked), "settling between two households of which you see one: pass it on")
    if found.state != ContradictionState.OPEN:
        raise ConflictError(
            f"contradiction {contradiction_id} is closed already: {ContradictionState(found.state).label}"
        )
    return found


def _end_the_others(found: Contradiction, stays: int | None, since: dt.date, at: dt.datetime) -> None:
    for household in (found.first_household_id, found.second_household_id):
        if household is not None and household != stays:
            key = {"person_id": found.person_id, "household_id": household}
            facts.end(Membership, key=key, on=since, known_at=at)
    if found.establishment_id is not None and stays is not None:
        facts.end(Placement, key={"person_id": found.person_id}, on=since, known_at=at)


def _tell(found: Contradiction, settled: Settlement, by: Actor, at: dt.datetime) -> None:
    for household in (found.first_household_id, found.second_household_id):
        if household is not None:
            journal.write(
                kind="matching.settled",
                subject=("person", found.person_id),
                by=by,
                at=at,
                household_id=household,
                data={
                    "contradiction": found.pk,
                    "kind": found.kind,
                    "stays": settled.stays_id,
                    "since": settled.since,
                    "reason": settled.reason,
                    "proof": settled.proof,
                },
            )
