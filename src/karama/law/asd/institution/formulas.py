"""Children in social protection establishments (enfants placés; loi 58-23, art. 16; décret 2-25-1064).

Each child stands alone: the aid is in its name, blocked until 18, and released with at least 10,000 dirhams.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.foundation.languages import Label
from karama.law.engine.expressions import Entity
from karama.law.engine.formulas import formula
from karama.law.engine.language import case, first_day, greatest, least, months_since, when

if TYPE_CHECKING:
    from karama.law.engine.expressions import Node

WARD = Entity.HOUSEHOLD
REFERENCE = "loi 58-23, art. 16; décret 2-25-1064"


@formula(
    entity=WARD,
    label=Label("le premier mois dû est atteint", "تم بلوغ أول شهر مستحق", "the first month due is reached"),
    reference=REFERENCE,
)
def ward_first_month_reached(
    claim_month: Node, admitted: Node, institution_aid_from: Node, admission_bounds_first_month: Node
) -> Node:
    """The later of December 2025, the month of the claim and, by default, the month of admission."""
    admitted_by_now = ~admission_bounds_first_month | (months_since(admitted) >= 0)
    return (first_day() >= institution_aid_from) & (months_since(claim_month) >= 0) & admitted_by_now


@formula(
    entity=WARD,
    label=Label("encore dans l'établissement", "لا يزال بالمؤسسة", "still in the establishment"),
    reference=REFERENCE,
)
def ward_still_there(left_on: Node) -> Node:
    """Not left before the month."""
    return months_since(left_on.otherwise(first_day())) <= 0


@formula(
    entity=WARD,
    label=Label("mois depuis la majorité", "أشهر منذ بلوغ سن الرشد", "months since majority"),
    reference=REFERENCE,
)
def months_since_majority(birth_date: Node, majority_age_months: Node) -> Node:
    """0 in the month of the 18th birthday, negative before."""
    return months_since(birth_date) - majority_age_months


@formula(
    entity=WARD,
    label=Label(
        "encore dans l'établissement, ou capital à verser ce mois",
        "لا يزال بالمؤسسة أو رأسمال يصرف هذا الشهر",
        "still in the establishment, or capital released this month",
    ),
    reference=REFERENCE,
)
def ward_there_or_released(ward_still_there: Node, release: Node) -> Node:
    """The capital of months already due is released at 18, in the establishment or not."""
    return ward_still_there | (release > 0)


@formula(
    entity=WARD,
    label=Label(
        "mineur, ou capital à verser ce mois",
        "قاصر أو رأسمال يصرف هذا الشهر",
        "a minor, or capital released this month",
    ),
    reference=REFERENCE,
)
def ward_minor_or_released(months_since_majority: Node, release: Node) -> Node:
    """Under 18 before the month of the birthday, or the month of release itself."""
    return (months_since_majority < 0) | (release > 0)


@formula(
    entity=WARD,
    label=Label("mois depuis la dernière mensualité", "أشهر منذ آخر قسط", "months since the last monthly amount"),
    reference=REFERENCE,
)
def months_past_majority(months_since_majority: Node, majority_month_is_due: Node) -> Node:
    """Over 0 once no month is due any more: the month of the 18th birthday is the first such one by default."""
    return months_since_majority + case((majority_month_is_due, 0), otherwise=1)


@formula(entity=WARD, label=Label("mensualité due", "قسط شهري مستحق", "monthly amount due"), reference=REFERENCE)
def ward_month_due(ward_first_month_reached: Node, ward_still_there: Node, months_past_majority: Node) -> Node:
    """The first month is reached, the child is still there, the last month is not past."""
    return ward_first_month_reached & ward_still_there & (months_past_majority <= 0)


@formula(
    entity=WARD,
    label=Label("mois dus à ce jour", "الأشهر المستحقة إلى اليوم", "months due so far"),
    reference=REFERENCE,
    unit="months",
)
def months_due(
    claim_month: Node,
    admitted: Node,
    left_on: Node,
    months_past_majority: Node,
    institution_aid_from: Node,
    admission_bounds_first_month: Node,
) -> Node:
    """Months from the first one due to the present one, or to the last one due."""
    since_claim = least(months_since(claim_month), months_since(institution_aid_from))
    since_first = case(
        (admission_bounds_first_month, least(since_claim, months_since(admitted))), otherwise=since_claim
    )
    since_last = greatest(0, months_since(left_on.otherwise(first_day())), months_past_majority)
    return greatest(0, since_first - since_last + 1)


@formula(
    entity=WARD, label=Label("capital bloqué", "رأسمال مجمد", "blocked capital"), reference=REFERENCE, unit="centimes"
)
def capital(months_due: Node, institution_monthly_amount: Node) -> Node:
    """Sum of the monthly amounts due so far, without interest (counting rule 13, inferred)."""
    return months_due * institution_monthly_amount


@formula(
    entity=WARD,
    label=Label("capital versé à la majorité", "رأسمال يصرف عند بلوغ سن الرشد", "capital released at majority"),
    reference=REFERENCE,
    unit="centimes",
)
def release(
    months_since_majority: Node, months_due: Node, capital: Node, institution_minimum_at_majority: Node
) -> Node:
    """In the month of the 18th birthday, the larger of the capital and 10,000 dirhams, if a month was ever due."""
    due = months_since_majority.equals(0) & (months_due > 0)
    return when(due, greatest(capital, institution_minimum_at_majority))


@formula(
    entity=WARD,
    label=Label("mensualité de l'enfant placé", "القسط الشهري للطفل المودع", "monthly aid of a child in care"),
    reference=REFERENCE,
    unit="centimes",
)
def institution_aid(ward_month_due: Node, institution_monthly_amount: Node) -> Node:
    """Monthly amount, blocked in the child's name."""
    return when(ward_month_due, institution_monthly_amount)


@formula(
    entity=WARD,
    label=Label(
        "complément au minimum de majorité", "تكملة إلى الحد الأدنى عند الرشد", "top-up to the minimum at majority"
    ),
    reference=REFERENCE,
    unit="centimes",
)
def institution_top_up(release: Node, capital: Node) -> Node:
    """What the State adds at majority when the capital is under the minimum."""
    return when(release > 0, release - capital)


@formula(entity=WARD, label=Label("droit ouvert", "الحق مفتوح", "eligible"), reference=REFERENCE)
def eligible(ward_month_due: Node, release: Node) -> Node:
    """A monthly amount is due, or the capital is released."""
    return ward_month_due | (release > 0)


@formula(entity=WARD, label=Label("nature de l'aide", "نوع الإعانة", "kind of aid"), reference=REFERENCE)
def aid(eligible: Node) -> Node:
    """Aid of a child in care, or none."""
    return case((eligible, "institution"), otherwise="none")


@formula(
    entity=WARD,
    label=Label("montant du mois", "مبلغ الشهر", "amount of the month"),
    reference=REFERENCE,
    unit="centimes",
)
def amount(institution_aid: Node, institution_top_up: Node) -> Node:
    """What the month adds in the child's name."""
    return institution_aid + institution_top_up
