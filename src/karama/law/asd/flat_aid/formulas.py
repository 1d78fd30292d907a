"""Flat aid (aide forfaitaire): families without children to count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.foundation.languages import Label
from karama.law.engine.expressions import Entity
from karama.law.engine.formulas import formula
from karama.law.engine.language import any_person, when, years_before

if TYPE_CHECKING:
    from karama.law.engine.expressions import Node

HOUSEHOLD, PERSON = Entity.HOUSEHOLD, Entity.PERSON


@formula(
    entity=PERSON,
    label=Label("membre de moins de 21 ans", "فرد دون 21 سنة", "member under 21"),
    reference="counting rule 6 (alternative reading)",
)
def is_member_under_age_limit(is_present: Node, role: Node, birth_date: Node, child_age_limit_years: Node) -> Node:
    """Any young member, child of the family or not; the head and the spouse apart."""
    return is_present & ~role.among("head", "spouse") & (birth_date > years_before(child_age_limit_years))


@formula(
    entity=HOUSEHOLD,
    label=Label("aide forfaitaire possible", "الإعانة الجزافية ممكنة", "flat aid possible"),
    reference="loi 58-23, art. 2; counting rule 6",
)
def flat_aid_allowed(
    is_present: Node, counted_children: Node, is_member_under_age_limit: Node, flat_aid_basis: Node
) -> Node:
    """Somebody is there and no child counts; under the other reading, no member under 21 either."""
    narrow = flat_aid_basis.equals("no_counted_child") | ~any_person(is_member_under_age_limit)
    return any_person(is_present) & counted_children.equals(0) & narrow


@formula(
    entity=HOUSEHOLD,
    label=Label("aide forfaitaire", "إعانة جزافية", "flat aid"),
    reference="loi 58-23, art. 2; décret 2-23-1067",
    unit="centimes",
)
def flat_aid(flat_aid_allowed: Node, flat_aid_amount: Node) -> Node:
    """Monthly amount of a family without children, or whose children are 21 and over."""
    return when(flat_aid_allowed, flat_aid_amount)
