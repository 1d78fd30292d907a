"""Columns of the law and forms of claims as JSON Schema: what may be sent is written from what is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from karama.foundation.languages import LANGUAGES
from karama.law.engine.expressions import Entity
from karama.law.engine.household_file import INTEGER_LIMIT
from karama.law.engine.types import Kind
from karama.law.rsu import SCORE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from karama.delivery.programmes import ClaimKind
    from karama.delivery.programmes.form import AskedWith, FormField
    from karama.law.engine.inputs import InputColumn, Inputs

Shape = dict[str, Any]
MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
_LONGEST = 200
MOST_MEMBERS = 100
FORMS = {"rib": r"^[ ]*([0-9][ ]*){24}$", "phone": r"^[+][ ]*[1-9]([ ]*[0-9]){6,14}$"}
"""How a text that is more than a text is written, spaces left where people write them."""


def column_shape(column: InputColumn, longest: int = _LONGEST) -> Shape:
    """One column; numbers that must be exact may be given as text too."""
    shape = _of_kind(column, longest)
    if column.type.nullable:
        shape = {"anyOf": [shape, {"type": "null"}]}
    shape["description"] = column.label.en
    if not column.required and isinstance(column.default, bool | int | str | None):
        shape["default"] = column.default
    if column.code_labels:
        shape["x-labels"] = {code: label.as_dict() for code, label in column.code_labels.items()}
    return shape


def _of_kind(column: InputColumn, longest: int) -> Shape:
    kind = column.type
    if column.name == "commune":
        return {"type": "string", "pattern": "^[0-9]{9}$"}
    shapes: dict[Kind, Shape] = {
        Kind.BOOLEAN: {"type": "boolean"},
        Kind.INTEGER: {"type": "integer", **_bounds(column)},
        Kind.DECIMAL: {"type": "number", **_bounds(column), "x-places": kind.places},
        Kind.CHOICE: {"type": "string", "enum": list(kind.choices)},
        Kind.DATE: {"type": "string", **({"pattern": MONTH} if column.month else {"format": "date"})},
        Kind.TEXT: {"type": "string", "minLength": 1, "maxLength": longest},
    }
    return shapes[kind.kind]


def _bounds(column: InputColumn) -> Shape:
    """The least and the most; a column of 32 bits where the law says nothing."""
    return {
        "minimum": column.least if column.least is not None else 1 - INTEGER_LIMIT,
        "maximum": column.most if column.most is not None else INTEGER_LIMIT - 1,
    }


def _object(columns: Iterable[InputColumn]) -> Shape:
    found = list(columns)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [one.name for one in found if one.required],
        "properties": {one.name: column_shape(one) for one in found},
    }


def household_shape(inputs: Inputs) -> Shape:
    """HOUSEHOLD.json as a programme of households reads it."""
    shape = _object(one for one in inputs.of(Entity.HOUSEHOLD) if one.name != "region")
    members = {
        "type": "array",
        "minItems": 1,
        "maxItems": MOST_MEMBERS,
        "items": _object(inputs.of(Entity.PERSON)),
    }
    variables = _object(one for one in SCORE_COLUMNS if one.name != inputs.household_key)
    variables["required"] = []
    shape["properties"] |= {
        inputs.members_field: members,
        "score_inputs": {
            "anyOf": [variables, {"type": "null"}],
            "description": "the variables of the score, where the score itself is not given",
        },
    }
    shape["required"].append(inputs.members_field)
    return shape


def form_shape(kind: ClaimKind) -> Shape:
    """The answers of a claim's form."""
    shape: Shape = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind.label.en,
        "type": "object",
        "additionalProperties": False,
        "required": [one.name for one in kind.form if one.required and one.asked_with is None],
        "properties": {},
    }
    for one in kind.form:
        found = column_shape(one.column, one.longest)
        if one.kind in FORMS:
            found |= {"format": one.kind, "pattern": FORMS[one.kind]}
        found["x-label"] = {language: one.column.label.get(language) for language in LANGUAGES}
        shape["properties"][one.name] = found
    if kind.one_of:
        shape["anyOf"] = [{"required": [name]} for name in kind.one_of]
    if conditions := [_asked(one, one.asked_with) for one in kind.form if one.asked_with is not None]:
        shape["allOf"] = conditions
    return shape


def _asked(one: FormField, other: AskedWith) -> Shape:
    """A field that may be answered only with another field's answer, or with one value of it."""
    told: Shape = {"required": [other.field]}
    if other.value is not None:
        told["properties"] = {other.field: {"const": other.value}}
    given = {"required": [one.name]}
    return {"if": told, "then": given if one.required else {}, "else": {"not": given}}
