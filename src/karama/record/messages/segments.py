"""How a text travels by SMS: its alphabet, and the segments that are paid and joined again in the telephone.

GSM 03.38 (3GPP TS 23.038): 160 characters of seven bits alone, 153 in each joined segment; else UCS-2, 70 and 67.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

Alphabet = Literal["gsm7", "ucs2"]

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The 128 characters of seven bits by their numbers; 27 leads to the second table."""

EXTENDED = {"\f": 10, "^": 20, "{": 40, "}": 41, "\\": 47, "[": 60, "~": 61, "]": 62, "|": 64, "€": 101}
"""Characters of the second table: each counts for two."""

ESCAPE = "\x1b"
_NUMBERS = {character: number for number, character in enumerate(BASIC) if character != ESCAPE}
_ALONE: dict[Alphabet, int] = {"gsm7": 160, "ucs2": 70}
_JOINED: dict[Alphabet, int] = {"gsm7": 153, "ucs2": 67}
_WRITTEN_AS = str.maketrans(
    {"œ": "oe", "Œ": "OE", "«": '"', "»": '"', "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."}
    | dict.fromkeys("\u00a0\u202f\u2009", " ")
)


@dataclass(frozen=True, slots=True)
class Segments:
    """The alphabet of a text, its length in that alphabet's units, and its segments."""

    alphabet: Alphabet
    units: int
    count: int


def segments_of(text: str) -> Segments:
    """How a text travels: seven bits where every character allows it, else UCS-2.

    A unit that takes two places (an extended character, a pair of surrogates) is never cut by the end of a segment.
    """
    alphabet: Alphabet = "gsm7" if is_gsm7(text) else "ucs2"
    parts = split(text)
    return Segments(alphabet, sum(_width(one, alphabet) for one in text), len(parts))


def is_gsm7(text: str) -> bool:
    """Whether seven bits say every character."""
    return all(one in _NUMBERS or one in EXTENDED for one in text)


def split(text: str) -> list[str]:
    """The text of each segment; one segment for an empty text."""
    alphabet: Alphabet = "gsm7" if is_gsm7(text) else "ucs2"
    if sum(_width(one, alphabet) for one in text) <= _ALONE[alphabet]:
        return [text]
    parts, room = [""], _JOINED[alphabet]
    for one in text:
        width = _width(one, alphabet)
        if width > room:
            parts.append("")
            room = _JOINED[alphabet]
        parts[-1] += one
        room -= width
    return parts


def encoded(text: str, alphabet: Alphabet) -> bytes:
    """The bytes of a text: one byte for each seven bits (not packed, as SMPP takes them), or UTF-16 of big end.

    Raises:
        ValueError: a character that seven bits cannot say.
    """
    if alphabet == "ucs2":
        return text.encode("utf-16-be")
    found = bytearray()
    for one in text:
        if one in EXTENDED:
            found += bytes((_ESCAPE_NUMBER, EXTENDED[one]))
        elif one in _NUMBERS:
            found.append(_NUMBERS[one])
        else:
            message = f"'{one}' is not in the alphabet of seven bits: send the text as ucs2"
            raise ValueError(message)
    return bytes(found)


def in_gsm7(text: str) -> str:
    """A French text in the characters of seven bits: é, è, à and ù stay, ê becomes e and ç c, marks are plain.

    What cannot be said in seven bits without losing it (Arabic) stays, and ``segments_of`` then says UCS-2.
    """
    plain = text.translate(_WRITTEN_AS)
    return "".join(one if one in _NUMBERS or one in EXTENDED else _bare(one) for one in plain)


def _bare(character: str) -> str:
    """A letter without its accent, where that is a letter of seven bits."""
    base = unicodedata.normalize("NFD", character)[0]
    return base if base in _NUMBERS else character


def _width(character: str, alphabet: Alphabet) -> int:
    if alphabet == "gsm7":
        return 2 if character in EXTENDED else 1
    return 2 if ord(character) > _BASIC_PLANE else 1


_BASIC_PLANE = 0xFFFF
_ESCAPE_NUMBER = 27
