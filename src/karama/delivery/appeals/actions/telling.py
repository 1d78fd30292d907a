"""What every write of this app leaves behind: an event in the file's timeline, and a message to the family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.timezone import localdate

from karama.delivery.appeals.models import Appeal
from karama.delivery.appeals.words import TEXTS
from karama.delivery.decisions.notice.short_text import TRIAL, code_in_text
from karama.law.engine.sentences import say_value
from karama.record import journal
from karama.record.messages.actions import enqueue
from karama.record.messages.segments import in_gsm7
from karama.record.messages.tasks import ask_to_send
from karama.record.scope import SYSTEM, acting_as
from karama.registry.models import Contact

if TYPE_CHECKING:
    import datetime as dt

    from karama.delivery.appeals.models import Complaint
    from karama.foundation.languages import Language
    from karama.record.scope import Actor


def tell(kind: str, subject: Appeal | Complaint, *, by: Actor, at: dt.datetime, **data: Any) -> None:  # noqa: ANN401 - what the event holds
    """Journal what happened to an appeal or a complaint, and ask for the message that tells it to the family."""
    name = "appeal" if isinstance(subject, Appeal) else "complaint"
    journal.write(
        kind=f"{name}.{kind}",
        subject=(name, subject.reference),
        by=by,
        at=at,
        household_id=subject.household_id,
        data={**data, "state": subject.state},
    )
    if f"{name}.{kind}" in TEXTS and subject.household_id is not None:
        _send(f"{name}.{kind}", subject, subject.household_id, at)


def text(kind: str, reference: str, due_on: dt.date, language: Language) -> str:
    """The text for a telephone, in at most two SMS."""
    said = TEXTS[kind].get(language).format(code=code_in_text(reference, language), day=say_value(due_on, language))
    marked = f"{TRIAL.get(language)}{said}" if settings.SYNTHETIC else said
    return marked if language == "ar" else in_gsm7(marked)


def _send(kind: str, subject: Appeal | Complaint, household_id: int, at: dt.datetime) -> None:
    """Ask for the message where the household has a number, in its own language."""
    with acting_as(SYSTEM):
        contact = Contact.objects.filter(
            household_id=household_id, known__endswith=None, validity__contains=localdate(at)
        ).first()
        if contact is None:
            return
        language: Language = "fr" if contact.language == "fr" else "ar"
        enqueue(
            key=f"{kind}:{subject.reference}:{at:%Y%m%d%H%M%S%f}",
            purpose=kind.partition(".")[0],
            address=contact.phone,
            text=text(kind, subject.reference, subject.due_on, language),
            language=language,
            by=SYSTEM,
            at=at,
            household_id=household_id,
        )
        ask_to_send()
