"""Names as they sound and as they are written, brought to keys that can be compared.

A Moroccan name has one usual Arabic writing and many Latin ones: *Houssine, Hussein, Houcine, L'Houssain*; *Ouahbi,
Wahbi*; *3omar* on a telephone.  Three keys are made of it:

- the **sound** of the Latin writing: accents, doubled letters and silent ones gone, one letter for each spelling of a
  sound (ou, oo, w and o are u; ch and sh are c; kh is x);
- the **letters** of the Arabic writing: signs of vowels gone, one form of alef, ya and ta marbuta;
- the **bones**: consonants only, the same from either writing, for two papers that share no alphabet.

They are made for comparing, not for reading: a key is never shown to anybody.
"""

from __future__ import annotations

import re
import unicodedata

_ARTICLES = ("el", "al", "l", "as", "es", "et", "en", "er", "ed", "ez", "ech", "esh")
_LINEAGES = {
    "ibn": "bn", "ben": "bn", "bin": "bn", "bnou": "bn", "bene": "bn",
    "bent": "bnt", "bint": "bnt", "ait": "ait", "ayt": "ait", "aite": "ait",
    "ould": "uld", "oueld": "uld", "weld": "uld", "wald": "uld", "bou": "bu", "bu": "bu", "bo": "bu", "abou": "abu",
}  # fmt: skip
"""Ben and Ibn, Ait and Ayt, Ould and Weld: the same word before the name of the lineage."""

_DIGITS = str.maketrans({"2": "", "3": "a", "5": "kh", "7": "h", "8": "gh", "9": "q"})
"""Digits written for Arabic letters that Latin does not have (2 hamza, 3 ayn, 5 kha, 7 ha, 8 ghayn, 9 qaf)."""

_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"tch|ch|sh", "C"), (r"kh", "X"), (r"gh", "G"), (r"th", "t"), (r"dh", "d"), (r"ph", "f"), (r"dj", "j"),
        (r"g(?=[eiy])", "j"), (r"gu(?=[eiy])", "g"), (r"c(?=[eiy])", "s"), (r"c|ck|q", "k"), (r"p", "b"), (r"v", "f"),
        (r"[aei][iy](?=.)|[ei]e|ie|ee", "i"), (r"aou|aw", "au"), (r"ou|oo|w|o", "u"), (r"y", "i"),
        (r"(?<=[^aeiu]{1})e$", ""), (r"ae|e", "a"), (r"(?<=[aiu])h$", ""), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip
_VOWELS = re.compile("[aiu]")

_SIGNS = re.compile("[\u064b-\u065f\u0670\u0640\u0621]")
"""Signs of vowels, the stroke that lengthens a word, and the hamza that stands alone."""
_FORMS = str.maketrans("أإآٱىئؤةڭگ", "ااااييوهكك")
_ONE_BYTE = str.maketrans("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", "AbtvjHxdQrzsCSDTZEGfqklmnhwy")
"""Arabic letters as single ones, much as Buckwalter writes them: DuckDB compares bytes, and Arabic ones share some."""
_CONSONANTS = str.maketrans("vHxQSDTZq", "thXdsdtdk", "AEwy")
"""Consonants that Latin letters do not tell apart; those that they leave out."""


def latin_sound(name: str | None, *, family: bool) -> str | None:
    """The sound of a name in Latin letters.

    Args:
        name: as written; nothing, or nothing but signs, gives nothing.
        family: a family name leaves its article (El Alaoui, Alaoui); a given name keeps it, since Houssine and
            Lhoussaine may be brothers.

    Returns:
        Small Latin letters, C for ch, X for kh and G for gh, without spaces; None where there is no name.
    """
    plain = unicodedata.normalize("NFKD", name or "").casefold().translate(_DIGITS)
    words = re.findall(r"[a-z]+", re.sub(r"[\u0300-\u036f'’ʼ`]", "", plain))
    if not words:
        return None
    # Word by word: the d and the h that meet in Abd el Hak are no dh.
    return "".join(_sounds(word) for word in _abd(_joined(words, family=family)))


def _joined(words: list[str], *, family: bool) -> list[str]:
    """The words without articles, lineages in one writing."""
    joined: list[str] = []
    for position, word in enumerate(words):
        last = position == len(words) - 1
        if word in _ARTICLES and not last:
            joined += [] if family or joined else ["l"]
        elif word in _LINEAGES and not last:
            joined.append(_LINEAGES[word])
        else:
            joined.append(_bare(word) if family or joined else word)
    return joined


def _bare(word: str) -> str:
    """A family name without an article written in one with it: Elkhayat, Ennajjar, Lfassi."""
    if match := re.fullmatch(r"e([b-df-hj-np-tvxz])(\1.{3,})", word):
        return match[2]
    if match := re.fullmatch(r"e?l([^l].{3,})", word):
        return match[1]
    return word


def _abd(words: list[str]) -> list[str]:
    """Abd al-Rahim in one writing: Abderrahim, Abdelrahim, Abdurahim, Abd El Rahim."""
    found = re.fullmatch(r"abd[aeou]?(?P<rest>.{3,})", words[0])
    if not found:
        return words
    rest = re.sub(r"^([a-z])\1", r"\1", found["rest"])
    if rest.startswith("l") and not re.fullmatch(r"la+h?", rest):
        rest = rest[1:]
    return ["abd", rest, *words[1:]]


def _sounds(word: str) -> str:
    """One letter for each spelling of a sound."""
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return re.sub(r"^am(?=[bdkt])", "m", word)


def arabic_letters(name: str | None, *, family: bool) -> str | None:
    """The letters of a name in Arabic, in one form each.

    Args:
        name: as written; nothing, or nothing Arabic, gives nothing.
        family: a family name leaves its article, a given name keeps it.

    Returns:
        One ASCII letter for each Arabic one, without spaces; None where there is no name.
    """
    plain = _SIGNS.sub("", unicodedata.normalize("NFKC", name or "")).translate(_FORMS)
    words = re.findall(r"[\u0621-\u064a]+", plain)
    if not words:
        return None
    kept = []
    for position, word in enumerate(words):
        lineage = {"ابن": "بن", "ايت": "ايت", "ابو": "بو"}.get(word, word) if position < len(words) - 1 else word
        kept.append(_without_article(lineage) if family or position else lineage)
    joined = re.sub(r"^عبدال(?=.{3})", "عبد", "".join(kept))
    return re.sub("[^A-Za-z]", "", joined.translate(_ONE_BYTE)) or None


def _without_article(word: str) -> str:
    """An Arabic word without al- or the l that is left of it, where enough remains."""
    return re.sub(r"^(ال(?=.{2})|ل(?=.{3}))", "", word)


def bones(latin: str | None, arabic: str | None) -> str | None:
    """The consonants of a name, the same from either key.

    Args:
        latin: of `latin_sound`.
        arabic: of `arabic_letters`; read where there is no Latin.

    Returns:
        Consonants without the ayn and hamza that Latin letters do not write; the sound itself where a name has none;
        None where there is no name.
    """
    if latin is not None:
        return _VOWELS.sub("", latin.replace("g", "k")) or latin
    if arabic is not None:
        return arabic.removesuffix("h").translate(_CONSONANTS) or arabic
    return None
