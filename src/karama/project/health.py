"""Whether the service answers, reaches its database and has its workers, for a proxy or a supervisor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import Error
from django.http import JsonResponse

from karama.record.workers import running

if TYPE_CHECKING:
    from django.http import HttpRequest

UNAVAILABLE = 503


def health(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - Django's signature
    """200 and ``{"database": true}`` with each worker, or 503 and ``false``; says nothing else of the machine.

    A worker that is not there does not make the pages unavailable: its jobs wait.
    """
    try:
        return JsonResponse({"database": True, **running()})
    except Error:
        return JsonResponse({"database": False}, status=UNAVAILABLE)
