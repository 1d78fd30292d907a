"""Citations, notes, units and sources of the law's files, in the language of the reader.

The files keep them once: acts in French, remarks in English.  Remarks are looked up; what is left are acts, articles
and counting rules, which follow patterns.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from karama.law.remarks import CITED, REMARKS

if TYPE_CHECKING:
    from karama.foundation.languages import Language

_INSIDE = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, sorted(CITED, key=len, reverse=True))) + r")(?!\w)")
_FEW = range(3, 11)
"""Numbers after which Arabic puts the plural."""

_PATTERNS: dict[Language, tuple[tuple[str, str], ...]] = {
    "fr": (
        (r"\blei ", "loi "),
        (r"counting rules (\d+) and (\d+)", r"règles de décompte \1 et \2"),
        (r"counting rule (\d+)", r"règle de décompte \1"),
        (r"annexes (\d) and (\d)", r"annexes \1 et \2"),
        (r"(?<! )([;:]) ", r" \1 "),
    ),
    "en": (
        (r"\b(?:loi|lei) ", "law "),
        (r"\bdécret ", "decree "),
    ),
    "ar": (
        (r"\bloi (\d+)-(\d+)", r"القانون \1.\2"),
        (r"\blei ", "القانون البرازيلي "),
        (r"\bdécret (\d+)-(\d+)-(\d+)", r"المرسوم \1.\2.\3"),
        (r"\bart\. (\d+)-(\d+)", r"المواد \1 إلى \2"),
        (r"\bart\. (\d+)", r"المادة \1"),
        (r"counting rules (\d+) and (\d+)", r"قاعدتا الاحتساب \1 و\2"),
        (r"counting rule (\d+)", r"قاعدة الاحتساب \1"),
        (r"annexes 1(?: and |-)2", "الملحقان 1 و2"),
        (r";", "؛"),
        (r",(?!\d)", "،"),
    ),
}


@lru_cache(maxsize=4096)
def translate(text: str, language: Language, count: int | None = None) -> str:
    """A citation, note, unit or source in the words of a language; what nobody translated stays as written.

    ``count`` chooses between the singular and the plural of a unit.
    """
    if text in REMARKS:
        return _form(REMARKS[text].get(language), language, count)
    said = _INSIDE.sub(lambda found: REMARKS[found[0]].get(language), text)
    for pattern, words in _PATTERNS[language]:
        said = re.sub(pattern, words, said)
    return said


def _form(text: str, language: Language, count: int | None) -> str:
    singular, _, plural = text.partition("|")
    if not plural or count is None:
        return plural or singular
    many = count in _FEW if language == "ar" else abs(count) > 1
    return plural if many or (language == "en" and count == 0) else singular
