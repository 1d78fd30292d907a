"""The three languages of every text a user sees: French (law and screen), Arabic (screen), English (code)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["fr", "ar", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "ar", "en")


@dataclass(frozen=True, slots=True)
class Label:
    """One text in the three languages, none of them empty.

    Raises:
        ValueError: one of the three is empty.
    """

    fr: str
    ar: str
    en: str

    def __post_init__(self) -> None:
        """Refuse a label that one group of readers could not read."""
        for language in LANGUAGES:
            if not self.get(language).strip():
                message = f"label {self.en or self.fr!r} has no text in '{language}'"
                raise ValueError(message)

    def get(self, language: Language) -> str:
        """The text in one language."""
        text: str = getattr(self, language)
        return text

    def as_dict(self) -> dict[str, str]:
        """The three texts by language code."""
        return {"fr": self.fr, "ar": self.ar, "en": self.en}


def isolated(text: str, language: Language) -> str:
    """A code, a name or an address in Latin letters, which keeps its order among Arabic words."""
    return f"\u2066{text}\u2069" if language == "ar" and text else text
