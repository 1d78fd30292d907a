"""Birth grant (prime à la naissance): the first two births, claimed within six months."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from karama.foundation.languages import Label
from karama.law.engine.expressions import Entity
from karama.law.engine.formulas import formula
from karama.law.engine.language import case, day_of, first_day, last_day, months_since, rank, when

if TYPE_CHECKING:
    from karama.law.engine.expressions import Node

PERSON = Entity.PERSON
LONG_AGO = dt.date(1, 1, 1)


@formula(
    entity=PERSON,
    label=Label("ordre chez la mère", "الترتيب لدى الأم", "order among the mother's births"),
    reference="loi 58-23; counting rule 7 (inferred)",
)
def mother_birth_order(role: Node, birth_date: Node, mother_id: Node, live_birth_order: Node) -> Node:
    """As recorded, else the rank among the mother's children in the family, of any age, alive or dead.

    Children whose mother is not recorded are taken as of one mother.
    """
    born = role.equals("child") & (birth_date <= last_day())
    return live_birth_order.otherwise(rank(born, birth_date, within=(mother_id.otherwise(""),)))


@formula(
    entity=PERSON,
    label=Label("prime demandée à temps ce mois", "منحة مطلوبة في الأجل هذا الشهر", "grant claimed in time this month"),
    reference="loi 58-23; décret 2-23-1067; counting rule 7",
)
def birth_grant_claimed(
    role: Node,
    birth_date: Node,
    birth_grant_claim_date: Node,
    birth_grant_births_from: Node,
    birth_grant_claim_months: Node,
    birth_grant_last_day_included: Node,
) -> Node:
    """Claimed in the month, at the latest six calendar months after the birth, the day included.

    The last day is clamped to the month's end: a claim always falls on a day its month has.
    """
    claim = birth_grant_claim_date.otherwise(LONG_AGO)
    this_month = (claim >= first_day()) & (claim <= last_day()) & (claim >= birth_date)
    elapsed = months_since(birth_date)
    on_the_day = day_of(claim).equals(day_of(birth_date)) & birth_grant_last_day_included
    in_time_that_month = (day_of(claim) < day_of(birth_date)) | on_the_day
    on_the_last_month = elapsed.equals(birth_grant_claim_months) & in_time_that_month
    in_time = (elapsed < birth_grant_claim_months) | on_the_last_month
    return role.equals("child") & (birth_date >= birth_grant_births_from) & this_month & in_time


@formula(
    entity=PERSON,
    label=Label("première de la naissance multiple", "الأول في الولادة المتعددة", "first of the delivery"),
    reference="counting rule 7 (inferred)",
)
def first_of_delivery(
    birth_grant_claimed: Node, birth_date: Node, mother_birth_order: Node, multiple_birth_grants: Node
) -> Node:
    """Each child of a multiple birth counts by default; under the other reading, one grant per delivery."""
    place = rank(birth_grant_claimed, mother_birth_order, within=(birth_date,))
    return multiple_birth_grants.equals("each_child") | (place <= 1)


@formula(
    entity=PERSON,
    label=Label("prime à la naissance", "منحة الولادة", "birth grant"),
    reference="loi 58-23; décret 2-23-1067",
    unit="centimes",
)
def birth_grant(
    birth_grant_claimed: Node,
    first_of_delivery: Node,
    mother_birth_order: Node,
    birth_grant_first_amount: Node,
    birth_grant_second_amount: Node,
) -> Node:
    """2,000 dirhams for the mother's first live birth, 1,000 for the second, nothing after."""
    amount = case(
        (mother_birth_order.equals(1), birth_grant_first_amount),
        (mother_birth_order.equals(2), birth_grant_second_amount),
        otherwise=0,
    )
    return when(birth_grant_claimed & first_of_delivery, amount)
