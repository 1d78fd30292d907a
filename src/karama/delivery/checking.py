"""Codes on letters and in messages that anybody may check: whether this service made them, and nothing of a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.timezone import localdate

from karama.delivery.appeals.models import Appeal, Complaint
from karama.delivery.decisions.models import Decision, Notice
from karama.delivery.references import Subject, subject_of
from karama.foundation.months import Month
from karama.foundation.reference_codes import read_code
from karama.record.scope import SYSTEM, acting_as

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True)
class Checked:
    """What anybody learns of a code: nothing about a person."""

    genuine: bool
    subject: str = ""
    programme: str = ""
    """Empty for a complaint."""
    month: Month | None = None
    """That a decision or an announcement tells about."""
    notified_on: dt.date | None = None
    """When it was told, or when an appeal or a complaint came in."""
    replaced: bool = False
    """Whether a later decision stands in its place."""


def check(code: str) -> Checked:
    """Whether this service gave a code to a decision, an announcement, an appeal or a complaint.

    The code of a claim is told on no letter of its own: it is none of these.

    Raises:
        BadInputError: no code at all, or a slip of the pen.
    """
    named = subject_of(code)
    if named is None:
        return Checked(genuine=False)
    with acting_as(SYSTEM):
        found = _TOLD[named[0]](read_code(code)) if named[0] in _TOLD else None
    return found or Checked(genuine=False)


def _notice(code: str) -> Checked | None:
    found = Notice.objects.filter(reference=code).first()
    if found is None:
        return None
    decided = found.decision_id is not None
    return Checked(
        genuine=True,
        subject="decision" if decided else "announcement",
        programme=found.programme,
        month=Month.of(found.month),
        notified_on=localdate(found.notified_at),
        replaced=decided and Decision.objects.filter(previous_id=found.decision_id).exists(),
    )


def _appeal(code: str) -> Checked | None:
    found = Appeal.objects.select_related("decision").filter(reference=code).first()
    if found is None:
        return None
    came_on = localdate(found.received_at)
    return Checked(genuine=True, subject="appeal", programme=found.decision.programme, notified_on=came_on)


def _complaint(code: str) -> Checked | None:
    found = Complaint.objects.filter(reference=code).first()
    if found is None:
        return None
    return Checked(genuine=True, subject="complaint", notified_on=localdate(found.received_at))


_TOLD = {
    Subject.DECISION: _notice,
    Subject.APPEAL: _appeal,
    Subject.COMPLAINT: _complaint,
    Subject.ANNOUNCEMENT: _notice,
}
"""What is told to people under a code of its own."""
