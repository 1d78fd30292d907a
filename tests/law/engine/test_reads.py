"""What a formula has read: the branch taken, the condition that settled, the persons asked."""

# ruff: noqa: PLW0108, PLR0917 - the arguments of a rule are what it reads, so that a lambda must name them

from __future__ import annotations

from decimal import localcontext
from typing import TYPE_CHECKING, Any

import pytest

from karama.law.engine.graph import Law
from karama.law.engine.language import any_person, case, count_of, rank, sum_of
from karama.law.engine.path import PathFinder, Ways
from karama.law.engine.python import compile_function
from karama.law.engine.python_expressions import EXACT
from karama.law.engine.reads import reads_of
from tests.law.engine.both_engines import (
    HOUSEHOLD,
    MARCH,
    PERSON,
    TOY,
    household,
    parameter_text,
    parameters_in,
    read_typed,
    rule,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from karama.law.engine.expressions import Entity, Node


@pytest.fixture
def law(tmp_path: Path) -> Callable[..., Law]:
    parameters = parameters_in(
        tmp_path, parameter_text("bonus", "integer", "2020-01: 50"), parameter_text("limit", "integer", "2020-01: 4")
    )
    return lambda **rules: Law(TOY, [rule(entity, name, build) for name, (entity, build) in rules.items()], parameters)


def read(law: Law, home: dict[str, Any], person: int | None = None) -> tuple[list[str], list[str]]:
    """Columns read by the formula "one", with their person where they have one, and parameters, in the order met."""
    graph = law.graph(MARCH, ("one",))
    binding = law.bind(graph, MARCH)
    whole, own = compile_function(graph).bind_beside_inputs(binding)(*read_typed(home, TOY))
    reads = reads_of(graph.definitions["one"], "person_id", binding)
    with localcontext(EXACT):
        columns, parameters = reads(whole, own[person] if person is not None else None, own)
    return [f"{column} {who}" if who else column for column, who in columns], list(parameters)


def branches(rooms: Node, income: Node, debt: Node, owner: Node, bonus: Node, limit: Node) -> Node:
    return case((rooms >= limit, income), (owner, bonus), otherwise=debt.otherwise(0))


@pytest.mark.parametrize(
    ("facts", "columns", "parameters"),
    [
        ({"rooms": 4}, ["rooms", "income"], ["limit"]),
        ({"rooms": 3, "owner": True}, ["rooms", "owner"], ["limit", "bonus"]),
        ({"rooms": 3}, ["rooms", "owner", "debt"], ["limit"]),
    ],
)
def test_of_branches_the_conditions_up_to_the_one_that_holds_then_its_value(
    law: Callable[..., Law], facts: dict[str, Any], columns: list[str], parameters: list[str]
) -> None:
    assert read(law(one=(HOUSEHOLD, branches)), household("H", **facts)) == (columns, parameters)


@pytest.mark.parametrize(
    ("facts", "both", "either"),
    [
        ({"rooms": 9, "owner": True}, ["rooms", "owner"], ["rooms"]),
        ({"rooms": 1, "owner": True}, ["rooms"], ["owner"]),
        ({"rooms": 9, "owner": False}, ["owner"], ["rooms"]),
        ({"rooms": 1, "owner": False}, ["rooms"], ["rooms", "owner"]),
    ],
)
def test_of_several_conditions_the_one_that_settles_alone_else_all(
    law: Callable[..., Law], facts: dict[str, Any], both: list[str], either: list[str]
) -> None:
    home = household("H", **facts)
    assert read(law(one=(HOUSEHOLD, lambda rooms, owner: (rooms > 4) & owner)), home)[0] == both
    assert read(law(one=(HOUSEHOLD, lambda rooms, owner: (rooms > 4) | owner)), home)[0] == either


def test_conditions_inside_conditions_are_followed_too(law: Callable[..., Law]) -> None:
    def nested(rooms: Node, owner: Node, income: Node) -> Node:
        return ((rooms > 4) & (income > 0)) | (owner & (income < 9))

    one = law(one=(HOUSEHOLD, nested))
    assert read(one, household("H", rooms=5, income=10))[0] == ["rooms", "income"]
    assert read(one, household("H", rooms=5, owner=True))[0] == ["owner", "income"]
    assert read(one, household("H", rooms=1, income=10))[0] == ["rooms", "owner"]


def test_of_persons_the_condition_of_each_and_the_value_of_those_for_whom_it_holds(law: Callable[..., Law]) -> None:
    home = household("H", {"worker": True, "wage": 7}, {"worker": False, "wage": 8})
    total = law(one=(HOUSEHOLD, lambda worker, wage: sum_of(wage, where=worker)))
    assert read(total, home)[0] == ["worker H1", "wage H1", "worker H2"]
    everybody = law(one=(HOUSEHOLD, lambda wage: sum_of(wage * 2)))
    assert read(everybody, home)[0] == ["wage H1", "wage H2"]


def test_a_branch_that_counts_persons_is_read_whole(law: Callable[..., Law]) -> None:
    def counted(worker: Node, income: Node, debt: Node) -> Node:
        return case((any_person(worker), income), otherwise=debt.otherwise(0))

    assert read(law(one=(HOUSEHOLD, counted)), household("H", {"worker": True}))[0] == ["worker H1", "income", "debt"]


def test_a_rank_has_asked_every_person_whether_it_is_among_those_ranked(law: Callable[..., Law]) -> None:
    one = law(one=(PERSON, lambda worker, wage, limit: case((wage > limit, rank(worker)), otherwise=0)))
    home = household("H", {"worker": True, "wage": 7}, {"worker": False, "wage": 1})
    assert read(one, home, person=0) == (["wage H1", "worker H1", "worker H2"], ["limit"])
    assert read(one, home, person=1) == (["wage H2"], ["limit"])


def test_a_way_leads_through_the_formulas_to_inputs_and_parameters(law: Callable[..., Law]) -> None:
    rules: dict[str, tuple[Entity, Callable[..., Node]]] = {
        "paid": (PERSON, lambda wage, limit: wage > limit),
        "payees": (HOUSEHOLD, lambda paid: count_of(paid)),
        "rich": (HOUSEHOLD, lambda income, bonus: income > bonus),
        "one": (HOUSEHOLD, lambda payees, rich, rooms: case((rich, 0), (payees > 0, rooms), otherwise=1)),
    }
    whole = law(**rules)
    graph = whole.graph(MARCH, ("one",))
    binding = whole.bind(graph, MARCH)
    rows = read_typed(household("H", {"wage": 7}, {"wage": 1}, rooms=2, income=10), TOY)
    finder = PathFinder(Ways(graph, binding), *compile_function(graph).bind_beside_inputs(binding)(*rows))
    found = finder.of("one")
    assert found.steps == {("rich", None): False, ("payees", None): 1}
    assert list(found.inputs.items()) == [
        (("income", None), 10),
        (("wage", "H1"), 7),
        (("wage", "H2"), 1),
        (("rooms", None), 2),
    ]
    assert list(found.parameters) == ["bonus", "limit"]
    assert finder.of("one") is found
