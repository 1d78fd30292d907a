"""Families in the registry, built through the one writer of facts, for the tests of the service."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import TYPE_CHECKING

from django.utils.timezone import localdate

from karama.foundation.months import Month
from karama.record.clock import now
from karama.record.models import Account, RoleGrant
from karama.record.scope import SYSTEM, Actor, acting_as, actor_of
from karama.record.states import AccountKind, Role
from karama.registry import facts
from karama.registry.models import (
    Civil,
    Establishment,
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

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SETTAT = "061810901"
"""A commune of the province of Settat."""
TANGER = "010510101"
"""A commune of another region."""
LONG_AGO = dt.date(2023, 1, 1)
_numbers = count(1)

SITUATION = {
    "resident": True,
    "other_family_allowance": False,
    "state_pay": False,
    "pension": False,
    "fonds_entraide_familiale": False,
    "social_security_months": 0,
}


def write(fact: type, since: dt.date = LONG_AGO, source: str = "RSU", proof: str = "test", **columns: object) -> None:
    """One fact from a day on, known now."""
    key = {name: columns.pop(name) for name in fact.key}
    with acting_as(SYSTEM):
        facts.correct(fact, key=key, values=columns, validity=(since, None), source=source, proof=proof, known_at=now())


def person(birth_date: str, sex: str = "F", **civil: object) -> Person:
    """Somebody with a civil status and nothing else."""
    with acting_as(SYSTEM):
        made = Person(idcs=f"P{next(_numbers):09d}")
        (made,) = Person.objects.bulk_create([made])
    known = dict.fromkeys(("death_date", "marital_status", "mother_idcs", "live_birth_order", "birth_order"))
    names = dict.fromkeys(("family_name_fr", "given_name_fr", "family_name_ar", "given_name_ar", "birth_commune"), "")
    born = dt.date.fromisoformat(birth_date)
    defaults = {"in_rnp": True, "father_deceased": False, **known, **names}
    write(Civil, max(born, LONG_AGO), person_id=made.pk, sex=sex, birth_date=born, **{**defaults, **civil})
    return made


def member(
    household: Household,
    birth_date: str,
    role: str,
    *,
    school: str | None = None,
    disabled: bool = False,
    income: Mapping[str, bool] | None = None,
    **more: object,
) -> Person:
    """A member of a household; ``school`` is a level, ``disabled`` a health fact."""
    one = person(birth_date, **more)
    since = max(dt.date.fromisoformat(birth_date), LONG_AGO)
    write(Membership, since, person_id=one.pk, household_id=household.pk, role=role)
    if school:
        write(Schooling, since, "Massar", person_id=one.pk, enrolled=True, school_level=school, public_school=True)
    if disabled:
        write(Health, since, "ASD", person_id=one.pk, severe_disability=True)
    if income:
        columns = dict.fromkeys(("receives_family_allowance", "receives_state_pay", "receives_pension"), False)
        write(Income, since, "CNSS", person_id=one.pk, **{**columns, **income})
    return one


def household(
    *,
    score: str | None = "9.1",
    commune: str = SETTAT,
    children: Sequence[str] = ("2015-05-05", "2019-02-02"),
    **situation: object,
) -> Household:
    """A mother with children at school, a score and a residence."""
    with acting_as(SYSTEM):
        (made,) = Household.objects.bulk_create([Household(number=f"H{next(_numbers):09d}", commune=commune)])
    write(Residence, household_id=made.pk, commune=commune, milieu="rural")
    write(Situation, household_id=made.pk, **{**SITUATION, **situation})
    if score is not None:
        write(Score, household_id=made.pk, score=score, effective_from=LONG_AGO)
    member(made, "1985-03-01", "head", marital_status="widowed")
    for born in children:
        member(made, born, "child", school="primary")
    return made


def staff(role: Role, territory: str = "", *, health: bool = False) -> Actor:
    """An account of the staff with one role."""
    name = f"{role}{next(_numbers)}"
    account = Account.objects.create(username=name, kind=AccountKind.STAFF)
    RoleGrant.objects.create(
        account=account, role=role, territory=territory, health=health, granted_by="test", granted_at=now()
    )
    return actor_of(account)


def citizen(*households: Household) -> Actor:
    """The account of a citizen who answers for households."""
    account = Account.objects.create(username=f"citizen{next(_numbers)}", kind=AccountKind.CITIZEN)
    RoleGrant.objects.create(account=account, role=Role.CITIZEN, granted_by="test", granted_at=now(), territory="")
    return actor_of(account, tuple(one.pk for one in households))


def months_ago(count: int) -> str:
    """The middle of the month so many months before this one."""
    return str((Month.of(localdate(now())) - count).first_day + dt.timedelta(days=14))


def establishment(commune: str = SETTAT) -> Establishment:
    """A social protection establishment."""
    with acting_as(SYSTEM):
        (made,) = Establishment.objects.bulk_create([Establishment(code=f"E{next(_numbers):06d}", commune=commune)])
    return made


def director(of: Establishment) -> Actor:
    """The director of an establishment."""
    account = Account.objects.create(username=f"director of {of.code}", kind=AccountKind.CITIZEN, establishment=of.code)
    RoleGrant.objects.create(
        account=account, role=Role.ESTABLISHMENT_DIRECTOR, territory="", granted_by="test", granted_at=now()
    )
    return actor_of(account)


def placed(where: Establishment, birth_date: str, *, since: dt.date = LONG_AGO, **placement: object) -> Person:
    """A child in an establishment, as a register of the establishments tells it."""
    child = person(birth_date)
    told = {
        "category": "orphan",
        "admitted": dt.date(2025, 11, 10),
        "left_on": None,
        "claim_month": dt.date(2026, 1, 1),
    }
    begins = max(since, dt.date.fromisoformat(birth_date))
    write(
        Placement, begins, "Entraide nationale", person_id=child.pk, establishment_id=where.pk, **{**told, **placement}
    )
    return child
