"""What went wrong, as a problem document (RFC 9457): a stable name, a status, and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, get_args

from django.http import HttpResponse
from django.utils.translation import get_language

from karama.foundation.languages import Label, Language
from karama.law.engine.values import json_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MEDIA_TYPE = "application/problem+json"
URN = "urn:karama:problem:"


@dataclass(frozen=True)
class Kind:
    """A kind of problem: the end of its name, its status, its title."""

    name: str
    status: int
    title: Label

    @property
    def urn(self) -> str:
        """Its stable name."""
        return URN + self.name


BAD_REQUEST = Kind("bad-request", 400, Label("requête illisible", "طلب غير مقروء", "unreadable request"))
UNAUTHORIZED = Kind("unauthorized", 401, Label("identification requise", "يلزم تعريف الهوية", "sign-in required"))
FORBIDDEN = Kind("forbidden", 403, Label("droit insuffisant", "صلاحية غير كافية", "not allowed"))
NOT_FOUND = Kind("not-found", 404, Label("introuvable", "غير موجود", "not found"))
METHOD = Kind("method-not-allowed", 405, Label("méthode refusée", "طريقة غير مقبولة", "method not allowed"))
CONFLICT = Kind("conflict", 409, Label("conflit avec l'état du dossier", "تعارض مع حالة الملف", "conflict"))
LENGTH = Kind("length-required", 411, Label("longueur requise", "الطول مطلوب", "length required"))
TOO_LARGE = Kind("too-large", 413, Label("envoi trop volumineux", "حجم كبير جدا", "too large"))
MEDIA = Kind("unsupported-media", 415, Label("format non accepté", "صيغة غير مقبولة", "unsupported format"))
INVALID = Kind("invalid", 422, Label("données incorrectes", "معطيات غير صحيحة", "invalid data"))
KEY_REUSED = Kind(
    "idempotency-key-reused",
    422,
    Label("clé déjà employée pour autre chose", "مفتاح مستعمل لطلب آخر", "key already used for something else"),
)
TOO_MANY = Kind("too-many-requests", 429, Label("trop de requêtes", "طلبات كثيرة", "too many requests"))
INTERNAL = Kind("internal", 500, Label("erreur interne", "خطأ داخلي", "internal error"))
UNAVAILABLE = Kind("unavailable", 503, Label("service indisponible", "الخدمة غير متاحة", "unavailable"))

KINDS = (
    BAD_REQUEST,
    UNAUTHORIZED,
    FORBIDDEN,
    NOT_FOUND,
    METHOD,
    CONFLICT,
    LENGTH,
    TOO_LARGE,
    MEDIA,
    INVALID,
    KEY_REUSED,
    TOO_MANY,
    INTERNAL,
    UNAVAILABLE,
)
"""Every kind, for the reference."""


@dataclass
class ProblemError(Exception):
    """A problem on its way to whoever called."""

    kind: Kind
    detail: str
    errors: Sequence[Mapping[str, str]] = ()
    """Fields that are wrong: ``pointer`` (JSON pointer into the body) or ``parameter``, and ``detail``."""
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> HttpResponse:
        """The problem document."""
        content: dict[str, Any] = {
            "type": self.kind.urn,
            "title": self.kind.title.get(asked_language()),
            "status": self.kind.status,
            "detail": self.detail,
        }
        if self.errors:
            content["errors"] = list(self.errors)
        text = json_text(content, indent=None)
        return HttpResponse(text, status=self.kind.status, content_type=MEDIA_TYPE, headers=dict(self.headers))


def asked_language() -> Language:
    """The language that the caller accepts best, of the three; French where none is asked."""
    found = (get_language() or "fr")[:2]
    for one in get_args(Language):
        if found == one:
            language: Language = one
            return language
    return "fr"


def not_found(what: str) -> ProblemError:
    """The same words whether it does not exist or may not be seen."""
    return ProblemError(NOT_FOUND, f"no {what} of this name, or none that you may see")


PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "A problem document (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string", "enum": [one.urn for one in KINDS], "description": "Stable name of the problem."},
        "title": {"type": "string", "description": "The kind of problem, in the language accepted."},
        "status": {"type": "integer", "description": "The status of the answer."},
        "detail": {"type": "string", "description": "What is wrong this time, and what to do."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "additionalProperties": False,
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer to the field in the body."},
                    "parameter": {"type": "string", "description": "Name of the parameter."},
                    "detail": {"type": "string", "description": "What is wrong with it."},
                },
            },
        },
    },
}
