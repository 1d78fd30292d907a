"""Jobs of the record: the journal is sealed and anchored; a job whose worker was killed is done by another one.

So every job may be begun twice: what it writes is whole in one transaction, or finds what it did the first time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from karama.record import answers, rates
from karama.record.journal.anchoring import publish
from karama.record.journal.sealing import seal_waiting
from karama.record.scope import SYSTEM, acting_as

if TYPE_CHECKING:
    from procrastinate import JobContext


_KEPT_HOURS = 7 * 24
"""A job each minute for three workers is four thousand a day."""


@app.periodic(cron="* * * * *")
@app.task(name="jobs.take_up_again", queue="journal", queueing_lock="jobs.take_up_again", pass_context=True)
async def take_up_again(context: JobContext, timestamp: int) -> int:  # noqa: ARG001 - given to every periodic job
    """Have the jobs of workers that are silent for half a minute done again; gives their number.

    Where one like it waits already, that one is enough: the job is told to have failed.
    """
    jobs = context.app.job_manager
    stalled = [job for job in await jobs.get_stalled_jobs() if job.id != context.job.id]
    for job in stalled:
        try:
            await jobs.retry_job(job)
        except (exceptions.AlreadyEnqueued, exceptions.ConnectorException):
            await jobs.finish_job(job, status=Status.FAILED, delete_job=False)
    return len(stalled)


@app.periodic(cron="27 3 * * *")
@app.task(name="jobs.forget", queue="journal", queueing_lock="jobs.forget", pass_context=True)
async def forget_done(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - given to every periodic job
    """Remove the jobs that were done a week ago; those that failed stay until somebody has looked at them."""
    await context.app.job_manager.delete_old_jobs(nb_hours=_KEPT_HOURS)


@app.periodic(cron="* * * * *")
@app.task(name="journal.seal", queue="journal", queueing_lock="journal.seal")
def seal(timestamp: int) -> int:  # noqa: ARG001 - given to every periodic job
    """Seal what waits; the number of batches."""
    return sum(1 for _ in seal_waiting())


@app.periodic(cron="7 0 * * *")
@app.task(name="journal.anchor", queue="journal", queueing_lock="journal.anchor")
def anchor(timestamp: int) -> None:  # noqa: ARG001 - given to every periodic job
    """Publish the day's anchor where the settings say; nowhere, where they say nothing."""
    if address := getattr(settings, "ANCHORS", ""):
        with acting_as(SYSTEM):
            publish(address)


@app.periodic(cron="37 3 * * *")
@app.task(name="record.forget", queueing_lock="record.forget")
def forget(timestamp: int) -> int:  # noqa: ARG001 - given to every periodic job
    """Remove rates that are free again and kept answers past their days; how many."""
    with acting_as(SYSTEM):
        return rates.forget_free() + answers.forget_old()
