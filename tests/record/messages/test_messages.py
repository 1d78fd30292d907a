"""A message is asked for once, sent at most once, and every attempt is in the journal."""

from __future__ import annotations

import datetime as dt
import signal
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from django.db import Error, connection

from karama.foundation.errors import BadInputError, ConflictError, NotAllowedError
from karama.record.clock import now
from karama.record.messages import actions
from karama.record.messages.models import Attempt, Delivery, Message
from karama.record.messages.senders import Result
from karama.record.messages.sending import LONGEST_WAIT, give_up_lost, record, send_due, take, wait_after
from karama.record.messages.states import MessageState, Outcome
from karama.record.models import Event
from karama.record.scope import ANONYMOUS, SYSTEM, Actor, acting_as
from karama.record.states import Role

if TYPE_CHECKING:
    from pathlib import Path

    from karama.record.messages.senders import Outgoing
    from tests.service_database import Database

NUMBER = "+212612345678"
LATE = dt.timedelta(minutes=6)


class Operator:
    """A sender in memory: gives the answers it was told to give, then accepts."""

    name = "operator"

    def __init__(self, *answers: Outcome) -> None:
        self.answers = list(answers)
        self.received: list[Outgoing] = []

    def send(self, message: Outgoing) -> Result:
        self.received.append(message)
        outcome = self.answers.pop(0) if self.answers else Outcome.SENT
        return Result(outcome, "told so", "remote-1")

    def close(self) -> None:
        """Nothing is held."""


def ask(key: str = "notice:1", *, address: str = NUMBER, text: str = "ASD: demande acceptée.") -> Message:
    with acting_as(SYSTEM):
        return actions.enqueue(
            key=key, purpose="notice", address=address, text=text, language="fr", by=SYSTEM, at=now()
        )


def state(key: str = "notice:1") -> str:
    with acting_as(SYSTEM):
        return Delivery.objects.get(message__key=key).state


def make_due() -> None:
    """Let the wait of every queued message be over."""
    with acting_as(SYSTEM):
        Delivery.objects.update(next_at=now())


def told(kind: str) -> list[dict[str, object]]:
    with acting_as(SYSTEM):
        return [one.data for one in Event.objects.filter(kind=kind).order_by("id")]


def officer(role: Role = Role.CLAIMS_OFFICER) -> Actor:
    return Actor("officer", roles=frozenset({role}), nation=True)


@pytest.mark.usefixtures("db")
class TestAsking:
    def test_the_same_key_gives_the_first_message(self) -> None:
        first, second = ask(), ask()
        assert first.pk == second.pk
        assert len(told("message.queued")) == 1

    def test_the_same_key_with_another_text_is_refused(self) -> None:
        ask()
        with pytest.raises(ConflictError, match="another text"):
            ask(text="ASD: demande refusée.")

    def test_a_number_without_country_is_refused(self) -> None:
        with pytest.raises(BadInputError, match="not written with its country"):
            ask(address="0612345678")
        with pytest.raises(BadInputError, match="not written with its country"):
            ask(address="")

    def test_a_message_and_its_attempts_never_change(self) -> None:
        message = ask()
        send_due(Operator())
        for query in (
            "UPDATE outgoing_message SET address = '+212600000000'",
            "DELETE FROM outgoing_message",
            "UPDATE outgoing_attempt SET outcome = 'later'",
            "UPDATE outgoing_delivery SET text = 'other'",
            "DELETE FROM outgoing_delivery",
            "UPDATE outgoing_delivery SET state = 'queued'",
        ):
            with pytest.raises(Error), acting_as(SYSTEM), connection.cursor() as cursor:
                cursor.execute(query)
        with acting_as(SYSTEM):
            assert Message.objects.get(pk=message.pk).address == NUMBER

    def test_nobody_sees_a_message_without_a_scope(self) -> None:
        ask()
        with acting_as(ANONYMOUS):
            assert not Message.objects.exists()
            assert not Delivery.objects.exists()
        with acting_as(Actor("somewhere", territories=("01",))):
            assert not Message.objects.exists()


@pytest.mark.usefixtures("db")
class TestSending:
    def test_an_accepted_message_is_sent_once_and_the_journal_says_so(self) -> None:
        ask()
        operator = Operator()
        assert (send_due(operator), send_due(operator)) == (1, 0)
        assert [one.text for one in operator.received] == ["ASD: demande acceptée."]
        assert state() == MessageState.SENT
        (event,) = told("message.tried")
        assert (event["attempt"], event["outcome"], event["state"], event["sender"]) == (1, "sent", "sent", "operator")
        with acting_as(SYSTEM):
            assert Attempt.objects.get().remote_id == "remote-1"

    def test_no_event_of_the_journal_holds_the_text_or_the_number(self) -> None:
        ask()
        send_due(Operator(Outcome.LATER))
        with acting_as(SYSTEM):
            events = [str(one.data) for one in Event.objects.all()]
        assert not any("ASD" in one or NUMBER in one for one in events)

    def test_a_busy_operator_is_asked_again_after_a_longer_and_longer_wait(self) -> None:
        ask()
        operator = Operator(*[Outcome.LATER] * 2)
        assert send_due(operator) == 1
        assert send_due(operator) == 0
        for tries in (2, 3):
            make_due()
            assert send_due(operator) == 1
            assert len(operator.received) == tries
        assert state() == MessageState.SENT
        waits = [wait_after(attempts) for attempts in range(1, 20)]
        assert waits[:3] == [dt.timedelta(seconds=30), dt.timedelta(minutes=1), dt.timedelta(minutes=2)]
        assert waits[-1] == LONGEST_WAIT

    def test_after_the_last_attempt_a_person_looks_at_it(self) -> None:
        ask()
        operator = Operator(*[Outcome.LATER] * 20)
        while send_due(operator):
            make_due()
        assert len(operator.received) == 8
        assert state() == MessageState.FAILED

    def test_a_refused_message_is_not_tried_again(self) -> None:
        ask()
        operator = Operator(Outcome.REFUSED)
        assert (send_due(operator), send_due(operator)) == (1, 0)
        assert state() == MessageState.FAILED

    def test_a_message_that_may_have_gone_out_is_never_sent_again_by_itself(self) -> None:
        ask()
        operator = Operator(Outcome.UNSURE)
        send_due(operator)
        make_due()
        give_up_lost()
        assert send_due(operator) == 0
        assert state() == MessageState.UNKNOWN

    def test_a_person_may_send_it_again_or_drop_it_and_says_why(self) -> None:
        for key in ("notice:1", "notice:2"):
            ask(key)
        send_due(Operator(Outcome.UNSURE, Outcome.UNSURE))
        with pytest.raises(NotAllowedError, match="only a claims officer"):
            actions.decide(key="notice:1", send_again=True, by=officer(Role.ANALYST), reason="x")
        with pytest.raises(BadInputError, match="say why"):
            actions.decide(key="notice:1", send_again=True, by=officer(), reason=" ")
        with pytest.raises(BadInputError, match="no message"):
            actions.decide(key="notice:3", send_again=True, by=officer(), reason="x")
        assert actions.decide(key="notice:1", send_again=True, by=officer(), reason="not received") == "queued"
        assert actions.decide(key="notice:2", send_again=False, by=officer(), reason="told at the counter") == "dropped"
        operator = Operator()
        assert send_due(operator) == 1
        assert [event["reason"] for event in told("message.decided")] == ["not received", "told at the counter"]
        with pytest.raises(ConflictError, match="is sent"):
            actions.decide(key="notice:1", send_again=True, by=officer(), reason="again")

    def test_an_answer_that_comes_too_late_settles_the_message_and_sends_nothing(self) -> None:
        ask()
        taken = take("slow worker")
        assert taken is not None
        assert give_up_lost(lease=dt.timedelta(0)) == 1
        assert state() == MessageState.UNKNOWN
        operator = Operator()
        assert send_due(operator) == 0
        assert record(taken[0], "slow worker", "operator", Result(Outcome.SENT)) == MessageState.SENT
        assert told("message.tried")[-1]["state"] == "sent"

    def test_a_late_answer_that_says_nothing_for_certain_leaves_it_to_the_person(self) -> None:
        ask()
        taken = take("slow worker")
        assert taken is not None
        give_up_lost(lease=dt.timedelta(0))
        assert record(taken[0], "slow worker", "operator", Result(Outcome.LATER)) == MessageState.UNKNOWN

    def test_a_late_answer_stops_the_second_message_that_a_person_asked_for(self) -> None:
        ask()
        taken = take("slow worker")
        assert taken is not None
        give_up_lost(lease=dt.timedelta(0))
        actions.decide(key="notice:1", send_again=True, by=officer(), reason="not received")
        record(taken[0], "slow worker", "operator", Result(Outcome.SENT))
        operator = Operator()
        assert send_due(operator) == 0
        assert state() == MessageState.SENT

    def test_a_message_is_lost_only_after_its_lease(self) -> None:
        ask()
        take("worker")
        assert give_up_lost() == 0
        assert state() == MessageState.SENDING


@pytest.mark.usefixtures("db")
def test_a_text_is_forgotten_after_its_retention_and_its_hash_stays() -> None:
    message = ask()
    ask("notice:2")
    send_due(Operator(), most=1)
    at = now() + dt.timedelta(days=370)
    assert actions.forget_texts(at=at - dt.timedelta(days=10)) == 0
    assert actions.forget_texts(at=at) == 1
    with acting_as(SYSTEM):
        assert {one.message.key: one.text is None for one in Delivery.objects.all()} == {
            "notice:1": True,
            "notice:2": False,
        }
        assert Message.objects.get(pk=message.pk).text_hash == actions.text_hash("ASD: demande acceptée.")
    assert told("message.texts_forgotten") == [{"count": 1}]


def test_every_parameter_of_messages_is_marked_unconfirmed() -> None:
    assert all(value.status.unconfirmed for one in actions.PARAMETERS for value in one.values)


_WORKER = """
import sys, django
django.setup()
from karama.record.messages.senders.local import FileSender
from karama.record.messages.sending import send_due
print("ready", flush=True)
sys.stdin.readline()
print(send_due(FileSender(sys.argv[1])), flush=True)
"""

_KILLED = """
import os, sys, signal, django
django.setup()
from karama.record.messages.senders.local import FileSender
from karama.record.messages.sending import send_due
class Dying(FileSender):
    sent = 0
    def send(self, message):
        if self.sent == 3 and sys.argv[2] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = super().send(message)
        self.sent += 1
        if self.sent == 4 and sys.argv[2] == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return result
send_due(Dying(sys.argv[1]))
"""


def lines(path: Path) -> Counter[str]:
    """How often each message is in the file of the operator."""
    return Counter(path.read_text(encoding="utf-8").splitlines())


def worker_on(database: Database, file: Path) -> subprocess.Popen[str]:
    """A worker in a process of its own, which begins when it is told to."""
    return subprocess.Popen(
        [sys.executable, "-c", _WORKER, str(file)],
        env=database.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_workers_racing_send_each_message_once(own_database: Database, tmp_path: Path) -> None:
    for number in range(60):
        ask(f"notice:{number}", text=f"text {number}")
    file = tmp_path / "sent"
    with ExitStack() as running:
        workers = [running.enter_context(worker_on(own_database, file)) for _ in range(2)]
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        said = [int(worker.communicate(timeout=120)[0]) for worker in workers]
    assert sum(said) == 60
    assert set(lines(file).values()) == {1}
    assert len(lines(file)) == 60
    with acting_as(SYSTEM):
        assert Delivery.objects.filter(state=MessageState.SENT).count() == 60
        assert Attempt.objects.count() == 60


@pytest.mark.parametrize(("when", "gone"), [("before", 3), ("after", 4)])
def test_a_worker_killed_while_sending_leaves_one_message_to_a_person_and_none_is_sent_twice(
    own_database: Database, tmp_path: Path, when: str, gone: int
) -> None:
    for number in range(10):
        ask(f"notice:{number}", text=f"text {number}")
    file = tmp_path / "sent"
    died = subprocess.run(
        [sys.executable, "-c", _KILLED, str(file), when], env=own_database.environment, timeout=120, check=False
    )
    assert died.returncode == -signal.SIGKILL
    assert sum(lines(file).values()) == gone
    assert give_up_lost(lease=dt.timedelta(0)) == 1
    send_due(Operator())
    with acting_as(SYSTEM):
        states = Counter(Delivery.objects.values_list("state", flat=True))
    assert states == {MessageState.SENT: 9, MessageState.UNKNOWN: 1}
    assert set(lines(file).values()) == {1}
