"""Tokens: a program acts for an account with a secret that is shown once and kept as a hash.

The secret holds 256 random bits, so that a plain SHA-256 keeps it: nothing can be guessed from the hash.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone

from karama.foundation.errors import BadInputError
from karama.record import journal
from karama.record.clock import now
from karama.record.models import Token
from karama.record.scope import acting_as
from karama.record.states import TokenScope

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from karama.record.models import Account
    from karama.record.scope import Actor

PREFIX = "karama_"
"""So that a secret that was published by mistake is found by whoever looks for such."""

LONGEST_DAYS = 366
"""Days a token lives, at most: who holds it is looked at once a year."""

_BYTES = 32
_TOLD_EVERY = dt.timedelta(minutes=10)
"""The last use is written no more often than this, so that reading writes almost nothing."""


def create_token(*, account: Account, name: str, scopes: Collection[str], days: int, by: Actor) -> tuple[Token, str]:
    """A new token of an account, and its secret, which nothing shows again.

    Raises:
        BadInputError: no name, an unknown scope or none, or a life of less than a day or more than 366 days.
    """
    unknown = sorted(set(scopes) - set(TokenScope.values))
    if unknown or not scopes:
        told = f"unknown: {', '.join(unknown)}" if unknown else "none is given"
        raise BadInputError(f"scopes of a token: {told}: use {', '.join(TokenScope.values)}")
    if not 1 <= days <= LONGEST_DAYS:
        raise BadInputError(f"a token of {days} days: give 1 to {LONGEST_DAYS}, and a new one afterwards")
    if not name.strip():
        raise BadInputError("a token needs a name: say which program will hold it")
    secret = PREFIX + secrets.token_urlsafe(_BYTES)
    with acting_as(by):
        at = now()
        token = Token.objects.create(
            account=account,
            name=name.strip(),
            secret_hash=_hash(secret),
            scopes=sorted(set(scopes)),
            created_at=at,
            created_by=by.name,
            expires_at=at + dt.timedelta(days=days),
        )
        data = {"account": account.get_username(), "scopes": token.scopes, "expires_at": token.expires_at}
        journal.write(kind="token.created", subject=("token", token.pk), by=by, at=at, data=data)
    return token, secret


def revoke_token(*, token_id: int, by: Actor) -> Token:
    """End a token now; one that is ended already stays as it was ended.

    Raises:
        BadInputError: no such token.
    """
    with acting_as(by):
        token = Token.objects.select_for_update().filter(pk=token_id).first()
        if token is None:
            raise BadInputError(f"there is no token {token_id}: `karama token list` shows them")
        if token.revoked_at is None:
            token.revoked_at, token.revoked_by = now(), by.name
            token.save(update_fields=["revoked_at", "revoked_by"])
            journal.write(kind="token.revoked", subject=("token", token.pk), by=by, at=token.revoked_at)
    return token


def token_behind(secret: str) -> Token | None:
    """The living token of a secret, with its account; one query, and a write where its last use is long ago.

    None where there is none, it is expired or revoked, or its account is closed.
    """
    if not secret.startswith(PREFIX):
        return None
    at = timezone.now()
    token = (
        Token.objects.select_related("account", "use")
        .filter(secret_hash=_hash(secret), revoked_at=None, expires_at__gt=at, account__is_active=True)
        .first()
    )
    if token is not None:
        _note_use(token, at)
    return token


def tokens_of(account: Account | None = None) -> QuerySet[Token]:
    """The tokens of an account or of all, the newest first, with account and last use."""
    found = Token.objects.select_related("account", "use").order_by("-id")
    return found if account is None else found.filter(account=account)


def last_used(token: Token) -> dt.datetime | None:
    """When it was last used, to about ten minutes; None for never."""
    use = getattr(token, "use", None)
    return use.last_used_at if use is not None else None


def _note_use(token: Token, at: dt.datetime) -> None:
    before = last_used(token)
    if before is not None and at - before < _TOLD_EVERY:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO record_tokenuse (token_id, last_used_at) VALUES (%s, %s)"
            " ON CONFLICT (token_id) DO UPDATE SET last_used_at = excluded.last_used_at",
            [token.pk, at],
        )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
