"""The addresses of the service: each interface brings its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.urls import include, path, re_path
from django.views.defaults import page_not_found
from django.views.i18n import set_language

from karama.exchange.api import api
from karama.portal.start import start
from karama.portal.verification import verifier
from karama.project.health import health

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

_NO_PAGE = {"exception": Http404()}

urlpatterns: list[URLPattern | URLResolver] = [
    path("", start, name="start"),
    path("verifier", verifier, name="verifier"),
    path("verifier/<str:code>", verifier, name="verifier_code"),
    path("language", set_language, name="set_language"),
    path("health", health, name="health"),
    # No message leaves this service by e-mail, and an administrator says who is whom at a provider: what the library
    # would do about either is not there.
    re_path(r"^account/(?:(?:email|confirm-email|password/reset|login/code)/|3rdparty/$)", page_not_found, _NO_PAGE),
    path("account/", include("allauth.urls")),
    path("api/v1/", api.urls),
]
