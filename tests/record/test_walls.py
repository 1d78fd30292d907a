"""Row-level security, as the application's role: every table is walled, and without a scope it is empty."""

from __future__ import annotations

import pytest

from karama.record.scope import ANONYMOUS, SYSTEM, acting_as
from karama.registry.models import FACTS, Fact
from tests.record.register_of_two_provinces import (
    TABLES,
    Register,
    add,
    count,
    name_of,
    rows,
)

WITHOUT_A_PERSON = {
    "django_": "Django's own: migrations, content types, sessions (an opaque key and a signed account number)",
    "auth_": "Django's own groups and permissions, which nothing uses",
    "procrastinate_": "jobs: their arguments are numbers",
    "account_": "sign-in happens before anybody acts",
    "mfa_": "second factors, read while signing in",
    "socialaccount_": "who a State's provider says somebody is, read while signing in",
    "axes_": "failed sign-ins, counted before anybody acts",
    "decisions_reassessment": "how far a month's reassessment has come: months and counts",
    "record_account": "who may sign in is asked before anybody acts; never listed but by right",
    "record_rolegrant": "the roles of an account say what its holder may see, so they are read first",
    "record_token": "whose secret it is is asked before anybody acts; holds a hash, scopes, a program's name and days",
    "record_rate": "how often somebody asked; of an address a keyed hash",
    "record_seal": "numbers of events and hashes",
    "record_unsealed": "numbers of events",
    "registry_import": "files taken in: names, counts, hashes; what was rejected is a file of its own",
    "registry_establishment": "a public building, no person",
}
"""Beginnings of the names of tables that need no row-level security, each with its reason."""

LOOKS_OVER = {
    "karama_now": "it gives a time, and nothing else",
    "karama_analyse": "it counts a table for the planner and gives nothing; the counts are not shown of a walled table",
    "appeals_part_taken": "it gives one word on an officer's own part in a decision: a hidden claim must not hide it",
}
"""Functions of the owner that read over the wall, each with its reason."""


@pytest.mark.usefixtures("register")
def test_every_table_is_walled_or_says_why_not() -> None:
    found = rows("""
        SELECT relname, relrowsecurity AND relforcerowsecurity,
            ARRAY(SELECT polcmd::text FROM pg_policy WHERE polrelid = pg_class.oid ORDER BY polcmd)
        FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace""")
    walled = {name for name, forced, policies in found if forced and policies == ["a", "d", "r", "w"]}
    unwalled = {name for name, *_ in found} - walled
    assert {name for name in unwalled if not name.startswith(tuple(WITHOUT_A_PERSON))} == set()
    assert walled >= set(TABLES)
    assert not {name for name in walled if name.startswith(tuple(WITHOUT_A_PERSON))}


@pytest.mark.usefixtures("register")
def test_no_unwalled_table_points_at_a_person_or_a_household() -> None:
    found = rows("""
        SELECT conrelid::regclass::text FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
        WHERE contype = 'f' AND confrelid IN ('registry_person'::regclass, 'registry_household'::regclass)
            AND NOT relrowsecurity""")
    assert found == []


@pytest.mark.usefixtures("register")
def test_no_view_or_function_of_the_owner_looks_over_the_wall() -> None:
    owned = rows("""
        SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace
        UNION ALL SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace""")
    assert {name for (name,) in owned} == set(LOOKS_OVER)


@pytest.mark.parametrize("table", TABLES)
def test_without_a_scope_no_row_is_seen(table: str, register: Register) -> None:
    assert register
    assert count(table) == 0
    with acting_as(SYSTEM):
        assert count(table) >= 2
    with acting_as(ANONYMOUS):
        assert count(table) == 0


@pytest.mark.parametrize("fact", FACTS, ids=name_of)
def test_without_a_scope_nothing_is_added(fact: type[Fact], register: Register) -> None:
    assert "row-level security" in add(fact, register.here.person, register.here.id, register.ward_here.establishment)
