"""Writes of the review of duplicates: search, judge the same, judge different, take a merge back.

Each is one transaction and leaves events in the journal of the households it touches.  No machine merges anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from karama.foundation.errors import BadInputError, ConflictError
from karama.record import journal
from karama.record.clock import now
from karama.record.permissions import require, search_register
from karama.record.scope import SYSTEM, acting_as
from karama.registry.facts import share_registry
from karama.registry.matching.finding import THRESHOLD, probable_duplicates
from karama.registry.matching.merging import Merge, take_back
from karama.registry.matching.models import CandidatePair, Judgement
from karama.registry.matching.permissions import may_review
from karama.registry.matching.reading import civil_entries, propose
from karama.registry.matching.states import PAIR_TRANSITIONS, PairState, Verdict
from karama.registry.models import Civil, Household, Membership, Person

if TYPE_CHECKING:
    import datetime as dt

    from karama.record.scope import Actor


@dataclass(frozen=True)
class Search:
    """What a search of the register did: persons compared, pairs found, new in the queue, told otherwise."""

    persons: int
    found: int
    new: int
    changed: int


def find_duplicates(*, by: Actor, threshold: float = THRESHOLD) -> Search:
    """Search the whole register and put what is found in the queue; the same register twice changes nothing.

    Raises:
        NotAllowedError: the actor is neither the service nor an administrator.
    """
    require(search_register.test(by), "searching the register for duplicates")
    with acting_as(SYSTEM):
        entries = civil_entries()
    found = probable_duplicates(entries, threshold=threshold)
    with acting_as(SYSTEM):
        at = now()
        new, changed = propose(found, at)
        told = Search(len(entries), len(found), new, changed)
        journal.write(
            kind="matching.searched",
            subject=("register", "all"),
            by=by,
            at=at,
            data={"persons": told.persons, "found": told.found, "new": new, "changed": changed, "threshold": threshold},
        )
    return told


def judge_same(
    *,
    pair_id: int,
    keep: int,
    since: dt.date,
    reason: str,
    proof: str,
    by: Actor,
    home: int | None = None,
) -> Judgement:
    """Judge that two persons are one: the one kept counts in ``home`` from ``since`` on, the other nowhere.

    ``home`` is one of the households that either belongs to; without it, the household that was known first.  Facts
    before ``since`` and months decided before stay as they are.

    Raises:
        BadInputError: ``keep`` or ``home`` has nothing to do with the pair, or a reason or proof is missing.
        ConflictError: the pair is judged so already, or one of the two was merged in another pair.
        NotAllowedError: no household of the two is in the actor's territory, or one of them he cannot see.
    """
    _say_why(reason, proof)
    with acting_as(by):
        share_registry()
        pair, persons = _locked(pair_id, by, PairState.SAME)
        if keep not in persons:
            raise BadInputError(f"person {keep} is not of this pair: keep {pair.left_id} or {pair.right_id}")
        kept, merged = persons[keep], next(one for key, one in persons.items() if key != keep)
        if kept.merged_into_id or merged.merged_into_id:
            raise ConflictError("one of the two was merged in another pair: take that merge back, or review its pair")
        with acting_as(SYSTEM):
            at = now()
            household, role = _home(persons, home, since)
            trace = Merge(kept, merged, household, role, since, proof).write(at)
            Person.objects.filter(pk=merged.pk).update(merged_into=kept)
            return _judge(
                pair, Verdict.SAME, by, at, reason, proof, kept=kept, home=household, since=since, trace=trace
            )


def judge_different(*, pair_id: int, reason: str, by: Actor, proof: str = "") -> Judgement:
    """Judge that two persons are two: the pair never comes back to the queue.

    Raises:
        BadInputError: no reason is given.
        ConflictError: the pair was judged already.
        NotAllowedError: no household of the two is in the actor's territory, or one of them he cannot see.
    """
    _say_why(reason, proof or "not asked")
    with acting_as(by):
        pair, _ = _locked(pair_id, by, PairState.DIFFERENT)
        if pair.state == PairState.SAME:
            raise ConflictError("these two were merged: take the merge back instead")
        return _judge(pair, Verdict.DIFFERENT, by, now(), reason, proof)


def undo_merge(*, pair_id: int, reason: str, by: Actor, proof: str = "") -> Judgement:
    """Take a merge back by a new judgement: what it closed is known again, what it added ends.

    What later facts changed is left alone and listed in the judgement's trace.

    Raises:
        BadInputError: no reason is given.
        ConflictError: the two are not merged.
        NotAllowedError: no household of the two is in the actor's territory, or one of them he cannot see.
    """
    _say_why(reason, proof or "not asked")
    with acting_as(by):
        share_registry()
        pair, persons = _locked(pair_id, by, PairState.DIFFERENT)
        merge = pair.judgements.filter(verdict=Verdict.SAME).order_by("-judged_at").first()
        if pair.state != PairState.SAME or merge is None or merge.kept is None:
            raise ConflictError("these two are not merged: there is nothing to take back")
        merged = next(one for key, one in persons.items() if key != merge.kept.pk)
        with acting_as(SYSTEM):
            at = now()
            trace = take_back(merge.trace, at)
            Person.objects.filter(pk=merged.pk).update(merged_into=None)
            return _judge(pair, Verdict.UNMERGED, by, at, reason, proof, kept=merge.kept, trace=trace)


def _say_why(reason: str, proof: str) -> None:
    if not reason.strip():
        raise BadInputError("reason: empty; a judgement says why, so that another person can follow it")
    if not proof.strip():
        raise BadInputError("proof: empty; name the document that shows it (act, CNIE, decision of a court)")


def _locked(pair_id: int, by: Actor, wanted: PairState) -> tuple[CandidatePair, dict[int, Person]]:
    """The pair and its two persons, locked for this judgement, with the households it may write in."""
    pair = CandidatePair.objects.select_for_update().filter(pk=pair_id).first()
    if pair is None:
        raise BadInputError(f"pair {pair_id}: none of this number, or outside your territory")
    persons = {
        one.pk: one
        for one in Person.objects.select_for_update().filter(pk__in=(pair.left_id, pair.right_id)).order_by("pk")
    }
    communes = list(Household.objects.filter(pk__in=_households(persons)).values_list("commune", flat=True))
    require(may_review(by, communes), "reviewing a pair outside your territory")
    require(len(persons) == 2, "judging a pair of which you see one person only: pass it on to who sees both")  # noqa: PLR2004
    _lock_households(persons)
    if wanted not in PAIR_TRANSITIONS[pair.state]:
        raise ConflictError(f"pair {pair_id} is judged already: {PairState(pair.state).label}")
    return pair, persons


def _lock_households(persons: dict[int, Person]) -> None:
    """Lock, in the order of all writers, the households of the two and of their children, whose mother is renamed."""
    with acting_as(SYSTEM):
        mothers = [one.idcs for one in persons.values()]
        children = Civil.objects.filter(mother_idcs__in=mothers, known__upper_inf=True).values("person_id")
        theirs = Membership.objects.filter(Q(person_id__in=persons) | Q(person_id__in=children)).values("household_id")
        list(Household.objects.select_for_update().filter(pk__in=theirs).order_by("pk").values_list("pk"))


def _households(persons: dict[int, Person]) -> list[int]:
    return list(Membership.objects.filter(person_id__in=persons).values_list("household_id", flat=True).distinct())


def _home(persons: dict[int, Person], home: int | None, since: dt.date) -> tuple[Household | None, str]:
    """The household to count in and the role there: the one asked for, or the one known first."""
    known: Any = Membership.objects.filter(
        person_id__in=persons, known__upper_inf=True, validity__overlap=(since, None)
    ).select_related("household")
    memberships = sorted(known, key=lambda one: (one.known.lower, one.pk))
    if home is not None:
        memberships = [one for one in memberships if one.household_id == home]
        if not memberships:
            raise BadInputError(f"home {home}: neither of the two is a member of this household on or after {since}")
    return (memberships[0].household, memberships[0].role) if memberships else (None, "")


def _judge(  # noqa: PLR0917 - what every judgement says, then what it adds
    pair: CandidatePair,
    verdict: Verdict,
    by: Actor,
    at: dt.datetime,
    reason: str,
    proof: str,
    **told: Any,  # noqa: ANN401
) -> Judgement:
    """Record the judgement, move the pair, and write the journal of each household touched."""
    judged = Judgement.objects.create(
        pair=pair, verdict=verdict, reason=reason, proof=proof, judged_by=by.name, judged_at=at, **told
    )
    pair.state = PairState.SAME if verdict == Verdict.SAME else PairState.DIFFERENT
    pair.save(update_fields=["state"])
    data = {"pair": pair.pk, "left": pair.left_id, "right": pair.right_id, "reason": reason, "proof": proof}
    touched: list[int | None] = [*_households({pair.left_id: pair.left, pair.right_id: pair.right})]
    for household in touched or [None]:
        journal.write(
            kind=f"matching.judged_{verdict}",
            subject=("person", pair.left_id),
            by=by,
            at=at,
            household_id=household,
            data=data,
        )
    return judged
