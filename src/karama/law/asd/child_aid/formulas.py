"""Monthly child aid (aide pour la protection contre les risques liés à l'enfance): who counts, how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.foundation.languages import Label
from karama.law.engine.expressions import Entity
from karama.law.engine.formulas import formula
from karama.law.engine.language import (
    case,
    count_of,
    descending,
    greatest,
    last_day,
    rank,
    sum_of,
    when,
    years_before,
)
from karama.law.inputs import CHILD_ROLES

if TYPE_CHECKING:
    from karama.law.engine.expressions import Node

HOUSEHOLD, PERSON = Entity.HOUSEHOLD, Entity.PERSON


@formula(
    entity=PERSON,
    label=Label("enfant compté", "طفل محتسب", "counted child"),
    reference="loi 58-23, art. 1-2; counting rule 2",
)
def is_counted_child(
    is_present: Node,
    role: Node,
    birth_date: Node,
    severe_disability: Node,
    other_minors_count: Node,
    child_age_limit_years: Node,
    disabled_child_age_limit_years: Node,
) -> Node:
    """A child, child in kafala or ward of the family, under the age limit on the first day of the month."""
    of_the_family = role.among(*CHILD_ROLES) | (other_minors_count & role.equals("other"))
    limit = case(
        (severe_disability, years_before(disabled_child_age_limit_years)),
        otherwise=years_before(child_age_limit_years),
    )
    return is_present & of_the_family & (birth_date > limit)


@formula(
    entity=HOUSEHOLD,
    label=Label("nombre d'enfants comptés", "عدد الأطفال المحتسبين", "number of counted children"),
    reference="loi 58-23, art. 1-2",
    unit="children",
)
def counted_children(is_counted_child: Node) -> Node:
    """Children of the family that count this month, at school or not, beyond the sixth too."""
    return count_of(is_counted_child)


@formula(
    entity=PERSON,
    label=Label("moins de six ans ou scolarisé", "دون ست سنوات أو متمدرس", "under six or at school"),
    reference="décret 2-23-1067; counting rule 4",
)
def counts_as_at_school(birth_date: Node, enrolled: Node, preschool_age_limit_years: Node) -> Node:
    """Under six years counts as at school."""
    return (birth_date > years_before(preschool_age_limit_years)) | enrolled


@formula(
    entity=PERSON,
    label=Label("montant aux premiers rangs", "المبلغ في الرتب الأولى", "amount at the first ranks"),
    reference="décret 2-23-1067",
    unit="centimes",
)
def amount_at_first_ranks(
    counts_as_at_school: Node,
    father_deceased: Node,
    amount_first_ranks_at_school: Node,
    amount_first_ranks_not_at_school: Node,
    amount_first_ranks_orphan_at_school: Node,
    amount_first_ranks_orphan_not_at_school: Node,
) -> Node:
    """What the child brings at ranks 1 to 3, without the disability supplement."""
    return case(
        (counts_as_at_school & father_deceased, amount_first_ranks_orphan_at_school),
        (counts_as_at_school, amount_first_ranks_at_school),
        (father_deceased, amount_first_ranks_orphan_not_at_school),
        otherwise=amount_first_ranks_not_at_school,
    )


@formula(
    entity=PERSON,
    label=Label("montant aux rangs suivants", "المبلغ في الرتب الموالية", "amount at the next ranks"),
    reference="décret 2-23-1067",
    unit="centimes",
)
def amount_at_next_ranks(
    counts_as_at_school: Node,
    father_deceased: Node,
    amount_next_ranks_at_school: Node,
    amount_next_ranks_not_at_school: Node,
    amount_next_ranks_orphan_at_school: Node,
    amount_next_ranks_orphan_not_at_school: Node,
) -> Node:
    """What the child brings at ranks 4 to 6, without the disability supplement."""
    return case(
        (counts_as_at_school & father_deceased, amount_next_ranks_orphan_at_school),
        (counts_as_at_school, amount_next_ranks_at_school),
        (father_deceased, amount_next_ranks_orphan_not_at_school),
        otherwise=amount_next_ranks_not_at_school,
    )


@formula(
    entity=PERSON,
    label=Label("complément aux premiers rangs", "التكملة في الرتب الأولى", "supplement at the first ranks"),
    reference="décret 2-23-1067",
    unit="centimes",
)
def supplement_at_first_ranks(severe_disability: Node, disability_supplement_amount: Node) -> Node:
    """What a severe disability (handicap lourd) adds at ranks 1 to 3."""
    return when(severe_disability, disability_supplement_amount)


@formula(
    entity=PERSON,
    label=Label("complément aux rangs suivants", "التكملة في الرتب الموالية", "supplement at the next ranks"),
    reference="décret 2-23-1067 (inferred)",
    unit="centimes",
)
def supplement_at_next_ranks(severe_disability: Node, disability_supplement_next_ranks_amount: Node) -> Node:
    """What a severe disability (handicap lourd) adds from rank 4."""
    return when(severe_disability, disability_supplement_next_ranks_amount)


@formula(
    entity=PERSON,
    label=Label("place du jour de naissance", "موضع يوم الميلاد", "place of the day of birth"),
    reference="counting rule 3",
)
def birth_date_place(is_counted_child: Node, birth_date: Node) -> Node:
    """First rank open to the children born that day: one more than the number of elders."""
    return rank(is_counted_child, birth_date, shared=True)


@formula(
    entity=PERSON,
    label=Label("rang parmi les enfants comptés", "الرتبة بين الأطفال المحتسبين", "rank among the counted children"),
    reference="loi 58-23; counting rule 3",
)
def rank_among_counted(
    is_counted_child: Node,
    birth_date: Node,
    birth_date_place: Node,
    amount_at_first_ranks: Node,
    amount_at_next_ranks: Node,
    supplement_at_first_ranks: Node,
    supplement_at_next_ranks: Node,
    first_ranks: Node,
) -> Node:
    """Oldest first; equal birth dates in the order that gives the family most, then by identifier.

    Where the last of the first ranks may fall within a day of birth, the child who gains most from it goes first;
    then the one who brings most at the next ranks, since the seventh brings nothing.
    """
    first, following = (
        amount_at_first_ranks + supplement_at_first_ranks,
        amount_at_next_ranks + supplement_at_next_ranks,
    )
    gain = when(birth_date_place <= first_ranks, first - following)
    return rank(
        is_counted_child,
        birth_date,
        descending(gain),
        descending(following),
    )


@formula(
    entity=PERSON,
    label=Label("rang parmi toutes les naissances", "الرتبة بين جميع الولادات", "rank among all births"),
    reference="counting rule 3 (alternative reading)",
)
def rank_among_all_births(role: Node, birth_date: Node, birth_order: Node) -> Node:
    """Birth order in the family as recorded, else among its children of any age, alive or dead."""
    return birth_order.otherwise(rank(role.among(*CHILD_ROLES) & (birth_date <= last_day()), birth_date))


@formula(
    entity=PERSON,
    label=Label("rang de l'enfant", "رتبة الطفل", "rank of the child"),
    reference="loi 58-23; counting rule 3 (unknown)",
)
def child_rank(is_counted_child: Node, rank_among_counted: Node, rank_among_all_births: Node, rank_basis: Node) -> Node:
    """The rank that sets the amount, 0 for who is not a counted child; recomputed each month by default."""
    chosen = case((rank_basis.equals("all_births"), rank_among_all_births), otherwise=rank_among_counted)
    return when(is_counted_child, chosen)


@formula(
    entity=PERSON,
    label=Label("aide à l'enfant", "إعانة الطفل", "child aid"),
    reference="loi 58-23, art. 1-2; décret 2-23-1067",
    unit="centimes",
)
def child_aid(
    child_rank: Node, amount_at_first_ranks: Node, amount_at_next_ranks: Node, first_ranks: Node, children_limit: Node
) -> Node:
    """Monthly amount of the child by its rank; nothing from the seventh child."""
    return case(
        (child_rank.equals(0), 0),
        (child_rank <= first_ranks, amount_at_first_ranks),
        (child_rank <= children_limit, amount_at_next_ranks),
        otherwise=0,
    )


@formula(
    entity=PERSON,
    label=Label("complément handicap lourd", "تكملة الإعاقة الشديدة", "severe-disability supplement"),
    reference="décret 2-23-1067",
    unit="centimes",
)
def disability_supplement(
    child_rank: Node,
    supplement_at_first_ranks: Node,
    supplement_at_next_ranks: Node,
    first_ranks: Node,
    children_limit: Node,
    supplement_beyond_sixth: Node,
) -> Node:
    """Monthly supplement of a severely disabled child (handicap lourd) that counts."""
    return case(
        (child_rank.equals(0), 0),
        (child_rank <= first_ranks, supplement_at_first_ranks),
        ((child_rank <= children_limit) | supplement_beyond_sixth, supplement_at_next_ranks),
        otherwise=0,
    )


@formula(
    entity=HOUSEHOLD,
    label=Label("montants comparés au plancher", "المبالغ المقارنة بالحد الأدنى", "amounts compared with the floor"),
    reference="loi 58-23; counting rules 5 and 6",
    unit="centimes",
)
def amounts_under_floor(child_aid: Node, disability_supplement: Node, supplement_inside_floor: Node) -> Node:
    """Child amounts, with the supplements by default, never the grants."""
    return sum_of(child_aid) + case((supplement_inside_floor, sum_of(disability_supplement)), otherwise=0)


@formula(
    entity=HOUSEHOLD,
    label=Label("complément au minimum familial", "تكملة الحد الأدنى للأسرة", "top-up to the family floor"),
    reference="loi 58-23, art. 1-2",
    unit="centimes",
)
def family_floor(counted_children: Node, amounts_under_floor: Node, family_floor_amount: Node) -> Node:
    """What raises a computed child aid under the floor (plancher de 500 dirhams) to it."""
    return when(counted_children > 0, greatest(family_floor_amount - amounts_under_floor, 0))
