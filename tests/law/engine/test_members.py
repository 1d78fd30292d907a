"""From persons to their household and back: aggregations, ranks, ties; both compilations."""

# ruff: noqa: PLW0108 - the arguments of a rule are what it reads, so that a lambda must name them
from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from karama.law.engine.graph import Law
from karama.law.engine.language import (
    any_person,
    case,
    count_of,
    descending,
    greatest_of,
    least_of,
    rank,
    sum_of,
    when,
)
from karama.law.engine.parameters import ParameterSet
from karama.law.engine.types import BOOLEAN, DATE, INTEGER, decimal
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

NEVER = dt.date(2099, 12, 31)
TWIN = "2010-05-17"

# A: a worker with twins and a younger child.  B: one person.  C: nobody.  D: two others with negative wages.
TABLE = Table(
    [
        household(
            "A",
            {"role": "head", "born": "1990-01-01", "worker": True, "wage": 100},
            {"born": TWIN, "grade": 3, "weight": "0.5"},
            {"born": TWIN, "weight": "0.25"},
            {"born": "2012-01-01", "wage": 7, "weight": "0.000000001"},
            owner=True,
        ),
        household("B", {"role": "head", "wage": 5}),
        household("C"),
        household("D", {"role": "other", "wage": -3}, {"role": "other", "wage": -3}),
    ],
    of_household("children", lambda role: count_of(role.equals("child")), INTEGER, [3, 0, 0, 0]),
    of_household("wages", lambda wage: sum_of(wage), INTEGER, [107, 5, 0, -6]),
    of_household("wages of workers", lambda wage, worker: sum_of(wage, where=worker), INTEGER, [100, 0, 0, 0]),
    of_household(
        "weights",
        lambda weight: sum_of(weight),
        decimal(20, 9),
        [Decimal("0.750000001"), Decimal(0), Decimal(0), Decimal(0)],
    ),
    of_household(
        "weights of workers", lambda weight, worker: sum_of(weight, where=worker), decimal(20, 9), [Decimal(0)] * 4
    ),
    of_household("a worker", lambda worker: any_person(worker), BOOLEAN, [True, False, False, False]),
    of_household(
        "a worker or a debtor",
        lambda worker, wage: any_person(worker | (wage < 0)),
        BOOLEAN,
        [True, False, False, True],
    ),
    of_household(
        "eldest child",
        lambda born, role: least_of(born, where=role.equals("child"), otherwise=NEVER),
        DATE,
        [dt.date(2010, 5, 17), NEVER, NEVER, NEVER],
    ),
    of_household(
        "youngest child",
        lambda born, role: greatest_of(born, where=role.equals("child"), otherwise=NEVER),
        DATE,
        [dt.date(2012, 1, 1), NEVER, NEVER, NEVER],
    ),
    of_household(
        "highest wage of those who do not work",
        lambda wage, worker: greatest_of(wage, where=~worker, otherwise=-1),
        INTEGER,
        [7, 5, -1, -3],
    ),
    of_household(
        "least weight of a child",
        lambda weight, role: least_of(weight, where=role.equals("child"), otherwise=9),
        decimal(17, 9),
        [Decimal("0.000000001"), Decimal(9), Decimal(9), Decimal(9)],
    ),
    of_household(
        "arithmetic of aggregations",
        lambda wage, role: sum_of(wage) - count_of(role.equals("child")) * 2,
        INTEGER,
        [101, 5, 0, -6],
    ),
    of_household(
        "a household's value on each person's row",
        lambda owner, rooms, wage: sum_of(when(owner, wage + rooms)),
        INTEGER,
        [119, 0, 0, 0],
    ),
    of_person("rank by birth", lambda role, born: rank(role.equals("child"), born), INTEGER, [0, 1, 2, 3, 0, 0, 0]),
    of_person(
        "shared rank", lambda role, born: rank(role.equals("child"), born, shared=True), INTEGER, [0, 1, 1, 3, 0, 0, 0]
    ),
    of_person(
        "youngest first",
        lambda role, born: rank(role.equals("child"), descending(born)),
        INTEGER,
        [0, 2, 3, 1, 0, 0, 0],
    ),
    of_person(
        "heaviest twin first",
        lambda role, born, weight: rank(role.equals("child"), born, descending(weight)),
        INTEGER,
        [0, 1, 2, 3, 0, 0, 0],
    ),
    of_person(
        "lightest twin first",
        lambda role, born, weight: rank(role.equals("child"), born, weight),
        INTEGER,
        [0, 2, 1, 3, 0, 0, 0],
    ),
    of_person("rank by wage", lambda wage: rank(wage > -100, wage), INTEGER, [4, 1, 2, 3, 1, 1, 2]),
    of_person("highest wage first", lambda wage: rank(wage > -100, descending(wage)), INTEGER, [1, 3, 4, 2, 1, 1, 2]),
    of_person("equal wages share", lambda wage: rank(wage > -100, wage, shared=True), INTEGER, [4, 1, 1, 3, 1, 1, 1]),
    of_person(
        "rank within a role", lambda role, wage: rank(wage > -100, wage, within=(role,)), INTEGER, [1, 1, 2, 3, 1, 1, 2]
    ),
    of_person(
        "rank within a birth",
        lambda role, born, weight: rank(role.equals("child"), weight, within=(born,)),
        INTEGER,
        [0, 2, 1, 1, 0, 0, 0],
    ),
    of_person("rank by identifier alone", lambda role: rank(role.equals("child")), INTEGER, [0, 1, 2, 3, 0, 0, 0]),
    of_person(
        "rank inside a case",
        lambda role, born: case((rank(role.equals("child"), born) > 2, 24), otherwise=36),
        INTEGER,
        [36, 36, 36, 24, 36, 36, 36],
    ),
    of_person(
        "rank where unknown",
        lambda grade, role, born: grade.otherwise(rank(role.equals("child"), born)),
        INTEGER,
        [0, 3, 2, 3, 0, 0, 0],
    ),
    of_person(
        "two ranks in one rule",
        lambda role, born, worker, wage: rank(role.equals("child"), born) + rank(worker, wage),
        INTEGER,
        [1, 1, 2, 3, 0, 0, 0],
    ),
)


@pytest.mark.parametrize("case_", TABLE.cases, ids=lambda one: one.name)
def test_members(case_: Case) -> None:
    TABLE.check(case_)


def test_ties_are_broken_by_the_identifier_letter_by_letter_in_both_compilations() -> None:
    law = Law(TOY, [rule(PERSON, "place", lambda role, born: rank(role.equals("child"), born))], ParameterSet({}))
    names = ["z", "é", "10", "9", "a", "B", "ع", "A9", "A10"]
    computed = evaluate(law, [household("A", *({"person_id": name} for name in names))])
    assert disagreements(computed) == []
    order = sorted(names, key=lambda name: computed.sql.persons[name]["place"])
    assert order == ["10", "9", "A10", "A9", "B", "a", "z", "é", "ع"]
