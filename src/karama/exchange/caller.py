"""Who calls: the account behind a token or a session, and what it may do here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.conf import settings
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from karama.exchange.gate import charge_address
from karama.exchange.problems import FORBIDDEN, UNAUTHORIZED, ProblemError
from karama.record.states import Role, TokenScope
from karama.record.tokens import token_behind

if TYPE_CHECKING:
    from django.http import HttpRequest

    from karama.record.models import Account
    from karama.record.scope import Actor

EVERYTHING = frozenset(TokenScope)
"""A person who signed in is bounded by his rights alone."""


_STAFF_WHO_READ = frozenset(
    {Role.COUNTER_AGENT, Role.CLAIMS_OFFICER, Role.APPEALS_OFFICER, Role.TERRITORIAL_MANAGER, Role.AUDITOR}
)
READERS = _STAFF_WHO_READ | {Role.CITIZEN, Role.ESTABLISHMENT_DIRECTOR}
"""Roles that read files; the others see figures, payments or accounts."""


@dataclass(frozen=True)
class Caller:
    """An account, with the scopes of its token."""

    account: Account
    scopes: frozenset[str]


class Token(HttpBearer):
    """`Authorization: Bearer karama_…`: a token that `karama token create` made."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """Who holds the token.

        Raises:
            ProblemError: no living token: unauthorized, whatever else would identify the caller.
        """
        found = token_behind(token)
        if found is None:
            charge_address(request)
            raise unauthorized("the token is unknown, expired or revoked", error="invalid_token")
        return Caller(found.account, frozenset(found.scopes))


class Session(APIKeyCookie):
    """The session of the pages; what writes needs the CSRF token of the page too."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Caller | None:
        """Who signed in.

        Raises:
            ProblemError: signed in, but another site may have sent this: forbidden.
        """
        account = request.user
        if not account.is_authenticated:
            return None
        if check_csrf(request) is not None:
            raise ProblemError(FORBIDDEN, "the header X-CSRFToken is missing or old: load the page again")
        return Caller(account, EVERYTHING)

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:  # noqa: ARG002 - the library's shape
        """The same, as the library asks."""
        return self(request)


def reading(actor: Actor) -> Actor:
    """The same actor where its roles that read files are: where it only prepares payments, no file is shown to it."""
    staff = actor.roles & _STAFF_WHO_READ
    if not staff:
        return actor
    places = {place for role in staff for place in actor.territories_of[role]}
    nation = "" in places
    return replace(actor, nation=nation, territories=() if nation else tuple(sorted(places)))


def unauthorized(detail: str, error: str = "") -> ProblemError:
    """Sign in first."""
    challenge = 'Bearer realm="karama"' + (f', error="{error}"' if error else "")
    return ProblemError(UNAUTHORIZED, f"{detail}: send a token, or sign in", headers={"WWW-Authenticate": challenge})
