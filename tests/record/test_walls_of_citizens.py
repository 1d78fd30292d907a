"""Row-level security, as the application's role: what citizens and directors of establishments see."""

from __future__ import annotations

import datetime as dt

from karama.record import clock
from karama.record.scope import SYSTEM, Actor, acting_as
from karama.registry.facts import correct, end
from karama.registry.models import Civil, Health, Income, Membership, Person, Placement
from tests.record.register_of_two_provinces import (
    OF_A_HOUSEHOLD,
    OF_A_PERSON,
    SINCE,
    TABLES,
    Register,
    add,
    citizen,
    column,
    count,
    director,
    record,
    rows,
)


def test_a_citizen_sees_his_households_and_nothing_else(register: Register) -> None:
    with acting_as(citizen(register.here.id)):
        for fact in OF_A_HOUSEHOLD:
            assert column(fact, "household_id") == {register.here.id}
        for fact in OF_A_PERSON:
            assert column(fact, "person_id") == (set() if fact is Placement else {register.here.person})
        assert set(Person.objects.values_list("id", flat=True)) == {register.here.person}
    with acting_as(citizen()):
        assert [table for table in TABLES if count(table)] == []


def test_who_left_a_household_is_not_followed_by_those_who_stay(register: Register) -> None:
    """After a divorce, he still sees what was true while she was there, and nothing that began later."""
    left, learnt = dt.date(2025, 6, 1), dt.date(2025, 9, 1)
    with acting_as(SYSTEM):
        member = {"person_id": register.here.person, "household_id": register.here.id}
        end(Membership, key=member, on=left, known_at=clock.now())
        now = {"source": "CMR", "proof": "", "known_at": clock.now()}
        key = {"person_id": register.here.person}
        correct(Income, key=key, values={"receives_pension": True}, validity=(learnt, None), **now)
    with acting_as(citizen(register.here.id)):
        assert rows("SELECT receives_pension, upper(validity) FROM registry_income WHERE upper_inf(known)") == [
            (False, learnt)
        ]
        assert count("registry_civil") == 1


def test_a_director_sees_the_children_of_his_establishment_alone(register: Register) -> None:
    with acting_as(director("EPS-1")):
        assert set(Person.objects.values_list("id", flat=True)) == {register.ward_here.person}
        for fact in OF_A_PERSON:
            hidden = fact is Health
            assert column(fact, "person_id") == (set() if hidden else {register.ward_here.person})
        assert count("registry_household") == 0
        assert "violates row-level security" in add(
            Placement, register.ward_there.person, 0, register.ward_there.establishment
        )


def test_a_born_child_is_seen_from_the_day_of_entry(register: Register) -> None:
    """What is known of a person may begin before the person comes into the household."""
    with acting_as(SYSTEM):
        child = Person.objects.create(idcs="P-child")
        record(Civil, {"person_id": child.pk})
        member = {"person_id": child.pk, "household_id": register.here.id}
        later = {"validity": (dt.date(2025, 1, 1), None), "source": "RNP", "proof": "", "known_at": clock.now()}
        correct(Membership, key=member, values={"role": "child"}, **later)
    assert dt.date(2025, 1, 1) > SINCE
    with acting_as(citizen(register.here.id)):
        assert column(Civil, "person_id") == {register.here.person, child.pk}


def test_an_actor_is_told_to_the_database_in_full() -> None:
    who = Actor("a", account_id=7, territories=("06", "09173"), households=(1, 2), establishment="E", health=True)
    assert who.settings() == ["7", "territory", "06,09173", "1,2", "E", "yes"]
