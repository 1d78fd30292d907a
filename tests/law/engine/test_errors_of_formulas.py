"""What cannot be law is refused while it is being written: the message names formula, file and month."""

# ruff: noqa: PLW0108 - the arguments of a rule are what it reads, so that a lambda must name them
from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from karama.foundation.errors import LawError
from karama.foundation.months import Month
from karama.law.engine.dates import Cutoff
from karama.law.engine.expressions import node
from karama.law.engine.formulas import formula
from karama.law.engine.graph import Law
from karama.law.engine.language import (
    all_of,
    any_of,
    any_person,
    case,
    completed_years,
    count_of,
    first_day,
    greatest,
    greatest_of,
    least,
    least_of,
    rank,
    ratio,
    sum_of,
    total,
    when,
    years_before,
)
from karama.law.engine.members import Aggregate
from karama.law.engine.parameters import ParameterSet
from tests.law.engine.both_engines import HOUSEHOLD, MARCH, PERSON, TOY, label, parameter_text, parameters_in, rule
from tests.law.engine.winter_fuel import PROGRAMME

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from karama.law.engine.expressions import Entity
    from karama.law.engine.formulas import Formula

PLACE = "formula 'rule' (engine/test_errors_of_formulas.py), 2026-03: "
PARAMETERS = PROGRAMME.law.parameters


def message_of(*formulas: Formula, outputs: tuple[str, ...] = ("rule",), month: Month = MARCH) -> str:
    with pytest.raises(LawError) as error:
        Law(TOY, formulas, PARAMETERS).graph(month, outputs)
    return str(error.value)


def lookup_without_at(fuel_amount: Any) -> Any:  # noqa: ANN401 - a formula reads nodes
    return fuel_amount * 2


OF_HOUSEHOLDS: list[tuple[str, Callable[..., Any], str]] = [
    (
        "comparison of different natures",
        lambda rooms, zone: rooms < zone,
        "a comparison mixes integer and one of north, south, east: use values of one nature",
    ),
    ("equality of different natures", lambda owner: owner.equals(1), "a comparison mixes boolean and integer"),
    (
        "order of codes",
        lambda zone: zone < "south",
        "'zone' is one of north, south, east, which has no order: compare it",
    ),
    (
        "order of truths",
        lambda owner, rooms: owner <= (rooms > 1),
        "'owner' is boolean, which has no order: compare it with equals()",
    ),
    ("unknown code", lambda zone: zone.equals("west"), "'zone' is never 'west': use one of north, south, east"),
    (
        "unknown code of several",
        lambda zone: zone.among("north", "west"),
        "'zone' is never ['west']: use some of north",
    ),
    ("no code", lambda zone: zone.among(), "'zone' is never []: use some of north, south, east"),
    ("among of a number", lambda rooms: rooms.among("3"), "among() needs choice, but 'rooms' is integer"),
    (
        "unknown value compared",
        lambda debt: debt > 3,
        "a comparison reads 'debt', which may be unknown: ask is_known() or give otherwise(...) first",
    ),
    ("unknown value added", lambda debt: debt + 1, "a sum reads 'debt', which may be unknown"),
    ("unknown value subtracted", lambda debt: debt - 1, "a difference reads 'debt', which may be unknown"),
    ("unknown value multiplied", lambda debt: debt * 2, "a product reads 'debt', which may be unknown"),
    (
        "unknown value rounded",
        lambda old_score: old_score.rounded(2),
        "rounded() reads 'old_score', which may be unknown",
    ),
    (
        "unknown value in a ratio",
        lambda debt, rooms: ratio(debt, rooms, 2),
        "ratio() reads 'debt', which may be unknown",
    ),
    (
        "unknown date",
        lambda claimed: completed_years(claimed),
        "completed_years() reads 'claimed', which may be unknown",
    ),
    ("known value asked", lambda rooms: rooms.is_known(), "'rooms' is always known: is_known() says nothing"),
    ("default of a known value", lambda rooms: rooms.otherwise(1), "'rooms' is always known: otherwise() says nothing"),
    ("default of another nature", lambda debt: debt.otherwise("none"), "otherwise() mixes"),
    ("float", lambda score: score < 9.7, "9.7 cannot stand in a formula: use whole numbers, Decimal, text, dates"),
    ("float added", lambda rooms: rooms + 0.5, "0.5 cannot stand in a formula"),
    ("endless decimal", lambda score: score < Decimal("NaN"), "Decimal('NaN') cannot stand in a formula"),
    ("if on a condition", lambda owner: 1 if owner else 0, "a condition has no value while the law is being written"),
    ("and of Python", lambda owner, rooms: owner and rooms > 3, "use case(), &, | and ~"),
    ("not of Python", lambda owner: not owner, "use case(), &, | and ~"),
    ("chained comparison", lambda rooms: 1 < rooms < 5, "a condition has no value while the law is being written"),
    ("equals sign of Python", lambda rooms: case((rooms == 3, 1), otherwise=0), "write equals() ('rooms')"),
    ("different sign of Python", lambda rooms: rooms != 3, "== compares objects of Python, not values of the law"),
    ("in of Python", lambda zone: zone in ("north", "south"), "write equals() ('zone')"),
    ("and of a truth of Python", lambda owner: owner & True, "'and' needs an expression of the law, not True"),
    ("free division", lambda rooms, income: income / rooms, "unsupported operand type(s) for /: 'Column' and 'Column'"),
    ("word of another language", lambda zone: zone.startswith("n"), "'Column' object has no attribute 'startswith'"),
    ("nothing returned", lambda rooms: None if rooms is None else 3, "returns 3, which is no expression of the law"),
    ("and of numbers", lambda rooms, owner: owner & rooms, "'and' needs boolean, but 'rooms' is integer"),
    ("or of numbers", lambda rooms, owner: owner | rooms, "'or' needs boolean, but 'rooms' is integer"),
    ("not of a number", lambda rooms: ~rooms, "'not' needs boolean, but 'rooms' is integer"),
    ("all of nothing", lambda: all_of(), "'and' needs at least one operand, but has 0"),
    ("any of nothing", lambda: any_of(), "'or' needs at least one operand, but has 0"),
    ("sum of nothing", lambda: total(), "a sum needs at least one operand, but has 0"),
    ("least of one", lambda rooms: least(rooms), "least() needs at least two values, but has 1"),
    ("greatest of nothing", lambda: greatest(), "greatest() needs at least two values, but has 0"),
    ("sum of codes", lambda zone: zone + 1, "a sum needs numbers, but 'zone' is one of north, south, east"),
    ("difference of dates", lambda: first_day() - first_day(), "a difference needs numbers, but a cutoff is date"),
    ("product of truths", lambda owner: owner * 2, "a product needs numbers, but 'owner' is boolean"),
    ("least of codes", lambda zone: least(zone, "north"), "least() of one of north, south, east has no sense"),
    ("case without branch", lambda: case(otherwise=1), "case() needs at least one (condition, value)"),
    ("case of natures", lambda owner, rooms: case((owner, rooms), otherwise="none"), "case() mixes integer and one of"),
    ("case on a number", lambda rooms: case((rooms, 1), otherwise=0), "case() needs boolean, but 'rooms' is integer"),
    ("rounding an integer", lambda rooms: rooms.rounded(0), "rounded() needs decimal, but 'rooms' is integer"),
    ("rounding to more", lambda price: price.rounded(3), "'price' has 3 places: rounding to 3 changes nothing"),
    (
        "ratio of decimals",
        lambda price, rooms: ratio(price, rooms, 2),
        "ratio() needs integer, but 'price' is decimal(8,3)",
    ),
    ("ratio too fine", lambda rooms, income: ratio(rooms, income, 13), "ratio() with 13 places: use 0 to 12"),
    (
        "decimal too wide",
        lambda score: score * score * score * score,
        "a decimal of 48 digits with 36 places cannot be held exactly: round a part of it first",
    ),
    ("years of a number", lambda rooms: completed_years(rooms), "completed_years() needs date, but 'rooms' is integer"),
    ("cut-off of one's own", lambda rooms: years_before(rooms), "a cut-off date is the same for everybody"),
    (
        "cut-off computed",
        lambda child_age_limit: first_day(child_age_limit + 1),
        "its offsets must be numbers or parameters",
    ),
    ("cut-off by a decimal", lambda need_threshold: years_before(need_threshold), "a cut-off date needs integer, but"),
    ("table read as a value", lookup_without_at, "a table is read as one value: choose its entry with at()"),
    (
        "value read as a table",
        lambda zone, child_supplement: child_supplement.at(zone),
        "'child_supplement' has one value",
    ),
    (
        "table by a number",
        lambda rooms, fuel_amount: fuel_amount.at(rooms),
        "a table's selector needs choice, but 'rooms'",
    ),
    (
        "household reading a person",
        lambda wage: wage * 2,
        "a household's value reads a person's: aggregate it with sum_of, count_of, any_person, least_of or greatest_of",
    ),
    ("aggregation of a household", lambda rooms: sum_of(rooms), "sum over persons reads nothing of a person"),
    ("count of a household", lambda owner: count_of(owner), "count over persons reads nothing of a person"),
    ("sum of texts", lambda role: sum_of(role), "sum over persons mixes"),
    (
        "sum where a number",
        lambda wage: sum_of(wage, where=wage),
        "sum over persons needs boolean, but 'wage' is integer",
    ),
    ("sum of an unknown", lambda grade: sum_of(grade), "sum over persons reads 'grade', which may be unknown"),
    ("any of a number", lambda wage: any_person(wage), "any over persons mixes boolean and integer"),
    (
        "least of codes over persons",
        lambda role, worker: least_of(role, where=worker, otherwise="head"),
        "has no sense",
    ),
    (
        "greatest of truths over persons",
        lambda worker: greatest_of(worker, where=worker, otherwise=False),
        "greatest over persons of boolean has no sense: use numbers or dates",
    ),
    (
        "default of one's own",
        lambda wage, rooms, worker: Aggregate("least", wage, worker, rooms),
        "the value of an empty household must be a constant",
    ),
    (
        "aggregation inside an aggregation",
        lambda wage, worker: sum_of(when(worker, count_of(wage > 3))),
        "an aggregation or a rank stands inside another: make the inner one a formula of its own",
    ),
    (
        "rank inside an aggregation",
        lambda wage, worker: sum_of(wage, where=rank(worker, wage).equals(1)),
        "an aggregation or a rank stands inside another",
    ),
]

OF_PERSONS: list[tuple[str, Callable[..., Any], str]] = [
    ("rank by text", lambda worker, mother: rank(worker, mother.otherwise("x")), "a rank cannot be ordered by"),
    (
        "rank by an identifier",
        lambda worker, person_id: rank(worker, person_id),
        "a rank cannot be ordered by 'person_id', which is text: use numbers or dates",
    ),
    (
        "rank by a code",
        lambda worker, role: rank(worker, role),
        "a rank cannot be ordered by 'role', which is one of head",
    ),
    ("rank by an unknown", lambda worker, grade: rank(worker, grade), "a rank reads 'grade', which may be unknown"),
    ("rank among numbers", lambda wage: rank(wage, wage), "a rank needs boolean, but 'wage' is integer"),
    ("rank among households", lambda owner, wage: rank(owner, wage), "a rank needs persons to rank: say among whom"),
    ("shared rank without key", lambda worker: rank(worker, shared=True), "a shared rank needs a key to share"),
    (
        "rank inside a rank",
        lambda worker, wage: rank(worker, rank(worker, wage)),
        "an aggregation or a rank stands inside another",
    ),
    (
        "aggregation for a person",
        lambda wage: wage + sum_of(wage),
        "a person's value aggregates persons: make the aggregation a formula of the household",
    ),
]

WRONG = [*((HOUSEHOLD, *one) for one in OF_HOUSEHOLDS), *((PERSON, *one) for one in OF_PERSONS)]


@pytest.mark.parametrize(("entity", "name", "build", "says"), WRONG, ids=[one[1] for one in WRONG])
def test_an_expression_without_meaning_is_refused(
    entity: Entity, name: str, build: Callable[..., Any], says: str
) -> None:
    assert name
    message = message_of(rule(entity, "rule", build))
    assert message.startswith(PLACE)
    assert says in message


def test_a_circle_is_shown_whole() -> None:
    circle = [rule(HOUSEHOLD, "rule", lambda second: second), rule(HOUSEHOLD, "second", lambda third: third)]
    message = message_of(*circle, rule(HOUSEHOLD, "third", lambda second: second))
    assert "formula 'second' (engine/test_errors_of_formulas.py), 2026-03: computing it needs itself: " in message
    assert message.endswith("second → third → second")


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda romms: romms, PLACE + "'romms' is no input, formula or parameter: did you mean 'rooms'?"),
        (lambda chlid_age_limit: chlid_age_limit, "did you mean 'child_age_limit'?"),
        (lambda qqqq: qqqq, "'qqqq' is no input, formula or parameter"),
    ],
)
def test_a_missing_input_is_named_with_the_nearest(build: Callable[..., Any], says: str) -> None:
    assert says in message_of(rule(HOUSEHOLD, "rule", build))


def test_an_output_nobody_computes() -> None:
    rooms = rule(HOUSEHOLD, "rule", lambda rooms: rooms)
    message = message_of(rooms, outputs=("rul",))
    assert message == "an output was asked for, 2026-03: 'rul' is no input, formula or parameter: did you mean 'rule'?"


def test_two_versions_valid_at_once() -> None:
    versions = [
        rule(HOUSEHOLD, "rule", lambda rooms: rooms, until=Month(2026, 3)),
        rule(HOUSEHOLD, "rule", lambda income: income, valid_from=Month(2026, 3)),
    ]
    message = message_of(*versions)
    place = "formula 'rule' (engine/test_errors_of_formulas.py)"
    assert message == (
        f"{place} and {place}: two versions of 'rule' are valid in 2026-03:"
        " end one with valid_until before the other begins"
    )
    law = Law(TOY, versions, PARAMETERS)
    assert [law.graph(MARCH + months, ("rule",)).input_columns[0].name for months in (-1, 1)] == ["rooms", "income"]


def test_a_formula_without_version_in_the_month() -> None:
    ended = rule(HOUSEHOLD, "old", lambda rooms: rooms, until=Month(2025, 12))
    message = message_of(ended, rule(HOUSEHOLD, "rule", lambda old: old))
    assert message == (
        f"{PLACE}'old' is no input, formula or parameter: 'old' has no version valid in 2026-03"
        " (engine/test_errors_of_formulas.py)"
    )


def test_a_parameter_without_value_at_the_date(tmp_path: Path) -> None:
    parameters = parameters_in(tmp_path, parameter_text("limit", "integer", "2026-01 paid 2026-04: 5"))
    law = Law(TOY, [rule(HOUSEHOLD, "rule", lambda limit: limit)], parameters)
    graph = law.graph(MARCH, ("rule",))
    assert law.bind(graph, MARCH, "legal").parameter("limit") == 5
    with pytest.raises(LawError) as error:
        law.bind(graph, MARCH, "paid")
    assert str(error.value) == (
        f"{tmp_path.name}/parameters.yaml: parameter 'limit' has no value in 2026-03 on the 'paid' clock: its first one"
        " starts in 2026-04; add an earlier value, or ask for a later month"
    )


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("rooms", "'rooms' is an input and a formula: give one of them another name"),
        ("child_age_limit", "'child_age_limit' is a parameter (winter_fuel/parameters.yaml) and a formula"),
    ],
)
def test_a_name_stands_for_one_thing(name: str, says: str) -> None:
    with pytest.raises(LawError) as error:
        Law(TOY, [rule(HOUSEHOLD, name, lambda income: income)], PARAMETERS)
    assert says in str(error.value)


def test_a_parameter_named_like_an_input(tmp_path: Path) -> None:
    with pytest.raises(LawError, match="'rooms' is an input and a parameter"):
        Law(TOY, [], parameters_in(tmp_path, parameter_text("rooms", "integer", "2026-01: 5")))


@pytest.mark.parametrize(
    ("name", "build", "says"),
    [
        (None, lambda rooms=3: rooms, "formula '<lambda>' (engine/test_errors_of_formulas.py): a name is made of"),
        (
            "rule",
            lambda rooms=3: rooms,
            "formula 'rule' (engine/test_errors_of_formulas.py): argument 'rooms' must be a plain name",
        ),
        ("rule", lambda *rooms: rooms, "argument 'rooms' must be a plain name"),
        ("rule", lambda **rooms: rooms, "argument 'rooms' must be a plain name"),
        (
            "Rule",
            lambda rooms: rooms,
            "formula 'Rule' (engine/test_errors_of_formulas.py): a name is made of a-z, 0-9 and _, a letter first",
        ),
        ("_rule", lambda rooms: rooms, "a letter first"),
        ("a rule", lambda rooms: rooms, "formula 'a rule' (engine/test_errors_of_formulas.py): a name is made of"),
    ],
)
def test_a_formula_is_declared_with_plain_names(name: str | None, build: Callable[..., Any], says: str) -> None:
    with pytest.raises(LawError) as error:
        formula(entity=HOUSEHOLD, label=label("rule"), reference="test", name=name)(build)
    assert says in str(error.value)


def test_a_cut_off_and_a_literal_name_themselves_in_messages() -> None:
    with pytest.raises(LawError, match="a sum needs numbers, but a literal is boolean"):
        total(node(value=True), 1)
    with pytest.raises(LawError, match="a cut-off date is the same for everybody"):
        Cutoff(node(1) + 1, node(0))


def test_a_law_without_formulas_has_no_answer() -> None:
    assert Law(TOY, [], ParameterSet({})).graph(MARCH, ()).phases == 1
