"""The words of the notes in French and Arabic (and English, as everywhere)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING

from karama.foundation.errors import UnknownParameterError
from karama.foundation.languages import Label
from karama.foundation.wording import PERCENT, number, signed
from karama.law import PROGRAMMES, programme_named
from karama.population import FIGURE_UNITS, figure_labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from karama.foundation.languages import Language

CENTIMES_IN_A_MILLION = 100_000_000
ABSENT = "—"
NO_BREAK = "\u00a0"
_SMALL = 10
_WHOLE = 1_000
_FEW = range(3, 11)
"""Numbers after which Arabic puts the plural."""

MILLION = FIGURE_UNITS["million MAD"]
NOT_COMPUTED = Label(
    "Non calculé : la prévision n'a pas produit ce tableau. {0}",
    "لم يحتسب: لم تنتج التوقعات هذا الجدول. {0}",
    "Not computed: the forecast did not produce this table. {0}",
)
SYNTHETIC = Label(
    "Données synthétiques : population simulée d'après le recensement, aucune personne réelle. Rien d'officiel.",
    "معطيات اصطناعية: ساكنة محاكاة انطلاقا من الإحصاء، لا تتعلق بأي شخص حقيقي، وليست رسمية.",
    "Synthetic data: a population simulated from the census, no real person. Nothing official.",
)
STATUSES: Mapping[str, Label] = {
    "confirmed": Label("confirmé", "مؤكد", "confirmed"),
    "census": Label("recensement", "الإحصاء", "census"),
    "published": Label("publié", "منشور", "published"),
    "press": Label("presse", "صحافة", "press"),
    "inferred": Label("déduit", "مستنتج", "inferred"),
    "assumption": Label("hypothèse", "فرضية", "assumption"),
    "assumed": Label("hypothèse", "فرضية", "assumption"),
    "unknown": Label("inconnu", "غير معروف", "unknown"),
}
SURE = frozenset({"census", "confirmed", "published"})
"""Statuses of what an act, a census or a publication says."""

_CITED: Mapping[str, Label] = {
    "several": Label("plusieurs sources", "مصادر متعددة", "several sources"),
    "barlamane 2025-05-27 (27000 in another source)": Label(
        "barlamane 2025-05-27 (27 000 selon une autre source)",
        "barlamane 2025-05-27 (27000 حسب مصدر آخر)",
        "barlamane 2025-05-27 (27000 in another source)",
    ),
    "mid-2024": Label("mi-2024", "منتصف 2024", "mid-2024"),
    "RGPH 2024 (total fertility rate 1.97, by milieu); bounds are an assumption": Label(
        "RGPH 2024 (fécondité 1,97, par milieu) ; bornes : choix des auteurs",
        "الإحصاء العام 2024 (معدل الخصوبة 1.97 حسب الوسط)؛ الحدود: اختيار المؤلفين",
        "RGPH 2024 (fertility 1.97, by milieu); bounds: the authors' choice",
    ),
    "total fertility rates of the censuses of 2014 (2.2) and 2024 (1.97)": Label(
        "recensements de 2014 (fécondité 2,2) et de 2024 (1,97)",
        "إحصاءا 2014 (معدل الخصوبة 2.2) و2024 (1.97)",
        "censuses of 2014 (fertility 2.2) and 2024 (1.97)",
    ),
    "RGPH 2024, by unit and milieu": Label(
        "RGPH 2024, par commune et milieu", "الإحصاء العام 2024، حسب الجماعة والوسط", "RGPH 2024, by unit and milieu"
    ),
    "given by the user": Label("donné par l'utilisateur", "حدده المستعمل", "given by the user"),
}
_YES_OR_NO: Mapping[str, Label] = {"True": Label("oui", "نعم", "yes"), "False": Label("non", "لا", "no")}
_REMARKED: Mapping[str, Label] = {
    "assumption": Label("choix des auteurs", "اختيار المؤلفين", "the authors' choice"),
    "unknown (": Label("aucune source", "لا مصدر", "no source"),
}
"""Sources that are remarks in English; the workbook keeps the remark."""
CATEGORIES: Mapping[str, Label] = {
    "households": Label("ménages du registre", "الأسر المعيشية بالسجل", "households of the register"),
    "persons_in_register": Label("personnes du registre", "الأشخاص بالسجل", "persons of the register"),
    "families": Label("familles aidées", "الأسر المستفيدة", "families aided"),
    "families_child_aid": Label("dont aide à l'enfance", "منها إعانة الطفولة", "of which child aid"),
    "families_flat_aid": Label("dont aide forfaitaire", "منها الإعانة الجزافية", "of which flat aid"),
    "children": Label("enfants aidés", "الأطفال المستفيدون", "children aided"),
    "persons": Label("personnes des familles aidées", "أفراد الأسر المستفيدة", "persons of the families aided"),
    "persons_60_and_over": Label("dont 60 ans et plus", "منهم 60 سنة فأكثر", "of which 60 and over"),
    "widows": Label("veuves aidées", "الأرامل المستفيدات", "widows aided"),
    "widows_with_children": Label("dont avec enfants", "منهن ذوات أطفال", "of which with children"),
    "pupils_with_grant": Label(
        "élèves, aide à la rentrée (année)", "تلاميذ منحة الدخول المدرسي (السنة)", "pupils, school grant (year)"
    ),
    "rural_pupils_with_grant": Label("dont en milieu rural", "منهم بالوسط القروي", "of which rural"),
    "births_with_grant": Label("naissances avec prime (année)", "ولادات بمنحة (السنة)", "births with the grant (year)"),
    "institution_children": Label("enfants placés aidés", "أطفال المؤسسات المستفيدون", "children in care aided"),
}
ONCE = ("pupils_with_grant", "rural_pupils_with_grant", "births_with_grant")
"""Categories that are counted in one month each."""
CASH: Mapping[str, Label] = {
    "legal_centimes": Label("dû selon la loi", "المستحق حسب القانون", "due by law"),
    "paid_centimes": Label("payé pour le mois", "المؤدى عن الشهر", "paid for the month"),
    "arrears_centimes": Label("rappels payés", "المتأخرات المؤداة", "arrears paid"),
    "carried_over_centimes": Label("reste dû, cumulé", "الباقي المستحق المتراكم", "still due, in all"),
    "blocked_centimes": Label("bloqué, enfants placés", "مجمد لأطفال المؤسسات", "blocked, children in care"),
    "released_centimes": Label("libéré à la majorité", "محرر عند سن الرشد", "released at majority"),
    "cash_out_centimes": Label("sortie de trésorerie", "الخارج من الخزينة", "cash out"),
}


@cache
def benefit_labels() -> Mapping[str, Label]:
    """The words of every benefit of the programmes known, by formula."""
    return {name: label for one in PROGRAMMES for name, label in programme_named(one).benefit_labels.items()}


def word(known: Mapping[str, Label], code: str, language: Language) -> str:
    """The word of a code, or the code itself where nobody named it."""
    return known[code].get(language) if code in known else code


def metric(code: str, language: Language) -> str:
    """The words of a published figure."""
    return word(figure_labels(), code, language)


def programme_label(name: str, language: Language) -> str:
    """The words of a programme, or its name."""
    try:
        return programme_named(name).label.get(language)
    except UnknownParameterError:
        return name


def cited(text: str, language: Language, programme: str = "asd") -> str:
    """A citation, a unit or a remark in the language, as far as the programme's law knows it."""
    if text in _CITED:
        return _CITED[text].get(language)
    for start, label in _REMARKED.items():
        if text.startswith(start):
            return label.get(language)
    return programme_named(programme).translate(text, language)


def names_a_source(text: str) -> bool:
    """Whether a source names one, and does not say that there is none."""
    return bool(text) and not text.startswith(tuple(_REMARKED))


def in_a_list(texts: Iterable[str], language: Language) -> str:
    """Sources one after the other; among Arabic words each keeps its own order."""
    if language != "ar":
        return " ; ".join(texts) if language == "fr" else "; ".join(texts)
    return "؛ ".join(f"\u2068{text}\u2069" for text in texts)


def figure_said(value: float | None, language: Language) -> str:
    """A figure to compare: whole from a thousand on, with a decimal below where it has some."""
    if value is None:
        return ABSENT
    return number(value, language, 0 if abs(value) >= _WHOLE or value == int(value) else 1)


def months_said(count: int, language: Language) -> str:
    """A number of months."""
    if language == "fr":
        return f"{count} mois"
    if language == "en":
        return f"{count} month" if count == 1 else f"{count} months"
    alone = {1: "شهر واحد", 2: "شهران"}
    return alone.get(count) or f"{count} {'أشهر' if count in _FEW else 'شهرا'}"


def value_said(value: float | Decimal | str | bool | None, language: Language) -> str:  # noqa: FBT001 - a cell of a table
    """A value as it is: whole where it is whole, else with the places it has; words as they are."""
    if value is None:
        return ABSENT
    if str(value) in _YES_OR_NO:
        return _YES_OR_NO[str(value)].get(language)
    try:
        told = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not told.is_finite():
        return ABSENT
    if told == told.to_integral_value():
        return number(told, language)
    places = len(f"{told:.6f}".rstrip("0").partition(".")[2])
    return number(told, language, places)


def millions(centimes: int | None, language: Language, places: int = 0) -> str:
    """Million MAD; a dash where nothing is known."""
    if centimes is None:
        return ABSENT
    value = Decimal(centimes) / CENTIMES_IN_A_MILLION
    return number(value, language, places or _places(value))


def signed_millions(centimes: int | None, language: Language, places: int = 0) -> str:
    """Million MAD with a sign; a dash where nothing is known."""
    if centimes is None:
        return ABSENT
    value = Decimal(centimes) / CENTIMES_IN_A_MILLION
    return signed(value, language, places or _places(value))


def _places(value: Decimal) -> int:
    """A small amount keeps a decimal, so that it is not taken for nothing."""
    return 1 if 0 < abs(value) < _SMALL else 0


def percent(share: float | Decimal | None, language: Language, places: int = 1) -> str:
    """A share as a percentage; a dash where nothing is known."""
    if share is None:
        return ABSENT
    return number(Decimal(str(share)) * 100, language, places) + PERCENT[language]


def signed_percent(share: float | Decimal | None, language: Language, places: int = 1) -> str:
    """A share as a percentage with its sign; a dash where nothing is known."""
    if share is None:
        return ABSENT
    return signed(Decimal(str(share)) * 100, language, places) + PERCENT[language]
