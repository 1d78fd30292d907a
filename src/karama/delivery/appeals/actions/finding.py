"""What a judgment finds of the facts: a value that was wrong, a member who was forgotten, what had ended.

Nothing is overwritten: what was known is closed, and what was found stands beside it with the judgment as its proof.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import DataError, IntegrityError, transaction
from django.db.models import DateField
from django.utils.timezone import localdate

from karama.foundation.errors import BadInputError
from karama.law.inputs import ROLES
from karama.record.permissions import require
from karama.registry import facts
from karama.registry.matching.actions import put_before_a_person
from karama.registry.models import (
    BirthGrantClaim,
    Civil,
    Declaration,
    Enrolment,
    Health,
    Income,
    Membership,
    Placement,
    Residence,
    Schooling,
    Score,
    Situation,
)
from karama.registry.queries import person_named
from karama.registry.states import Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from karama.delivery.appeals.models import Appeal
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


@dataclass(frozen=True)
class Joining:
    """Somebody whom the household's file had forgotten: a person whom a register knows, named by a document."""

    idcs: str
    birth_date: dt.date
    role: str
    """One of the law's roles: ``child``, ``spouse``…"""
    begins: dt.date
    ends: dt.date | None = None
    """First day in the household no longer; none while the person is in it."""
    proof: str = ""


@dataclass(frozen=True)
class Ending:
    """A fact that held no longer from a day on: a member who had left, an allowance that had stopped."""

    fact: str
    on: dt.date
    person_id: int | None = None
    """Whom it is about, where it is not the household."""
    proof: str = ""


Finding = Correction | Joining | Ending
"""One thing that a judgment finds."""

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
_ENDS = (Membership, Schooling, Health, Income, BirthGrantClaim, Declaration, Enrolment, Score)
"""Those that may hold no longer without another value in their place."""


def write(findings: Sequence[Finding], appeal: Appeal, by: Actor, at: dt.datetime) -> list[int]:
    """Write what a judgment finds, with the judgment as proof; the caller holds the household and reads as the service.

    Returns:
        The contradictions that wait for a person: somebody who joined is also known in another place.

    Raises:
        BadInputError: a finding names no fact or person of this file, or a value is wrong.
        NotAllowedError: it is a fact of health, which the actor may not read.
    """
    waiting: list[int] = []
    for one in findings:
        if isinstance(one, Joining):
            waiting += _join(one, appeal, at)
        elif isinstance(one, Ending):
            _end(one, appeal, by, at)
        else:
            _correct(one, appeal, by, at)
    return waiting


def _correct(one: Correction, appeal: Appeal, by: Actor, at: dt.datetime) -> None:
    fact = fact_of(one)
    require(by.health or fact is not Health, "correcting facts of health")
    if fact is Placement and one.values.get("establishment_id", appeal.establishment_id) != appeal.establishment_id:
        raise BadInputError(f"correction of '{one.fact}': a judgment places nobody elsewhere: that is another claim")
    try:
        with transaction.atomic():
            facts.correct(
                fact,
                key=_key(fact, one, appeal),
                values=_days_read(fact, one),
                validity=(one.begins, one.ends),
                source=Source.AGENCY,
                proof=_proof(one, appeal),
                known_at=at,
            )
    except (DataError, IntegrityError) as error:
        reason = str(error).partition("\n")[0]
        raise BadInputError(f"correction of '{one.fact}' from {one.begins}: {reason}: correct the value") from error


def _days_read(fact: type[Fact], one: Correction) -> dict[str, Any]:
    """The values, days among them as days: PostgreSQL would also take `infinity` and `yesterday` for one."""
    read = dict(one.values)
    days = {field.name for field in fact._meta.local_fields if isinstance(field, DateField)}  # noqa: SLF001 - Django's own
    for name in days & read.keys():
        if isinstance(said := read[name], str):
            try:
                read[name] = dt.date.fromisoformat(said)
            except ValueError as error:
                raise BadInputError(
                    f"correction of '{one.fact}': {name} is '{said}', which is no day: write YYYY-MM-DD"
                ) from error
    return read


def _end(one: Ending, appeal: Appeal, by: Actor, at: dt.datetime) -> None:
    fact = fact_of(one)
    require(by.health or fact is not Health, "correcting facts of health")
    if fact not in _ENDS:
        names = ", ".join(known.__name__.lower() for known in _ENDS)
        raise BadInputError(
            f"'{one.fact}' does not end by a judgment, which may end {names}: correct its value instead"
            " (a death by death_date, a placement by left_on, a household by where it lives)"
        )
    done = facts.end(fact, key=_key(fact, one, appeal), on=one.on, known_at=at, proof=_proof(one, appeal))
    if not done.closed:
        raise BadInputError(f"end of '{one.fact}' on {one.on}: nothing is known from that day on: correct the day")


def _join(one: Joining, appeal: Appeal, at: dt.datetime) -> list[int]:
    """Write the membership; the contradictions that it makes with another place, put before a person."""
    if appeal.household_id is None:
        raise BadInputError(f"person {one.idcs}: the appeal is about a child placed, who has no household")
    if one.role not in ROLES:
        raise BadInputError(f"'{one.role}' is no role in a household: choose one of {', '.join(ROLES)}")
    if one.begins < one.birth_date:
        raise BadInputError(f"person {one.idcs}: of the household from {one.begins}, before the birth: correct the day")
    if one.ends is not None and one.ends <= one.begins:
        raise BadInputError(f"person {one.idcs}: of the household until {one.ends}: give a day after {one.begins}")
    person = person_named(one.idcs, one.birth_date)
    if person is None:
        raise BadInputError(
            f"the registry knows nobody with IDCS {one.idcs} born on {one.birth_date}: read both again on the document;"
            " whom no register knows comes with an update of the RNP"
        )
    person_id = person.merged_into_id or person.pk
    elsewhere = _elsewhere(one, person_id, appeal.household_id)
    today = localdate(at)
    if elsewhere and all(until is not None and until <= today for until in elsewhere):
        raise BadInputError(
            f"person {one.idcs}: known in another place until {max(until for until in elsewhere if until)}, which"
            " nobody settles any more: begin the membership on that day"
        )
    facts.correct(
        Membership,
        key={"person_id": person_id, "household_id": appeal.household_id},
        values={"role": one.role},
        validity=(one.begins, one.ends),
        source=Source.AGENCY,
        proof=_proof(one, appeal),
        known_at=at,
    )
    return put_before_a_person(person_id=person_id, at=at) if elsewhere else []


def _elsewhere(one: Joining, person_id: int, household_id: int) -> list[dt.date | None]:
    """Until when the person is known in other places over those days, None for one that has no end."""
    days = {"person_id": person_id, "known__endswith": None, "validity__overlap": (one.begins, one.ends)}
    homes = Membership.objects.filter(**days).exclude(household_id=household_id)
    return [row.validity.upper for row in (*homes, *Placement.objects.filter(**days))]


def _proof(one: Finding, appeal: Appeal) -> str:
    """The judgment, and what it found the fact shown by."""
    return f"appeal {appeal.reference}: {one.proof}"[:200].rstrip(": ")


def fact_of(one: Finding) -> type[Fact]:
    """The table of facts that a finding writes.

    Raises:
        BadInputError: a judgment writes no such fact.
    """
    name = "membership" if isinstance(one, Joining) else one.fact
    known = {fact.__name__.lower(): fact for fact in _LAW_READS}
    if name.replace("_", "").lower() not in known:
        raise BadInputError(f"'{name}' is no fact that a judgment corrects: choose one of {', '.join(known)}")
    return known[name.replace("_", "").lower()]


def _key(fact: type[Fact], one: Correction | Ending, appeal: Appeal) -> dict[str, Any]:
    """What names the subject of a fact: this household, one of its people, the child placed, this programme."""
    about = {"household_id": appeal.household_id, "programme": appeal.decision.programme}
    if "person_id" in fact.key:
        about["person_id"] = _person(one, appeal)
    if any(about[name] is None for name in fact.key):
        raise BadInputError(
            f"correction of '{one.fact}': the appeal is not about a household: correct the child's facts"
        )
    return {name: about[name] for name in fact.key}


def _person(one: Correction | Ending, appeal: Appeal) -> int:
    if appeal.household_id is None:
        people = [appeal.decision.person_id]
    else:
        people = list(Membership.objects.filter(household_id=appeal.household_id).values_list("person_id", flat=True))
    if one.person_id is None or one.person_id not in people:
        raise BadInputError(
            f"correction of '{one.fact}': person {one.person_id} is nobody of this file: name one who is"
        )
    return one.person_id


__all__ = ["Correction", "Ending", "Finding", "Joining", "fact_of", "write"]
