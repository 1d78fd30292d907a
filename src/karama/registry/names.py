"""The order of names, in French and in Arabic, without ICU: the bundled PostgreSQL sorts by bytes.

``karama_sort_key(text)`` gives a key whose bytes are in the order of the names.  Where lists of names are shown, they
are ordered by it: ``Civil.objects.order_by(*by_french_name())``.

The letters decide first, without accents, vowel signs or case: Zoé, zoe and ZOÉ stand together, before Zohra.  Hamza is
read with its carrier (أ إ آ ٱ as ا, ؤ as و, ئ as ي), ى as ي and ة as ه, so that what one clerk wrote with a hamza and
another without is found in one place; the letters of Moroccan loanwords stand with their nearest (گ ڭ with ك, ڤ with ف,
پ with ب, چ with ج).  A hyphen or an apostrophe is a space; signs of length and vowels do not count.  Then accents and
hamzas decide, then case, so that the order is total.

Unicode's own order differs in Arabic: it has آ and ئ as letters of their own, and the hamza before its absence.

It does not skip the article (العلوي is under ا, El Alaoui under E), does not know that two spellings are one name (the
matching of persons does), and puts Latin letters before Arabic ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.migrations import RunSQL
from django.db.models import F, Func, TextField

if TYPE_CHECKING:
    from django.db.models.expressions import OrderBy

_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZÀÂÄÁÃÅÇÉÈÊËÍÌÎÏÑÓÒÔÖÕÚÙÛÜÝŸŒÆ"
_SMALL = _CAPITALS.lower()
_ACCENTED = "àâäáãåçéèêëíìîïñóòôöõúùûüýÿ"
_PLAIN = "aaaaaaceeeeiiiinooooouuuuyy"
_CARRIERS, _CARRIED = "أإآٱؤئىةگڭڤپچ", "ااااوييهككفبج"
_SPACES = "-'’ʼ.·"
# Tanwin, short vowels, shadda and sukun; maddah and hamzas left over; superscript alef; tatweel.
_SIGNS = "".join(map(chr, [*range(0x064B, 0x0656), 0x0670, 0x0640]))
_TATWEEL, _ACUTE, _GRAVE = "\u0640", "\u0301", "\u0300"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _translate(text: str, before: str, after: str) -> str:
    return f"translate({text}, {_quoted(before)}, {_quoted(after)})"


_LOWERED = f"replace(replace({_translate('normalize(given, NFC)', _CAPITALS, _SMALL)}, 'œ', 'oe'), 'æ', 'ae')"
_LETTERS = _translate(_LOWERED, _ACCENTED + _CARRIERS + _SPACES + _SIGNS, _PLAIN + _CARRIED + " " * len(_SPACES))
# As Unicode has it, an acute accent comes before a grave one.
_ACCENTS = _translate(f"normalize({_LOWERED}, NFD)", _ACUTE + _GRAVE + _TATWEEL, _GRAVE + _ACUTE)
_CASES = _translate("given", _CAPITALS + _SMALL, _SMALL + _CAPITALS)

SORT_KEY = RunSQL(
    "CREATE FUNCTION karama_sort_key(given text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $key$"
    f' SELECT ({_LETTERS} || chr(1) || {_ACCENTS} || chr(1) || {_CASES}) COLLATE "C" $key$',
    "DROP FUNCTION karama_sort_key(text)",
)
"""The step of a migration that makes the function; immutable, so that an index may hold it."""


class SortKey(Func):
    """The key by which a column of names is ordered."""

    function = "karama_sort_key"
    output_field = TextField()


def by_french_name(prefix: str = "") -> tuple[OrderBy, OrderBy]:
    """The order of family and given names in Latin letters; ``prefix`` leads to the civil facts (``civil__``)."""
    return _by(f"{prefix}family_name_fr", f"{prefix}given_name_fr")


def by_arabic_name(prefix: str = "") -> tuple[OrderBy, OrderBy]:
    """The order of family and given names in Arabic letters."""
    return _by(f"{prefix}family_name_ar", f"{prefix}given_name_ar")


def _by(family: str, given: str) -> tuple[OrderBy, OrderBy]:
    return SortKey(F(family)).asc(nulls_last=True), SortKey(F(given)).asc(nulls_last=True)
