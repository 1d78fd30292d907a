"""Reads of accounts and of the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karama.foundation.errors import UnknownParameterError
from karama.record.models import Account, Event, RoleGrant

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from django.db.models import QuerySet


@dataclass(frozen=True)
class AccountLine:
    """An account in a list: its name, what stands behind it, whether it is locked, its roles in force."""

    username: str
    kind: str
    locked: bool
    roles: tuple[str, ...]
    last_login: dt.datetime | None


def account_named(username: str) -> Account:
    """One account.

    Raises:
        UnknownParameterError: there is none of that name.
    """
    try:
        return Account.objects.get(username=username)
    except Account.DoesNotExist as error:
        raise UnknownParameterError(f"no account is named '{username}': 'karama user list' shows them") from error


def accounts() -> list[AccountLine]:
    """Every account with its roles in force, by name; two queries."""
    roles: dict[int, list[str]] = {}
    for grant in RoleGrant.objects.filter(revoked_at=None).order_by("role", "territory"):
        told = f"{grant}{' +health' if grant.health else ''}"
        roles.setdefault(grant.account_id, []).append(told)
    return [
        AccountLine(one.username, one.kind, not one.is_active, tuple(roles.get(one.pk, ())), one.last_login)
        for one in Account.objects.order_by("username")
    ]


def timeline(household_id: int) -> QuerySet[Event]:
    """What happened to a household's file and who of the staff read it, the oldest first."""
    return Event.objects.filter(household_id=household_id).order_by("id")


def told(events: QuerySet[Event]) -> Iterator[dict[str, Any]]:
    """Events as JSON holds them."""
    for one in events.iterator(chunk_size=2_000):
        yield {
            "number": one.pk,
            "at": one.at.isoformat(),
            "actor": one.actor,
            "kind": one.kind,
            "subject": f"{one.subject_type} {one.subject_id}",
            "data": one.data,
        }
