"""What a decision tells about health, and the same decision for a reader who may not know it (law 09-08).

What is left out depends on the law alone, never on the family: that something is missing tells nothing.  So a benefit
that looks at health for one child is not itemised for any.  What stays is the amount of the month, which whoever pays
must know; who knows the law's amounts and the family may reckon from it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from karama.delivery.decisions.notice.facts import HEALTH_COLUMNS
from karama.foundation.languages import Label
from karama.law import programme_named

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.law.engine.explain import Explanation

REST = Label(
    "part que votre droit ne permet pas de détailler",
    "جزء لا تسمح صلاحيتكم بتفصيله",
    "a part not shown in detail",
)
"""What the benefits that look at health come to, told as one sum of nobody's."""


@cache
def private_names(programme: str, month: Month) -> frozenset[str]:
    """The facts of health, the formulas that rest on one, and the parameters that these read."""
    definitions = programme_named(programme).graph(month).definitions
    private = set(HEALTH_COLUMNS)
    for name, one in definitions.items():  # each stands after what it reads
        if private & set(one.formula.arguments):
            private.add(name)
    read = (one for name in private & definitions.keys() for one in definitions[name].formula.arguments)
    parameters = programme_named(programme).law.parameters.by_name
    return frozenset(private | {name for name in read if name in parameters})


@cache
def private_refusals(programme: str, month: Month) -> frozenset[str]:
    """Codes of the refusals that tell something about health, because their condition reads it."""
    private = private_names(programme, month)
    return frozenset(one.refusal for one in programme_named(programme).conditions if one.formula in private)


def without_health(explanation: Explanation) -> Explanation:
    """The explanation without conditions, lines and doubts that rest on health; its amount stays whole."""
    decision = explanation.decision
    private = private_names(explanation.programme.name, decision.month)
    refusals = private_refusals(explanation.programme.name, decision.month)
    return replace(
        explanation,
        decision=replace(
            decision,
            lines=tuple(one for one in decision.lines if one.benefit not in private),
            reasons=tuple(one for one in decision.reasons if one not in refusals),
        ),
        conditions=tuple(one for one in explanation.conditions if one.condition.formula not in private),
        unconfirmed=tuple(one for one in explanation.unconfirmed if one not in private),
    )


def rest_of(explanation: Explanation) -> int:
    """Centimes of the month that no line tells."""
    decision = explanation.decision
    return decision.amount_centimes - sum(one.amount_centimes for one in decision.lines)
