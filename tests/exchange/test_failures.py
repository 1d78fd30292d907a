"""What the service answers when something of its own fails, as it fails: nothing is told of the inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection, connections

from tests.exchange.calls import Answer, Api

if TYPE_CHECKING:
    from tests.service_database import Database

QUESTION = {"household": {}, "month": "2026-03"}


def asked() -> Answer:
    return Api().post("/eligibility", QUESTION)


def test_a_database_that_is_gone_is_told_with_when_to_ask_again(
    own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asked().problem == "invalid"
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "NAME", f"{own_database.name}_gone")
    found = asked()
    assert (found.status, found.problem, found["Retry-After"]) == (503, "unavailable", "5")
    assert own_database.name not in found.response.content.decode()
    monkeypatch.undo()
    assert asked().problem == "invalid"


@pytest.mark.usefixtures("own_database")
def test_a_fault_of_ours_says_nothing_of_the_inside(caplog: pytest.LogCaptureFixture) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE record_rate RENAME TO record_rate_lost")
    found = asked()
    assert (found.status, found.problem) == (500, "internal")
    told = found.response.content.decode()
    assert "record_rate" not in told
    assert "Traceback" not in told
    assert 'relation "record_rate" does not exist' in caplog.text
