"""The people in charge are reminded, once, of every appeal whose last day to be answered comes near."""

from __future__ import annotations

from datetime import timedelta

from django.utils.timezone import localdate

from karama.delivery import procedure
from karama.delivery.appeals.models import Appeal
from karama.delivery.appeals.states import OPEN_APPEALS
from karama.record import journal
from karama.record.clock import now
from karama.record.scope import SYSTEM, acting_as


def remind_those_due() -> int:
    """Journal a reminder of each open appeal that is due within the days of the parameter; never twice of the same.

    Returns:
        How many.
    """
    with acting_as(SYSTEM):
        at = now()
        today = localdate(at)
        near = today + timedelta(days=procedure.days("days_before_an_answer_is_due_to_remind", today))
        due = Appeal.objects.filter(state__in=OPEN_APPEALS, reminded_at=None, due_on__lte=near)
        count = due.update(reminded_at=at)
        journal.write_many(
            "SELECT reference, household_id, jsonb_build_object('state', state, 'due_on', due_on, 'judge', judge_id)"
            " FROM appeals_appeal WHERE reminded_at = %s ORDER BY id",
            [at],
            kind="appeal.reminded",
            subject_type="appeal",
            by=SYSTEM,
            at=at,
        )
        return count
