"""What two entries are compared on, in levels from the same to different, each with how often it is seen.

For each level two probabilities, as in Fellegi and Sunter ("A theory for record linkage", JASA 1969): how often two
entries of the same person fall on it, and how often two entries of different persons do, among entries in which it can
be told.  Their ratio is the weight that an officer sees, in bits.  The first ones are set by hand, the second ones were
counted among random pairs of the synthetic register; the benchmark of duplicates measures what they give.  Rare names
weigh more than common ones: where names are the same, the name's own frequency in the register takes the place of the
second probability.
"""

from __future__ import annotations

from dataclasses import dataclass

from karama.foundation.languages import Label


@dataclass(frozen=True)
class Level:
    """One outcome of a comparison.

    Attributes:
        code: stable name of the outcome.
        label: what an officer reads.
        condition: SQL over the columns of both entries, ``_l`` and ``_r``; tried in order; ``ELSE`` is the last.
        same: how often two entries of one person fall on it; None where the outcome says nothing.
        different: how often two entries of two persons do.
        frequency: the column whose values' own frequencies take the place of ``different``.
    """

    code: str
    label: Label
    condition: str
    same: float | None
    different: float | None
    frequency: str | None = None


@dataclass(frozen=True)
class Comparison:
    """One thing compared."""

    code: str
    label: Label
    levels: tuple[Level, ...]


_UNKNOWN = Label("inconnu d'un côté", "غير معروف في أحد الطرفين", "unknown on one side")
_SAME = Label("identique", "مطابق", "the same")
_DIFFERENT = Label("différent", "مختلف", "different")

_LIKE, _CROSSWISE = 0.88, 0.85
"""Jaro and Winkler's similarity from which two keys are alike; below, twins would be (Hassan and Houssine: 0.76)."""


def _name_levels(name: str, same: tuple[float, ...], different: tuple[float, ...]) -> tuple[Level, ...]:
    """The levels that given and family names share, from the keys ``NAME_sound``, ``NAME_letters``, ``NAME_bones``."""
    sound, letters, bones = (f"{name}_{key}_l = {name}_{key}_r" for key in ("sound", "letters", "bones"))
    like_sound = f"jaro_winkler_similarity({name}_sound_l, {name}_sound_r) >= {_LIKE}"
    one, other = f"{name}_letters_l", f"{name}_letters_r"
    # In Arabic a long vowel more makes another name (Hassan and Houssine, Malik and Malak); a wrong consonant does not.
    like_letters = (
        f"(jaro_winkler_similarity({one}, {other}) >= {_LIKE} OR damerau_levenshtein({one}, {other}) = 1)"
        f" AND translate({one}, 'Awy', '') <> translate({other}, 'Awy', '')"
    )
    both = f"coalesce({sound}, true) AND coalesce({letters}, true)"
    no_common = f"(({sound}) IS NULL AND ({letters}) IS NULL)"
    frequency = f"{name}_key"
    return (
        Level("same", _SAME, f"{both} AND ({sound} OR {letters})", same[0], different[0], frequency),
        Level(
            "one_writing",
            Label("identique dans un alphabet seulement", "مطابق في أحد الخطين فقط", "the same in one alphabet only"),
            f"{sound} OR {letters}",
            same[1],
            different[1],
            frequency,
        ),
        Level(
            "consonants",
            Label(
                "mêmes consonnes, sans alphabet commun",
                "نفس الحروف الصامتة دون خط مشترك",
                "the same consonants, no common alphabet",
            ),
            f"{no_common} AND {bones}",
            same[2],
            different[2],
            frequency,
        ),
        Level(
            "alike",
            Label("presque identique", "شبه مطابق", "nearly the same"),
            # A name and its feminine (Amine, Amina) are two names: brothers and sisters bear them.
            f"NOT {no_common} AND coalesce(sex_l = sex_r, true)"
            f" AND coalesce({like_sound}, true) AND coalesce({like_letters}, true)",
            same[3],
            different[3],
        ),
    )


def _crosswise() -> str:
    """Each one's given name like the other's family name, in one alphabet or the other."""
    ways = []
    for key in ("sound", "letters"):
        there = f"jaro_winkler_similarity(given_{key}_l, family_{key}_r)"
        back = f"jaro_winkler_similarity(family_{key}_l, given_{key}_r)"
        ways.append(f"({there} >= {_CROSSWISE} AND {back} >= {_CROSSWISE} AND {there} + {back} >= 1.85)")
    return f"coalesce({ways[0]}, false) OR coalesce({ways[1]}, false)"


def _missing(name: str) -> str:
    return f"{name}_bones_l IS NULL OR {name}_bones_r IS NULL"


_SWAPPED = Label("nom et prénom intervertis", "الاسم والنسب معكوسان", "given and family names swapped")

GIVEN_NAME = Comparison(
    "given_name",
    Label("prénom", "الاسم الشخصي", "given name"),
    (
        Level("unknown", _UNKNOWN, _missing("given"), None, None),
        *_name_levels("given", (0.65, 0.22, 0.85, 0.08), (0.013, 0.002, 0.013, 0.004)),
        Level("swapped", _SWAPPED, _crosswise(), 0.05, 1e-6),
        # Fixed very low on purpose: twins share everything else.
        Level("different", _DIFFERENT, "ELSE", 1e-9, 0.95),
    ),
)
FAMILY_NAME = Comparison(
    "family_name",
    Label("nom de famille", "النسب", "family name"),
    (
        Level("unknown", _UNKNOWN, _missing("family"), None, None),
        *_name_levels("family", (0.65, 0.22, 0.85, 0.08), (0.008, 0.001, 0.008, 0.0012)),
        Level("swapped", Label("voir le prénom", "انظر الاسم الشخصي", "see the given name"), _crosswise(), 0.5, 0.5),
        Level("different", _DIFFERENT, "ELSE", 0.01, 0.98),
    ),
)

_DIGITS = "strftime(birth_date_{side}, '%Y%m%d')"
_FIRST = "(month(birth_date_{side}) = 1 AND day(birth_date_{side}) = 1)"
_L, _R = (_DIGITS.format(side=side) for side in "lr")
_FIRST_L, _FIRST_R = (_FIRST.format(side=side) for side in "lr")

BIRTH_DATE = Comparison(
    "birth_date",
    Label("date de naissance", "تاريخ الميلاد", "date of birth"),
    (
        Level("unknown", _UNKNOWN, "birth_date_l IS NULL OR birth_date_r IS NULL", None, None),
        Level(
            "same_year_only",
            Label("même année, jour inconnu", "نفس السنة واليوم غير معروف", "the same year, day unknown"),
            f"year(birth_date_l) = year(birth_date_r) AND ({_FIRST_L} OR {_FIRST_R})",
            0.08,
            0.0005,
        ),
        Level("same", _SAME, "birth_date_l = birth_date_r", 0.73, 0.00004),
        Level(
            "day_and_month_swapped",
            Label("jour et mois intervertis", "اليوم والشهر معكوسان", "day and month swapped"),
            "year(birth_date_l) = year(birth_date_r) AND day(birth_date_l) = month(birth_date_r)"
            " AND month(birth_date_l) = day(birth_date_r)",
            0.05,
            0.000015,
        ),
        Level(
            "one_digit",
            Label("un chiffre de différence", "رقم واحد مختلف", "one digit apart"),
            f"damerau_levenshtein({_L}, {_R}) = 1",
            0.1,
            0.0012,
        ),
        Level(
            "near",
            Label("à moins d'un an", "بفارق أقل من سنة", "less than a year apart"),
            "abs(date_diff('day', birth_date_l, birth_date_r)) <= 366",
            0.005,
            0.03,
        ),
        Level("different", _DIFFERENT, "ELSE", 1e-5, 0.97),
    ),
)
SEX = Comparison(
    "sex",
    Label("sexe", "الجنس", "sex"),
    (
        Level("unknown", _UNKNOWN, "sex_l IS NULL OR sex_r IS NULL", None, None),
        Level("same", _SAME, "sex_l = sex_r", 0.995, 0.5),
        Level("different", _DIFFERENT, "ELSE", 0.005, 0.5),
    ),
)
BIRTH_PLACE = Comparison(
    "birth_commune",
    Label("commune de naissance", "جماعة الولادة", "commune of birth"),
    (
        Level("unknown", _UNKNOWN, "birth_commune_l IS NULL OR birth_commune_r IS NULL", None, None),
        Level("same", _SAME, "birth_commune_l = birth_commune_r", 0.85, 0.003),
        Level(
            "same_province",
            Label("même province", "نفس الإقليم", "the same province"),
            "left(birth_commune_l, 5) = left(birth_commune_r, 5)",
            0.05,
            0.02,
        ),
        Level("different", _DIFFERENT, "ELSE", 0.1, 0.977),
    ),
)
RESIDENCE = Comparison(
    "commune",
    Label("commune de résidence", "جماعة الإقامة", "commune of residence"),
    (
        Level("unknown", _UNKNOWN, "commune_l IS NULL OR commune_r IS NULL", None, None),
        Level("same", _SAME, "commune_l = commune_r", 0.5, 0.003),
        Level(
            "same_province",
            Label("même province", "نفس الإقليم", "the same province"),
            "left(commune_l, 5) = left(commune_r, 5)",
            0.2,
            0.02,
        ),
        Level("different", _DIFFERENT, "ELSE", 0.3, 0.977),
    ),
)
MOTHER = Comparison(
    "mother",
    Label("mère", "الأم", "mother"),
    (
        Level("unknown", _UNKNOWN, "mother_idcs_l IS NULL OR mother_idcs_r IS NULL", None, None),
        # Rare between strangers, usual between those who could be taken for each other: brothers and sisters.
        Level("same", _SAME, "mother_idcs_l = mother_idcs_r", 0.9, 0.05),
        # A mother entered twice has two identifiers.
        Level("different", _DIFFERENT, "ELSE", 0.1, 0.95),
    ),
)

COMPARISONS = (GIVEN_NAME, FAMILY_NAME, BIRTH_DATE, SEX, BIRTH_PLACE, RESIDENCE, MOTHER)
"""In the order in which an officer reads them."""

BLOCKS: tuple[tuple[str, ...], ...] = (
    ("birth_date", "given_bones"),
    ("birth_date", "family_bones"),
    ("birth_date", "birth_commune", "sex"),
    ("given_bones", "family_bones", "birth_year"),
    ("given_bones", "family_bones", "birth_day"),
    ("names_bones", "birth_year"),
    ("family_bones", "given_initial", "birth_year"),
    ("given_bones", "family_initial", "birth_month"),
    ("mother_idcs", "given_bones"),
)
"""Two entries are compared when they agree on all columns of one of these; all others are never looked at."""
