"""What each benefit brings a household, as household formulas added to a programme's law.

A month's decisions need the benefits person by person; costs, reforms and forecasts need one number per household and
benefit.  The law itself has no such column: it is derived here from the declaration of the benefits, so that the same
graph gives it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from karama.foundation.errors import LawError
from karama.law.engine.expressions import Entity
from karama.law.engine.formulas import Formula
from karama.law.engine.graph import Law
from karama.law.engine.language import sum_of, when

if TYPE_CHECKING:
    from karama.law.engine.expressions import Node
    from karama.law.engine.programme import Benefit, Programme

_SUFFIX = "_total"


def total_of(benefit: Benefit) -> str:
    """Name of the household column that holds a benefit's sum, in centimes, 0 without right."""
    return f"{benefit.formula}{_SUFFIX}"


def with_totals(programme: Programme) -> Programme:
    """The programme with a household formula per benefit: what it brings the whole household in the month.

    Raises:
        LawError: a benefit has no formula, or a formula of the law already has the name of a total.
    """
    law = programme.law
    sums = [_sum(programme, one) for one in programme.benefits]
    taken = {one.name for one in law.formulas}
    for one in sums:
        if one.name in taken:
            raise LawError(
                f"'{one.name}' is a formula and the name of a benefit's total: give the formula another name"
            )
    return replace(programme, law=Law(law.inputs, (*law.formulas, *sums), law.parameters))


def _sum(programme: Programme, benefit: Benefit) -> Formula:
    versions = [one for one in programme.law.formulas if one.name == benefit.formula]
    if not versions:
        raise LawError(f"benefit '{benefit.formula}' has no formula: define it, or leave the benefit out")
    latest = versions[-1]

    def build(eligible: Node, amount: Node) -> Node:
        return when(eligible, sum_of(amount) if amount.entity is Entity.PERSON else amount)

    return Formula(
        name=total_of(benefit),
        entity=Entity.HOUSEHOLD,
        arguments=(programme.eligible, benefit.formula),
        build=build,
        label=latest.label,
        reference=latest.reference,
        file=latest.file,
        unit=latest.unit,
    )
