"""Documents that are handed in: what they really are, how large, whether a scanner found them clean; kept once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import puremagic
from django.conf import settings
from django.utils.module_loading import import_string

from karama.delivery.claims.models import LARGEST_DOCUMENT, Document
from karama.delivery.claims.states import ScanState
from karama.foundation.errors import BadInputError, ConflictError

if TYPE_CHECKING:
    import datetime as dt

    from django.db import models

    from karama.record.scope import Actor

D = TypeVar("D", bound=Document)

ACCEPTED = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
"""What may be kept, by its first bytes, whatever its name says."""

MOST = 20
"""Documents of one claim or one appeal."""


class Scanner(Protocol):
    """A virus scan: says the state and its own name; set by ``PROOF_SCANNER``, the dotted path of a callable."""

    def __call__(self, content: bytes) -> tuple[ScanState, str]:
        """Whether the content is clean, and who says so."""


def not_scanned(content: bytes) -> tuple[ScanState, str]:  # noqa: ARG001 - the shape of a scanner
    """Where no scanner is set, a document says so."""
    return ScanState.NOT_SCANNED, ""


def media_type(content: bytes, name: str) -> str:
    """What a document really is, from its first bytes.

    Raises:
        BadInputError: empty, too large, or none of the kinds accepted; names the file and what is accepted.
    """
    if not content:
        raise BadInputError(f"{name}: the file is empty: choose the document again")
    if len(content) > LARGEST_DOCUMENT:
        raise BadInputError(f"{name}: {len(content)} bytes: at most {LARGEST_DOCUMENT} are kept; photograph it smaller")
    try:
        found = {one.mime_type for one in puremagic.magic_string(content) if one.confidence > 0}
    except puremagic.PureError:
        found = set()
    accepted = [kind for kind in ACCEPTED if kind in found]
    if len(accepted) != 1:
        raise BadInputError(f"{name}: this is no PDF, JPEG or PNG document: send one of these")
    return accepted[0]


@dataclass(frozen=True)
class Checked:
    """A document that may be kept: what it really is, and what a scanner said."""

    kind: str
    name: str
    content: bytes

    media_type: str
    sha256: str
    size: int
    scan: ScanState
    scanned_by: str


def checked(*, kind: str, name: str, content: bytes) -> Checked:
    """A document that may be kept, with a claim or with an appeal.

    Raises:
        BadInputError: not accepted, its kind has too long a name, or a virus was found in it.
    """
    told = media_type(content, name)
    if len(kind) > _LONGEST_KIND:
        raise BadInputError(
            f"kind of document '{kind[:20]}…': at most {_LONGEST_KIND} letters: name it as the claim does"
        )
    state, scanner = _scanner()(content)
    if state == ScanState.INFECTED:
        raise BadInputError(f"{name}: {scanner} found a virus in it: nothing was kept")
    digest = hashlib.sha256(content).hexdigest()
    return Checked(kind, name[:_LONGEST_NAME], content, told, digest, len(content), state, scanner)


def keep(
    document: Checked,
    kept: models.Manager[D],
    *,
    whose: str,
    by: Actor,
    at: dt.datetime,
    **more: Any,  # noqa: ANN401 - columns of that kind of document alone
) -> tuple[D, bool]:
    """Keep a document among the others of ``whose``, such as ``claim 7K2M…``; the same one twice is kept once.

    Returns:
        The document as it is kept, and whether it is new.

    Raises:
        ConflictError: there are too many already.
    """
    known = kept.filter(sha256=document.sha256).first()
    if known is not None:
        return known, False
    if kept.count() >= MOST:
        raise ConflictError(f"{whose} holds {MOST} documents: that is the most")
    return kept.create(**vars(document), added_at=at, added_by_id=by.account_id, **more), True


_LONGEST_KIND, _LONGEST_NAME = 40, 120


def _scanner() -> Scanner:
    path = getattr(settings, "PROOF_SCANNER", "")
    found: Scanner = import_string(path) if path else not_scanned
    return found
