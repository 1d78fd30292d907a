"""What every write of this app leaves behind: an event in the file's timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from karama.delivery.appeals.models import Appeal
from karama.record import journal

if TYPE_CHECKING:
    import datetime as dt

    from karama.delivery.appeals.models import Complaint
    from karama.record.scope import Actor


def tell(kind: str, subject: Appeal | Complaint, *, by: Actor, at: dt.datetime, **data: Any) -> None:  # noqa: ANN401 - what the event holds
    """Journal what happened to an appeal or a complaint."""
    name = "appeal" if isinstance(subject, Appeal) else "complaint"
    journal.write(
        kind=f"{name}.{kind}",
        subject=(name, subject.reference),
        by=by,
        at=at,
        household_id=subject.household_id,
        data={**data, "state": subject.state},
    )
