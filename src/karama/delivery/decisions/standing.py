"""What the decisions taken give in each month: of those about a month or one before, the last taken stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.delivery.decisions.models import Decision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from karama.delivery.decisions.deciding import Subject
    from karama.foundation.months import Month


def line_of(subject: Subject, programme: str) -> QuerySet[Decision]:
    """The decisions of a subject, the last taken first."""
    found = Decision.objects.filter(programme=programme).order_by("-id")
    if subject.household_id is not None:
        return found.filter(household_id=subject.household_id)
    return found.filter(person_id=subject.person_id or 0, household=None)


def amounts(subject: Subject, programme: str, months: Sequence[Month], *, before: Decision | None = None) -> list[int]:
    """The centimes of each month, what is due once included, 0 where nothing was decided; one query.

    ``before`` leaves that decision out and every one taken after it.
    """
    line = line_of(subject, programme)
    taken = list(line if before is None else line.filter(id__lt=before.pk))
    return [_amount(taken, month) for month in months]


def _amount(taken: Sequence[Decision], month: Month) -> int:
    standing = next((one for one in taken if one.month <= month.first_day), None)
    if standing is None:
        return 0
    right = standing.right(month)
    return right.monthly + right.once
