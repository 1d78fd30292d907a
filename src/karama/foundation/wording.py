"""Numbers and months as the readers of each language write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from karama.foundation.languages import Language
    from karama.foundation.months import Month

_NARROW_SPACE, _MINUS, _LEFT_TO_RIGHT = "\u202f", "\u2212", "\u200e"
_MONTHS: dict[Language, tuple[str, ...]] = {
    "fr": (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
    "ar": ("يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو", "يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر"),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
_SHORT_MONTHS: dict[Language, tuple[str, ...]] = {
    "fr": ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
    "ar": _MONTHS["ar"],
    "en": tuple(name[:3] for name in _MONTHS["en"]),
}

PERCENT: dict[Language, str] = {"fr": "\u00a0%", "ar": "%", "en": "%"}
"""What stands after a percentage."""


def month_name(month: Month, language: Language) -> str:
    """The month in full: ``janvier 2026``, ``يناير 2026``, ``January 2026``."""
    return f"{_MONTHS[language][month.month - 1]} {month.year}"


def short_month(month: Month, language: Language) -> str:
    """The month for an axis, without its year."""
    return _SHORT_MONTHS[language][month.month - 1]


def number(value: float | Decimal, language: Language, places: int = 0) -> str:
    """A number with its thousands apart: ``12 345,6`` in French, ``12,345.6`` in Arabic and English."""
    text = f"{value:,.{places}f}"
    text = (text if _says_something(text) else text.lstrip("-")).replace("-", _minus(language))
    return text.replace(",", _NARROW_SPACE).replace(".", ",") if language == "fr" else text


def signed(value: float | Decimal, language: Language, places: int = 0) -> str:
    """A number that shows its sign, unless it is zero at these places."""
    text = number(value, language, places)
    plus = f"{_LEFT_TO_RIGHT}+" if language == "ar" else "+"
    return f"{plus}{text}" if value > 0 and _says_something(text) else text


def _minus(language: Language) -> str:
    """The minus sign, kept on the left of its number among Arabic words."""
    return f"{_LEFT_TO_RIGHT}{_MINUS}" if language == "ar" else _MINUS


def _says_something(text: str) -> bool:
    """Whether a number as written is other than zero."""
    return any(digit in text for digit in "123456789")
