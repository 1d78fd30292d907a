"""The addresses of the service: each interface brings its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import include, path

from karama.exchange.api import api
from karama.project.health import health

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health, name="health"),
    path("account/", include("allauth.urls")),
    path("api/v1/", api.urls),
]
