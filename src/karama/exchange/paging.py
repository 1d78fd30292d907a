"""Lists in pages: the newest first, a cursor that stays true while rows are added."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

from ninja import Query, Schema
from pydantic import Field

from karama.exchange.problems import INVALID, ProblemError

if TYPE_CHECKING:
    from django.db.models import QuerySet

T = TypeVar("T")
MOST = 100

Cursor = Annotated[
    str | None, Query(None, max_length=24, pattern="^[A-Za-z0-9_-]+$", description="`next` of the page before.")
]
Limit = Annotated[int, Query(20, ge=1, le=MOST, description="Rows of a page.")]
_VERSION = "1:"


class Page(Schema, Generic[T]):
    """One page of a list, the newest first."""

    items: list[T]
    next: str | None = Field(description="Cursor of the next page; null at the end.")


def page_of(found: QuerySet, cursor: str | None, limit: int) -> dict[str, Any]:  # type: ignore[type-arg]
    """The rows after the cursor, newest first by their numbers, at most ``limit``; one query.

    Raises:
        ProblemError: no cursor of this API.
    """
    rows = found.order_by("-pk")
    if cursor is not None:
        rows = rows.filter(pk__lt=_read(cursor))
    items = list(rows[: limit + 1])
    more = len(items) > limit
    return {"items": items[:limit], "next": _written(items[limit - 1].pk) if more else None}


def _written(number: int) -> str:
    return base64.urlsafe_b64encode(f"{_VERSION}{number}".encode()).decode().rstrip("=")


def _read(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        if text.startswith(_VERSION) and _written(number := int(text.removeprefix(_VERSION))) == cursor:
            return number
    except (binascii.Error, ValueError):
        pass
    wrong = {"parameter": "cursor", "detail": "no cursor of this list: take `next` of the page before"}
    raise ProblemError(INVALID, "the cursor is wrong", [wrong])
