"""Who of the staff has no second factor can do nothing but set one up: on every page and in the API alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.mfa.utils import is_mfa_enabled
from django.http import JsonResponse
from django.shortcuts import redirect

from karama.record.states import AccountKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

OPEN = frozenset(
    {
        *("account_login", "account_logout", "account_reauthenticate", "account_change_password"),
        *("set_language", "health"),
    }
)
"""Names of the addresses that remain, beside those of the second factor itself (``mfa_…``)."""

_DETAIL = "this account of the staff has no second factor: sign in to the pages and set one up"


class SecondFactorMiddleware:
    """Stands after the one that knows who signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take the rest of the service."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on; the address is looked at once it is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponseBase | None:  # noqa: ANN401 - a view, its words
        """Send staff without a second factor to where one is set up; tell a program that it may not."""
        account = request.user
        if not account.is_authenticated or account.kind != AccountKind.STAFF:
            return None
        name = (request.resolver_match and request.resolver_match.url_name) or ""
        if name in OPEN or name.startswith("mfa_") or is_mfa_enabled(account):
            return None
        if request.path.startswith("/api/"):
            told = {"type": "about:blank", "title": "Forbidden", "status": 403, "detail": _DETAIL}
            return JsonResponse(told, status=403, content_type="application/problem+json")
        return redirect("mfa_activate_totp")
