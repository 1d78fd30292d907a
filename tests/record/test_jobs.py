"""Jobs of a worker that was killed are done by another one, each once."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from django.db import connection

from karama.record.tasks import take_up_again

if TYPE_CHECKING:
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
