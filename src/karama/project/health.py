"""Whether the service answers and reaches its database, for a proxy or a supervisor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import Error, connection
from django.http import JsonResponse

if TYPE_CHECKING:
    from django.http import HttpRequest

UNAVAILABLE = 503


def health(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - Django's signature
    """200 and ``{"database": true}``, or 503 and ``false``; says nothing else of the machine."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return JsonResponse({"database": False}, status=UNAVAILABLE)
    return JsonResponse({"database": True})
