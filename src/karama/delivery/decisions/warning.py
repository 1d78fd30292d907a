"""Warning a family that its money will go elsewhere: whoever changed it by fraud does not hold both telephones.

In the transaction of the decision a message is asked for to the number the household had, and to that of the new
recipient where the claim gives one.  No name, no account and no amount is in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.timezone import localdate

from karama.delivery.decisions.notice.short_text import TRIAL, code_in_text
from karama.delivery.programmes import called
from karama.foundation.languages import Label
from karama.record.messages.actions import enqueue
from karama.record.messages.segments import in_gsm7
from karama.record.messages.tasks import ask_to_send
from karama.record.scope import SYSTEM, acting_as
from karama.registry.models import Contact

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from karama.delivery.claims.payment_change import Changed, PaymentChange
    from karama.foundation.languages import Language

TEXT = Label(
    "{programme}: {what} pour votre ménage, demande {code}. Si vous ne l'avez pas voulu, dites-le tout de suite au"
    " guichet ou dans votre espace.",
    "{programme}: {what} لأسرتكم، الطلب {code}. إن لم يكن ذلك بإرادتكم فأخبروا الشباك فورا.",
    "{programme}: {what} for your household, claim {code}. If you did not want it, say so at once at the counter or in"
    " your space.",
)
WHAT: Mapping[Changed, Label] = {
    "recipient": Label("nouvel attributaire", "مستلم جديد", "new recipient"),
    "account": Label("nouveau compte de versement", "حساب أداء جديد", "new account"),
    "both": Label("nouvel attributaire et nouveau compte", "مستلم جديد وحساب أداء جديد", "new recipient and account"),
}


def warn(changes: Sequence[PaymentChange], at: dt.datetime) -> None:
    """Ask for the messages about changes just written; each number once, each message never twice."""
    if not changes:
        return
    with acting_as(SYSTEM):
        asked = sum(_warn(one, at) for one in changes)
    if asked:
        ask_to_send()


def text(change: Changed, programme: str, reference: str, language: Language) -> str:
    """The text for a telephone, in at most two SMS."""
    said = TEXT.get(language).format(
        programme=called(programme).get(language),
        what=WHAT[change].get(language),
        code=code_in_text(reference, language),
    )
    marked = f"{TRIAL.get(language)}{said}" if settings.SYNTHETIC else said
    return marked if language == "ar" else in_gsm7(marked)


def _warn(change: PaymentChange, at: dt.datetime) -> int:
    """Ask for the messages about one change; how many."""
    claim = change.claim
    contact = Contact.objects.filter(
        household_id=claim.household_id or 0, known__endswith=None, validity__contains=localdate(at)
    ).first()
    language: Language = "fr" if contact is not None and contact.language == "fr" else "ar"
    numbers = {claim.answers.get("phone"): "recipient", contact.phone if contact else None: "household"}
    told = {whose: number for number, whose in numbers.items() if number}
    for whose, number in told.items():
        enqueue(
            key=f"payment.changed:{claim.reference}:{whose}",
            purpose="payment",
            address=number,
            text=text(change.what, claim.programme, claim.reference, language),
            language=language,
            by=SYSTEM,
            at=at,
            household_id=claim.household_id,
        )
    return len(told)


__all__ = ["TEXT", "WHAT", "text", "warn"]
