"""Documents that come with a claim: what they really are, how large, and whether a scanner found them clean."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol

import puremagic
from django.conf import settings
from django.utils.module_loading import import_string

from karama.delivery.claims.actions import locked, tell
from karama.delivery.claims.models import PROOF_LIMIT, Proof
from karama.delivery.claims.permissions import may_handle
from karama.delivery.claims.states import OPEN, ScanState
from karama.foundation.errors import BadInputError, ConflictError
from karama.record.clock import now
from karama.record.permissions import require
from karama.record.scope import acting_as

if TYPE_CHECKING:
    from karama.record.scope import Actor

ACCEPTED = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
"""What may be kept, by its first bytes, whatever its name says."""

MOST_PROOFS = 20
"""Per claim."""


class Scanner(Protocol):
    """A virus scan: says the state and its own name; set by ``PROOF_SCANNER``, the dotted path of a callable."""

    def __call__(self, content: bytes) -> tuple[ScanState, str]:
        """Whether the content is clean, and who says so."""


def not_scanned(content: bytes) -> tuple[ScanState, str]:  # noqa: ARG001 - the shape of a scanner
    """Where no scanner is set, a proof says so."""
    return ScanState.NOT_SCANNED, ""


def media_type(content: bytes, name: str) -> str:
    """What a document really is, from its first bytes.

    Raises:
        BadInputError: empty, too large, or none of the kinds accepted; names the file and what is accepted.
    """
    if not content:
        raise BadInputError(f"{name}: the file is empty: choose the document again")
    if len(content) > PROOF_LIMIT:
        raise BadInputError(f"{name}: {len(content)} bytes: at most {PROOF_LIMIT} are kept; photograph it smaller")
    try:
        found = {one.mime_type for one in puremagic.magic_string(content) if one.confidence > 0}
    except puremagic.PureError:
        found = set()
    accepted = [kind for kind in ACCEPTED if kind in found]
    if len(accepted) != 1:
        raise BadInputError(f"{name}: this is no PDF, JPEG or PNG document: send one of these")
    return accepted[0]


@dataclass(frozen=True)
class Document:
    """What is known of a document before it is kept: what it really is, and what a scanner said."""

    media_type: str
    sha256: str
    size: int
    scan: ScanState
    scanned_by: str


def checked(content: bytes, name: str) -> Document:
    """A document that may be kept, with a claim or with an appeal.

    Raises:
        BadInputError: not accepted, or a virus was found in it.
    """
    told = media_type(content, name)
    state, scanner = _scanner()(content)
    if state == ScanState.INFECTED:
        raise BadInputError(f"{name}: {scanner} found a virus in it: nothing was kept")
    return Document(told, hashlib.sha256(content).hexdigest(), len(content), state, scanner)


_LONGEST_KIND = 40


def add_proof(*, claim_id: int, kind: str, name: str, content: bytes, by: Actor) -> Proof:
    """Keep a document with a claim that is still open; the same document twice is kept once.

    Raises:
        BadInputError: not accepted, or a virus was found in it.
        ConflictError: the claim is no longer open, or holds too many proofs.
        NotAllowedError: the claim is not the actor's to handle.
    """
    document = checked(content, name)
    if len(kind) > _LONGEST_KIND:
        raise BadInputError(
            f"kind of document '{kind[:20]}…': at most {_LONGEST_KIND} letters: name it as the claim does"
        )
    with acting_as(by):
        claim = locked(claim_id)
        require(may_handle(by, claim), "adding proofs to this claim")
        if claim.state not in OPEN:
            raise ConflictError(f"claim {claim.reference} is {claim.state}: no proof can be added any more")
        known = Proof.objects.filter(claim=claim, sha256=document.sha256).first()
        if known is not None:
            return known
        if Proof.objects.filter(claim=claim).count() >= MOST_PROOFS:
            raise ConflictError(f"claim {claim.reference} holds {MOST_PROOFS} proofs: that is the most")
        at = now()
        made = Proof.objects.create(
            claim=claim,
            kind=kind,
            name=name[:120],
            content=content,
            added_at=at,
            added_by_id=by.account_id,
            **asdict(document),
        )
        told = {"media_type": document.media_type, "sha256": document.sha256, "scan": document.scan}
        tell("claim.proof_added", claim, by, at, {"proof": made.pk, "kind": kind, **told})
        return made


def _scanner() -> Scanner:
    path = getattr(settings, "PROOF_SCANNER", "")
    found: Scanner = import_string(path) if path else not_scanned
    return found
