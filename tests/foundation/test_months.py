"""The calendar month."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karama.foundation.errors import BadInputError
from karama.foundation.months import Month


def test_a_month_is_written_and_read_the_same_way() -> None:
    assert str(Month(2025, 3)) == "2025-03"
    assert Month.parse(" 2025-03 ") == Month(2025, 3)
    assert Month.parse("0999-12") == Month(999, 12)


@pytest.mark.parametrize(
    "text", ["2025-13", "2025-00", "2025-3", "2025/03", "202503", "2025-03-01", "", "march", "0000-01"]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match="is no month: write YYYY-MM, for example 2025-10"):
        Month.parse(text)


@pytest.mark.parametrize(("year", "month"), [(2025, 0), (2025, 13), (0, 1), (10_000, 1)])
def test_a_month_no_calendar_has_is_refused(year: int, month: int) -> None:
    with pytest.raises(BadInputError, match=f"{year}-{month} is no month"):
        Month(year, month)


@pytest.mark.parametrize(
    ("month", "last"),
    [(Month(2024, 2), 29), (Month(2025, 2), 28), (Month(2100, 2), 28), (Month(2025, 4), 30), (Month(2025, 12), 31)],
)
def test_the_days_of_a_month(month: Month, last: int) -> None:
    assert month.first_day == dt.date(month.year, month.month, 1)
    assert month.last_day == dt.date(month.year, month.month, last)
    assert Month.of(month.last_day) == month


def test_counting_months_crosses_years_both_ways() -> None:
    assert Month(2025, 11) + 3 == Month(2026, 2)
    assert Month(2026, 2) - 3 == Month(2025, 11)
    assert Month(2026, 2) - Month(2025, 11) == 3
    assert Month(2025, 11) - Month(2026, 2) == -3
    assert list(Month.range(Month(2025, 12), 3)) == [Month(2025, 12), Month(2026, 1), Month(2026, 2)]
    assert list(Month.range(Month(2025, 12), 0)) == []


def test_months_are_ordered_and_can_be_keys() -> None:
    months = [Month(2026, 1), Month(2025, 12), Month(2025, 2)]
    assert sorted(months) == [Month(2025, 2), Month(2025, 12), Month(2026, 1)]
    assert len({Month(2025, 2), Month(2025, 2)}) == 1


@given(st.integers(1, 9999), st.integers(1, 12), st.integers(-400, 400))
def test_adding_then_subtracting_comes_back(year: int, month: int, count: int) -> None:
    here = Month(year, month)
    if not Month(1, 1).index <= here.index + count <= Month(9999, 12).index:
        with pytest.raises(BadInputError):
            _ = here + count
        return
    assert (here + count) - count == here
    assert (here + count) - here == count
