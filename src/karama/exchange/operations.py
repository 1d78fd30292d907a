"""An address of the API: who may call it, in whose name it reads and writes, what it gives.

``@operation(router, "GET", "/claims/{reference}", gives=ClaimOut, scope=TokenScope.CLAIMS_READ)`` makes an address of a
function.  With a scope the function runs in one transaction in which the database shows what the caller may see; an
error undoes all of it.  A POST carries an Idempotency-Key: the same call again gets the answer of the first.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import inspect
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, get_type_hints

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from ninja.errors import ConfigError
from pydantic import TypeAdapter

from karama.exchange.caller import Caller, Session, Token, reading, unauthorized
from karama.exchange.gate import JSON, KIB, Gate
from karama.exchange.problems import FORBIDDEN, INVALID, KEY_REUSED, ProblemError
from karama.law.engine.values import json_text
from karama.record import answers
from karama.record.scope import ANONYMOUS, Actor, acting_as
from karama.registry.actors import actor_behind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ninja import Router

    from karama.record.states import TokenScope

SIGN_IN = (Token(), Session())
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "description": (
        "A name of your own for this call, at most 80 characters. The same key with the same content gets the first"
        " answer again and writes nothing; with another content it is refused."
    ),
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,80}$"},
}
_KEY = re.compile(IDEMPOTENCY_KEY["schema"]["pattern"])  # type: ignore[index]


@dataclass(frozen=True)
class Call:
    """One call: the request, in whose name it acts, and the body where the address reads it as it is."""

    request: HttpRequest
    actor: Actor = ANONYMOUS
    content: bytes = b""


@dataclass(frozen=True)
class Reply:
    """An answer that is more than its content."""

    content: Any
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Download:
    """An answer that is a file, to be kept and never shown in the page of this service."""

    content: bytes
    media_type: str
    name: str

    def response(self) -> HttpResponse:
        """The file as it came."""
        disposition = content_disposition_header(as_attachment=True, filename=self.name)
        headers = {
            "Content-Disposition": disposition or "attachment",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        }
        return HttpResponse(self.content, content_type=self.media_type, headers=headers)


def _written(value: Any) -> str:  # noqa: ANN401 - whatever JSON has no form for
    """A moment as RFC 3339 has it; everything else as its text."""
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)


@dataclass(frozen=True)
class Address:
    """What is said of an address beside its function."""

    gives: Any
    status: int = 200
    scope: TokenScope | None = None
    writes: bool = False
    media: tuple[str, ...] = (JSON,)
    most_bytes: int = 128 * KIB
    upload: bool = False
    cache_seconds: int = 0
    """For how long anybody may keep the answer; 0 for what is somebody's."""

    @functools.cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """Checks and writes what is given."""
        return TypeAdapter(self.gives)

    def text(self, content: object) -> str:
        """The answer as JSON, of the declared shape and no other."""
        found = self.adapter.validate_python(content, from_attributes=True)
        return json_text(self.adapter.dump_python(found, by_alias=True), indent=None, default=_written)


def operation(
    router: Router,
    method: str,
    path: str,
    *,
    openapi: dict[str, Any] | None = None,
    **said: Any,  # noqa: ANN401
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make an address of a function whose first argument is the `Call`; ``said`` are the fields of `Address`."""
    address = Address(**said)
    reads_body = method != "GET"
    extra = dict(openapi or {})
    if address.writes and method == "POST":
        extra["parameters"] = [*extra.get("parameters", []), IDEMPOTENCY_KEY]

    def make(function: Callable[..., Any]) -> Callable[..., Any]:
        doc = inspect.cleandoc(function.__doc__ or "").split("\n\n", 1)
        if not doc[0]:
            raise ConfigError(f"{function.__name__} says nothing of what it is for")
        router.api_operation(
            [method],
            path,
            auth=list(SIGN_IN) if address.scope else None,
            throttle=[Gate(address.media if reads_body else (), address.most_bytes)],
            response={address.status: address.gives},
            operation_id=function.__name__,
            summary=doc[0].rstrip("."),
            description=doc[1] if len(doc) > 1 else "",
            openapi_extra={
                **extra,
                **({"x-scope": str(address.scope.value)} if address.scope else {}),
                **({"x-cached": address.cache_seconds} if address.cache_seconds else {}),
            },
        )(_answering(function, address, keyed=address.writes and method == "POST"))
        return function

    return make


def _answering(function: Callable[..., Any], address: Address, *, keyed: bool) -> Callable[..., HttpResponse]:
    @functools.wraps(function)
    def answer(request: HttpRequest, **values: Any) -> HttpResponse:  # noqa: ANN401 - read by the library
        content = request.read(address.most_bytes + 1) if address.upload else request.body if keyed else b""
        if address.scope is None:
            return _open(Call(request, content=content), function, values, address)
        actor = _entering(request, address.scope)
        with acting_as(actor):
            call = Call(request, actor, content)
            if keyed:
                return _once(call, function, values, address)
            return _open(call, function, values, address)

    # The library reads the types of the arguments: they are resolved where the function stands.
    hints = get_type_hints(function, include_extras=True)
    signature = inspect.signature(function)
    first, *others = signature.parameters.values()
    answer.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[
            first.replace(name="request", annotation=HttpRequest),
            *(one.replace(annotation=hints[one.name], kind=inspect.Parameter.KEYWORD_ONLY) for one in others),
        ],
        return_annotation=inspect.Signature.empty,
    )
    return answer


def _entering(request: HttpRequest, scope: TokenScope) -> Actor:
    caller: Caller | None = getattr(request, "auth", None)
    if caller is None:
        raise unauthorized("this address is not open")
    if scope not in caller.scopes:
        raise ProblemError(FORBIDDEN, f"the token lacks the scope '{scope.value}': ask for one that has it")
    return reading(actor_behind(caller.account))


def _open(call: Call, function: Callable[..., Any], values: dict[str, Any], address: Address) -> HttpResponse:
    given = function(call, **values)
    if isinstance(given, Download):
        return given.response()
    status, text, headers = _told(given, address)
    if not address.cache_seconds:
        return HttpResponse(text, status=status, content_type=JSON, headers=headers)
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    headers |= {"ETag": etag, "Cache-Control": f"public, max-age={address.cache_seconds}"}
    response = HttpResponse(text, status=status, content_type=JSON, headers=headers)
    found = get_conditional_response(call.request, etag=etag, response=response)
    return found if isinstance(found, HttpResponse) else response


def _told(given: object, address: Address) -> tuple[int, str, dict[str, str]]:
    reply = given if isinstance(given, Reply) else Reply(given)
    return reply.status or address.status, address.text(reply.content), dict(reply.headers)


def _once(call: Call, function: Callable[..., Any], values: dict[str, Any], address: Address) -> HttpResponse:
    """Write once for a key; the same call again gets the first answer."""
    key = call.request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        wrong = {"parameter": "Idempotency-Key", "detail": "give 1 to 80 of A-Z a-z 0-9 . _ : -"}
        raise ProblemError(INVALID, "the header Idempotency-Key is missing or wrong", [wrong])
    fingerprint = _fingerprint(call)
    found = answers.ask(key, fingerprint, call.actor)
    if isinstance(found, answers.Kept):
        if found.fingerprint != fingerprint:
            raise ProblemError(KEY_REUSED, f"the key '{key}' was used for another call: give this one its own")
        headers = {**found.headers, "Idempotency-Replayed": "true"}
        return HttpResponse(found.body, status=found.status, content_type=JSON, headers=headers)
    status, text, headers = _told(function(call, **values), address)
    answers.keep(found, status, text, headers)
    return HttpResponse(text, status=status, content_type=JSON, headers=headers)


def _fingerprint(call: Call) -> str:
    request = call.request
    told = [request.method or "", request.get_full_path(), request.content_type or ""]
    digest = hashlib.sha256("\n".join(told).encode())
    digest.update(b"\n" + call.content)
    return digest.hexdigest()
