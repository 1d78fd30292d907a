"""Care of the jobs themselves: a job whose worker was killed is done by another one.

So every job may be begun twice: what it writes is whole in one transaction, or finds what it did the first time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

if TYPE_CHECKING:
    from procrastinate import JobContext


@app.periodic(cron="* * * * *")
@app.task(name="jobs.take_up_again", queueing_lock="jobs.take_up_again", pass_context=True)
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
