"""Outgoing messages: what is to be said to whom, where it stands, and every attempt to send it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from karama.record.messages.states import MessageState, Outcome


class Message(models.Model):
    """A message as it was decided; never changed.

    ``key`` makes it unique for ever: who asks twice for the same notice finds the first.  The text stands in
    ``Delivery`` until its retention ends; here stays its hash.
    """

    key = models.CharField(max_length=120, unique=True)
    purpose = models.CharField(max_length=20)
    household_id = models.BigIntegerField(null=True, db_index=True)
    """The file it belongs to; empty for an establishment's."""
    address = models.CharField(max_length=20)
    """The telephone number with its country."""
    language = models.CharField(max_length=2)
    segments = models.SmallIntegerField()
    text_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150)

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(address__regex=r"^\+[1-9][0-9]{6,14}$"), name="message_address_is_e164"),
            models.CheckConstraint(condition=Q(text_hash__regex=r"^[0-9a-f]{64}$"), name="message_text_has_a_hash"),
        ]

    def __str__(self) -> str:
        """Its key."""
        return self.key


class Delivery(models.Model):
    """Where a message stands: the only row of it that changes, along the table of transitions."""

    message = models.OneToOneField(Message, models.PROTECT, primary_key=True, related_name="delivery")
    text = models.TextField(null=True)  # noqa: DJ001 - forgotten after its retention, and then not even empty
    state = models.CharField(max_length=12, choices=MessageState.choices, default=MessageState.QUEUED)
    attempts = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, blank=True)

    class Meta:
        """Database constraints, and the queue."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="delivery_state_known"),
            models.CheckConstraint(
                condition=~Q(state=MessageState.SENDING) | Q(taken_at__isnull=False), name="delivery_taken_by_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(MessageState.QUEUED, MessageState.SENDING)) | Q(text__isnull=False),
                name="delivery_waiting_has_a_text",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at", "message"], condition=Q(state="queued"), name="delivery_queue"),
            models.Index(
                fields=["state", "next_at"],
                condition=Q(state__in=("sending", "failed", "unknown")),
                name="delivery_to_look_at",
            ),
        ]

    def __str__(self) -> str:
        """Where it stands."""
        return self.state


class Attempt(models.Model):
    """One attempt to send a message, or a decision about it; appended, never changed."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="tries")
    number = models.SmallIntegerField()
    at = models.DateTimeField()
    sender = models.CharField(max_length=40)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    detail = models.CharField(max_length=200, blank=True)
    remote_id = models.CharField(max_length=80, blank=True)
    """The operator's own number of the message."""

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "number"], name="attempt_numbered_once"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="attempt_outcome_known"),
        ]

    def __str__(self) -> str:
        """Its number and what it gave."""
        return f"{self.number}: {self.outcome}"
