"""Persons and households."""

from __future__ import annotations

from openfisca_core.entities import build_entity

ROLES = ("head", "spouse", "child", "kafala_child", "ward", "other")

Household = build_entity(
    key="household",
    plural="households",
    label="A household of the RSU",
    roles=[{"key": role, "plural": f"{role}s", "label": role} for role in ROLES],
)
Person = build_entity(key="person", plural="persons", label="A person", is_person=True)
entities = [Household, Person]
