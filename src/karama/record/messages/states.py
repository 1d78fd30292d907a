"""Where a message stands, what may follow, and what one attempt to send it gave."""

from __future__ import annotations

from django.db import models


class MessageState(models.TextChoices):
    """Where a message stands."""

    QUEUED = "queued", "waits to be sent"
    SENDING = "sending", "taken by a worker"
    SENT = "sent", "accepted by the operator"
    FAILED = "failed", "refused, or tried too often: a person looks at it"
    UNKNOWN = "unknown", "perhaps sent: a person decides, it is never sent again by itself"
    DROPPED = "dropped", "a person decided that it is not sent"


class Outcome(models.TextChoices):
    """What one attempt gave."""

    SENT = "sent", "accepted"
    LATER = "later", "certainly not sent, tried again"
    REFUSED = "refused", "certainly not sent, and never will be"
    UNSURE = "unsure", "perhaps sent"


TRANSITIONS: dict[str, frozenset[str]] = {
    MessageState.QUEUED: frozenset({MessageState.SENDING, MessageState.SENT, MessageState.DROPPED}),
    MessageState.SENDING: frozenset(
        {MessageState.SENT, MessageState.QUEUED, MessageState.FAILED, MessageState.UNKNOWN}
    ),
    MessageState.UNKNOWN: frozenset(
        {MessageState.SENT, MessageState.FAILED, MessageState.QUEUED, MessageState.DROPPED}
    ),
    MessageState.FAILED: frozenset({MessageState.QUEUED, MessageState.DROPPED}),
    MessageState.SENT: frozenset(),
    MessageState.DROPPED: frozenset(),
}
"""From ``unknown``, or from ``queued`` again by a person, to ``sent`` where the operator's answer comes after all."""

FOR_A_PERSON = frozenset({MessageState.FAILED, MessageState.UNKNOWN})
"""States that wait for somebody's decision."""
