"""The days of an appeal and of a complaint: from the notice, from the reception, in whole days of Morocco.

The day from which a delay runs is not counted, its last day is.  Whether a delay that ends on a holiday runs on to the
next working day, and whether it stops while evidence is awaited, no source says: it does neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.timezone import localdate

from karama.delivery import procedure

if TYPE_CHECKING:
    import datetime as dt

    from karama.delivery.decisions.models import Decision


def notified_at(decision: Decision) -> dt.datetime:
    """The notice of a decision: it is given with the decision, and the delay to appeal runs from it."""
    return decision.decided_at


def appeal_until(decision: Decision) -> dt.date:
    """The last day to appeal against a decision; who comes later is heard by a person all the same."""
    return procedure.due("days_to_appeal", notified_at(decision))


def is_late(decision: Decision, at: dt.datetime) -> bool:
    """Whether an appeal received at a moment comes after its last day, to the day."""
    return localdate(at) > appeal_until(decision)


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
