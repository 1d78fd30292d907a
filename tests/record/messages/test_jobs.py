"""The jobs of messages send what is due through the sender of the settings, and ask for each other once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction

from karama.foundation.errors import BadInputError
from karama.record.clock import now
from karama.record.messages import actions, tasks
from karama.record.messages.models import Delivery
from karama.record.scope import SYSTEM, acting_as

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings send to a file."""
    path = tmp_path / "messages"
    monkeypatch.setattr("django.conf.settings.MESSAGES", f"file:{path}")
    return path


def ask(count: int) -> None:
    with acting_as(SYSTEM):
        for number in range(count):
            actions.enqueue(
                key=f"notice:{number}",
                purpose="notice",
                address="+212612345678",
                text=f"text {number}",
                language="fr",
                by=SYSTEM,
                at=now(),
            )


def jobs() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
        return [name for (name,) in cursor.fetchall()]


def test_a_job_sends_what_is_due_to_the_sender_of_the_settings(file: Path) -> None:
    ask(3)
    assert tasks.send() == 3
    assert [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines()] == [
        "text 0",
        "text 1",
        "text 2",
    ]
    assert jobs() == []


def test_a_job_that_did_enough_asks_for_the_next_one(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "MOST_IN_ONE_JOB", 2)
    ask(3)
    assert tasks.send() == 2
    assert jobs() == ["messages.send"]
    assert tasks.send() == 1
    assert len(file.read_text(encoding="utf-8").splitlines()) == 3


def test_without_a_sender_messages_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.conf.settings.MESSAGES", "")
    ask(1)
    assert tasks.send() == 0
    with acting_as(SYSTEM):
        assert Delivery.objects.get().state == "queued"


def test_a_wrong_address_is_an_error_that_says_what_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.conf.settings.MESSAGES", "pigeon:loft")
    with pytest.raises(BadInputError, match="names no sender"):
        tasks.send()


def test_one_job_waits_however_often_it_is_asked_for() -> None:
    with transaction.atomic():
        tasks.ask_to_send()
        tasks.ask_to_send()
    assert jobs() == ["messages.send"]


def test_a_job_goes_with_the_transaction_that_asked_for_it() -> None:
    with transaction.atomic():
        tasks.ask_to_send()
        transaction.set_rollback(True)
    assert jobs() == []


def test_every_minute_lost_messages_go_to_a_person_and_due_ones_out(file: Path) -> None:
    ask(2)
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outgoing_delivery SET state = 'sending', taken_at = now() - interval '1 hour'"
            " WHERE message_id = (SELECT min(id) FROM outgoing_message)"
        )
    tasks.every_minute(timestamp=0)
    with acting_as(SYSTEM):
        assert sorted(Delivery.objects.values_list("state", flat=True)) == ["sent", "unknown"]
    assert file.exists()
    tasks.forget(timestamp=0)
