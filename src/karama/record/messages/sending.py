"""Sending what waits: a message is taken, tried once, and what came of it is written; never is one tried by two.

The taking is committed before the try, the result after it.  A worker that dies between the two leaves a message that
may have gone out: it becomes ``unknown`` and waits for a person.  At most one SMS is the promise, not at least one.
"""

from __future__ import annotations

import datetime as dt
import os
import socket
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.timezone import localdate

from karama.record import journal
from karama.record.clock import now
from karama.record.messages.actions import PARAMETERS
from karama.record.messages.models import Attempt, Delivery
from karama.record.messages.senders import Outgoing, Result
from karama.record.messages.states import TRANSITIONS, MessageState, Outcome
from karama.record.scope import SYSTEM, acting_as

if TYPE_CHECKING:
    from karama.record.messages.senders import Sender

LEASE = dt.timedelta(minutes=5)
"""A worker holds a message no longer than this: far longer than any sender waits for an answer."""

FIRST_WAIT, LONGEST_WAIT = dt.timedelta(seconds=30), dt.timedelta(hours=6)
"""The wait after a first try, doubled after each, and its limit."""

_NEXT = {
    Outcome.SENT: MessageState.SENT,
    Outcome.LATER: MessageState.QUEUED,
    Outcome.REFUSED: MessageState.FAILED,
    Outcome.UNSURE: MessageState.UNKNOWN,
}

_TAKE = """
    UPDATE outgoing_delivery d SET state = 'sending', taken_at = %(now)s, worker = %(worker)s, attempts = d.attempts + 1
    FROM (SELECT message_id FROM outgoing_delivery WHERE state = 'queued' AND next_at <= %(now)s
          ORDER BY next_at, message_id LIMIT 1 FOR UPDATE SKIP LOCKED) AS next, outgoing_message m
    WHERE d.message_id = next.message_id AND m.id = d.message_id
    RETURNING m.id, m.key, m.address, d.text
"""


def send_due(sender: Sender, *, worker: str = "", most: int | None = None) -> int:
    """Send what is due, one after the other, until nothing is or ``most`` were tried.

    Returns:
        How many were tried.
    """
    worker = worker or worker_name()
    tried = 0
    while most is None or tried < most:
        taken = take(worker)
        if taken is None:
            break
        message_id, outgoing = taken
        record(message_id, worker, sender.name, sender.send(outgoing))
        tried += 1
    return tried


def worker_name() -> str:
    """This process, as the record calls it."""
    return f"{socket.gethostname()}-{os.getpid()}"[:80]


def take(worker: str) -> tuple[int, Outgoing] | None:
    """Take the message that waits longest, in a transaction of its own; None where nothing is due.

    From here on it is this worker's, and nobody else's for ever unless a person says so.
    """
    with acting_as(SYSTEM):
        at = now()
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, {"now": at, "worker": worker})
            row = cursor.fetchone()
    if row is None:
        return None
    message_id, key, address, text = row
    return int(message_id), Outgoing(key, address, text)


def record(message_id: int, worker: str, sender: str, result: Result) -> MessageState:
    """Write what an attempt gave and where the message stands now; one transaction.

    An answer that comes after the message was given up as unknown still settles it, where it says for certain what
    happened; it never puts it back into the queue.
    """
    with acting_as(SYSTEM):
        delivery = Delivery.objects.select_for_update(of=("self",)).select_related("message").get(pk=message_id)
        at = now()
        mine = delivery.state == MessageState.SENDING and delivery.worker == worker
        state = _after(delivery, result, at, mine=mine)
        number = 1 + Attempt.objects.filter(message_id=message_id).count()
        Attempt.objects.create(
            message_id=message_id,
            number=number,
            at=at,
            sender=sender,
            outcome=result.outcome,
            detail=result.detail[:200],
            remote_id=result.remote_id[:80],
        )
        if state != delivery.state:
            delivery.state = state
            delivery.next_at = at + wait_after(delivery.attempts) if state == MessageState.QUEUED else at
            delivery.save(update_fields=["state", "next_at"])
        message = delivery.message
        journal.write(
            kind="message.tried",
            subject=("message", message.key),
            by=SYSTEM,
            at=at,
            household_id=message.household_id,
            data={
                "attempt": number,
                "outcome": result.outcome,
                "state": state,
                "sender": sender,
                "worker": worker,
                "detail": result.detail[:200],
            },
        )
        return state


def _after(delivery: Delivery, result: Result, at: dt.datetime, *, mine: bool) -> MessageState:
    """Where the message stands after an attempt; unchanged where the attempt changes nothing any more."""
    if mine:
        state = _NEXT[result.outcome]
        spent = delivery.attempts >= PARAMETERS.number_on("message_attempts", localdate(at))
        return MessageState.FAILED if state == MessageState.QUEUED and spent else state
    late = {Outcome.SENT: MessageState.SENT, Outcome.REFUSED: MessageState.FAILED}.get(result.outcome)
    if delivery.state == MessageState.SENDING or late not in TRANSITIONS[delivery.state]:
        return MessageState(delivery.state)
    return MessageState(late)


def wait_after(attempts: int) -> dt.timedelta:
    """How long a message waits after so many attempts."""
    doublings: int = 2 ** max(attempts - 1, 0)
    return min(FIRST_WAIT * doublings, LONGEST_WAIT)


def give_up_lost(*, lease: dt.timedelta = LEASE) -> int:
    """Put to a person the messages whose worker never said what came of them; one transaction.

    Returns:
        How many.
    """
    with acting_as(SYSTEM):
        at = now()
        lost = list(
            Delivery.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(state=MessageState.SENDING, taken_at__lt=at - lease)
            .select_related("message")
        )
        for delivery in lost:
            delivery.state, delivery.next_at = MessageState.UNKNOWN, at
            delivery.save(update_fields=["state", "next_at"])
            journal.write(
                kind="message.lost",
                subject=("message", delivery.message.key),
                by=SYSTEM,
                at=at,
                household_id=delivery.message.household_id,
                data={"worker": delivery.worker, "taken_at": delivery.taken_at, "state": delivery.state},
            )
        return len(lost)
