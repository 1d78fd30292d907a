"""Reads of a person's file: whoever of the staff opens one leaves a line, which that person may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.record.journal.writing import write
from karama.record.permissions import is_the_service

if TYPE_CHECKING:
    import datetime as dt

    from karama.record.scope import Actor


def read_of_file(
    *, by: Actor, at: dt.datetime, page: str, household_id: int | None = None, person_id: int | None = None
) -> bool:
    """Say that a file was read: a household's, or that of a person who belongs to none; whichever is given.

    Each page that shows a file calls it, in the transaction of the reading.  A citizen who reads his own leaves none.

    Returns:
        Whether a line was written.
    """
    if not (by.is_staff or is_the_service(by)):
        return False
    subject = ("household", household_id) if household_id is not None else ("person", person_id)
    write(kind="file.read", subject=subject, by=by, at=at, household_id=household_id, data={"page": page})
    return True
