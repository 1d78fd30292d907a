"""AMO-Tadamon: the score against its own threshold."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from karama.foundation.languages import Label
from karama.law.engine.expressions import Entity
from karama.law.engine.formulas import formula
from karama.law.engine.language import case

if TYPE_CHECKING:
    from karama.law.engine.expressions import Node

REFERENCE = "décret 2-22-923"


@formula(
    entity=Entity.HOUSEHOLD,
    label=Label(
        "l'indice est inférieur ou égal au seuil",
        "المؤشر أقل من العتبة أو يساويها",
        "the score is at or under the threshold",
    ),
    reference=REFERENCE,
)
def score_at_or_under_threshold(score_in_force: Node, score_threshold: Node) -> Node:
    """The score in force does not exceed the threshold; without a score the refusal is another."""
    return score_in_force.otherwise(Decimal(0)) <= score_threshold


@formula(entity=Entity.HOUSEHOLD, label=Label("couverture ouverte", "التغطية مفتوحة", "covered"), reference=REFERENCE)
def eligible(has_score_in_force: Node, score_at_or_under_threshold: Node) -> Node:
    """A score in force, at or under the threshold."""
    return has_score_in_force & score_at_or_under_threshold


@formula(entity=Entity.HOUSEHOLD, label=Label("couverture", "التغطية", "cover"), reference=REFERENCE)
def aid(eligible: Node) -> Node:
    """Health cover, or none."""
    return case((eligible, "cover"), otherwise="none")
