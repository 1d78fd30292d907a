"""Who may receive the aid for a household: a member of it, living and of age, as the registry knows it on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from karama.delivery.privacy import age, majority
from karama.delivery.programmes.form import MEMBER
from karama.foundation.errors import BadInputError
from karama.record.scope import SYSTEM, acting_as
from karama.registry.models import Civil, Membership

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from karama.delivery.programmes import ClaimKind


def members_named(
    kind: ClaimKind, answers: Mapping[str, Any], household_id: int | None, day: dt.date
) -> dict[str, int]:
    """The persons whom the answers name as members of the household, by field.

    Raises:
        BadInputError: one of them is no member on that day, died, or is not of age; all that is wrong is said at once.
    """
    found, wrong = dict[str, int](), list[str]()
    for one in kind.form:
        if one.kind == MEMBER and one.name in answers:
            try:
                found[one.name] = _adult_member(str(answers[one.name]), household_id, day)
            except BadInputError as error:
                wrong.append(f"field '{one.name}': '{answers[one.name]}': {error}")
    if wrong:
        raise BadInputError(f"claim '{kind.name}' of programme '{kind.programme}': " + "; ".join(wrong))
    return found


def _adult_member(idcs: str, household_id: int | None, day: dt.date) -> int:
    """Somebody of another household and somebody nobody knows are refused alike: nothing is learnt of strangers."""
    with acting_as(SYSTEM):
        member = Membership.objects.filter(
            household_id=household_id or 0, person__idcs=idcs, known__endswith=None, validity__contains=day
        ).first()
        civil = None if member is None else _civil(member.person_id, day)
    if member is None or civil is None:
        raise BadInputError(f"is no member of the household on {day}: name one of its members, by the IDCS")
    if civil.death_date is not None and civil.death_date <= day:
        raise BadInputError(f"died on {civil.death_date}: name a living member")
    if (years := age(civil.birth_date, day)) < (least := majority(day)):
        raise BadInputError(f"is {years} years old on {day}: the aid is received from {least} on: name an adult")
    return member.person_id


def _civil(person_id: int, day: dt.date) -> Civil | None:
    return Civil.objects.filter(person_id=person_id, known__endswith=None, validity__contains=day).first()


__all__ = ["members_named"]
