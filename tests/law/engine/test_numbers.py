"""Numbers: exact decimals of nine places, half away from zero, integers of 64 bits; both compilations."""

# ruff: noqa: PLW0108 - the arguments of a rule are what it reads, so that a lambda must name them
from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

from karama.foundation.errors import BadInputError
from karama.law.engine.graph import Law
from karama.law.engine.language import case, greatest, least, ratio, total
from karama.law.engine.parameters import ParameterSet
from karama.law.engine.types import INTEGER, decimal
from tests.law.engine.both_engines import (
    HOUSEHOLD,
    TOY,
    Case,
    Table,
    by_python,
    by_sql,
    compile_plan,
    evaluate,
    household,
    of_household,
    read_typed,
    rule,
)
from tests.law.engine.both_engines import MARCH as MONTH

EXACT = ParameterSet({})


def d(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


TABLE = Table(
    [
        household("A", rooms=3, income=7, score="9.743001001", price="0.125"),
        household("B", rooms=0, income=-7, score="-0.000000001", price="-0.125", owner=True),
        household("C", rooms=8, income=99_999_999, score="999.999999999", price="99999.999"),
    ],
    of_household("sum", lambda rooms, income: rooms + income + 1, INTEGER, [11, -6, 100_000_008]),
    of_household("total", lambda rooms, income: total(rooms, income, rooms), INTEGER, [13, -7, 100_000_015]),
    of_household("difference", lambda rooms, income: income - rooms - 1, INTEGER, [3, -8, 99_999_990]),
    of_household(
        "difference of a difference", lambda rooms, income: rooms - (income - rooms), INTEGER, [-1, 7, -99_999_983]
    ),
    of_household("product", lambda rooms, income: rooms * income, INTEGER, [21, 0, 799_999_992]),
    of_household(
        "sum of decimals",
        lambda score, price: score + price,
        decimal(15, 9),
        d("9.868001001", "-0.125000001", "100999.998999999"),
    ),
    of_household(
        "decimal and integer",
        lambda score, rooms: score + rooms,
        decimal(18, 9),
        d("12.743001001", "-0.000000001", "1007.999999999"),
    ),
    of_household(
        "difference of decimals",
        lambda score, price: price - score,
        decimal(15, 9),
        d("-9.618001001", "-0.124999999", "98999.999000001"),
    ),
    of_household(
        "product of decimals",
        lambda score, price: score * price,
        decimal(20, 12),
        d("1.217875125125", "0.000000000125", "99999998.999900000001"),
    ),
    of_household(
        "integer times decimal",
        lambda income, price: income * price,
        decimal(16, 3),
        d("0.875", "0.875", "9999999800000.001"),
    ),
    of_household(
        "nothing times a negative is plainly nothing",
        lambda rooms, score: rooms * score,
        decimal(20, 9),
        d("29.229003003", "0", "7999.999999992"),
    ),
    of_household("rounded to two places", lambda price: price.rounded(2), decimal(8, 2), d("0.13", "-0.13", "100000")),
    of_household("rounded to the unit", lambda score: score.rounded(0), decimal(4, 0), d("10", "0", "1000")),
    of_household(
        "half at the tenth place goes away from zero",
        lambda score: (score * Decimal("0.5")).rounded(9),
        decimal(14, 9),
        d("4.871500501", "-0.000000001", "500"),
    ),
    of_household(
        "under half at the tenth place goes towards zero",
        lambda score: (score * Decimal("0.49")).rounded(9),
        decimal(14, 9),
        d("4.774070490", "0", "490"),
    ),
    of_household(
        "thirty-six digits",
        lambda score: score * score * score,
        decimal(36, 27),
        d(
            "924.864780469954434488232003001",
            "-0.000000000000000000000000001",
            "999999999.997000000000002999999999999",
        ),
    ),
    of_household(
        "a hundred written with an exponent",
        lambda rooms: rooms * Decimal("1E+2"),
        decimal(11, 0),
        d("300", "0", "800"),
    ),
    of_household("ratio", lambda income, rooms: ratio(income, rooms, 2), decimal(18, 2), d("2.33", "0", "12499999.88")),
    of_household(
        "ratio half up", lambda income, rooms: ratio(income, rooms + 2, 0), decimal(18, 0), d("1", "-4", "10000000")
    ),
    of_household(
        "ratio of a negative",
        lambda income, rooms: ratio(income, rooms + 5, 1),
        decimal(18, 1),
        d("0.9", "-1.4", "7692307.6"),
    ),
    of_household(
        "ratio over a negative is nothing",
        lambda income, rooms: ratio(rooms, income, 3),
        decimal(18, 3),
        d("0.429", "0", "0"),
    ),
    of_household(
        "ratio at twelve places",
        lambda income, rooms: ratio(rooms, rooms + income, 12),
        decimal(18, 12),
        d("0.3", "0", "0.00000008"),
    ),
    of_household("least", lambda rooms, income: least(rooms, income, 5), INTEGER, [3, -7, 5]),
    of_household("greatest", lambda rooms, income: greatest(rooms, income), INTEGER, [7, 0, 99_999_999]),
    of_household(
        "least of decimals",
        lambda score, price: least(score, price),
        decimal(14, 9),
        d("0.125", "-0.125", "999.999999999"),
    ),
    of_household(
        "greatest of a decimal and an integer",
        lambda score, rooms: greatest(score, rooms),
        decimal(17, 9),
        d("9.743001001", "0", "999.999999999"),
    ),
    of_household(
        "a case of a decimal and an integer",
        lambda owner, score, rooms: case((owner, score), otherwise=rooms),
        decimal(17, 9),
        d("3", "-0.000000001", "8"),
    ),
)


@pytest.mark.parametrize("case_", TABLE.cases, ids=lambda one: one.name)
def test_numbers(case_: Case) -> None:
    TABLE.check(case_)


def test_integer_sums_stay_64_bits_wide_and_exact() -> None:
    law = Law(TOY, [rule(HOUSEHOLD, "twice", lambda income: income * 2_000_000_000 + income)], EXACT)
    computed = evaluate(law, [household("A", income=2_147_483_647)])
    assert computed.sql_types["twice"] == "BIGINT"
    assert computed.sql.households["A"]["twice"] == 4_294_967_296_147_483_647
    assert computed.python.households["A"]["twice"] == 4_294_967_296_147_483_647


@pytest.mark.parametrize("name", ["product", "comparison"])
def test_an_integer_too_wide_for_a_decimal_stops_both_compilations(name: str) -> None:
    rules = {"product": lambda income, score: income * score, "comparison": lambda income, score: income < score}
    law = Law(TOY, [rule(HOUSEHOLD, name, rules[name])], EXACT)
    rows = [read_typed(household("A", income=100_000_000, score=1), TOY)]
    graph = law.graph(MONTH, [name])
    binding = law.bind(graph, MONTH)
    with pytest.raises(BadInputError, match="100000000 has more than 8 digits: it cannot meet a decimal"):
        by_python(graph, binding, rows)
    with pytest.raises(duckdb.ConversionException):
        by_sql(compile_plan(graph, binding), rows, TOY)
