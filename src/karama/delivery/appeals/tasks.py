"""What happens to appeals and complaints by the clock, once a day; the worker of `karama serve` runs it."""

from __future__ import annotations

from procrastinate.contrib.django import app

from karama.delivery.appeals.actions import escalate_those_passed, remind_those_due


@app.periodic(cron="10 5 * * *")
@app.task(name="karama.appeals_daily", queueing_lock="appeals")
def daily(timestamp: int) -> dict[str, int]:  # noqa: ARG001 - the clock of the record counts, not the job's
    """Put before the manager the complaints whose day passed, and remind of appeals due soon.

    A job that was missed or runs twice does no harm: both look at the day, and do each thing once.
    """
    return {"escalated": escalate_those_passed(), "reminded": remind_those_due()}
