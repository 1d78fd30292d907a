"""The choices several commands share: format, language, clock."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """How a result is printed."""

    TEXT = "text"
    JSON = "json"


class Tongue(StrEnum):
    """Language of the words printed."""

    FRENCH = "fr"
    ARABIC = "ar"
    ENGLISH = "en"


class Amounts(StrEnum):
    """The clock: amounts as they are paid, or as the text says."""

    PAID = "paid"
    LEGAL = "legal"
