"""Money: integer centimes inside, dirhams with two decimals at the edges; never a float."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from karama.foundation.errors import BadInputError

_CENT = Decimal("0.01")
_SYMBOLS = {"MAD": {"fr": "MAD", "ar": "درهم", "en": "MAD"}, "BRL": {"fr": "BRL", "ar": "ريال برازيلي", "en": "BRL"}}
_NARROW_SPACE = "\u202f"


def to_centimes(amount: Decimal | str | int) -> int:
    """Centimes of an amount in the main unit (1 MAD = 100 centimes).

    Raises:
        BadInputError: not a number, infinite, or finer than a centime.
    """
    try:
        value = Decimal(amount) * 100
        centimes = int(value)
    except (InvalidOperation, ValueError, OverflowError) as error:
        message = f"'{amount}' is no amount: write a number with at most two decimals, for example 250.00"
        raise BadInputError(message) from error
    if centimes != value:
        message = f"'{amount}' is finer than a centime: write at most two decimals"
        raise BadInputError(message)
    return centimes


def from_centimes(centimes: int) -> Decimal:
    """The amount in the main unit, with exactly two decimals."""
    return (Decimal(centimes) / 100).quantize(_CENT)


def format_money(centimes: int, language: str = "fr", currency: str = "MAD") -> str:
    """An amount as the reader writes it: ``1 250,00 MAD`` (fr), ``1,250.00 MAD`` (en), with درهم in Arabic."""
    text = f"{from_centimes(centimes):,.2f}"
    if language == "fr":
        text = text.replace(",", _NARROW_SPACE).replace(".", ",")
    symbol = _SYMBOLS.get(currency, {}).get(language, currency)
    return f"{text} {symbol}"
