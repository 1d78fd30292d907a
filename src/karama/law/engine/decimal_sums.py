"""How a sum of decimals is best added: what shares a condition together, what fits 64 bits first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.law.engine import expressions as e
from karama.law.engine import types
from karama.law.engine.shapes import shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from karama.law.engine.types import Type

DIGITS_OF_64_BITS = 18


def by_condition(terms: Sequence[e.Node]) -> tuple[list[e.Node], list[tuple[e.Node, list[e.Node]]]]:
    """The terms of a sum that are 0 unless a condition holds, by their first condition where several share it.

    Returns:
        The other terms, and each shared condition with what its terms are where it holds.
    """
    apart: list[e.Node] = []
    groups: dict[object, list[tuple[e.Node, e.Node, e.Node]]] = {}
    for term in terms:
        first, value = _conditional(term)
        if first is None:
            apart.append(term)
        else:
            groups.setdefault(shape(first), []).append((term, first, value))
    apart += [term for group in groups.values() if len(group) == 1 for term, _, _ in group]
    return apart, [(group[0][1], [value for _, _, value in group]) for group in groups.values() if len(group) > 1]


def _conditional(term: e.Node) -> tuple[e.Node | None, e.Node]:
    """The first condition of a term that is 0 where it does not hold, and the term where it does."""
    if not isinstance(term, e.Case) or len(term.branches) > 1:
        return None, term
    if not (isinstance(term.default, e.Literal_) and term.default.value == 0):
        return None, term
    ((condition, value),) = term.branches
    first, *others = condition.conditions if isinstance(condition, e.All) else (condition,)
    return first, e.Case(((e.all_of(*others), value),), term.default) if others else value


def narrow_sum(terms: Sequence[e.Node]) -> tuple[list[e.Node], Type]:
    """The terms whose sum fits 64 bits, which engines add much faster than wider numbers, and its type."""
    sized = sorted(((types.as_decimal(one.type), one) for one in terms), key=lambda pair: pair[0].digits)
    while sized:
        places = max(kind.places for kind, _ in sized)
        digits = max(kind.digits - kind.places for kind, _ in sized) + places + len(str(len(sized)))
        if digits <= DIGITS_OF_64_BITS:
            return [one for _, one in sized], types.decimal(digits, places)
        sized.pop()
    return [], types.INTEGER
