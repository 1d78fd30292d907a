"""Doubts of a law of no country: tables, bounds and branches whose unconfirmed values count or do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from karama.foundation.months import Month
from karama.law.engine.explain import explain
from karama.law.engine.graph import Law
from karama.law.engine.language import any_person, case, sum_of, when
from karama.law.engine.programme import Benefit, Programme
from tests.law.engine.both_engines import (
    HOUSEHOLD,
    MARCH,
    PERSON,
    TOY,
    household,
    label,
    parameter_text,
    parameters_in,
    rule,
)

if TYPE_CHECKING:
    from pathlib import Path

    from karama.law.engine.expressions import Node

TABLE = "{north: 100, south: 200, east: 0}"


def zone_amount(zone: Node, by_zone: Any) -> Node:  # noqa: ANN401 - a table
    return by_zone.at(zone)


def work_bonus(rooms: Node, worker: Node, bonus: Node, fewest_rooms: Node) -> Node:
    """A bonus for households with a worker, or with many rooms where the switch says so."""
    return case((any_person(worker), bonus), (rooms >= fewest_rooms, bonus), otherwise=0)


def head_wage(role: Node, wage: Node, wages_count: Node) -> Node:
    return when(role.equals("head") & wages_count, wage)


def needy(income: Node, most_income: Node) -> Node:
    return income <= most_income


def granted(needy: Node) -> Node:
    return ~~needy


def kind(granted: Node) -> Node:
    return case((granted, "some"), otherwise="none")


def whole(granted: Node, zone_amount: Node, work_bonus: Node, head_wage: Node) -> Node:
    return when(granted, zone_amount + work_bonus + sum_of(head_wage))


@pytest.fixture
def programme(tmp_path: Path) -> Programme:
    parameters = parameters_in(
        tmp_path,
        parameter_text("by_zone", "money", f"2020-01: {TABLE}", more="key: zone"),
        parameter_text("bonus", "money", "2020-01: 50"),
        parameter_text("fewest_rooms", "integer", "2020-01: 4"),
        parameter_text("wages_count", "boolean", "2020-01: true"),
        parameter_text("most_income", "integer", "2020-01: 1000", more="alternatives: [500]"),
    )
    for parameter in parameters:
        for value in parameter.values:
            object.__setattr__(value, "status", type(value.status).UNKNOWN)
    rules = [
        rule(HOUSEHOLD, "zone_amount", zone_amount),
        rule(HOUSEHOLD, "work_bonus", work_bonus),
        rule(PERSON, "head_wage", head_wage),
        rule(HOUSEHOLD, "needy", needy),
        rule(HOUSEHOLD, "granted", granted),
        rule(HOUSEHOLD, "kind", kind),
        rule(HOUSEHOLD, "whole", whole),
    ]
    return Programme(
        name="toy",
        label=label("toy"),
        description=label("toy"),
        currency="MAD",
        law=Law(TOY, rules, parameters),
        conditions=(),
        benefits=(Benefit("zone_amount"), Benefit("work_bonus"), Benefit("head_wage")),
        first_month=Month(2020, 1),
        eligible="granted",
        aid="kind",
        amount="whole",
    )


@pytest.mark.parametrize(
    ("home", "names"),
    [
        (household("H", {"role": "other"}, zone="north", rooms=1), ["by_zone"]),
        (
            household("H", {"role": "other", "worker": True}, zone="north", rooms=1),
            ["bonus", "by_zone", "fewest_rooms"],
        ),
        (household("H", {"role": "head", "wage": 7}, zone="south", rooms=1), ["by_zone", "wages_count"]),
        (household("H", {"role": "other"}, zone="east", rooms=9, income=800), ["bonus", "by_zone", "fewest_rooms"]),
        (household("H", {"role": "other"}, zone="north", rooms=9, income=1200), []),
    ],
    ids=["a-table", "a-branch-that-counts-persons", "a-bare-switch", "a-bound-without-other-reading", "refused"],
)
def test_an_unconfirmed_value_is_named_when_it_counts(
    programme: Programme, home: dict[str, Any], names: list[str]
) -> None:
    found = explain(programme, home, MARCH)
    expected = sorted({*names, *(["most_income"] if 500 < home.get("income", 0) <= 1000 else [])})
    assert list(found.unconfirmed) == expected


def test_a_citation_nobody_translates_is_said_as_written(programme: Programme) -> None:
    found = explain(programme, household("H", {"role": "other"}, zone="north"), MARCH).as_dict("ar")
    assert found["lines"][0]["citation"] == "test"
    assert (
        found["lines"][0]["because"][-1]
        == "by_zone: north: 100.00 درهم, south: 200.00 درهم, east: 0.00 درهم (act 1) — غير مؤكد"
    )
