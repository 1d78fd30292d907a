"""Back-to-school grant (aide à la rentrée scolaire, décret 2-24-706): pupils of public schools, once a year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.foundation.languages import Label
from karama.foundation.months import Month
from karama.law.engine.expressions import Entity, node
from karama.law.engine.formulas import formula
from karama.law.engine.language import case, descending, first_day, month_of, rank, when, years_before

if TYPE_CHECKING:
    from karama.law.engine.expressions import Node

PERSON = Entity.PERSON
LABEL = Label("aide à la rentrée scolaire", "منحة الدخول المدرسي", "back-to-school grant")
FIRST_MONTH = Month(2024, 9)


@formula(
    name="back_to_school_grant",
    entity=PERSON,
    label=LABEL,
    reference="décret 2-24-706: the grant starts in September 2024",
    unit="centimes",
    valid_until=FIRST_MONTH - 1,
)
def no_back_to_school_grant() -> Node:
    """Before the decree there is no such grant."""
    return node(0)


@formula(
    entity=PERSON,
    label=Label("élève d'une école publique", "تلميذ بمدرسة عمومية", "pupil of a public school"),
    reference="décret 2-24-706; counting rule 8",
    valid_from=FIRST_MONTH,
)
def is_pupil(
    is_counted_child: Node,
    birth_date: Node,
    enrolled: Node,
    public_school: Node,
    school_level: Node,
    pupil_least_age_years: Node,
) -> Node:
    """A counted child of 6 and over, enrolled in a public school at one of the three levels."""
    old_enough = birth_date <= years_before(pupil_least_age_years)
    level = school_level.among("primary", "lower_secondary", "upper_secondary")
    return is_counted_child & old_enough & enrolled & public_school & level


@formula(
    entity=PERSON,
    label=Label("montant par niveau", "المبلغ حسب المستوى", "amount of the level"),
    reference="décret 2-24-706",
    unit="centimes",
    valid_from=FIRST_MONTH,
)
def back_to_school_amount(
    school_level: Node,
    back_to_school_primary_amount: Node,
    back_to_school_lower_secondary_amount: Node,
    back_to_school_upper_secondary_amount: Node,
) -> Node:
    """What the school level brings."""
    return case(
        (school_level.equals("primary"), back_to_school_primary_amount),
        (school_level.equals("lower_secondary"), back_to_school_lower_secondary_amount),
        (school_level.equals("upper_secondary"), back_to_school_upper_secondary_amount),
        otherwise=0,
    )


@formula(
    entity=PERSON,
    label=Label("rang parmi les élèves", "الرتبة بين التلاميذ", "rank among the pupils"),
    reference="décret 2-24-706; counting rule 8",
    valid_from=FIRST_MONTH,
)
def pupil_rank(is_pupil: Node, birth_date: Node, back_to_school_amount: Node) -> Node:
    """Oldest pupil first; equal birth dates: the larger grant first."""
    return rank(is_pupil, birth_date, descending(back_to_school_amount))


@formula(
    name="back_to_school_grant",
    entity=PERSON,
    label=LABEL,
    reference="décret 2-24-706",
    unit="centimes",
    valid_from=FIRST_MONTH,
)
def back_to_school_grant(
    is_pupil: Node,
    pupil_rank: Node,
    child_rank: Node,
    back_to_school_amount: Node,
    back_to_school_month: Node,
    back_to_school_pupils_limit: Node,
    pupil_order: Node,
) -> Node:
    """Paid in September for the first six pupils; a pupil is a counted child, so the family receives child aid."""
    place = case((pupil_order.equals("child_rank"), child_rank), otherwise=pupil_rank)
    due = is_pupil & month_of(first_day()).equals(back_to_school_month) & (place <= back_to_school_pupils_limit)
    return when(due, back_to_school_amount)
