"""One transaction for each page, in the scope of whoever asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.functional import SimpleLazyObject

from karama.record.scope import ANONYMOUS, enter
from karama.registry.actors import actor_behind

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

    from karama.record.scope import Actor

PAGES = ("karama.portal.", "karama.console.")
"""Where pages stand.  The API opens its own transactions: an answer kept by its key is written beside what it tells."""

_FAILED = 500


def actor_asking(request: HttpRequest) -> Actor:
    """Who asks for a page; somebody who has not signed in sees no row."""
    return actor_behind(request.user) if request.user.is_authenticated else ANONYMOUS


class ScopeMiddleware:
    """Gives each request its ``actor``, and each page its transaction; stands last."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take the rest of the service."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Name who asks; the database is asked who that is only when somebody wants to know."""
        request.actor = SimpleLazyObject(lambda: actor_asking(request))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Answer a page within its transaction, the page's text included; undone where it fails."""
        if not f"{view.__module__}.".startswith(PAGES):
            return None
        with transaction.atomic():
            enter(actor_asking(request))
            response = view(request, *args, **kwargs)
            if callable(render := getattr(response, "render", None)):
                response = render()
            if response.status_code >= _FAILED:
                transaction.set_rollback(True)
        return response
