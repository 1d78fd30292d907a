"""The groups by which winners and losers are told: deciles, families, heads, milieux and territories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from karama.foundation.languages import Label
from karama.law.engine.expressions import Entity
from karama.law.inputs import MILIEU_LABELS, SEX_LABELS
from karama.simulation.reform.homes import HOMES
from karama.statistics import quantile_groups
from karama.territory import provinces, region_names, units

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from karama.simulation.reform.homes import Homes
    from karama.simulation.reform.outcomes import Outcome

_MOST_CHILDREN = 4
NOT_KNOWN = "unknown"
_DIGITS = {"region": 2, "province": 5}
"""Of a commune's code, those that name the territory above it."""
_UNKNOWN = Label("inconnu", "غير معروف", "unknown")

GROUPINGS = {
    "decile": Label(
        "décile des personnes inscrites, selon l'indice",
        "عشير الأشخاص المسجلين حسب المؤشر",
        "decile of the registered persons, by score",
    ),
    "family_type": Label("type de famille", "نوع الأسرة", "family type"),
    "head_sex": Label("sexe du chef", "جنس رب الأسرة", "sex of the head"),
    "milieu": Label("milieu", "الوسط", "milieu"),
    "region": Label("région", "الجهة", "region"),
    "province": Label("province", "العمالة أو الإقليم", "province"),
    "commune": Label("commune", "الجماعة", "commune"),
}
"""The groupings in the order of reports."""


@dataclass(frozen=True)
class Grouping:
    """One way to part the households: a number per household, and for each number a code and its words."""

    name: str
    of_home: NDArray[Any]
    codes: tuple[str, ...]
    labels: Mapping[str, Label]


def groupings(homes: Homes, baseline: Outcome) -> list[Grouping]:
    """The groupings that the register's columns allow; family types are those of the law in force."""
    found = []
    if homes.has("score", "size"):
        found.append(_deciles(homes))
    if "counted_children" in baseline.columns:
        found.append(_families(baseline))
    heads = _heads(homes)
    if heads is not None:
        found.append(heads)
    names = {
        "milieu": MILIEU_LABELS,
        "region": region_names(),
        "province": _names(provinces()),
        "commune": _names(units()),
    }
    for name, labels in names.items():
        if homes.has(name):
            found.append(_coded(homes, name, labels))
        elif name in _DIGITS and homes.has("commune"):
            found.append(_coded(homes, name, labels, digits=_DIGITS[name]))
    return sorted(found, key=lambda one: list(GROUPINGS).index(one.name))


def _names(table: Any) -> dict[str, Label]:  # noqa: ANN401 - a frame of territories
    return {row["code"]: Label(row["name_fr"], row["name_ar"], row["name_fr"]) for row in table.iter_rows(named=True)}


def _deciles(homes: Homes) -> Grouping:
    """Ten groups of persons by the score of their household, the poorest first."""
    columns = homes.read("score", "size")
    score = columns.column("score").cast("double").to_numpy()
    size = columns.column("size").to_numpy().astype(np.int64)
    known = ~np.isnan(score)
    of_home = np.zeros(len(score), np.int8)
    if known.any():
        of_home[known] = quantile_groups(score[known], size[known]).astype(np.int8)
    codes = (NOT_KNOWN, *(str(number) for number in range(1, 11)))
    return Grouping("decile", of_home, codes, {NOT_KNOWN: _UNKNOWN, **{one: Label(one, one, one) for one in codes[1:]}})


def _families(baseline: Outcome) -> Grouping:
    """Families by the number of children who count under the law in force."""
    counted = np.minimum(baseline.columns["counted_children"], _MOST_CHILDREN)
    codes = tuple(str(number) for number in range(_MOST_CHILDREN + 1))
    labels = {
        "0": Label("sans enfant compté", "بدون أطفال محتسبين", "no counted child"),
        "1": Label("un enfant", "طفل واحد", "one child"),
        "2": Label("deux enfants", "طفلان", "two children"),
        "3": Label("trois enfants", "ثلاثة أطفال", "three children"),
        "4": Label("quatre enfants et plus", "أربعة أطفال فأكثر", "four children or more"),
    }
    return Grouping("family_type", counted.astype(np.int8)[baseline.case], codes, labels)


def _heads(homes: Homes) -> Grouping | None:
    """Households by the sex of the head alive in the month."""
    inputs = homes.inputs
    present = homes.columns.get(Entity.PERSON, frozenset())
    if not {"role", "sex"} <= present:
        return None
    alive = (
        f" AND (death_date IS NULL OR death_date >= DATE '{homes.month.first_day}')" if "death_date" in present else ""
    )
    key = inputs.household_key
    rows = homes.connection.execute(
        f"SELECT home, CAST(max(CASE sex WHEN 'F' THEN 1 WHEN 'M' THEN 2 END) AS TINYINT) AS number"
        f" FROM {inputs.person_table} JOIN {HOMES} USING ({key}) WHERE role = 'head'{alive} GROUP BY home"
    ).to_arrow_table()
    of_home = np.zeros(homes.count, np.int8)
    of_home[rows.column("home").to_numpy()] = rows.column("number").to_numpy()
    labels = {NOT_KNOWN: _UNKNOWN, **SEX_LABELS}
    return Grouping("head_sex", of_home, (NOT_KNOWN, "F", "M"), labels)


def _coded(homes: Homes, name: str, labels: Mapping[str, Label], digits: int = 0) -> Grouping:
    """Households by a coded column, or by the first digits of their commune's code."""
    values = homes.read("commune" if digits else name).column(0).combine_chunks().dictionary_encode()
    words = [str(one)[:digits] if digits else str(one) for one in values.dictionary.to_pylist()]
    codes = sorted(set(words))
    number = {code: place for place, code in enumerate(codes)}
    of_home = np.array([number[word] for word in words], np.int16)[values.indices.to_numpy()]
    known = {code: labels.get(code, Label(code, code, code)) for code in codes}
    return Grouping(name, of_home, tuple(codes), known)
