"""Numbers of one row: the only division, and the least or greatest of several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from karama.law.engine import types
from karama.law.engine.checks import need, need_known, need_some, refuse
from karama.law.engine.expressions import Node, widest
from karama.law.engine.types import Kind

RATIO_DIGITS = 18


@dataclass(frozen=True, eq=False)
class Ratio(Node):
    """Quotient of integers, rounded half away from zero at the given places; 0 unless the denominator is positive."""

    numerator: Node
    denominator: Node
    places: int

    def __post_init__(self) -> None:
        need_known("ratio()", self.numerator, self.denominator)
        need(Kind.INTEGER, "ratio()", self.numerator, self.denominator)
        if not 0 <= self.places <= RATIO_DIGITS - 6:
            refuse(f"ratio() with {self.places} places: use 0 to {RATIO_DIGITS - 6}")
        self._settle(types.decimal(RATIO_DIGITS, self.places), widest(self.numerator, self.denominator))


@dataclass(frozen=True, eq=False)
class Extreme(Node):
    """The least or the greatest of several numbers or dates of one row."""

    which: Literal["least", "greatest"]
    values: tuple[Node, ...]

    def __post_init__(self) -> None:
        need_some(f"{self.which}()", self.values, least=2)
        need_known(f"{self.which}()", *self.values)
        kind = types.common_type([one.type for one in self.values], f"{self.which}()")
        if not (kind.numeric or kind.kind is Kind.DATE):
            refuse(f"{self.which}() of {kind} has no sense: use numbers or dates")
        self._settle(kind, widest(*self.values))
