"""Jobs of messages: send what is due, put lost ones to a person, forget old texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app

from karama.record.clock import now
from karama.record.messages.actions import forget_texts
from karama.record.messages.senders import sender_from
from karama.record.messages.sending import give_up_lost, send_due

if TYPE_CHECKING:
    from karama.record.messages.senders import Sender

QUEUE = "messages"
MOST_IN_ONE_JOB = 2000
"""A job ends after so many, and asks for the next one: a worker told to stop does not keep it waiting."""


@app.task(name="messages.send", queue=QUEUE, queueing_lock="messages.send")
def send() -> int:
    """Send what is due; asks for another job where more may wait."""
    sender = configured_sender()
    if sender is None:
        return 0
    try:
        tried = send_due(sender, most=MOST_IN_ONE_JOB)
    finally:
        sender.close()
    if tried == MOST_IN_ONE_JOB:
        ask_to_send()
    return tried


@app.periodic(cron="* * * * *")
@app.task(name="messages.every_minute", queue=QUEUE, queueing_lock="messages.every_minute")
def every_minute(timestamp: int) -> None:  # noqa: ARG001 - given to every periodic job
    """Put lost messages to a person, and send those whose wait is over."""
    give_up_lost()
    send()


@app.periodic(cron="17 3 * * *")
@app.task(name="messages.forget", queue=QUEUE, queueing_lock="messages.forget")
def forget(timestamp: int) -> None:  # noqa: ARG001 - given to every periodic job
    """Take away the texts whose retention has ended."""
    forget_texts(at=now())


def ask_to_send() -> None:
    """Ask for a job in the transaction under way; one that already waits is enough."""
    try:
        with transaction.atomic():
            send.defer()
    except exceptions.AlreadyEnqueued:
        pass


def configured_sender() -> Sender | None:
    """The sender of the settings; None where none is set: messages then wait.

    Raises:
        BadInputError: the address names no known sender.
    """
    address = getattr(settings, "MESSAGES", "")
    return sender_from(address, settings.MESSAGES_SECRET, settings.MESSAGES_ORIGIN) if address else None
