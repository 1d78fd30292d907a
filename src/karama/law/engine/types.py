"""The few types a law needs: yes or no, whole numbers, exact decimals, one of a list, identifiers, dates.

There is no float: two engines may disagree on its last digit.  There is no implicit null: a column that may be
unknown carries ``nullable`` and must be asked ``is_known()`` or given a value with ``otherwise()`` first.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum

from karama.foundation.errors import LawError

MOST_DIGITS = 38
"""Widest DECIMAL of DuckDB and Spark."""

INTEGER_DIGITS_IN_DECIMALS = 8
"""Digits allowed to an integer that meets a decimal, so that products of coefficients stay narrow."""


Constant = bool | int | Decimal | str | dt.date
"""A value known when the law is read."""


class Kind(Enum):
    """What a value is."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    CHOICE = "choice"
    TEXT = "text"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Type:
    """Kind of a value with what the kind needs: digits and places (decimal), allowed values (choice).

    ``digits`` counts all digits of a decimal, ``places`` those after the point, as in SQL's DECIMAL(digits, places).
    """

    kind: Kind
    digits: int = 0
    places: int = 0
    choices: tuple[str, ...] = ()
    nullable: bool = False

    def known(self) -> Type:
        """The same type, never unknown."""
        return replace(self, nullable=False)

    def or_unknown(self) -> Type:
        """The same type, possibly unknown."""
        return replace(self, nullable=True)

    @property
    def numeric(self) -> bool:
        """Whether arithmetic applies."""
        return self.kind in {Kind.INTEGER, Kind.DECIMAL}

    def __str__(self) -> str:
        """Readable name for messages and the column dictionary."""
        text = self.kind.value
        if self.kind is Kind.DECIMAL:
            text = f"decimal({self.digits},{self.places})"
        if self.kind is Kind.CHOICE:
            text = "one of " + ", ".join(self.choices)
        return text + (" or unknown" if self.nullable else "")


BOOLEAN = Type(Kind.BOOLEAN)
INTEGER = Type(Kind.INTEGER)
TEXT = Type(Kind.TEXT)
DATE = Type(Kind.DATE)


def decimal(digits: int, places: int) -> Type:
    """An exact decimal.

    Raises:
        LawError: wider than 38 digits.
    """
    if not 0 <= places <= digits <= MOST_DIGITS:
        message = f"a decimal of {digits} digits with {places} places cannot be held exactly: round a part of it first"
        raise LawError(message)
    return Type(Kind.DECIMAL, digits=digits, places=places)


def choice(*values: str) -> Type:
    """One of the listed codes."""
    return Type(Kind.CHOICE, choices=tuple(values))


def as_decimal(kind: Type) -> Type:
    """The decimal type in which a number takes part in decimal arithmetic."""
    return decimal(INTEGER_DIGITS_IN_DECIMALS, 0) if kind.kind is Kind.INTEGER else kind


def common_type(types: list[Type], where: str) -> Type:
    """The type that holds the values of all the given ones.

    Raises:
        LawError: they are of different natures; ``where`` names the construct.
    """
    kinds = {one.kind for one in types}
    nullable = any(one.nullable for one in types)
    if kinds == {Kind.CHOICE}:
        merged = tuple(dict.fromkeys(code for one in types for code in one.choices))
        return replace(choice(*merged), nullable=nullable)
    if Kind.DECIMAL in kinds and kinds <= {Kind.INTEGER, Kind.DECIMAL}:
        numbers = [as_decimal(one) for one in types]
        places = max(one.places for one in numbers)
        whole = max(one.digits - one.places for one in numbers)
        return replace(decimal(whole + places, places), nullable=nullable)
    if kinds == {Kind.TEXT, Kind.CHOICE}:
        return replace(TEXT, nullable=nullable)
    if len(kinds) == 1:
        return replace(types[0], nullable=nullable)
    message = f"{where} mixes {' and '.join(sorted(str(one) for one in set(types)))}: use values of one nature"
    raise LawError(message)


def literal_type(value: Constant) -> Type:
    """The type of a value written in a formula.

    Raises:
        LawError: a float, or another Python type the law does not know.
    """
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int):
        return INTEGER
    if isinstance(value, Decimal) and value.is_finite():
        exponent = int(value.as_tuple().exponent)
        places = max(0, -exponent)
        return decimal(max(len(value.as_tuple().digits) + max(0, exponent), places + 1), places)
    if isinstance(value, str):
        return choice(value)
    if isinstance(value, dt.date):
        return DATE
    message = f"{value!r} cannot stand in a formula: use whole numbers, Decimal, text, dates or booleans, never floats"
    raise LawError(message)
