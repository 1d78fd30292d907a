"""The jobs of the review: persons in two places are looked for each night, persons entered twice each week.

What is in a queue, or was judged, is not put there again: a job may be begun twice.
"""

from __future__ import annotations

from procrastinate.contrib.django import app

from karama.record.scope import SYSTEM
from karama.registry.matching.actions import find_contradictions, find_duplicates


@app.periodic(cron="17 4 * * *")
@app.task(name="matching.find_contradictions", queueing_lock="matching.find_contradictions", lock="matching")
def look_for_contradictions(timestamp: int) -> int:  # noqa: ARG001 - given to every periodic job
    """Put persons in two places to a person; how many are new."""
    return find_contradictions(by=SYSTEM).new


@app.periodic(cron="23 2 * * 0")
@app.task(name="matching.find_duplicates", queueing_lock="matching.find_duplicates", lock="matching")
def look_for_duplicates(timestamp: int) -> int:  # noqa: ARG001 - given to every periodic job
    """Put persons who may be one to a person; how many pairs are new."""
    return find_duplicates(by=SYSTEM).new
