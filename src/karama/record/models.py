"""Accounts and their roles, and the journal: events that anyone may append and nobody may change."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from karama.record.states import AccountKind, Role, TokenScope


class Account(AbstractUser):
    """Somebody who signs in: staff, a citizen, or a partner's program."""

    kind = models.CharField(max_length=10, choices=AccountKind.choices, default=AccountKind.STAFF)
    language = models.CharField(max_length=2, default="fr")
    idcs = models.CharField(max_length=32, blank=True, db_index=True)
    """The citizen's identifiant digital civil et social; empty for staff."""
    establishment = models.CharField(max_length=32, blank=True)
    """The code of the establishment a director answers for; empty for everybody else."""
    signed_out_at = models.DateTimeField(null=True)
    """Sessions opened before hold no more."""

    class Meta(AbstractUser.Meta):
        """Database constraints."""

        db_table = "record_account"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=AccountKind.values), name="account_kind_known"),
            models.CheckConstraint(condition=Q(is_superuser=False), name="account_is_above_no_right"),
            models.UniqueConstraint(fields=["idcs"], condition=~Q(idcs=""), name="account_of_one_person"),
        ]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session is signed with: changes with the password, and when its holder is signed out everywhere."""
        told = f"{self.password}|{self.signed_out_at.isoformat() if self.signed_out_at else ''}"
        return salted_hmac("karama.record.Account.session", told, secret=secret, algorithm="sha256").hexdigest()


class RoleGrant(models.Model):
    """A role given to an account over a territory; ended by ``revoked_at``, never deleted."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=24, choices=Role.choices)
    territory = models.CharField(max_length=9, blank=True)
    """Prefix of a commune's code: empty is the nation, 2 digits a region, 5 a province, 9 a commune."""
    health = models.BooleanField(default=False)
    """May read health facts (law 09-08): a right of its own."""
    granted_by = models.CharField(max_length=150)
    granted_at = models.DateTimeField()
    revoked_by = models.CharField(max_length=150, null=True)  # noqa: DJ001 - nobody yet
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """Database constraints; the incompatible pairs are refused by the trigger of migration 0002."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="role_known"),
            models.CheckConstraint(
                condition=Q(territory__regex=r"^([0-9]{2}|[0-9]{5}|[0-9]{9})?$"), name="role_territory_is_a_prefix"
            ),
            models.UniqueConstraint(
                fields=["account", "role", "territory"], condition=Q(revoked_at=None), name="role_granted_once"
            ),
        ]

    def __str__(self) -> str:
        """The role and where."""
        return f"{self.role} {self.territory or 'nation'}"


SEPARATOR = "\x1f"
"""Stands between the fields of an event's text, of which the hash is taken."""


class Event(models.Model):
    """One line of the journal; the database computes ``hash`` and refuses any change."""

    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=150)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    household_id = models.BigIntegerField(null=True)
    """The file's timeline is the events of its household."""
    data = models.JSONField(default=dict)
    hash = models.BinaryField()

    class Meta:
        """Indexes for a file's timeline and a subject's history."""

        indexes: ClassVar = [
            models.Index(fields=["household_id", "id"], name="event_of_household", condition=~Q(household_id=None)),
            models.Index(fields=["subject_type", "subject_id", "id"], name="event_of_subject"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(actor__contains=SEPARATOR)
                & ~Q(kind__contains=SEPARATOR)
                & ~Q(subject_type__contains=SEPARATOR)
                & ~Q(subject_id__contains=SEPARATOR),
                name="event_text_has_one_reading",
            ),
        ]

    def __str__(self) -> str:
        """What happened to what."""
        return f"{self.kind} {self.subject_type} {self.subject_id}"


class Unsealed(models.Model):
    """An event no seal covers yet: written with it by a trigger, taken away by the sealer."""

    event = models.OneToOneField(Event, models.DO_NOTHING, primary_key=True, db_constraint=False)

    def __str__(self) -> str:
        """The event's number."""
        return str(self.pk)


class Seal(models.Model):
    """A batch of events in their order, the Merkle root of their hashes, chained to the seal before."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    events = ArrayField(models.BigIntegerField())
    leaves = models.BinaryField()
    """The hashes of its events in their order, 32 bytes each: so an altered event is named, not only its batch."""
    root = models.BinaryField()
    chain = models.BinaryField()
    """SHA-256 of the chain before, the number, the count, the time and the root."""

    def __str__(self) -> str:
        """Its number."""
        return str(self.number)


class Token(models.Model):
    """A secret with which a program acts for an account, within scopes; only the secret's hash is kept."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=80)
    """What it is for, in the words of whoever asked for it."""
    secret_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=24, choices=TokenScope.choices))
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=150, null=True)  # noqa: DJ001 - nobody yet

    class Meta:
        """Database constraints; the trigger of migration 0003 lets nothing be widened afterwards."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(scopes__contained_by=TokenScope.values) & ~Q(scopes=[]), name="token_scopes_known"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("created_at")), name="token_expires_later"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class TokenUse(models.Model):
    """When a token was last used, to about ten minutes."""

    token = models.OneToOneField(Token, models.PROTECT, primary_key=True, related_name="use")
    last_used_at = models.DateTimeField()

    def __str__(self) -> str:
        """The token's number."""
        return str(self.pk)


class Rate(models.Model):
    """How much of its rate somebody has used; kept in memory-like storage, lost when the server falls."""

    key = models.CharField(max_length=80, primary_key=True)
    free_at = models.DateTimeField()
    """When nothing of what was asked counts any more."""

    def __str__(self) -> str:
        """Its key."""
        return self.key


class KeptAnswer(models.Model):
    """What a write answered, by the key its caller gave: asked again, it answers the same and writes nothing."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    """SHA-256 of what was asked."""
    at = models.DateTimeField(db_index=True)
    status = models.SmallIntegerField(null=True)
    body = models.TextField(blank=True)
    headers = models.JSONField(default=dict)

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "key"], name="answer_kept_once")]

    def __str__(self) -> str:
        """Its key."""
        return self.key
