"""Which score counts in a month (counting rule 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.foundation.languages import Label
from karama.law.engine.expressions import Entity
from karama.law.engine.formulas import formula
from karama.law.engine.language import case, first_day

if TYPE_CHECKING:
    from karama.law.engine.expressions import Node


@formula(
    entity=Entity.HOUSEHOLD,
    label=Label("indice en vigueur", "المؤشر الساري", "score in force"),
    reference="décret 2-21-582; counting rule 9 (inferred)",
)
def score_in_force(score: Node, score_effective_from: Node, previous_score: Node) -> Node:
    """The latest score effective on or before the first day of the month, else the one before it."""
    effective = score.is_known() & (score_effective_from.otherwise(first_day()) <= first_day())
    return case((effective, score), otherwise=previous_score)


@formula(
    entity=Entity.HOUSEHOLD,
    label=Label("un indice est en vigueur", "يوجد مؤشر ساري", "a score is in force"),
    reference="loi 58-23, art. 3-4; décret 2-23-1068",
)
def has_score_in_force(score_in_force: Node) -> Node:
    """The household is registered in the RSU and its score counts on the first day of the month."""
    return score_in_force.is_known()
