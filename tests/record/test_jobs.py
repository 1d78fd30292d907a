"""Each queue has a worker of its own; jobs of a worker that was killed are done by another one, each once."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection
from procrastinate.contrib.django import app

from karama.cli.processes import commands
from karama.record.clock import now
from karama.record.messages.actions import enqueue
from karama.record.messages.tasks import ask_to_send
from karama.record.scope import SYSTEM, acting_as
from karama.record.tasks import forget, forget_done, take_up_again
from karama.record.upkeep.doctor import examine
from karama.record.workers import QUEUES, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.service_database import Database

_WORK = """
import asyncio, django
django.setup()
from procrastinate.contrib.django import app
async def work():
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        async with worker.open_async():
            await worker.run_worker_async(wait=False, install_signal_handlers=False)
asyncio.run(work())
"""


def _job(lock: str | None, status: str, worker: int | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, status, worker_id, args)"
            " VALUES ('messages', 'messages.forget', %s, %s, %s, '{\"timestamp\": 0}') RETURNING id",
            [lock, status, worker],
        )
        return int(cursor.fetchone()[0])


def _status(job: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job])
        return str(cursor.fetchone()[0])


def test_a_killed_worker_s_job_is_done_by_the_next_and_never_beside_one_that_waits(own_database: Database) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - interval '1 hour'), (now()) RETURNING id"
        )
        (dead,), (living,) = cursor.fetchall()
    lost, doubled = _job(None, "doing", dead), _job("twice", "doing", dead)
    waiting, underway = _job("twice", "todo", None), _job(None, "doing", living)
    take_up_again.configure(priority=100).defer(timestamp=0)
    done = subprocess.run([sys.executable, "-c", _WORK], env=own_database.environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [_status(job) for job in (lost, waiting, doubled, underway)] == ["succeeded", "succeeded", "failed", "doing"]


def test_jobs_done_a_week_ago_are_removed_and_those_that_failed_are_kept(own_database: Database) -> None:
    old, recent, failed = _job(None, "succeeded", None), _job(None, "succeeded", None), _job(None, "failed", None)
    with connection.cursor() as cursor:
        for job, told, days in ((old, "succeeded", 8), (recent, "succeeded", 6), (failed, "failed", 400)):
            cursor.execute(
                "INSERT INTO procrastinate_events (job_id, type, at)"
                " VALUES (%s, %s, now() - make_interval(days => %s))",
                [job, told, days],
            )
    forget_done.defer(timestamp=0)
    done = subprocess.run([sys.executable, "-c", _WORK], env=own_database.environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM procrastinate_jobs WHERE id = ANY(%s) ORDER BY id", [[old, recent, failed]])
        assert [job for (job,) in cursor.fetchall()] == [recent, failed]


def test_every_queue_has_exactly_one_worker() -> None:
    ours = {task.queue for task in app.tasks.values()} - {"builtin"}  # the library's own, which nobody asks for
    assert sorted(queue for queues in QUEUES.values() for queue in queues) == sorted(ours)


@contextmanager
def _workers(database: Database, *names: str, **variables: str) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """The processes that ``karama serve`` starts under these names."""
    every = commands(address="", workers=1, threads=1)
    environment = {**database.environment, **variables}
    started = {name: subprocess.Popen(every[name], env=environment, stderr=subprocess.DEVNULL) for name in names}
    try:
        yield started
    finally:
        for one in started.values():
            one.kill()
            one.wait()


def _soon(holds: Callable[[], bool], seconds: float = 60) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.1)
    return False


def test_a_job_that_lasts_keeps_no_message_waiting(own_database: Database, tmp_path: Path) -> None:
    sent = tmp_path / "sent"
    with (
        own_database.server.connect_as_owner(own_database.name) as owner,
        _workers(own_database, "jobs", "messages", KARAMA_MESSAGES=f"file:{sent}"),
    ):
        owner.execute("BEGIN")
        owner.execute("LOCK TABLE record_rate")  # the job that forgets rates waits here, as one that counts for an hour
        with acting_as(SYSTEM):
            lasting = forget.defer(timestamp=0)
        assert _soon(lambda: _status(lasting) == "doing")
        with acting_as(SYSTEM):
            told = {
                "key": "notice:1",
                "purpose": "notice",
                "address": "+212612345678",
                "text": "Aide",
                "language": "fr",
            }
            enqueue(**told, by=SYSTEM, at=now())
            ask_to_send()
        assert _soon(sent.is_file)
        assert _status(lasting) == "doing"
        owner.execute("ROLLBACK")
        assert _soon(lambda: _status(lasting) == "succeeded")


def test_the_doctor_and_health_name_the_worker_that_was_killed(own_database: Database) -> None:
    def told() -> tuple[str, str]:
        (one,) = [one for one in examine({}) if one.subject == "workers"]
        return one.status, one.says

    assert told() == ("warn", "jobs, messages, journal: not running")
    with _workers(own_database, *QUEUES) as started:
        assert _soon(lambda: all(running().values()))
        assert _soon(lambda: told() == ("ok", "jobs, messages, journal: running"))
        started["messages"].kill()
        assert _soon(lambda: running() == {"jobs": True, "messages": False, "journal": True})
        assert told() == ("warn", "messages: not running")
