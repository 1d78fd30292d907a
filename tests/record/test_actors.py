"""Who an account is when it acts: its roles in force, what they show."""

from __future__ import annotations

import pytest

from karama.record import clock
from karama.record.models import Account, RoleGrant
from karama.record.scope import acting_as, actor_of
from karama.record.states import AccountKind, Role
from karama.registry.models import Household, Person
from tests.record.register_of_two_provinces import (
    TABLES,
    Register,
    count,
)


def account_with(*grants: tuple[Role, str], kind: AccountKind = AccountKind.STAFF, **more: object) -> Account:
    account = Account.objects.create(username="somebody", kind=kind, **more)
    for role, place in grants:
        RoleGrant.objects.create(account=account, role=role, territory=place, granted_by="test", granted_at=clock.now())
    return account


@pytest.mark.parametrize("role", [Role.ANALYST, Role.ADMINISTRATOR])
@pytest.mark.parametrize("place", ["", "06181"])
def test_analysts_and_administrators_see_no_row_of_a_person(register: Register, role: Role, place: str) -> None:
    assert register
    actor = actor_of(account_with((role, place)))
    assert actor.scope == "none"
    with acting_as(actor):
        assert [table for table in TABLES if count(table)] == []


def test_an_administrator_sees_what_another_role_of_his_shows(register: Register) -> None:
    actor = actor_of(account_with((Role.ADMINISTRATOR, ""), (Role.TERRITORIAL_MANAGER, "06181")))
    with acting_as(actor):
        seen = set(Household.objects.values_list("id", flat=True))
    assert (register.here.id in seen, register.there.id in seen) == (True, False)


@pytest.mark.parametrize(
    ("grants", "health"),
    [
        ([(Role.CLAIMS_OFFICER, "06181", True)], True),
        ([(Role.CLAIMS_OFFICER, "06181", False)], False),
        ([(Role.CLAIMS_OFFICER, "06181", True), (Role.COUNTER_AGENT, "09173", False)], False),
        ([(Role.CLAIMS_OFFICER, "06181", True), (Role.COUNTER_AGENT, "09173", True)], True),
        ([(Role.TERRITORIAL_MANAGER, "06181", True), (Role.ADMINISTRATOR, "", False)], True),
        ([(Role.TERRITORIAL_MANAGER, "06181", False), (Role.ADMINISTRATOR, "", True)], False),
        ([(Role.ANALYST, "", True)], False),
        ([(Role.AUDITOR, "", True)], True),
    ],
)
@pytest.mark.usefixtures("register")
def test_health_facts_are_read_where_every_role_over_files_has_that_right(
    grants: list[tuple[Role, str, bool]],
    health: bool,  # noqa: FBT001 - what is expected
) -> None:
    account = account_with()
    for role, place, given in grants:
        told = {"granted_by": "test", "granted_at": clock.now()}
        RoleGrant.objects.create(account=account, role=role, territory=place, health=given, **told)
    assert actor_of(account).health is health


def test_a_citizen_granted_his_role_over_no_place_does_not_see_the_nation(register: Register) -> None:
    actor = actor_of(account_with((Role.CITIZEN, ""), kind=AccountKind.CITIZEN), households=(register.here.id,))
    assert (actor.scope, actor.health) == ("household", True)
    with acting_as(actor):
        assert set(Household.objects.values_list("id", flat=True)) == {register.here.id}


def test_a_director_granted_his_role_over_no_place_sees_his_establishment(register: Register) -> None:
    granted = account_with((Role.ESTABLISHMENT_DIRECTOR, ""), kind=AccountKind.CITIZEN, establishment="EPS-1")
    actor = actor_of(granted, households=(register.there.id,))
    assert (actor.scope, actor.health) == ("establishment", False)
    with acting_as(actor):
        assert set(Person.objects.values_list("id", flat=True)) == {register.ward_here.person}


def test_staff_named_in_an_establishment_without_the_role_see_no_child_of_it(register: Register) -> None:
    assert register
    assert actor_of(account_with(establishment="EPS-1")).scope == "none"


def test_a_locked_account_sees_nothing(register: Register) -> None:
    assert register
    actor = actor_of(account_with((Role.AUDITOR, ""), is_active=False))
    assert (actor.roles, actor.scope) == (frozenset(), "none")


@pytest.mark.parametrize(
    ("grants", "scope", "territories"),
    [
        ([(Role.AUDITOR, "")], "nation", ()),
        ([(Role.CLAIMS_OFFICER, "06181")], "territory", ("06181",)),
        ([(Role.CLAIMS_OFFICER, "06181"), (Role.COUNTER_AGENT, "09")], "territory", ("06181", "09")),
        ([(Role.CLAIMS_OFFICER, "06181"), (Role.TERRITORIAL_MANAGER, "")], "nation", ()),
        ([], "none", ()),
    ],
)
@pytest.mark.usefixtures("register")
def test_what_an_officer_sees_is_the_territories_of_his_roles(
    grants: list[tuple[Role, str]], scope: str, territories: tuple[str, ...]
) -> None:
    actor = actor_of(account_with(*grants))
    assert (actor.scope, actor.territories) == (scope, territories)


def test_a_revoked_role_shows_nothing_any_more(register: Register) -> None:
    assert register
    account = account_with((Role.AUDITOR, ""))
    RoleGrant.objects.update(revoked_at=clock.now(), revoked_by="test")
    assert actor_of(account).scope == "none"
