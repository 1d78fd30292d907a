"""Who may receive the direct social aid: the conditions of law 58-23, one formula each."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from karama.foundation.languages import Label
from karama.law.engine.expressions import Entity
from karama.law.engine.formulas import formula
from karama.law.engine.language import (
    all_of,
    any_person,
    case,
    first_day,
    months_since,
    sum_of,
    when,
)

if TYPE_CHECKING:
    from karama.law.engine.expressions import Node

HOUSEHOLD, PERSON = Entity.HOUSEHOLD, Entity.PERSON


@formula(
    entity=HOUSEHOLD,
    label=Label("une demande a été déposée", "تم إيداع طلب", "a claim was made"),
    reference="loi 58-23, art. 12",
)
def has_claimed(claim_month: Node) -> Node:
    """The head of family (chef de famille) has claimed the aid."""
    return claim_month.is_known()


@formula(
    entity=HOUSEHOLD,
    label=Label("le premier mois dû est atteint", "تم بلوغ أول شهر مستحق", "the first month due is reached"),
    reference="loi 58-23; décret 2-23-1067; counting rule 12",
)
def first_month_due_reached(claim_month: Node, programme_first_month: Node, first_month_delay_months: Node) -> Node:
    """Due from the month of the claim, never before the programme's first month; nothing to say without a claim."""
    delay_over = months_since(claim_month.otherwise(first_day())) >= first_month_delay_months
    return ~claim_month.is_known() | (delay_over & (first_day() >= programme_first_month))


@formula(
    entity=HOUSEHOLD,
    label=Label(
        "l'indice est inférieur ou égal au seuil",
        "المؤشر أقل من العتبة أو يساويها",
        "the score is at or under the threshold",
    ),
    reference="décret 2-23-1068",
)
def score_at_or_under_threshold(
    score_in_force: Node,
    score_threshold: Node,
    previous_score: Node,
    score_effective_from: Node,
    exit_notice_months: Node,
) -> Node:
    """The score in force does not exceed the threshold (seuil); a former score may hold during the notice of exit.

    A household without a score in force is refused for that, not for its score.
    """
    by_score = score_in_force.otherwise(Decimal(0)) <= score_threshold
    eligible_before = previous_score.is_known() & (previous_score.otherwise(Decimal(0)) <= score_threshold)
    in_notice = months_since(score_effective_from.otherwise(first_day())) < exit_notice_months
    return by_score | (eligible_before & in_notice)


@formula(
    entity=HOUSEHOLD,
    label=Label("le chef de famille réside au Maroc", "رب الأسرة مقيم بالمغرب", "the head lives in Morocco"),
    reference="loi 58-23, art. 3",
)
def head_is_resident(resident: Node) -> Node:
    """Residence in Morocco of the head of family."""
    return ~~resident


@formula(
    entity=HOUSEHOLD,
    label=Label(
        "tous les membres sont au RNP", "جميع الأفراد مسجلون في السجل الوطني للسكان", "every member is in the RNP"
    ),
    reference="loi 58-23, art. 3; loi 72-18",
)
def every_member_in_rnp(is_present: Node, in_rnp: Node) -> Node:
    """Each person present is in the Registre national de la population."""
    return ~any_person(is_present & ~in_rnp)


@formula(
    entity=PERSON,
    label=Label("ses revenus comptent", "مداخيله تؤخذ بعين الاعتبار", "own income counts"),
    reference="counting rule 11",
)
def income_counts(is_present: Node, role: Node, incompatible_income_scope: Node) -> Node:
    """Whose pay, pension or allowance excludes the family: head and spouse, or anybody."""
    return is_present & (incompatible_income_scope.equals("any_member") | role.among("head", "spouse"))


@formula(
    entity=HOUSEHOLD,
    label=Label("aucune autre allocation familiale", "لا تعويضات عائلية أخرى", "no other family allowance"),
    reference="loi 58-23, art. 5-7",
)
def no_other_family_allowance(
    other_family_allowance: Node, income_counts: Node, receives_family_allowance: Node
) -> Node:
    """Not cumulated with the family allowances (allocations familiales) of another scheme."""
    return ~(other_family_allowance | any_person(income_counts & receives_family_allowance))


@formula(
    entity=HOUSEHOLD,
    label=Label("aucun traitement public", "لا أجر عمومي", "no pay from the State"),
    reference="loi 58-23, art. 5-7",
)
def no_state_pay(state_pay: Node, income_counts: Node, receives_state_pay: Node) -> Node:
    """Not paid by the State, a local authority or a public body."""
    return ~(state_pay | any_person(income_counts & receives_state_pay))


@formula(
    entity=HOUSEHOLD,
    label=Label("aucune pension", "لا معاش", "no pension"),
    reference="loi 58-23, art. 5-7",
)
def no_pension(pension: Node, income_counts: Node, receives_pension: Node) -> Node:
    """No pension is received."""
    return ~(pension | any_person(income_counts & receives_pension))


@formula(
    entity=HOUSEHOLD,
    label=Label(
        "pas d'avance du Fonds d'entraide familiale",
        "لا استفادة من صندوق التكافل العائلي",
        "nothing from the Fonds d'entraide familiale",
    ),
    reference="loi 58-23, art. 5-7",
)
def no_fonds_entraide_familiale(fonds_entraide_familiale: Node) -> Node:
    """Not cumulated with the Fonds d'entraide familiale."""
    return ~fonds_entraide_familiale


@formula(
    entity=HOUSEHOLD,
    label=Label(
        "durée de déclaration à la sécurité sociale non atteinte",
        "لم تبلغ مدة التصريح بالضمان الاجتماعي",
        "declared to social security for less than the period",
    ),
    reference="décret 2-23-1067; counting rule 11 (unknown)",
)
def no_social_security_declaration(social_security_months: Node, social_security_declaration_months: Node) -> Node:
    """The declaration period of the decree, whose length is unknown: off while the parameter is 0."""
    off = social_security_declaration_months.equals(0)
    return off | (social_security_months < social_security_declaration_months)


@formula(
    entity=HOUSEHOLD,
    label=Label("une aide correspond à la famille", "توجد إعانة تناسب الأسرة", "an aid fits the family"),
    reference="loi 58-23, art. 1-2; counting rule 6",
)
def an_aid_exists(counted_children: Node, flat_aid_allowed: Node) -> Node:
    """Children to count, or the flat aid."""
    return (counted_children > 0) | flat_aid_allowed


@formula(
    entity=HOUSEHOLD,
    label=Label("droit ouvert", "الحق مفتوح", "eligible"),
    reference="loi 58-23, art. 1-7",
)
def eligible(
    has_claimed: Node,
    first_month_due_reached: Node,
    has_score_in_force: Node,
    score_at_or_under_threshold: Node,
    head_is_resident: Node,
    every_member_in_rnp: Node,
    no_other_family_allowance: Node,
    no_state_pay: Node,
    no_pension: Node,
    no_fonds_entraide_familiale: Node,
    no_social_security_declaration: Node,
    an_aid_exists: Node,
) -> Node:
    """Every condition holds."""
    return all_of(
        has_claimed,
        first_month_due_reached,
        has_score_in_force,
        score_at_or_under_threshold,
        head_is_resident,
        every_member_in_rnp,
        no_other_family_allowance,
        no_state_pay,
        no_pension,
        no_fonds_entraide_familiale,
        no_social_security_declaration,
        an_aid_exists,
    )


@formula(
    entity=HOUSEHOLD,
    label=Label("nature de l'aide", "نوع الإعانة", "kind of aid"),
    reference="loi 58-23, art. 1-2",
)
def aid(eligible: Node, counted_children: Node) -> Node:
    """Child aid when a child counts, else flat aid; none without right."""
    return case((eligible & (counted_children > 0), "child"), (eligible, "flat"), otherwise="none")


@formula(
    entity=HOUSEHOLD,
    label=Label("montant du mois", "مبلغ الشهر", "amount of the month"),
    reference="loi 58-23; décret 2-23-1067",
    unit="centimes",
)
def amount(
    eligible: Node,
    child_aid: Node,
    disability_supplement: Node,
    family_floor: Node,
    flat_aid: Node,
    birth_grant: Node,
    back_to_school_grant: Node,
) -> Node:
    """Sum of the benefits due, 0 without right."""
    of_children = sum_of(child_aid + disability_supplement + birth_grant + back_to_school_grant)
    return when(eligible, of_children + family_floor + flat_aid)
