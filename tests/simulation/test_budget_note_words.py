"""Values, months and citations in the words of the notes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from karama.simulation.notes import words
from karama.simulation.notes.shapes import said
from karama.simulation.notes.workbook_sheets import as_number

if TYPE_CHECKING:
    from karama.foundation.languages import Language


@pytest.mark.parametrize(
    ("value", "french", "arabic"),
    [
        (None, "—", "—"),
        ("inf", "—", "—"),
        (12345, "12\u202f345", "12,345"),
        ("0.0150", "0,015", "0.015"),
        (Decimal("-0.5"), "\u22120,5", "\u200e\u22120.5"),
        (False, "non", "لا"),
        ("True", "oui", "نعم"),
        ("after tomorrow", "after tomorrow", "after tomorrow"),
    ],
)
def test_a_value_is_written_as_it_is(value: float | Decimal | str | None, french: str, arabic: str) -> None:
    assert words.value_said(value, "fr") == french
    assert words.value_said(value, "ar") == arabic


@pytest.mark.parametrize(
    ("count", "told"), [(1, "شهر واحد"), (2, "شهران"), (3, "3 أشهر"), (10, "10 أشهر"), (11, "11 شهرا"), (60, "60 شهرا")]
)
def test_months_are_counted_as_arabic_does(count: int, told: str) -> None:
    assert words.months_said(count, "ar") == told
    assert words.months_said(count, "fr") == f"{count} mois"


def test_one_month_is_singular_in_english() -> None:
    assert [words.months_said(count, "en") for count in (1, 2)] == ["1 month", "2 months"]


@pytest.mark.parametrize(
    ("centimes", "told"),
    [
        (None, "—"),
        (0, "0"),
        (4_000_000, "0,0"),
        (40_000_000, "0,4"),
        (999_000_000, "10,0"),
        (123_456_000_000, "1\u202f235"),
    ],
)
def test_a_small_amount_keeps_a_decimal(centimes: int | None, told: str) -> None:
    assert words.millions(centimes, "fr") == told


def test_a_figure_to_compare_is_whole_from_a_thousand_on() -> None:
    told = [words.figure_said(value, "fr") for value in (None, 61.0, 54.93, 28_412.51)]
    assert told == ["—", "61", "54,9", "28\u202f413"]


def test_sources_are_listed_and_remarks_are_none() -> None:
    assert [words.names_a_source(text) for text in ("HCP 2025", "assumption", "unknown (no text)", "")] == [
        True,
        False,
        False,
        False,
    ]
    assert words.in_a_list(["a 1", "b"], "fr") == "a 1 ; b"
    assert words.in_a_list(["a 1", "b"], "en") == "a 1; b"
    assert words.in_a_list(["a 1", "b"], "ar") == "\u2068a 1\u2069؛ \u2068b\u2069"


def test_what_is_unknown_is_a_dash() -> None:
    assert (words.signed_millions(None, "fr"), words.percent(None, "fr"), words.signed_percent(None, "ar")) == (
        "—",
    ) * 3


@pytest.mark.parametrize(
    ("language", "programme", "source", "remark"),
    [
        ("fr", "Aide sociale directe", "plusieurs sources", "choix des auteurs"),
        ("ar", "الدعم الاجتماعي المباشر", "مصادر متعددة", "اختيار المؤلفين"),
    ],
)
def test_programmes_and_sources_are_told(language: Language, programme: str, source: str, remark: str) -> None:
    assert words.programme_label("asd", language) == programme
    assert words.programme_label("another", language) == "another"
    assert words.cited("several", language) == source
    assert words.cited("assumption (see the other)", language) == remark
    assert words.cited("medias24 2025-04-21", language) == "medias24 2025-04-21"


def test_words_are_taken_in_the_language_that_is_there() -> None:
    row = {
        "label": {"fr": "fécondité", "ar": "الخصوبة"},
        "meaning": "births",
        "meaning_fr": "naissances",
        "source": None,
    }
    assert [said(row, name, "fr") for name in ("label", "meaning", "source", "nothing")] == [
        "fécondité",
        "naissances",
        "",
        "",
    ]
    assert [said(row, name, "ar") for name in ("label", "meaning")] == ["الخصوبة", "births"]


def test_a_number_written_as_text_is_one_for_the_spreadsheet() -> None:
    assert [as_number(value) for value in ("0.25", "nan", "a table", 3, None)] == [
        Decimal("0.25"),
        "nan",
        "a table",
        3,
        None,
    ]
