"""A register with known duplicates: persons entered a second time, as counters, clerks and telephones write them.

What is put in is remembered, so a search for duplicates can be measured.  Kinds of mistakes are those one expects on
Moroccan papers; how often each comes is a guess, since nobody has published it.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from karama.population.naming.lists import family_names, given_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Row = dict[str, Any]

KINDS = (
    "exact_copy",
    "typo_latin",
    "typo_arabic",
    "other_spelling",
    "arabic_forms",
    "latin_only",
    "arabic_only",
    "no_common_alphabet",
    "swapped_names",
    "swapped_day_month",
    "wrong_digit_in_date",
    "year_only",
    "several",
)
"""What is wrong in the second entry; each kind is equally frequent."""
_LATIN_KINDS = tuple(kind for kind in KINDS if "arabic" not in kind and kind != "no_common_alphabet")
"""Those that can happen to somebody who is written in Latin letters only."""

_NO_COMMUNE, _OTHER_COMMUNE, _NO_MOTHER, _OTHER_SPELLING = 0.2, 0.1, 0.4, 0.25
"""On top of its kind, how often a second entry lacks or changes something else."""
_SAME_COMMUNE, _SAME_PROVINCE = 0.5, 0.2
"""Where the second household lives: people enter themselves again near home, or after a move."""
_GENERAL = ("family_name_fr", "given_name_fr", "family_name_ar", "given_name_ar")
_TWINS_SHARE = 0.012
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"


@dataclass(frozen=True)
class KnownDuplicates:
    """A register in which some persons stand twice.

    Attributes:
        persons: all entries, in the columns of `second_entries`' argument.
        pairs: ``first``, ``second`` (identifiers, the original one first) and ``kind``, one row per person entered
            twice.
    """

    persons: pl.DataFrame
    pairs: pl.DataFrame


def second_entries(persons: pl.DataFrame, *, share: float, seed: int) -> KnownDuplicates:
    """Enter a share of the persons a second time, in another household, with what goes wrong.

    Args:
        persons: ``person_id``, ``household_id``, the four names, ``sex``, ``birth_date``, ``birth_commune``,
            ``commune`` (lived in), ``mother_idcs``.
        share: of the persons to enter twice.
        seed: of the draws.

    Returns:
        The persons with the second entries below them; the identifier of a second entry is the original one's and D.
    """
    draw = random.Random(seed)  # noqa: S311 - reproducible draws, not secrets
    chosen = persons.sample(round(len(persons) * share), seed=seed)
    communes = persons["birth_commune"].unique().sort().to_list()
    homes = _Homes(persons)
    entries, kinds = [], []
    for row in chosen.iter_rows(named=True):
        kind = draw.choice(KINDS if row["given_name_ar"] else _LATIN_KINDS)
        entries.append(_second(row, kind, draw, communes) | homes.another(row, draw))
        kinds.append(kind)
    added = pl.DataFrame(entries, schema=persons.schema)
    pairs = pl.DataFrame({"first": chosen["person_id"], "second": added["person_id"], "kind": kinds})
    # Where the papers share no alphabet, the first entry has lost the other one.
    arabic_lost = pairs.filter(pl.col("kind") == "no_common_alphabet")["first"].implode()
    first = persons.with_columns(
        pl.when(pl.col("person_id").is_in(arabic_lost)).then(None).otherwise(pl.col(name)).alias(name)
        for name in _GENERAL
        if name.endswith("_ar")
    )
    return KnownDuplicates(pl.concat([first, added]), pairs)


class _Homes:
    """Households to be entered into: half of the second ones near the first."""

    def __init__(self, persons: pl.DataFrame) -> None:
        homes = persons.select("household_id", "commune").unique("household_id").sort("household_id")
        self.all = homes.rows()
        self.near: dict[str, list[tuple[str, str]]] = {}
        for household, commune in self.all:
            for place in (commune, commune[:5]):
                self.near.setdefault(place, []).append((household, commune))

    def another(self, row: Row, draw: random.Random) -> Row:
        """A household in the same commune (50 %), the same province (20 %) or anywhere."""
        where = draw.random()
        if where < _SAME_COMMUNE:
            chosen = draw.choice(self.near[row["commune"]])
        elif where < _SAME_COMMUNE + _SAME_PROVINCE:
            chosen = draw.choice(self.near[row["commune"][:5]])
        else:
            chosen = draw.choice(self.all)
        return {"household_id": chosen[0], "commune": chosen[1]}


def _second(row: Row, kind: str, draw: random.Random, communes: list[str]) -> Row:
    """One person as entered the second time."""
    entry = dict(row) | {"person_id": f"{row['person_id']}D"}
    if draw.random() < _NO_COMMUNE:
        entry["birth_commune"] = None
    elif draw.random() < _OTHER_COMMUNE:
        entry["birth_commune"] = draw.choice(communes)
    if draw.random() < _NO_MOTHER:
        entry["mother_idcs"] = None
    if kind == "exact_copy":
        return entry
    if draw.random() < _OTHER_SPELLING:
        _MISTAKES["other_spelling"](entry, draw)
    if kind == "several":
        for one in draw.sample(_TOGETHER, 2):
            _MISTAKES[one](entry, draw)
    else:
        _MISTAKES[kind](entry, draw)
    return entry


def _typo(entry: Row, draw: random.Random, alphabet: str, ending: str) -> None:
    """One letter wrong, missing, added or in the place of its neighbour."""
    name = draw.choice([f"family_name_{ending}", f"given_name_{ending}"])
    if entry[name]:
        entry[name] = _edited(entry[name], draw, alphabet)


def _edited(word: str, draw: random.Random, alphabet: str) -> str:
    place, way = draw.randrange(1, len(word)), draw.randrange(4)
    if way == 0:
        return word[:place] + draw.choice(alphabet) + word[place + 1 :]
    if way == 1:
        return word[:place] + word[place + 1 :]
    if way == 2:  # noqa: PLR2004 - the third of four ways
        return word[:place] + draw.choice(alphabet) + word[place:]
    return word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :]


def _other_spelling(entry: Row, draw: random.Random) -> None:
    spelt = _spellings()
    for name in ("family_name_fr", "given_name_fr"):
        if entry[name] and (others := spelt.get(entry[name])) and draw.random() < 0.75:  # noqa: PLR2004 - three in four
            entry[name] = draw.choice(others)


def _arabic_forms(entry: Row, draw: random.Random) -> None:
    ways: tuple[dict[str, str | int | None], ...] = (
        {"أ": "ا", "إ": "ا", "آ": "ا"},
        {"ة": "ه"},
        {"ى": "ي"},
        {"ئ": "ي", "ء": ""},
    )
    forms = draw.choice(ways)
    for name in ("family_name_ar", "given_name_ar"):
        entry[name] = (entry[name] or "").translate(str.maketrans(forms)) or None
    if entry["given_name_fr"]:
        entry["given_name_fr"] = entry["given_name_fr"].upper()


def _without(ending: str) -> Callable[[Row, random.Random], None]:
    def forget(entry: Row, _: random.Random) -> None:
        entry[f"family_name_{ending}"] = entry[f"given_name_{ending}"] = None

    return forget


def _latin_only(entry: Row, draw: random.Random) -> None:
    _other_spelling(entry, draw)
    _without("ar")(entry, draw)


def _swapped_names(entry: Row, _: random.Random) -> None:
    for ending in ("fr", "ar"):
        family, given = f"family_name_{ending}", f"given_name_{ending}"
        entry[family], entry[given] = entry[given], entry[family]


def _swapped_day_month(entry: Row, draw: random.Random) -> None:
    born: dt.date = entry["birth_date"]
    if born.day > 12 or born.day == born.month:  # noqa: PLR2004 - the months
        _wrong_digit(entry, draw)
    else:
        entry["birth_date"] = dt.date(born.year, born.day, born.month)


def _wrong_digit(entry: Row, draw: random.Random) -> None:
    born: dt.date = entry["birth_date"]
    text = born.strftime("%Y%m%d")
    for _ in range(100):
        place = draw.randrange(2, 8)
        changed = text[:place] + draw.choice("0123456789") + text[place + 1 :]
        try:
            found = dt.datetime.strptime(changed, "%Y%m%d").date()  # noqa: DTZ007 - a day without an hour
        except ValueError:
            continue
        if found != born and 1920 <= found.year <= 2026:  # noqa: PLR2004 - of a living person
            entry["birth_date"] = found
            return


def _year_only(entry: Row, _: random.Random) -> None:
    """Unknown day and month are written as the first of January."""
    entry["birth_date"] = entry["birth_date"].replace(month=1, day=1)


_MISTAKES: Mapping[str, Callable[[Row, random.Random], None]] = {
    "typo_latin": lambda entry, draw: _typo(entry, draw, _LATIN, "fr"),
    "typo_arabic": lambda entry, draw: _typo(entry, draw, _ARABIC, "ar"),
    "other_spelling": _other_spelling,
    "arabic_forms": _arabic_forms,
    "latin_only": _latin_only,
    "arabic_only": _without("fr"),
    "no_common_alphabet": _without("fr"),
    "swapped_names": _swapped_names,
    "swapped_day_month": _swapped_day_month,
    "wrong_digit_in_date": _wrong_digit,
    "year_only": _year_only,
}
_TOGETHER = ("typo_latin", "typo_arabic", "latin_only", "wrong_digit_in_date", "swapped_day_month", "arabic_forms")


def _spellings() -> dict[str, list[str]]:
    listed = pl.concat([family_names().select("latin", "spellings"), given_names().select("latin", "spellings")])
    return dict(listed.iter_rows())


def lookalikes(persons: pl.DataFrame, *, seed: int) -> pl.DataFrame:
    """Persons who are not the same however alike: twins, homonyms, and births known by their year only.

    - 1.2 % of children become twins of the child before them, one pair of boys in ten Hassan and Houssine;
    - one person in a hundred has both names of another of the same sex and year of birth; one in a thousand was born on
      the same day too, elsewhere;
    - one adult in twenty-five born before 1980 was born on the first of January, as papers say of an unknown day;
    - one in ten is written in Latin letters only.

    Args:
        persons: as for `second_entries`, with ``role``.
        seed: of the draws.

    Returns:
        The same persons, changed.
    """
    rows = persons.to_dicts()
    draw = random.Random(seed)  # noqa: S311 - reproducible draws, not secrets
    born_before: dict[tuple[str, int], list[Row]] = {}
    before: Row = {}
    for row in rows:
        if row["role"] == before.get("role") == "child" and row["household_id"] == before["household_id"]:
            if draw.random() < _TWINS_SHARE:
                _make_twins(before, row, draw)
        elif draw.random() < 0.01:  # noqa: PLR2004 - said above
            _make_homonym(row, born_before.get((row["sex"], row["birth_date"].year)), draw)
        if row["birth_date"].year < 1980 and draw.random() < 0.04:  # noqa: PLR2004 - said above
            _year_only(row, draw)
        if draw.random() < 0.1:  # noqa: PLR2004 - said above
            row["family_name_ar"] = row["given_name_ar"] = None
        born_before.setdefault((row["sex"], row["birth_date"].year), []).append(row)
        before = row
    return pl.DataFrame(rows, schema=persons.schema)


def _make_twins(first: Row, second: Row, draw: random.Random) -> None:
    for name in ("birth_date", "birth_commune", "mother_idcs", "family_name_fr", "family_name_ar"):
        second[name] = first[name]
    if first["sex"] == second["sex"] == "M" and draw.random() < 0.1:  # noqa: PLR2004 - said above
        first.update(given_name_fr="Hassan", given_name_ar="الحسن")
        second.update(given_name_fr="Houssine", given_name_ar="الحسين")


def _make_homonym(row: Row, others: list[Row] | None, draw: random.Random) -> None:
    if not others:
        return
    other = draw.choice(others)
    row.update({name: other[name] for name in _GENERAL})
    if draw.random() < 0.1 and row["birth_commune"] != other["birth_commune"]:  # noqa: PLR2004 - said above
        row["birth_date"] = other["birth_date"]
