"""The winter heating grant: claimed, cold, poor enough, high enough, a fuel to pay.  Invented for the demonstration."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from karama.foundation.languages import Label
from karama.law.engine.expressions import Entity
from karama.law.engine.formulas import formula
from karama.law.engine.language import case, first_day, month_of, months_since, sum_of, when, years_before

if TYPE_CHECKING:
    from karama.law.engine.expressions import Node

HOUSEHOLD, PERSON = Entity.HOUSEHOLD, Entity.PERSON
REFERENCE = "invented for the demonstration"
NOWHERE = 0


@formula(
    entity=HOUSEHOLD, label=Label("une demande a été déposée", "تم إيداع طلب", "a claim was made"), reference=REFERENCE
)
def has_claimed(claim_month: Node) -> Node:
    """Due from the month of the claim."""
    return claim_month.is_known() & (months_since(claim_month.otherwise(first_day())) >= 0)


@formula(entity=HOUSEHOLD, label=Label("mois froid", "شهر بارد", "cold month"), reference=REFERENCE)
def is_cold_month(first_cold_month: Node, first_warm_month: Node) -> Node:
    """From the first cold month to the first warm one, over the new year."""
    month = month_of(first_day())
    return (month >= first_cold_month) | (month < first_warm_month)


@formula(
    entity=HOUSEHOLD,
    label=Label(
        "l'indice est inférieur ou égal au seuil",
        "المؤشر أقل من العتبة أو يساويها",
        "the score is at or under the threshold",
    ),
    reference=REFERENCE,
)
def score_at_or_under_threshold(has_score_in_force: Node, score_in_force: Node, score_threshold: Node) -> Node:
    """A score is in force and does not exceed the threshold."""
    return has_score_in_force & (score_in_force.otherwise(Decimal(0)) <= score_threshold)


@formula(
    entity=HOUSEHOLD,
    label=Label("le logement est en montagne", "المسكن في الجبل", "the dwelling is in the mountains"),
    reference=REFERENCE,
)
def lives_in_the_mountains(altitude: Node, mountain_altitude: Node) -> Node:
    """At the least altitude or above, as the household declares it."""
    return altitude.otherwise(NOWHERE) >= mountain_altitude


@formula(
    entity=HOUSEHOLD,
    label=Label("se chauffe au bois ou au gaz", "التدفئة بالحطب أو الغاز", "heats with wood or gas"),
    reference=REFERENCE,
)
def heats_with_a_fuel(heating_fuel: Node) -> Node:
    """Wood and gas are helped; electricity has a tariff of its own (invented)."""
    return heating_fuel.otherwise("none").among("wood", "gas")


@formula(
    entity=HOUSEHOLD,
    label=Label("prime de chauffage", "منحة التدفئة", "heating grant"),
    reference=REFERENCE,
    unit="centimes",
)
def heating_grant(heating_fuel: Node, wood_amount: Node, gas_amount: Node) -> Node:
    """An amount for each fuel."""
    fuel = heating_fuel.otherwise("none")
    return case((fuel.equals("wood"), wood_amount), (fuel.equals("gas"), gas_amount), otherwise=0)


@formula(
    entity=PERSON,
    label=Label("supplément petite enfance", "زيادة الطفولة الصغرى", "young-child supplement"),
    reference=REFERENCE,
    unit="centimes",
)
def young_child_supplement(birth_date: Node, young_age_years: Node, young_child_amount: Node) -> Node:
    """For each person born by the first day of the month and under the age limit on it."""
    young = (birth_date <= first_day()) & (birth_date > years_before(young_age_years))
    return when(young, young_child_amount)


@formula(entity=HOUSEHOLD, label=Label("droit ouvert", "الحق مفتوح", "eligible"), reference=REFERENCE)
def eligible(
    has_claimed: Node,
    is_cold_month: Node,
    score_at_or_under_threshold: Node,
    lives_in_the_mountains: Node,
    heats_with_a_fuel: Node,
) -> Node:
    """Every condition together."""
    return has_claimed & is_cold_month & score_at_or_under_threshold & lives_in_the_mountains & heats_with_a_fuel


@formula(entity=HOUSEHOLD, label=Label("nature de l'aide", "نوع الإعانة", "kind of aid"), reference=REFERENCE)
def aid(eligible: Node) -> Node:
    """Heating grant, or none."""
    return case((eligible, "heating"), otherwise="none")


@formula(
    entity=HOUSEHOLD,
    label=Label("montant du mois", "مبلغ الشهر", "amount of the month"),
    reference=REFERENCE,
    unit="centimes",
)
def amount(eligible: Node, heating_grant: Node, young_child_supplement: Node) -> Node:
    """Sum of the benefits."""
    return when(eligible, heating_grant + sum_of(young_child_supplement))
