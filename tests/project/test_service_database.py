"""The database of the tests itself: the role is the application's, nothing written by one test is seen by the next."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from karama.foundation.postgres import find_programs

if TYPE_CHECKING:
    from tests.service_database import Database


def _value(query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


@pytest.mark.usefixtures("db")
def test_connected_as_a_role_that_bypasses_nothing() -> None:
    assert _value("SELECT current_user") == "karama_app"
    assert _value("SELECT rolsuper OR rolbypassrls OR rolcreatedb FROM pg_roles WHERE rolname = current_user") is False
    assert _value("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole") == 0


@pytest.mark.usefixtures("db")
def test_the_server_is_that_of_the_programs_chosen() -> None:
    assert str(_value("SHOW server_version")).split()[0] == find_programs().version


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_writes_is_gone_for_the_next(turn: int) -> None:
    assert Session.objects.count() == 0
    Session.objects.create(session_key=f"turn {turn}", session_data="", expire_date=timezone.now())
    assert Session.objects.count() == 1


def test_another_process_sees_what_was_committed_in_a_database_of_its_own(own_database: Database) -> None:
    Session.objects.create(session_key="committed", session_data="", expire_date=timezone.now())
    script = (
        "import django; django.setup()\n"
        "from django.contrib.sessions.models import Session\n"
        "print(Session.objects.get().pk)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=own_database.environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "committed\n"
