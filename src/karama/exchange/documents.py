"""Documents that come with a claim or an appeal: how each is sent, told and given back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from ninja import Path, Query, Schema

from karama.delivery.claims.documents import ACCEPTED
from karama.delivery.claims.models import LARGEST_DOCUMENT, Document
from karama.exchange.operations import Download, operation
from karama.exchange.telling import NAME, Moment, one_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from ninja import Router

    from karama.record.states import TokenScope

D = TypeVar("D", bound=Document)
FileName = Annotated[str, Query(min_length=1, max_length=120, description="Name of the file.")]
KindOfDocument = Annotated[
    str, Query(pattern=NAME, description="Kind of document: as the claim asks for it, or in your words.")
]
Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="SHA-256 of the document, as its file tells it.")]
_AS_IT_IS = {media: {"schema": {"type": "string", "contentEncoding": "binary"}} for media in ACCEPTED}


class ProofOut(Schema):
    """A document that came with a claim or an appeal."""

    kind: str
    name: str
    media_type: str
    size: int
    sha256: str
    scan: str
    added_at: Moment


def receives(
    router: Router, path: str, *, scope: TokenScope, gives: type[ProofOut] = ProofOut
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An address to which a document is sent: the body is the file itself."""
    return operation(
        router,
        "POST",
        path,
        gives=gives,
        status=201,
        scope=scope,
        writes=True,
        upload=True,
        media=tuple(ACCEPTED),
        most_bytes=LARGEST_DOCUMENT,
        openapi={"requestBody": {"required": True, "content": _AS_IT_IS}},
    )


def gives_back(router: Router, path: str, *, scope: TokenScope) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An address that gives a document as it came."""
    named = {"Content-Disposition": {"description": "`attachment`, with its name.", "schema": {"type": "string"}}}
    told = {"responses": {200: {"content": _AS_IT_IS, "headers": named}}}
    return operation(router, "GET", path, gives=None, scope=scope, openapi=told)


def download(found: QuerySet[D], sha256: str) -> tuple[D, Download]:
    """The one document of a file with this digest, and the answer that gives it.

    Raises:
        ProblemError: there is none that the caller may see.
    """
    document = one_of(found.filter(sha256=sha256), "document")
    return document, Download(bytes(document.content), document.media_type, document.name)
