"""The scope is the transaction's: nothing of it remains on the connection, whatever happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction

from karama.record.scope import SYSTEM, Actor, acting_as, enter
from karama.record.states import Role
from karama.registry.models import Household
from tests.record.register_of_two_provinces import HERE, THERE, Register, count, make_family, officer, rows

if TYPE_CHECKING:
    from tests.service_database import Database

MINE, OTHER = officer(Role.CLAIMS_OFFICER, "06181"), officer(Role.CLAIMS_OFFICER, "09173")


def told() -> tuple[str, str]:
    """Who acts and over what, as the database was told."""
    ((who, where),) = rows(
        "SELECT coalesce(current_setting('karama.actor', true), ''),"
        " coalesce(current_setting('karama.territories', true), '')"
    )
    return who, where


def of(actor: Actor) -> tuple[str, str]:
    return actor.name, ",".join(actor.territories)


NOBODY = ("", "")


class Stop(Exception):  # noqa: N818 - not an error, an end
    """Ends a transaction from within."""


def test_after_the_transaction_the_same_connection_shows_nothing(own_database: Database) -> None:
    assert own_database
    with acting_as(SYSTEM):
        make_family("MA-1", HERE)
        make_family("MA-2", THERE)
    backend = rows("SELECT pg_backend_pid()")
    for actor, seen in ((MINE, 1), (SYSTEM, 2), (OTHER, 1)):
        with acting_as(actor):
            assert count("registry_household") == seen
        assert (told(), count("registry_household")) == (NOBODY, 0)
        with pytest.raises(Stop), acting_as(actor):
            raise Stop
        assert (told(), count("registry_household")) == (NOBODY, 0)
        with transaction.atomic():
            enter(actor)
            assert count("registry_household") == seen
        assert (told(), count("registry_household")) == (NOBODY, 0)
    assert rows("SELECT pg_backend_pid()") == backend, "it was one connection all along"


def test_outside_a_transaction_a_scope_lasts_for_its_own_statement(own_database: Database) -> None:
    assert own_database
    enter(SYSTEM)
    assert told() == NOBODY


def test_a_scope_within_another_gives_it_back(own_database: Database) -> None:
    assert own_database
    with acting_as(MINE):
        with acting_as(SYSTEM):
            assert told() == of(SYSTEM)
            with acting_as(OTHER):
                assert told() == of(OTHER)
            assert told() == of(SYSTEM)
        assert told() == of(MINE)
        with pytest.raises(Stop), acting_as(SYSTEM):
            raise Stop
        assert told() == of(MINE), "rolled back to the savepoint, settings included"


def test_a_scope_within_a_plain_transaction_ends_before_it(own_database: Database) -> None:
    assert own_database
    with transaction.atomic():
        with acting_as(SYSTEM):
            assert told() == of(SYSTEM)
        assert told() == NOBODY


def _move_and_stop(household: int) -> None:
    with acting_as(SYSTEM):
        Household.objects.filter(pk=household).update(commune="061810199")
        raise Stop


def test_what_an_inner_scope_wrote_is_undone_with_it(register: Register) -> None:
    with acting_as(MINE):
        with pytest.raises(Stop):
            _move_and_stop(register.here.id)
        assert Household.objects.get(pk=register.here.id).commune == register.here.commune


def test_two_queries_more_is_what_a_nested_scope_costs(register: Register) -> None:
    assert register
    asked: list[str] = []

    def listening(execute: object, sql: str, *rest: object) -> object:
        asked.append(sql)
        return execute(sql, *rest)  # type: ignore[operator]

    with acting_as(MINE), connection.execute_wrapper(listening):
        with acting_as(SYSTEM):
            pass
        assert [one.split("(")[0].strip() for one in asked if "SAVEPOINT" not in one] == [
            "SELECT coalesce",
            "SELECT set_config",
            "SELECT set_config",
        ]
