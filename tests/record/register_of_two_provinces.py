"""A small register: a household in each of two provinces, a child in an establishment of each, a row of every fact."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import ProgrammingError, connection, models, transaction

from karama.record import clock
from karama.record.journal import write
from karama.record.scope import SYSTEM, Actor, acting_as
from karama.record.states import STAFF_ROLES, AccountKind, Role
from karama.registry.facts import correct
from karama.registry.models import FACTS, Establishment, Household, Membership, Person, Placement
from karama.registry.models.facts import Fact, PersonFact

HERE, THERE = "061810901", "091730301"
"""A commune of the province 06181 and one of the province 09173."""

SINCE = dt.date(2023, 12, 1)
OF_A_PERSON = [fact for fact in FACTS if "household_id" not in fact.key]
OF_A_HOUSEHOLD = [fact for fact in FACTS if "household_id" in fact.key]
TABLES = [*(fact._meta.db_table for fact in FACTS), "registry_household", "registry_person", "record_event"]
"""Tables with a row for each province, or for the nation."""

_GIVEN: dict[str, Any] = {
    "phone": "+212600000000",
    "language": "ar",
    "role": "head",
    "milieu": "rural",
    "school_level": "primary",
    "sex": "F",
    "category": "orphan",
    "marital_status": "widowed",
    "commune": HERE,
    "programme": "asd",
    "birth_date": dt.date(1985, 3, 1),
    "severe_disability": True,
    "death_date": None,
}


@dataclass(frozen=True)
class Family:
    """A household with its head."""

    id: int
    number: str
    commune: str
    person: int


@dataclass(frozen=True)
class Ward:
    """A child placed in an establishment."""

    establishment: int
    code: str
    person: int


@dataclass(frozen=True)
class Register:
    """What was made."""

    here: Family
    there: Family
    ward_here: Ward
    ward_there: Ward


def make_register() -> Register:
    """Fill every table of facts for both provinces, as the service itself."""
    with acting_as(SYSTEM):
        return Register(
            make_family("MA-1", HERE),
            make_family("MA-2", THERE),
            make_ward("EPS-1", HERE),
            make_ward("EPS-2", THERE),
        )


def make_family(number: str, commune: str) -> Family:
    """A household, its head, and one row of every fact but a placement; within a transaction that sees the nation."""
    household = Household.objects.create(number=number, commune=commune)
    person = Person.objects.create(idcs=f"P-{number}")
    for fact in FACTS:
        if fact is not Placement:
            key = {"person_id": person.pk, "household_id": household.pk}
            record(fact, {name: value for name, value in key.items() if name in fact.key})
    write(
        kind="household_recorded",
        subject=("household", household.pk),
        household_id=household.pk,
        by=SYSTEM,
        at=clock.now(),
    )
    return Family(household.pk, number, commune, person.pk)


def make_ward(code: str, commune: str) -> Ward:
    """A child in an establishment of its own, with a row of every fact of a person."""
    establishment = Establishment.objects.create(code=code, commune=commune)
    person = Person.objects.create(idcs=f"W-{code}")
    for fact in FACTS:
        if issubclass(fact, PersonFact) and not issubclass(fact, Membership):
            record(fact, {"person_id": person.pk}, establishment_id=establishment.pk)
    return Ward(establishment.pk, code, person.pk)


def record(fact: type[Fact], key: dict[str, Any], **given: object) -> None:
    """One fact with every column, known now, true since the law began."""
    values = {name: given.get(name, a_value(fact, name)) for name in fact.values()}
    key = {name: key.get(name, a_value(fact, name)) for name in fact.key}
    correct(fact, key=key, values=values, validity=(SINCE, None), source="RNP", proof="test", known_at=clock.now())


def a_value(model: type[models.Model], column: str) -> object:
    """Something that the column takes."""
    if column in _GIVEN:
        return _GIVEN[column]
    field = next(one for one in model._meta.local_concrete_fields if one.column == column)
    kinds: dict[type, Any] = {models.BooleanField: False, models.DateField: SINCE, models.DecimalField: 9}
    kinds |= {models.CharField: "x", models.JSONField: "{}"}
    return next((value for kind, value in kinds.items() if isinstance(field, kind)), 1)


def officer(role: Role, *territories: str, health: bool = False, account: int | None = None) -> Actor:
    """A member of staff with one role over some territories."""
    assert role in STAFF_ROLES
    return Actor(
        f"{role} of {','.join(territories)}",
        account_id=account,
        roles=frozenset({role}),
        nation="" in territories,
        territories=tuple(filter(None, territories)),
        health=health,
        territories_of={role: territories},
    )


def citizen(*households: int) -> Actor:
    """A citizen and his households."""
    return Actor(
        "citizen", roles=frozenset({Role.CITIZEN}), households=households, health=True, kind=AccountKind.CITIZEN
    )


def director(code: str) -> Actor:
    """The director of an establishment."""
    return Actor(
        "director", roles=frozenset({Role.ESTABLISHMENT_DIRECTOR}), establishment=code, kind=AccountKind.CITIZEN
    )


def count(table: str, where: str = "true", *params: object) -> int:
    """How many rows of a table the transaction sees."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {where}", params)
        return int(cursor.fetchone()[0])


def rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def column(fact: type[Fact], name: str) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM {fact._meta.db_table}")
        return {value for (value,) in cursor.fetchall()}


def refused(statement: str, *params: object) -> str:
    """What the database says to a statement that it must refuse."""
    with pytest.raises(ProgrammingError) as said, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)
    return str(said.value)


def add(fact: type[Fact], person: int, household: int, establishment: int) -> str:
    """Try to add a fact as the application's SQL would."""
    key = {"person_id": person, "household_id": household}
    given = {name: key.get(name, a_value(fact, name)) for name in fact.key}
    given |= {name: establishment if name == "establishment_id" else a_value(fact, name) for name in fact.values()}
    names = ", ".join(given)
    return refused(
        f"INSERT INTO {fact._meta.db_table} (validity, known, source, proof, {names})"
        f" VALUES (daterange('2000-01-01', '2000-02-01'), tstzrange(now(), NULL), 'RNP', '',"
        f" {', '.join(['%s'] * len(given))})",
        *given.values(),
    )


def changed(statement: str, *params: object) -> int:
    """How many rows a statement changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.rowcount


def name_of(fact: type[Fact]) -> str:
    """The name of a kind of fact, for the titles of tests."""
    return fact.__name__
