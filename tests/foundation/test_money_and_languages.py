"""Money is integer centimes, and every text has its three languages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karama.foundation.errors import BadInputError
from karama.foundation.languages import LANGUAGES, Label
from karama.foundation.money import format_money, from_centimes, to_centimes


@pytest.mark.parametrize(
    ("amount", "centimes"),
    [
        (250, 25_000),
        ("250.50", 25_050),
        (Decimal("0.01"), 1),
        ("-3.2", -320),
        (0, 0),
        ("1e3", 100_000),
        ("12.000", 1_200),
    ],
)
def test_an_amount_becomes_centimes(amount: Decimal | str | int, centimes: int) -> None:
    assert to_centimes(amount) == centimes


@pytest.mark.parametrize("amount", ["0.001", Decimal("1.005"), "-0.009"])
def test_an_amount_finer_than_a_centime_is_refused(amount: Decimal | str) -> None:
    with pytest.raises(BadInputError, match="is finer than a centime: write at most two decimals"):
        to_centimes(amount)


@pytest.mark.parametrize("amount", ["many", "", "12,50", "NaN", "Infinity", "-inf"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(
        BadInputError, match=r"is no amount: write a number with at most two decimals, for example 250\.00"
    ):
        to_centimes(amount)


@given(st.integers(-(10**15), 10**15))
def test_centimes_come_back(centimes: int) -> None:
    amount = from_centimes(centimes)
    assert amount.as_tuple().exponent == -2
    assert to_centimes(amount) == centimes


@pytest.mark.parametrize(
    ("centimes", "language", "currency", "text"),
    [
        (125_000, "fr", "MAD", "1\u202f250,00 MAD"),
        (125_000, "en", "MAD", "1,250.00 MAD"),
        (125_000, "ar", "MAD", "1,250.00 درهم"),
        (5, "fr", "MAD", "0,05 MAD"),
        (-123_456_789, "fr", "MAD", "-1\u202f234\u202f567,89 MAD"),
        (14_200, "en", "BRL", "142.00 BRL"),
        (14_200, "ar", "BRL", "142.00 ريال برازيلي"),
        (14_200, "fr", "XOF", "142,00 XOF"),
    ],
)
def test_an_amount_is_written_as_its_reader_does(centimes: int, language: str, currency: str, text: str) -> None:
    assert format_money(centimes, language, currency) == text


def test_a_label_speaks_three_languages() -> None:
    label = Label(fr="mois", ar="شهر", en="month")
    assert [label.get(language) for language in LANGUAGES] == ["mois", "شهر", "month"]
    assert label.as_dict() == {"fr": "mois", "ar": "شهر", "en": "month"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("empty", ["", "  "])
def test_a_label_is_empty_in_no_language(language: str, empty: str) -> None:
    texts: dict[str, Any] = {"fr": "mois", "ar": "شهر", "en": "month", language: empty}
    with pytest.raises(ValueError, match=f"has no text in '{language}'"):
        Label(**texts)
