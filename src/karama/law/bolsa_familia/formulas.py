"""Bolsa Família of 2023: a benefit per person, a family minimum, supplements for children."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.foundation.languages import Label
from karama.law.engine.expressions import Entity
from karama.law.engine.formulas import formula
from karama.law.engine.language import case, count_of, first_day, greatest, ratio, sum_of, when, years_before

if TYPE_CHECKING:
    from karama.law.engine.expressions import Node

FAMILY, PERSON = Entity.HOUSEHOLD, Entity.PERSON
REFERENCE = "lei 14.601/2023, from memory"
PLACES = 6


@formula(
    entity=FAMILY,
    label=Label("personnes de la famille", "أفراد الأسرة", "persons of the family"),
    reference=REFERENCE,
    unit="persons",
)
def persons_counted(birth_date: Node) -> Node:
    """Everybody born by the first day of the month."""
    return count_of(birth_date <= first_day())


@formula(
    entity=FAMILY,
    label=Label("revenu par personne", "الدخل الفردي", "income per head"),
    reference=REFERENCE,
    unit="BRL per month",
)
def income_per_head(monthly_income: Node, persons_counted: Node) -> Node:
    """Monthly income divided by the persons."""
    return ratio(monthly_income, persons_counted, PLACES)


@formula(
    entity=FAMILY,
    label=Label("revenu sous le plafond", "الدخل تحت السقف", "income at or under the limit"),
    reference=REFERENCE,
)
def income_at_or_under_limit(income_per_head: Node, income_limit: Node) -> Node:
    """Poverty line of the programme (linha de pobreza)."""
    return income_per_head <= income_limit


@formula(
    entity=PERSON,
    label=Label("revenu de citoyenneté", "دخل المواطنة", "citizenship income"),
    reference=REFERENCE,
    unit="centimes",
)
def citizenship_income(birth_date: Node, citizenship_income_amount: Node) -> Node:
    """Benefício de Renda de Cidadania, for each person."""
    return when(birth_date <= first_day(), citizenship_income_amount)


@formula(
    entity=FAMILY,
    label=Label("complément familial", "تكملة الأسرة", "family supplement"),
    reference=REFERENCE,
    unit="centimes",
)
def family_supplement(citizenship_income: Node, family_minimum_amount: Node) -> Node:
    """Benefício Complementar: what is missing to the family minimum."""
    return greatest(family_minimum_amount - sum_of(citizenship_income), 0)


@formula(
    entity=PERSON,
    label=Label("petite enfance", "الطفولة الصغرى", "early childhood"),
    reference=REFERENCE,
    unit="centimes",
)
def early_childhood(birth_date: Node, early_childhood_age_years: Node, early_childhood_amount: Node) -> Node:
    """Benefício Primeira Infância, for each child under seven."""
    young = (birth_date <= first_day()) & (birth_date > years_before(early_childhood_age_years))
    return when(young, early_childhood_amount)


@formula(
    entity=PERSON,
    label=Label("complément variable", "تكملة متغيرة", "variable supplement"),
    reference=REFERENCE,
    unit="centimes",
)
def family_variable(
    birth_date: Node, early_childhood_age_years: Node, child_age_years: Node, family_variable_amount: Node
) -> Node:
    """Benefício Variável Familiar, for each child from seven to seventeen."""
    of_age = (birth_date <= years_before(early_childhood_age_years)) & (birth_date > years_before(child_age_years))
    return when(of_age, family_variable_amount)


@formula(entity=FAMILY, label=Label("droit ouvert", "الحق مفتوح", "eligible"), reference=REFERENCE)
def eligible(income_at_or_under_limit: Node, persons_counted: Node) -> Node:
    """Under the poverty line."""
    return income_at_or_under_limit & (persons_counted > 0)


@formula(entity=FAMILY, label=Label("nature de l'aide", "نوع الإعانة", "kind of aid"), reference=REFERENCE)
def aid(eligible: Node) -> Node:
    """Bolsa Família, or none."""
    return case((eligible, "family"), otherwise="none")


@formula(
    entity=FAMILY,
    label=Label("montant du mois", "مبلغ الشهر", "amount of the month"),
    reference=REFERENCE,
    unit="centimes",
)
def amount(
    eligible: Node, citizenship_income: Node, family_supplement: Node, early_childhood: Node, family_variable: Node
) -> Node:
    """Sum of the benefits due."""
    return when(eligible, sum_of(citizenship_income + early_childhood + family_variable) + family_supplement)
