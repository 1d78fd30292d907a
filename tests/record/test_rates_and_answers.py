"""Rates that hold for every process, and answers that are given once for a key."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection

from karama.record import answers, tasks
from karama.record.models import Account, KeptAnswer, Rate
from karama.record.rates import Allowance, forget_free, wait_before
from karama.record.scope import SYSTEM, Actor, acting_as
from karama.record.states import AccountKind


@pytest.mark.usefixtures("db")
def test_a_burst_then_a_rate() -> None:
    slow = Allowance(burst=5, per_second=0.01)
    waits = [wait_before("somebody", slow) for _ in range(7)]
    assert waits[:5] == [0.0] * 5
    assert 90 < waits[5] <= 100
    assert waits[6] == pytest.approx(waits[5], abs=1)
    assert wait_before("somebody else", slow) == 0.0


@pytest.mark.usefixtures("db")
def test_what_was_used_comes_back_with_time() -> None:
    quick = Allowance(burst=1, per_second=20)
    assert wait_before("somebody", quick) == 0.0
    wait = wait_before("somebody", quick)
    assert 0 < wait <= 0.05
    time.sleep(wait)
    assert wait_before("somebody", quick) == 0.0


@pytest.mark.usefixtures("own_database")
def test_callers_at_once_share_one_allowance() -> None:
    allowance = Allowance(burst=30, per_second=0.001)

    def ask(_: int) -> bool:
        try:
            return wait_before("shared", allowance) == 0.0
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        let_in = sum(pool.map(ask, range(100)))
    assert let_in == 30
    assert Rate.objects.count() == 1
    assert forget_free() == 0
    wait_before("brief", Allowance(burst=1, per_second=10_000))
    time.sleep(0.01)
    assert forget_free() == 1


def caller(name: str) -> Actor:
    account = Account.objects.create(username=name, kind=AccountKind.SERVICE)
    return Actor(name, account_id=account.pk)


@pytest.mark.usefixtures("db")
def test_an_answer_is_seen_by_whoever_asked_and_nobody_else() -> None:
    one, other = caller("one"), caller("other")
    with acting_as(one):
        number = answers.ask("key", "print", one)
        assert isinstance(number, int)
        answers.keep(number, 201, '{"a":1}', {"Location": "/a"})
        assert answers.ask("key", "print", one) == answers.Kept("print", 201, '{"a":1}', {"Location": "/a"})
    with acting_as(other):
        assert not KeptAnswer.objects.exists()
        assert isinstance(answers.ask("key", "print", other), int)
    with acting_as(SYSTEM):
        assert KeptAnswer.objects.count() == 2
        assert answers.forget_old() == 0


@pytest.mark.usefixtures("db")
def test_after_two_days_a_key_may_mean_something_else() -> None:
    one = caller("one")
    with acting_as(one):
        number = answers.ask("key", "before", one)
        answers.keep(number, 201, "{}", {})
        with connection.cursor() as cursor:
            cursor.execute("UPDATE record_keptanswer SET at = at - interval '49 hours'")
        assert answers.ask("key", "after", one) == number
        assert KeptAnswer.objects.get().fingerprint == "after"


@pytest.mark.usefixtures("own_database")
def test_callers_at_once_with_one_key_are_answered_by_the_first() -> None:
    one = caller("one")
    begun = threading.Barrier(8)
    written: list[int] = []

    def write(turn: int) -> str:
        begun.wait()
        try:
            with acting_as(one):
                found = answers.ask("key", "print", one)
                if isinstance(found, answers.Kept):
                    return found.body
                time.sleep(0.05)  # the others are waiting meanwhile
                written.append(turn)
                answers.keep(found, 201, f"written by {turn}", {})
                return f"written by {turn}"
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        told = set(pool.map(write, range(8)))
    assert len(written) == 1
    assert told == {f"written by {written[0]}"}


@pytest.mark.usefixtures("own_database")
def test_a_write_that_failed_leaves_its_key_free() -> None:
    one = caller("one")
    with suppress(ZeroDivisionError), acting_as(one):
        answers.ask("key", "print", one)
        raise ZeroDivisionError
    with acting_as(one):
        assert isinstance(answers.ask("key", "print", one), int)


@pytest.mark.usefixtures("db")
def test_the_nightly_job_forgets_rates_that_are_free() -> None:
    wait_before("somebody", Allowance(burst=1, per_second=1000.0))
    time.sleep(0.01)
    assert tasks.forget(timestamp=0) == 1
    assert not Rate.objects.exists()
