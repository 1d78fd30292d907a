"""The start page: what this service is, where to sign in, where to check a notice; to who signed in, who he is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from karama.portal.language import page_language
from karama.record.states import ROLE_LABELS

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from karama.record.scope import Actor


@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The page at ``/``."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    language = page_language()
    roles = [label.get(language) for role, label in ROLE_LABELS.items() if role in actor.roles]
    return render(request, "karama/start.html", {"roles": roles, "report": settings.ENVIRONMENT.pages})
