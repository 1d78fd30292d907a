"""Dates: cut-offs computed once a month, completed years, months elapsed; both compilations."""

# ruff: noqa: PLW0108 - the arguments of a rule are what it reads, so that a lambda must name them
from __future__ import annotations

import datetime as dt

import pytest

from karama.foundation.months import Month
from karama.law.engine.graph import Law
from karama.law.engine.language import (
    completed_years,
    day_of,
    first_day,
    greatest,
    last_day,
    least,
    month_of,
    months_since,
    years_before,
)
from karama.law.engine.parameters import ParameterSet
from karama.law.engine.types import BOOLEAN, DATE, INTEGER
from tests.law.engine.both_engines import (
    PERSON,
    TOY,
    Case,
    Table,
    disagreements,
    evaluate,
    household,
    of_household,
    of_person,
    rule,
)

T, F = True, False


def dates(*days: str) -> list[dt.date]:
    return [dt.date.fromisoformat(day) for day in days]


# Asked in March 2026.  In order: a 29 February; 18 on the first of the month, one day later, one day of February
# earlier; born on the month's last day; a hundred years old.
BORN = ["2024-02-29", "2008-03-01", "2008-03-02", "2008-02-29", "2026-03-31", "1925-12-31"]
TABLE = Table(
    [household("A", *({"born": one, "died": None} for one in BORN[:-1]), {"born": BORN[-1], "died": "2026-01-31"})],
    of_person("completed years", lambda born: completed_years(born), INTEGER, [2, 18, 17, 18, -1, 100]),
    of_person("under eighteen", lambda born: born > years_before(18), BOOLEAN, [T, F, T, F, T, F]),
    of_person("under eighteen by years", lambda born: completed_years(born) < 18, BOOLEAN, [T, F, T, F, T, F]),
    of_person("months since", lambda born: months_since(born), INTEGER, [25, 216, 216, 217, 0, 1203]),
    of_person("month of", lambda born: month_of(born), INTEGER, [2, 3, 3, 2, 3, 12]),
    of_person("day of", lambda born: day_of(born), INTEGER, [29, 1, 2, 29, 31, 31]),
    of_person("born by the last day", lambda born: born <= last_day(), BOOLEAN, [T, T, T, T, T, T]),
    of_person("born by the first day", lambda born: born <= first_day(), BOOLEAN, [T, T, T, T, F, T]),
    of_person("on a written date", lambda born: born.equals(dt.date(2008, 3, 1)), BOOLEAN, [F, T, F, F, F, F]),
    of_person("later than another", lambda born, died: born < died.otherwise(first_day()), BOOLEAN, [T, T, T, T, F, T]),
    of_person(
        "the later date",
        lambda born: greatest(born, years_before(18)),
        DATE,
        dates("2024-02-29", "2008-03-01", "2008-03-02", "2008-03-01", "2026-03-31", "2008-03-01"),
    ),
    of_person(
        "the earlier of two",
        lambda born, died: least(born, died.otherwise(last_day()), dt.date(2020, 1, 1)),
        DATE,
        dates("2020-01-01", "2008-03-01", "2008-03-02", "2008-02-29", "2020-01-01", "1925-12-31"),
    ),
    of_person(
        "years of a date in an expression",
        lambda died: completed_years(died.otherwise(years_before(3))),
        INTEGER,
        [3, 3, 3, 3, 3, 0],
    ),
    of_household("first day", lambda: first_day(), DATE, [dt.date(2026, 3, 1)]),
    of_household("half a year later", lambda: first_day(6), DATE, [dt.date(2026, 9, 1)]),
    of_household("the month before", lambda: first_day(-3), DATE, [dt.date(2025, 12, 1)]),
    of_household("end of February", lambda: last_day(-1), DATE, [dt.date(2026, 2, 28)]),
    of_household("end of February of a leap year", lambda: last_day(23), DATE, [dt.date(2028, 2, 29)]),
    of_household("eighteen years before", lambda: years_before(18), DATE, [dt.date(2008, 3, 1)]),
)


@pytest.mark.parametrize("case_", TABLE.cases, ids=lambda one: one.name)
def test_dates(case_: Case) -> None:
    TABLE.check(case_)


def test_a_cut_off_and_completed_years_say_the_same_in_every_month() -> None:
    law = Law(
        TOY,
        [
            rule(PERSON, "by_cutoff", lambda born: born > years_before(2)),
            rule(PERSON, "by_years", lambda born: completed_years(born) < 2),
        ],
        ParameterSet({}),
    )
    days = ["2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02", "2023-12-31", "2024-01-01", "2024-01-31"]
    members = [{"born": day} for day in days]
    answers = {}
    for month in Month.range(Month(2025, 12), 6):
        computed = evaluate(law, [household("A", *members)], month)
        assert disagreements(computed) == []
        rows = computed.sql.persons.values()
        assert [row["by_cutoff"] for row in rows] == [row["by_years"] for row in rows]
        answers[str(month)] = "".join(
            "y" if row["by_cutoff"] else "-" for _, row in sorted(computed.sql.persons.items())
        )
    # Two years old on the first day of the month: the 29 February counts as passed on 1 March.
    assert answers == {
        "2025-12": "yyyyyyy",
        "2026-01": "yyyy--y",
        "2026-02": "yyyy---",
        "2026-03": "---y---",
        "2026-04": "-------",
        "2026-05": "-------",
    }
