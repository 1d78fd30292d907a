"""The OpenAPI document: what every address shares is written here once."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from karama.exchange.eligibility import question_shape
from karama.exchange.operations import IDEMPOTENCY_KEY
from karama.exchange.problems import (
    BAD_REQUEST,
    CONFLICT,
    FORBIDDEN,
    INTERNAL,
    INVALID,
    LENGTH,
    MEDIA,
    MEDIA_TYPE,
    NOT_FOUND,
    PROBLEM_SCHEMA,
    TOO_LARGE,
    TOO_MANY,
    UNAUTHORIZED,
    UNAVAILABLE,
    Kind,
)
from karama.law.engine.values import json_text

if TYPE_CHECKING:
    from ninja import NinjaAPI
    from ninja.openapi.schema import OpenAPISchema

ROOT = "/api/v1"
INTRODUCTION = """The aid that a family is due, its claims, decisions, appeals and facts.

Errors are problem documents (RFC 9457) with a stable `type`. Lists are pages with a cursor. A POST that writes carries
an `Idempotency-Key`. What may be seen is bounded by the territory of the caller's roles, and by his token's scopes.
Amounts are MAD with two decimals, months `YYYY-MM`, days `YYYY-MM-DD`, moments ISO 8601 with their offset.
"""
_READING = {"GET", "HEAD"}


def completed(schema: OpenAPISchema) -> OpenAPISchema:
    """The document with its problems, shared schemas and ways to sign in."""
    components = schema["components"]
    components["schemas"] |= {"Problem": PROBLEM_SCHEMA, "Question": question_shape()}
    components["schemas"].pop("EligibilityQuestion", None)  # told in full by Question
    components["schemas"] = dict(sorted(components["schemas"].items()))
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A token made by `karama token create`."},
        "session": {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
    }
    components["responses"] = {one.name: _response(one) for one in _EVER}
    for address, methods in schema["paths"].items():
        for method, said in methods.items():
            _complete(address, method.upper(), said)
    schema["tags"] = [{"name": name, "description": words} for name, words in _TAGS.items()]
    return schema


_TAGS = {
    "eligibility": "What a household would receive; open to anybody.",
    "lookups": "Programmes, forms, communes, codes, parameters of the law; open to anybody.",
    "claims": "Claims from their draft to their decision.",
    "decisions": "Decisions with their explanation.",
    "appeals": "Appeals and complaints.",
    "households": "The facts of a file.",
    "verification": "Whether a paper is genuine; open to anybody.",
}
_EVER = (
    BAD_REQUEST,
    UNAUTHORIZED,
    FORBIDDEN,
    NOT_FOUND,
    CONFLICT,
    LENGTH,
    TOO_LARGE,
    MEDIA,
    INVALID,
    TOO_MANY,
    INTERNAL,
    UNAVAILABLE,
)


def _response(kind: Kind) -> dict[str, Any]:
    found: dict[str, Any] = {
        "description": kind.title.en,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if kind in {TOO_MANY, UNAVAILABLE}:
        found["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    if kind is UNAUTHORIZED:
        found["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return found


def _complete(address: str, method: str, said: dict[str, Any]) -> None:
    scope, cached = said.pop("x-scope", None), said.pop("x-cached", None)
    secured, body = scope is not None, "requestBody" in said
    if secured:
        said["security"] = [{"token": []}, {"session": []}]
        said["x-scope"] = scope
        told = said.get("description") or ""
        said["description"] = f"{told}\n\nScope of a token: `{scope}`.".strip()
    else:
        said["security"] = []
    kinds = [
        *([BAD_REQUEST, LENGTH, TOO_LARGE, MEDIA] if body else []),
        *([UNAUTHORIZED, FORBIDDEN] if secured else []),
        *([NOT_FOUND] if "{" in address else []),
        *([CONFLICT] if secured and method not in _READING else []),
        *([INVALID] if body or said.get("parameters") else []),
        TOO_MANY,
        INTERNAL,
        UNAVAILABLE,
    ]
    for kind in kinds:
        said["responses"][str(kind.status)] = {"$ref": f"#/components/responses/{kind.name}"}
    said["responses"] = {str(status): found for status, found in said["responses"].items()}
    if cached:
        said["responses"]["304"] = {"description": "As the `If-None-Match` says it is known"}
    if IDEMPOTENCY_KEY in said.get("parameters", []):
        _keyed(said)


def _keyed(said: dict[str, Any]) -> None:
    for status, found in said["responses"].items():
        if status.startswith("2"):
            replayed = {"description": "`true` where this is the first answer again.", "schema": {"type": "string"}}
            found["headers"] = {"Idempotency-Replayed": replayed}


@cache
def text(api: NinjaAPI) -> str:
    """The document as text, readable, always in the same order."""
    return json_text(api.get_openapi_schema(path_prefix=ROOT.lstrip("/") + "/")) + "\n"


def document(request: HttpRequest, api: NinjaAPI) -> HttpResponse:
    """The document, to be kept an hour."""
    found = text(api)
    etag = f'"{hashlib.sha256(found.encode()).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "public, max-age=3600"}
    response = HttpResponse(found, content_type="application/json", headers=headers)
    known = get_conditional_response(request, etag=etag, response=response)
    return known if isinstance(known, HttpResponse) else response
