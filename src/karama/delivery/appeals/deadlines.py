"""The days of an appeal and of a complaint: from the notice, from the reception, in whole days of Morocco.

The day from which a delay runs is not counted, its last day is.  Whether a delay that ends on a holiday runs on to the
next working day, and whether it stops while evidence is awaited, no source says: it does neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.timezone import localdate

from karama.delivery import procedure
from karama.delivery.decisions.models import Notice

if TYPE_CHECKING:
    import datetime as dt

    from karama.delivery.decisions.models import Decision


@dataclass(frozen=True)
class Delay:
    """The delay to appeal against a decision: the notice from which it runs, and its last day."""

    notified_at: dt.datetime
    last_day: dt.date

    def passed(self, at: dt.datetime) -> bool:
        """Whether a moment comes after the last day, to the day; who comes late is heard by a person all the same."""
        return localdate(at) > self.last_day


def delay_to_appeal(decision: Decision) -> Delay:
    """The delay that the notice of a decision gave; of one loaded without a notice, from the day it was taken."""
    notice = Notice.objects.filter(decision_id=decision.pk).first() if decision.pk else None
    if notice is not None and notice.appeal_until is not None:
        return Delay(notice.notified_at, notice.appeal_until)
    return Delay(decision.decided_at, procedure.due("days_to_appeal", decision.decided_at))


@dataclass(frozen=True)
class Clock:
    """A delay as it is shown: its last day, and the days left on a given day (negative when it passed)."""

    last_day: dt.date
    left: int

    @property
    def passed(self) -> bool:
        """Whether the last day is behind."""
        return self.left < 0

    @classmethod
    def on(cls, day: dt.date, last_day: dt.date) -> Clock:
        """The clock as it stands on a day."""
        return cls(last_day, (last_day - day).days)
