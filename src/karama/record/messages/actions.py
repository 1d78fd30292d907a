"""Writes of messages: ask for one, decide about one that may or may not have gone out, forget old texts.

Asking twice with the same key gives the first message.  Nothing here sends: workers do (``sending``).
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localdate

from karama.foundation.errors import BadInputError, ConflictError, NotAllowedError
from karama.law.engine.parameter_file import ParameterFile
from karama.record import journal
from karama.record.clock import now
from karama.record.constraints import broken_rule
from karama.record.messages.models import Delivery, Message
from karama.record.messages.segments import segments_of
from karama.record.messages.states import FOR_A_PERSON, TRANSITIONS, MessageState
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role

if TYPE_CHECKING:
    import datetime as dt

    from karama.record.scope import Actor

PARAMETERS = ParameterFile(Path(__file__).parent / "parameters.yaml")
"""Every parameter of messages, with its status."""

_MAY_DECIDE = frozenset({Role.TERRITORIAL_MANAGER, Role.CLAIMS_OFFICER})


def enqueue(
    *,
    key: str,
    purpose: str,
    address: str,
    text: str,
    language: str,
    by: Actor,
    at: dt.datetime,
    household_id: int | None = None,
) -> Message:
    """Ask for a message, in the transaction of what it tells.

    Raises:
        BadInputError: the number is not written with its country (``+2126…``).
        ConflictError: another text was asked for under the same key.
    """
    digest = text_hash(text)
    known = Message.objects.filter(key=key).first()
    if known is None:
        try:
            with transaction.atomic():
                known = Message.objects.create(
                    key=key,
                    purpose=purpose,
                    household_id=household_id,
                    address=address,
                    language=language,
                    segments=segments_of(text).count,
                    text_hash=digest,
                    created_at=at,
                    created_by=by.name,
                )
                Delivery.objects.create(message=known, text=text, next_at=at)
        except IntegrityError as error:
            if broken_rule(error) == "message_address_is_e164":
                raise BadInputError(
                    "the telephone number is not written with its country: +212 and nine digits"
                ) from None
            known = Message.objects.get(key=key)
        else:
            _tell(known, "message.queued", by, at, {"purpose": purpose, "segments": known.segments})
    if known.text_hash != digest:
        raise ConflictError(f"message '{key}' was asked for with another text: use another key")
    return known


def decide(*, key: str, send_again: bool, by: Actor, reason: str) -> MessageState:
    """A person's decision on a message that failed, or may have gone out.

    Returns:
        The state it is in now.

    Raises:
        BadInputError: no such message is seen, or no reason is given.
        ConflictError: it does not wait for a person, or cannot be sent (its text is forgotten).
        NotAllowedError: the actor holds none of the roles that decide.
    """
    if not by.roles & _MAY_DECIDE:
        raise NotAllowedError("deciding about a message: only a claims officer or a manager may")
    if not reason.strip():
        raise BadInputError("deciding about a message: say why")
    with acting_as(by):
        delivery = (
            Delivery.objects.select_for_update(of=("self",)).select_related("message").filter(message__key=key).first()
        )
        if delivery is None:
            raise BadInputError(f"no message '{key}' is known")
        to = MessageState.QUEUED if send_again else MessageState.DROPPED
        if delivery.state not in FOR_A_PERSON or to not in TRANSITIONS[delivery.state]:
            raise ConflictError(f"message '{key}' is {delivery.state}: it cannot become {to}")
        if send_again and delivery.text is None:
            raise ConflictError(f"message '{key}': its text is forgotten: tell the person in another way")
        at = now()
        before, delivery.state, delivery.next_at, delivery.attempts = delivery.state, to, at, 0
        delivery.save(update_fields=["state", "next_at", "attempts"])
        told = {"before": before, "state": to, "reason": reason}
        _tell(delivery.message, "message.decided", by, at, told)
        return to


def forget_texts(*, at: dt.datetime) -> int:
    """Take away the texts whose retention has ended; what is said stays provable by its hash.

    Returns:
        How many were taken away; those still waiting to be sent stay.
    """
    months = PARAMETERS.number_on("message_text_retention_months", localdate(at))
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outgoing_delivery d SET text = NULL FROM outgoing_message m WHERE m.id = d.message_id"
            " AND d.text IS NOT NULL AND d.state NOT IN ('queued', 'sending')"
            " AND m.created_at < %s - make_interval(months => %s)",
            [at, months],
        )
        count = int(cursor.rowcount)
        if count:
            journal.write(
                kind="message.texts_forgotten", subject=("message", "texts"), by=SYSTEM, at=at, data={"count": count}
            )
    return count


def text_hash(text: str) -> str:
    """What is kept of a text for ever."""
    return hashlib.sha256(text.encode()).hexdigest()


def _tell(message: Message, kind: str, by: Actor, at: dt.datetime, data: dict[str, Any]) -> None:
    journal.write(
        kind=kind, subject=("message", message.key), by=by, at=at, household_id=message.household_id, data=data
    )
