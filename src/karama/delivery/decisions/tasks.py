"""The jobs of deciding, done by the worker: claims as they come, and every right at the beginning of a month."""

from __future__ import annotations

import datetime as dt

from django.utils.timezone import localdate
from procrastinate.contrib.django import app

from karama.delivery.decisions.announcing import announce
from karama.delivery.decisions.batch import decide_claims, reassess_programme, reassessed_at
from karama.delivery.programmes import entrusted
from karama.foundation.months import Month

LOCK = "deciding"
"""One job of deciding at a time; others wait in the queue."""


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock=LOCK, lock=LOCK, name="karama.decide_waiting_claims")
def decide_waiting_claims(timestamp: int) -> int:  # noqa: ARG001 - given by the clock of the jobs
    """Decide the claims of every programme that ask nothing of a person first; gives how many."""
    decided = 0
    for name in entrusted():
        while (done := decide_claims(programme=name)).decided:
            decided += done.decided
    return decided


@app.periodic(cron="0 1 * * *")
@app.task(lock=LOCK, name="karama.reassess_month")
def reassess_month(timestamp: int) -> int:
    """Reassess for this month all who claimed any programme; the next nights, those of whom something was learnt since.

    A night on which the service was down is made up for in the next one.

    Returns:
        How many decisions were taken.
    """
    month = Month.of(localdate(dt.datetime.fromtimestamp(timestamp, dt.UTC)))
    return sum(
        done.decided
        for name in entrusted()
        for done in reassess_programme(programme=name, month=month, changed_since=reassessed_at(name, month))
    )


@app.periodic(cron="0 2 * * 1")
@app.task(lock=LOCK, name="karama.announce_ends")
def announce_ends_and_decreases(timestamp: int) -> int:  # noqa: ARG001 - given by the clock of the jobs
    """Announce the rights that the facts known would end or lower, the procedure's months ahead; gives how many."""
    return sum(announce(programme=name) for name in entrusted())
