"""The rights of each role, said one by one; the reference's table is made from the same predicates."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from karama.foundation.errors import NotAllowedError
from karama.record import permissions
from karama.record.permissions import RIGHTS, File, grant_roles, require, see_file, see_health_facts
from karama.record.scope import ANONYMOUS, SYSTEM, Actor
from karama.record.states import INCOMPATIBLE_ROLES, ROLE_LABELS, STAFF_ROLES, AccountKind, Role
from tests.house.repository import SOURCE
from tests.record.register_of_two_provinces import HERE, THERE, citizen, director, officer

if TYPE_CHECKING:
    from collections.abc import Iterable

OWN, STRANGERS, ELSEWHERE = File(HERE, 1, idcs="P-1"), File(HERE, 2), File(THERE, 3)
WARDS = File(HERE, establishment="EPS-1")

ALLOWED = {
    Role.COUNTER_AGENT: {"see_file", "take_own_data"},
    Role.CLAIMS_OFFICER: {"see_file", "review_register"},
    Role.APPEALS_OFFICER: {"see_file"},
    Role.TERRITORIAL_MANAGER: {"see_file", "see_figures_of_territory", "review_register"},
    Role.PAYMENT_PREPARER: set(),
    Role.PAYMENT_APPROVER: set(),
    Role.ANALYST: {"see_figures_of_territory", "take_research_extract"},
    Role.AUDITOR: {
        "see_file",
        "see_figures_of_territory",
        "read_journal",
        "verify_journal",
        "report_retention",
    },
    Role.ADMINISTRATOR: {
        "verify_journal",
        "report_retention",
        "run_imports",
        "search_register",
        "manage_accounts",
        "grant_roles",
    },
}
"""What each role of the staff may do in its territory without the right to health facts."""


def allowed(actor: Actor, file: File) -> set[str]:
    subject = {"grant_roles": 999}
    return {name for name, (_, right) in RIGHTS.items() if right.test(actor, subject.get(name, file))}


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_a_role_allows_this_in_its_territory_and_nothing_else(role: Role) -> None:
    assert allowed(officer(role, "06181"), STRANGERS) == ALLOWED[role]


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_outside_its_territory_a_role_allows_nothing_about_a_file(role: Role) -> None:
    everywhere = {"see_file", "see_figures_of_territory"} if role is Role.AUDITOR else set()
    everywhere |= {"see_figures_of_territory"} if role is Role.ANALYST else set()
    about_files = {"see_file", "see_health_facts", "take_own_data", "see_figures_of_territory", "review_register"}
    assert allowed(officer(role, "06181"), ELSEWHERE) & about_files == everywhere


def test_a_citizen_sees_and_takes_his_own_file_alone() -> None:
    mother = replace(citizen(1), idcs="P-1")
    assert allowed(citizen(1), OWN) == {"see_file", "see_health_facts"}, "another of her household"
    assert allowed(mother, OWN) == {"see_file", "see_health_facts", "take_own_data"}
    assert allowed(mother, STRANGERS) == set()
    assert allowed(mother, WARDS) == set()


def test_a_director_sees_the_file_of_his_establishment_alone() -> None:
    assert allowed(director("EPS-1"), WARDS) == {"see_file"}
    assert allowed(director("EPS-2"), WARDS) == set()
    assert allowed(director(""), File(HERE)) == set()


def test_somebody_who_has_not_signed_in_may_nothing() -> None:
    assert allowed(ANONYMOUS, OWN) == set()


def test_health_facts_need_their_own_right_and_the_file() -> None:
    mine = officer(Role.CLAIMS_OFFICER, "06181", health=True)
    assert see_health_facts.test(mine, STRANGERS)
    assert not see_health_facts.test(mine, ELSEWHERE)
    assert not see_health_facts.test(officer(Role.CLAIMS_OFFICER, "06181"), STRANGERS)
    assert not see_health_facts.test(officer(Role.ANALYST, "", health=True), STRANGERS)


def test_two_roles_in_two_places_do_not_mix() -> None:
    both = Actor(
        "both",
        roles=frozenset({Role.COUNTER_AGENT, Role.PAYMENT_PREPARER}),
        territories=("06181", "09173"),
        territories_of={Role.COUNTER_AGENT: ("06181",), Role.PAYMENT_PREPARER: ("09173",)},
    )
    assert see_file.test(both, STRANGERS)
    assert not see_file.test(both, ELSEWHERE)


def test_nobody_gives_himself_a_role() -> None:
    one = officer(Role.ADMINISTRATOR, "", account=7)
    assert grant_roles.test(one, 8)
    assert not grant_roles.test(one, 7)
    assert grant_roles.test(SYSTEM, 7)


def test_a_partners_program_is_not_the_service_itself() -> None:
    partner = Actor("bank", account_id=3, nation=True, kind=AccountKind.SERVICE)
    assert permissions.is_the_service(SYSTEM)
    assert not permissions.is_the_service(partner)
    assert allowed(partner, OWN) == set()


def test_a_right_that_is_missing_is_named() -> None:
    require(see_file.test(SYSTEM, OWN), "reading this file")
    with pytest.raises(NotAllowedError, match="not allowed: reading this file"):
        require(see_file.test(ANONYMOUS, OWN), "reading this file")


def test_every_right_is_asked_somewhere() -> None:
    texts = [
        one.read_text(encoding="utf-8") for one in SOURCE.rglob("*.py") if one != SOURCE / "record" / "permissions.py"
    ]
    asked = {name for text in texts for name in re.findall(r"\b(\w+)(?: \| \w+\))?\.test\(", text)}
    assert set(RIGHTS) <= asked


def test_every_role_has_a_name_in_three_languages() -> None:
    assert set(ROLE_LABELS) == set(Role)
    assert all(no_two_alike(label.get(language) for label in ROLE_LABELS.values()) for language in ("fr", "ar", "en"))


def no_two_alike(names: Iterable[str]) -> bool:
    told = list(names)
    return len(told) == len(set(told))


def test_the_pairs_that_exclude_each_other_are_two_roles_each_and_told_once() -> None:
    assert all(one != other for one, other in INCOMPATIBLE_ROLES)
    assert no_two_alike(str(sorted(pair)) for pair in INCOMPATIBLE_ROLES)
