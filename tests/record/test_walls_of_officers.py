"""Row-level security, as the application's role: what officers see, change and add."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from karama.record import clock
from karama.record.journal import write
from karama.record.scope import acting_as
from karama.record.states import Role
from karama.registry.facts import correct
from karama.registry.models import FACTS, Fact, Health, Household, Income, Membership, Person, Placement
from tests.record.register_of_two_provinces import (
    HERE,
    OF_A_HOUSEHOLD,
    OF_A_PERSON,
    THERE,
    Register,
    add,
    changed,
    column,
    count,
    director,
    name_of,
    officer,
    refused,
)


@pytest.mark.parametrize("place", ["06", "06181", HERE])
@pytest.mark.parametrize("fact", OF_A_HOUSEHOLD, ids=name_of)
def test_an_officer_sees_the_households_of_his_territory_alone(
    fact: type[Fact], place: str, register: Register
) -> None:
    with acting_as(officer(Role.CLAIMS_OFFICER, place)):
        assert column(fact, "household_id") == {register.here.id}
    with acting_as(officer(Role.CLAIMS_OFFICER, place, "09173")):
        assert column(fact, "household_id") == {register.here.id, register.there.id}


@pytest.mark.parametrize("place", ["06", "06181", HERE])
@pytest.mark.parametrize("fact", OF_A_PERSON, ids=name_of)
def test_an_officer_sees_the_persons_of_his_territory_alone(fact: type[Fact], place: str, register: Register) -> None:
    expected = {register.here.person, register.ward_here.person} - (
        {register.here.person} if fact is Placement else set()
    )
    with acting_as(officer(Role.CLAIMS_OFFICER, place, health=True)):
        assert column(fact, "person_id") == expected


def test_an_officer_sees_no_other_household_person_or_event(register: Register) -> None:
    with acting_as(officer(Role.COUNTER_AGENT, "06181")):
        assert set(Household.objects.values_list("id", flat=True)) == {register.here.id}
        assert set(Person.objects.values_list("id", flat=True)) == {register.here.person, register.ward_here.person}
        assert count("record_event", "household_id IS DISTINCT FROM %s", register.here.id) == 0
        assert count("record_event") == 1


def test_a_commune_whose_code_begins_alike_is_another_territory(register: Register) -> None:
    with acting_as(officer(Role.COUNTER_AGENT, "061810902")):
        assert count("registry_household") == 0
    assert register


@pytest.mark.parametrize("fact", FACTS, ids=name_of)
def test_an_officer_closes_no_fact_of_another_territory(fact: type[Fact], register: Register) -> None:
    table = fact._meta.db_table
    theirs = (register.there.person, register.ward_there.person)
    key, value = ("household_id", (register.there.id,)) if fact in OF_A_HOUSEHOLD else ("person_id", theirs)
    close = f"UPDATE {table} SET known = tstzrange(lower(known), clock_timestamp()) WHERE {key} = ANY(%s)"
    with acting_as(officer(Role.CLAIMS_OFFICER, "06181", health=True)):
        assert changed(close, list(value)) == 0
    with acting_as(officer(Role.CLAIMS_OFFICER, "09173", health=True)):
        assert changed(close, list(value)) >= 1


@pytest.mark.parametrize("fact", FACTS, ids=name_of)
def test_an_officer_adds_no_fact_in_another_territory(fact: type[Fact], register: Register) -> None:
    with acting_as(officer(Role.CLAIMS_OFFICER, "06181", health=True)):
        said = add(fact, register.there.person, register.there.id, register.ward_there.establishment)
    assert "violates row-level security" in said


def test_an_officer_draws_nobody_from_elsewhere_into_a_household_of_his(register: Register) -> None:
    """A membership would open the person's whole file."""
    with acting_as(officer(Role.CLAIMS_OFFICER, "06181")):
        said = add(Membership, register.there.person, register.here.id, 0)
        assert "violates row-level security" in said
        assert count("registry_civil", "person_id = %s", register.there.person) == 0


def test_a_director_draws_nobody_from_elsewhere_into_his_establishment(register: Register) -> None:
    with acting_as(director("EPS-1")):
        said = add(Placement, register.there.person, 0, register.ward_here.establishment)
        assert "violates row-level security" in said


def test_an_officer_moves_no_household_out_of_his_territory_nor_into_it(register: Register) -> None:
    move = "UPDATE registry_household SET commune = %s WHERE id = %s"
    with acting_as(officer(Role.CLAIMS_OFFICER, "06181")):
        assert changed(move, HERE, register.there.id) == 0
        assert "row-level security" in refused(move, THERE, register.here.id)
        assert "row-level security" in refused(
            "INSERT INTO registry_household (number, commune) VALUES ('N', %s)", THERE
        )


def test_a_correction_by_an_officer_takes_the_one_way_of_facts(register: Register) -> None:
    with acting_as(officer(Role.CLAIMS_OFFICER, "06181")):
        told = {"source": "RNP", "proof": "claim", "known_at": clock.now()}
        done = correct(
            Income,
            key={"person_id": register.here.person},
            values={"receives_pension": True},
            validity=(dt.date(2025, 1, 1), None),
            **told,
        )
    assert (done.closed, done.written) == (1, 2)


def test_health_facts_are_hidden_without_their_own_right(register: Register) -> None:
    for who in (officer(Role.CLAIMS_OFFICER, "06181"), officer(Role.TERRITORIAL_MANAGER, "")):
        with acting_as(who):
            assert count("registry_civil") >= 2
            assert count("registry_health") == 0
            assert "row-level security" in add(Health, register.here.person, 0, 0)
            close = "UPDATE registry_health SET known = tstzrange(lower(known), clock_timestamp())"
            assert changed(close) == 0
    with acting_as(officer(Role.CLAIMS_OFFICER, "06181", health=True)):
        assert column(Health, "person_id") == {register.here.person, register.ward_here.person}


def test_a_line_of_the_journal_is_written_in_no_other_name(register: Register) -> None:
    mine, other = officer(Role.CLAIMS_OFFICER, "06181"), officer(Role.CLAIMS_OFFICER, "09173")
    told: dict[str, Any] = {"kind": "read", "subject": ("household", 1), "household_id": register.here.id}
    with acting_as(mine):
        write(**told, by=mine, at=clock.now())
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            write(**told, by=other, at=clock.now())
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        write(**told, by=mine, at=clock.now())
