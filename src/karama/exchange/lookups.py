"""`GET /lookups/…`: what programs must know before they ask: programmes, forms, communes, codes and their words."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

from ninja import Path, Query, Router, Schema
from pydantic import Field, WithJsonSchema

from karama.delivery import procedure
from karama.delivery.programmes import ClaimKind, entrusted, programme
from karama.exchange.eligibility import month_within_reach, programmes_of_households
from karama.exchange.operations import Call, operation
from karama.exchange.problems import not_found
from karama.exchange.shapes import MONTH, form_shape
from karama.foundation.errors import UnknownParameterError
from karama.foundation.languages import Label, Language
from karama.law.inputs import REGISTER, SCHOOL_LEVEL_LABELS
from karama.law.listing import listing

if TYPE_CHECKING:
    from karama.delivery.programmes import Entrusted

router = Router(tags=["lookups"])
DAY = 86_400
HOUR = 3_600
ProgrammeName = Annotated[str, Path(pattern="^[a-z][a-z_0-9]{0,39}$", description="Name of a programme.")]
AskedLanguage = Annotated[Language, Query("fr", description="Language of the words.")]


class Words(Schema):
    """A label in the three languages."""

    fr: str
    ar: str
    en: str


class Coded(Schema):
    """A code and its label."""

    code: str
    label: Words


class ClaimKindOut(Schema):
    """What can be claimed, with its form."""

    name: str
    label: Words
    about: Literal["household", "person", "placed_person"]
    proofs: list[str] = Field(description="Kinds of documents that must come with the claim.")
    decides: bool = Field(description="Whether the law is asked; a change of account asks nothing of it.")
    health: bool = Field(description="Whether the claim itself is a health fact, seen only with that right.")
    form: Annotated[dict[str, Any], WithJsonSchema({"type": "object", "description": "The answers, as JSON Schema."})]


class ProgrammeOut(Schema):
    """A programme entrusted to the agency."""

    name: str
    label: Words
    description: Words
    currency: str
    first_month: str
    eligibility: bool = Field(description="Whether /eligibility answers for it.")
    claims: list[ClaimKindOut]


class Commune(Schema):
    """A commune or an arrondissement."""

    code: str
    name_fr: str
    name_ar: str
    level: Literal["commune", "arrondissement"]
    type: Literal["urban", "rural"]
    province: str
    region: str


class RefusalReason(Schema):
    """Why a household is refused, and where the fact is corrected."""

    code: str
    label: Words
    correct_at: Words | None


class Parameter(Schema):
    """A parameter of the law or of the procedure in force, with what it rests on."""

    name: str
    label: str
    value: Annotated[Any, WithJsonSchema({"type": ["boolean", "number", "string", "object", "array", "null"]})]
    unit: str
    legal_from: str
    paid_from: str
    status: Literal["confirmed", "press", "inferred", "unknown"]
    reference: str
    note: str


def _words(label: Label) -> dict[str, str]:
    return label.as_dict()


def _kind(kind: ClaimKind) -> dict[str, Any]:
    return {
        "name": kind.name,
        "label": _words(kind.label),
        "about": kind.about,
        "proofs": list(kind.proofs),
        "decides": kind.decides,
        "health": kind.health,
        "form": form_shape(kind),
    }


def _programme(one: Entrusted) -> dict[str, Any]:
    law = one.law
    return {
        "name": one.name,
        "label": _words(law.label),
        "description": _words(law.description),
        "currency": law.currency,
        "first_month": str(law.first_month),
        "eligibility": one.name in programmes_of_households(),
        "claims": [_kind(kind) for kind in one.kinds.values()],
    }


def _known(name: str) -> Entrusted:
    try:
        return programme(name)
    except UnknownParameterError:
        raise not_found("programme") from None


@cache
def _communes() -> list[dict[str, Any]]:
    from karama.territory import units  # noqa: PLC0415 - frames are read when somebody asks for the list

    columns = ("code", "name_fr", "name_ar", "level", "type", "province", "region")
    return units().select(*columns).to_dicts()


@operation(router, "GET", "/lookups/programmes", gives=list[ProgrammeOut], cache_seconds=HOUR)
def list_programmes(call: Call) -> list[dict[str, Any]]:  # noqa: ARG001 - every address has one
    """List the programmes entrusted to the agency, with what can be claimed and each form as JSON Schema."""
    return [_programme(one) for one in entrusted().values()]


@operation(router, "GET", "/lookups/programmes/{name}", gives=ProgrammeOut, cache_seconds=HOUR)
def read_programme(call: Call, name: ProgrammeName) -> dict[str, Any]:  # noqa: ARG001 - the same
    """Read one programme."""
    return _programme(_known(name))


@operation(router, "GET", "/lookups/communes", gives=list[Commune], cache_seconds=DAY)
def list_communes(
    call: Call,  # noqa: ARG001 - the same
    within: Annotated[
        str, Query("", pattern="^([0-9]{2}|[0-9]{5})?$", description="Code of a region (2 digits) or province (5).")
    ],
) -> list[dict[str, Any]]:
    """List the communes and arrondissements of the country, or of a region or a province."""
    return [one for one in _communes() if one["code"].startswith(within)]


@operation(router, "GET", "/lookups/school-levels", gives=list[Coded], cache_seconds=DAY)
def list_school_levels(call: Call) -> list[dict[str, Any]]:  # noqa: ARG001 - the same
    """List the levels of school that a fact may hold."""
    return [{"code": code, "label": _words(label)} for code, label in SCHOOL_LEVEL_LABELS.items()]


@operation(router, "GET", "/lookups/codes/{column}", gives=list[Coded], cache_seconds=DAY)
def list_codes(
    call: Call,  # noqa: ARG001 - the same
    column: Annotated[str, Path(pattern="^[a-z][a-z_]{0,39}$", description="A column of HOUSEHOLD.json.")],
) -> list[dict[str, Any]]:
    """List the codes of a column of HOUSEHOLD.json, such as `role` or `marital_status`."""
    found = REGISTER.get(column)
    if found is None or not found.code_labels:
        raise not_found("column with codes")
    return [{"code": code, "label": _words(label)} for code, label in found.code_labels.items()]


@operation(router, "GET", "/lookups/refusal-reasons/{name}", gives=list[RefusalReason], cache_seconds=DAY)
def list_refusal_reasons(call: Call, name: ProgrammeName) -> list[dict[str, Any]]:  # noqa: ARG001 - the same
    """List the reasons for which a programme refuses, with the words told to the family."""
    return [
        {
            "code": one.refusal,
            "label": _words(one.refusal_label),
            "correct_at": _words(one.correct_at) if one.correct_at else None,
        }
        for one in _known(name).law.conditions
    ]


@operation(router, "GET", "/lookups/parameters/{name}", gives=list[Parameter], cache_seconds=HOUR)
def list_parameters(
    call: Call,  # noqa: ARG001 - the same
    name: ProgrammeName,
    month: Annotated[str, Query(pattern=MONTH, description="Month in which the values are in force, YYYY-MM.")],
    language: AskedLanguage,
    amounts: Annotated[
        Literal["paid", "legal"], Query("paid", description="Values as paid, or as the text dates them.")
    ],
) -> list[dict[str, Any]]:
    """List the parameters of a programme's law in force in a month, with act and status.

    A status other than `confirmed` says that a lawyer must still check the value against the text.
    """
    law, asked = _known(name).law, month_within_reach(month)
    return [row.as_dict(language) for row in listing(law, asked, amounts)]


@operation(router, "GET", "/lookups/delays", gives=list[Parameter], cache_seconds=HOUR)
def list_delays(
    call: Call,  # noqa: ARG001 - the same
    month: Annotated[str, Query(pattern=MONTH, description="Month in which the delays are in force, YYYY-MM.")],
    language: AskedLanguage,
) -> list[dict[str, Any]]:
    """List the delays of the procedure in force in a month: to decide, to appeal, to answer."""
    asked = month_within_reach(month)
    found = []
    for parameter in procedure.PARAMETERS:
        if asked < parameter.values[0].legal_from:
            continue
        value = parameter.at(asked, "legal")
        found.append(
            {
                "name": parameter.name,
                "label": parameter.label.get(language),
                "value": value.value,
                "unit": parameter.unit,
                "legal_from": str(value.legal_from),
                "paid_from": str(value.paid_from),
                "status": value.status.value,
                "reference": value.reference,
                "note": value.note,
            }
        )
    return found
