"""Between a household and its persons: aggregations upwards, ranks among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from karama.law.engine import types
from karama.law.engine.checks import describe, need, need_known, need_numbers, refuse
from karama.law.engine.expressions import Entity, Node, Order, widest
from karama.law.engine.types import INTEGER, Kind

Aggregation = Literal["sum", "count", "any", "least", "greatest"]


@dataclass(frozen=True, eq=False)
class Aggregate(Node):
    """A household's value drawn from its persons: sum, count, any, least or greatest, over those ``where`` holds."""

    aggregation: Aggregation
    value: Node
    where: Node
    default: Node

    def __post_init__(self) -> None:
        need_known(f"{self.aggregation} over persons", self.value, self.where, self.default)
        need(Kind.BOOLEAN, f"{self.aggregation} over persons", self.where)
        if widest(self.value, self.where) is not Entity.PERSON:
            refuse(f"{self.aggregation} over persons reads nothing of a person: aggregate a person's value")
        if self.default.entity is not Entity.CONSTANT:
            refuse("the value of an empty household must be a constant")
        kind = types.common_type([self.value.type, self.default.type], f"{self.aggregation} over persons")
        if self.aggregation in {"least", "greatest"} and not (kind.numeric or kind.kind is Kind.DATE):
            refuse(f"{self.aggregation} over persons of {kind} has no sense: use numbers or dates")
        if self.aggregation == "sum":
            need_numbers("a sum over persons", self.value)
            if kind.kind is Kind.DECIMAL:
                kind = types.decimal(kind.digits + 3, kind.places)
        self._settle(kind, Entity.HOUSEHOLD)


@dataclass(frozen=True, eq=False)
class Rank(Node):
    """Rank within the household, from 1, among the persons for whom ``among`` holds; 0 for the others.

    The order is total: after the given keys the person's identifier decides, so no engine has a tie to break.
    With ``shared`` equal keys share the rank (1, 2, 2, 4).  ``within`` restarts the count for each of its values.
    """

    among_: Node
    order: tuple[Order, ...]
    within: tuple[Node, ...] = ()
    shared: bool = False

    def __post_init__(self) -> None:
        keys = [one.key for one in self.order]
        need_known("a rank", self.among_, *keys, *self.within)
        need(Kind.BOOLEAN, "a rank", self.among_)
        for key in keys:
            if not (key.type.numeric or key.type.kind is Kind.DATE):
                refuse(f"a rank cannot be ordered by {describe(key)}, which is {key.type}: use numbers or dates")
        if self.among_.entity is not Entity.PERSON:
            refuse("a rank needs persons to rank: say among whom")
        if self.shared and not keys:
            refuse("a shared rank needs a key to share")
        self._settle(INTEGER, Entity.PERSON)
