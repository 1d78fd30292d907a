"""Numbers and months read as each language writes them."""

from __future__ import annotations

import pytest

from karama.foundation.months import Month
from karama.foundation.wording import month_name, number, short_month, signed


@pytest.mark.parametrize(
    ("value", "places", "french", "arabic"),
    [
        (1234567, 0, "1\u202f234\u202f567", "1,234,567"),
        (-1234.56, 1, "\u22121\u202f234,6", "\u200e\u22121,234.6"),
        (-0.04, 1, "0,0", "0.0"),
    ],
)
def test_a_number_is_written_as_its_reader_writes_it(value: float, places: int, french: str, arabic: str) -> None:
    assert number(value, "fr", places) == french
    assert number(value, "ar", places) == arabic


@pytest.mark.parametrize(("value", "said"), [(2.5, "+2.5"), (-2.5, "\u22122.5"), (0.01, "0.0"), (0, "0.0")])
def test_a_difference_shows_its_sign_unless_it_is_zero(value: float, said: str) -> None:
    assert signed(value, "en", 1) == said


def test_months_have_their_moroccan_names() -> None:
    assert month_name(Month(2026, 8), "ar") == "غشت 2026"
    assert month_name(Month(2026, 8), "fr") == "août 2026"
    assert short_month(Month(2026, 7), "fr") == "juil."
