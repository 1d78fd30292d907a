"""For whom a transaction works: the database shows it no row beyond what that actor may see.

``with acting_as(actor):`` opens a transaction and says who acts, local to that transaction.  The policies of row-level
security read it.  Without it every table with a person's data is empty: forgetting it hides, and never shows.
"""

from __future__ import annotations

import getpass
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.db import connection, transaction

from karama.record.models import Account, RoleGrant
from karama.record.states import STAFF_ROLES, AccountKind, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

_SETTINGS = (
    "karama.actor",
    "karama.scope",
    "karama.territories",
    "karama.households",
    "karama.establishment",
    "karama.health",
)
_SET = "SELECT " + ", ".join(f"set_config('{name}', %s, true)" for name in _SETTINGS)
_READ = "SELECT " + ", ".join(f"coalesce(current_setting('{name}', true), '')" for name in _SETTINGS)
_TERRITORIAL = STAFF_ROLES - {Role.ANALYST, Role.ADMINISTRATOR, Role.AUDITOR}
"""Roles whose territory is what they see; a citizen sees his own households, an auditor every one."""

_SHOW_FILES = _TERRITORIAL | {Role.AUDITOR, Role.ESTABLISHMENT_DIRECTOR}
"""Roles that show rows of persons at all: an analyst and an administrator see none."""


@dataclass(frozen=True)
class Actor:
    """Who acts: a name for the journal, the roles held, and what may be seen."""

    name: str
    account_id: int | None = None
    roles: frozenset[Role] = frozenset()
    nation: bool = False
    territories: tuple[str, ...] = ()
    """Prefixes of commune codes."""
    households: tuple[int, ...] = ()
    """A citizen's own households."""
    health: bool = False
    idcs: str = ""
    establishment: str = ""
    kind: AccountKind = AccountKind.STAFF
    territories_of: dict[Role, tuple[str, ...]] = field(default_factory=dict, hash=False, compare=False)
    """The territories of each role: an officer may hold two roles in different places."""

    @property
    def is_staff(self) -> bool:
        """Reads of a file by staff are journaled."""
        return bool(self.roles & STAFF_ROLES)

    @property
    def scope(self) -> str:
        """``nation``, ``territory``, ``establishment``, ``household`` or ``none``."""
        if self.nation:
            return "nation"
        if self.territories:
            return "territory"
        if self.establishment:
            return "establishment"
        return "household" if self.households else "none"

    def settings(self) -> list[str]:
        """What the database is told, in the order of the settings."""
        who = str(self.account_id) if self.account_id is not None else self.name
        return [
            who,
            self.scope,
            ",".join(self.territories),
            ",".join(map(str, self.households)),
            self.establishment,
            "yes" if self.health else "no",
        ]


SYSTEM = Actor("system", nation=True, health=True, kind=AccountKind.SERVICE)
"""The service itself: imports, the monthly reassessment, the sealer."""

ANONYMOUS = Actor("anonymous", kind=AccountKind.CITIZEN)
"""Somebody who has not signed in: sees no row."""


def operator() -> Actor:
    """Whoever gives a command on the service's own machine: the service, by the name of his account there."""
    return replace(SYSTEM, name=f"operator {getpass.getuser()}")


def actor_of(account: Account, households: tuple[int, ...] = ()) -> Actor:
    """The actor behind an account: its roles in force and their territories; one query.

    ``households`` are a citizen's own; the registry knows them.  A director's account is for the establishment alone:
    it is not the one with which he sees his own household.  An analyst and an administrator see no row of a person:
    extracts are made and imports run by the service.  Health facts are shown where each role that shows files was given
    with that right: the database cannot tell by which of them a row is seen.  A locked account holds no role, whatever
    it was granted.
    """
    grants = list(RoleGrant.objects.filter(account=account, revoked_at=None)) if account.is_active else []
    places: dict[Role, tuple[str, ...]] = {}
    for grant in grants:
        places[Role(grant.role)] = (*places.get(Role(grant.role), ()), grant.territory)
    director = Role.ESTABLISHMENT_DIRECTOR in places
    citizen = account.kind == AccountKind.CITIZEN and account.is_active and not director
    roles = frozenset(places) | ({Role.CITIZEN} if citizen else frozenset())
    seen = [place for role, where in places.items() if role in _TERRITORIAL for place in where]
    nation = Role.AUDITOR in roles or "" in seen
    with_health = [grant.health for grant in grants if grant.role in _SHOW_FILES]
    return Actor(
        name=account.get_username(),
        account_id=account.pk,
        roles=roles,
        nation=nation,
        territories=() if nation else tuple(sorted(set(seen))),
        households=households if citizen else (),
        health=citizen or (bool(with_health) and all(with_health)),
        idcs=account.idcs,
        establishment=account.establishment if director else "",
        kind=AccountKind(account.kind),
        territories_of=places,
    )


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """A transaction in which the database shows what ``actor`` may see; may be nested.

    One query to begin, one more where another actor's scope is to be restored at the end.
    """
    with transaction.atomic():
        nested = len(connection.savepoint_ids) > 0
        before = _say(_READ) if nested else None
        _say(_SET, actor.settings())
        yield
        if before is not None:
            _say(_SET, list(before))


def enter(actor: Actor) -> None:
    """Say for whom the transaction already open works; for a request, whose transaction the middleware opened."""
    _say(_SET, actor.settings())


def _say(query: str, values: list[str] | None = None) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        found: tuple[str, ...] = cursor.fetchone() or ()
        return found
