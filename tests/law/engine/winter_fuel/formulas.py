"""Winter fuel aid of no country: the rules of the toy programme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.foundation.languages import Label
from karama.foundation.months import Month
from karama.law.engine.expressions import Entity
from karama.law.engine.formulas import formula
from karama.law.engine.language import case, count_of, rank, sum_of, when, years_before

if TYPE_CHECKING:
    from karama.law.engine.expressions import Node

ACT = "fuel act"


@formula(entity=Entity.PERSON, label=Label("enfant", "طفل", "child"), reference=ACT)
def is_child(role: Node, born: Node, child_age_limit: Node) -> Node:
    """Under the age limit on the first of the month."""
    return role.equals("child") & (born > years_before(child_age_limit))


@formula(entity=Entity.PERSON, label=Label("rang", "الرتبة", "rank"), reference=ACT)
def child_place(is_child: Node, born: Node) -> Node:
    """Oldest first."""
    return rank(is_child, born)


@formula(entity=Entity.PERSON, label=Label("supplément", "زيادة", "supplement"), reference=ACT, unit="centimes")
def child_fuel(is_child: Node, child_place: Node, counting: Node, child_supplement: Node) -> Node:
    """For each child, or for the first two."""
    return when(is_child & (counting.equals("all") | (child_place <= 2)), child_supplement)


@formula(
    entity=Entity.HOUSEHOLD,
    label=Label("aide de base", "إعانة أساسية", "basic aid"),
    reference=ACT,
    unit="centimes",
    valid_until=Month(2026, 5),
)
def basic_fuel(zone: Node, fuel_amount: Node) -> Node:
    """By zone."""
    return fuel_amount.at(zone)


@formula(
    entity=Entity.HOUSEHOLD,
    label=Label("aide de base", "إعانة أساسية", "basic aid"),
    reference="fuel act as amended",
    unit="centimes",
    name="basic_fuel",
    valid_from=Month(2026, 6),
)
def basic_fuel_of_owners(zone: Node, fuel_amount: Node, owner: Node) -> Node:
    """By zone, to owners only."""
    return when(owner, fuel_amount.at(zone))


@formula(entity=Entity.HOUSEHOLD, label=Label("besoin établi", "الحاجة ثابتة", "in need"), reference=ACT)
def in_need(score: Node, need_threshold: Node) -> Node:
    """At or under the threshold."""
    return score <= need_threshold


@formula(entity=Entity.HOUSEHOLD, label=Label("demande déposée", "الطلب مودع", "claimed"), reference=ACT)
def has_claimed(claimed: Node, claim_after: Node) -> Node:
    """On or after the first day of claims."""
    return claimed.is_known() & (claimed.otherwise(claim_after) >= claim_after)


@formula(entity=Entity.HOUSEHOLD, label=Label("droit ouvert", "الحق مفتوح", "entitled"), reference=ACT)
def eligible(in_need: Node, has_claimed: Node) -> Node:
    """In need, and claimed."""
    return in_need & has_claimed


@formula(entity=Entity.HOUSEHOLD, label=Label("aide", "إعانة", "aid"), reference=ACT)
def aid(eligible: Node, is_child: Node) -> Node:
    """For a family, for a household without children, or none."""
    return case((eligible & (count_of(is_child) > 0), "family"), (eligible, "single"), otherwise="none")


@formula(entity=Entity.HOUSEHOLD, label=Label("montant", "المبلغ", "amount"), reference=ACT, unit="centimes")
def amount(eligible: Node, basic_fuel: Node, child_fuel: Node) -> Node:
    """Basic aid and supplements."""
    return when(eligible, basic_fuel + sum_of(child_fuel))
