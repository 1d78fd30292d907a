"""The API itself: its addresses, how errors become problems, and the OpenAPI document that describes it all."""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Any

from django.db import InterfaceError, OperationalError
from django.urls import URLPattern, URLResolver, path
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from karama import __version__
from karama.exchange import (
    appeals,
    claims,
    deciding,
    decisions,
    described,
    eligibility,
    hearing,
    households,
    journal,
    lookups,
    verification,
)
from karama.exchange.caller import unauthorized
from karama.exchange.problems import (
    BAD_REQUEST,
    CONFLICT,
    FORBIDDEN,
    INTERNAL,
    INVALID,
    METHOD,
    UNAVAILABLE,
    Kind,
    ProblemError,
    not_found,
)
from karama.exchange.reading import ExactParser, ExactRenderer
from karama.foundation.errors import (
    BadInputError,
    ConflictError,
    NotAllowedError,
    UnknownParameterError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from ninja.openapi.schema import OpenAPISchema

log = logging.getLogger(__name__)
METHOD_NOT_ALLOWED = 405


class KaramaAPI(NinjaAPI):
    """The library's API whose every answer, also of an address that does not exist, is JSON."""

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:  # noqa: ANN401 - the library's
        """The OpenAPI 3.1 document, completed with what every address shares."""
        return described.completed(super().get_openapi_schema(**kwargs))

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        found = [one for one in super()._get_urls() if getattr(one, "name", "") not in {"openapi-json", "api-root"}]
        for one in found:
            if isinstance(one, URLPattern):
                one.callback = _enveloped(one.callback)
        root = path("", _enveloped(_nothing_here), name="api-root")
        described_at = path("openapi.json", _enveloped(_openapi), name="openapi-json")
        return [described_at, *found, root, path("<path:rest>", _enveloped(_nothing_here))]


api = KaramaAPI(
    title="Karama",
    version=__version__,
    description=described.INTRODUCTION,
    docs_url=None,
    urls_namespace="api-v1",
    parser=ExactParser(),
    renderer=ExactRenderer(),
)
for _room in (eligibility, lookups, claims, deciding, decisions, appeals, hearing, households, journal, verification):
    api.add_router("", _room.router)


# ------------------------------------------------------------------------------------------------ errors as problems
_RULES: tuple[tuple[type[Exception], Kind], ...] = (
    (BadInputError, INVALID),
    (UnknownParameterError, INVALID),
    (NotAllowedError, FORBIDDEN),
    (ConflictError, CONFLICT),
)
"""Errors of the floors below, told in their own words."""


def problem_of(error: Exception) -> ProblemError | None:
    """The problem that an error is for whoever called; None for one that is ours."""
    for kind, problem in _RULES:
        if isinstance(error, kind):
            return ProblemError(problem, str(error))
    if isinstance(error, ValidationError):
        return ProblemError(INVALID, "the call is not as described", [_field(one) for one in error.errors])
    if isinstance(error, AuthenticationError):
        return unauthorized("this address is not open")
    if isinstance(error, HttpError):
        unread = ProblemError(BAD_REQUEST, "the body cannot be read: send JSON in UTF-8, each field once, no NaN")
        return error.__cause__ if isinstance(error.__cause__, ProblemError) else unread
    if isinstance(error, (OperationalError, InterfaceError)):
        log.error("the database does not answer: %s", error)
        return ProblemError(UNAVAILABLE, "the database does not answer: ask again", headers={"Retry-After": "5"})
    return error if isinstance(error, ProblemError) else None


def _field(error: dict[str, Any]) -> dict[str, str]:
    """A field that is wrong, by its place in the body or its name among the parameters."""
    source, *steps = map(str, error["loc"])
    detail = error["msg"]
    if source == "body":
        return {"pointer": "".join(f"/{one}" for one in steps[1:]), "detail": detail}
    return {"parameter": steps[-1] if steps else source, "detail": detail}


def _answer(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ANN401, ARG001 - the library's signature
    problem = problem_of(error)
    if problem is None:
        raise error
    return problem.response()


_TOLD: tuple[type[Exception], ...] = (ProblemError, ValidationError, HttpError, OperationalError, InterfaceError)
for _class in (*_TOLD, *(kind for kind, _ in _RULES)):
    api.add_exception_handler(_class, _answer)


# ------------------------------------------------------------------------------------------------------- every answer
def _enveloped(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view, its errors as problems, its headers as every answer has them."""

    @csrf_exempt
    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401 - the library's
        try:
            response = view(request, *args, **kwargs)
        except Exception as error:
            problem = problem_of(error)
            if problem is None:
                log.exception("%s %s", request.method, request.path)
                problem = ProblemError(INTERNAL, "the service failed: nothing was written; it was noted")
            response = problem.response()
        if response.status_code == METHOD_NOT_ALLOWED and "Allow" in response:
            allowed = response["Allow"]
            problem = ProblemError(METHOD, f"{request.method} is not done here: {allowed}", headers={"Allow": allowed})
            response = problem.response()
        response.headers.setdefault("Cache-Control", "no-store")
        patch_vary_headers(response, ("Accept-Language", "Authorization", "Cookie"))
        return response

    return answer


def _nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    raise not_found(f"address '{request.path}'") if rest else not_found("address; /api/v1/openapi.json lists them:")


def _openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document; the same for everybody."""
    return described.document(request, api)
