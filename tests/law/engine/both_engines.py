"""A small register without country, and one law evaluated on it by both compilations, which must agree row for row."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any

import duckdb

from karama.foundation.languages import Label
from karama.foundation.months import Month
from karama.law.engine.evaluate import HOUSEHOLD_RESULT, PERSON_RESULT, arrow_table, run_plan
from karama.law.engine.expressions import Entity
from karama.law.engine.formulas import Formula, formula
from karama.law.engine.graph import Law
from karama.law.engine.household_file import read_household
from karama.law.engine.inputs import InputColumn, Inputs
from karama.law.engine.parameters import ParameterSet
from karama.law.engine.python import compile_function
from karama.law.engine.sql import Plan, compile_plan
from karama.law.engine.types import BOOLEAN, DATE, INTEGER, TEXT, Kind, Type, choice, decimal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from karama.law.engine.expressions import Node
    from karama.law.engine.graph import Binding, Graph

HOUSEHOLD, PERSON = Entity.HOUSEHOLD, Entity.PERSON
MARCH = Month(2026, 3)
SCORE = decimal(12, 9)
ZONES = ("north", "south", "east")
Row = dict[str, Any]


def label(text: str) -> Label:
    """The same text for every reader: nobody reads the labels of a test."""
    return Label(text, text, text)


def column(name: str, entity: Entity, kind: Type, default: object = None) -> InputColumn:
    return InputColumn(name, entity, kind, label(name), "test", default=default)


TOY = Inputs(
    columns=(
        column("household_id", HOUSEHOLD, TEXT),
        column("zone", HOUSEHOLD, choice(*ZONES), "north"),
        column("rooms", HOUSEHOLD, INTEGER, 3),
        column("income", HOUSEHOLD, INTEGER, 0),
        column("debt", HOUSEHOLD, INTEGER.or_unknown()),
        column("score", HOUSEHOLD, SCORE, Decimal(0)),
        column("old_score", HOUSEHOLD, SCORE.or_unknown()),
        column("price", HOUSEHOLD, decimal(8, 3), Decimal(0)),
        column("claimed", HOUSEHOLD, DATE.or_unknown()),
        column("owner", HOUSEHOLD, BOOLEAN, default=False),
        column("tenure", HOUSEHOLD, choice("owned", "rented").or_unknown()),
        column("person_id", PERSON, TEXT),
        column("role", PERSON, choice("head", "child", "other"), "child"),
        column("born", PERSON, DATE, dt.date(2010, 5, 17)),
        column("died", PERSON, DATE.or_unknown()),
        column("worker", PERSON, BOOLEAN, default=False),
        column("wage", PERSON, INTEGER, 0),
        column("grade", PERSON, INTEGER.or_unknown()),
        column("weight", PERSON, SCORE, Decimal(0)),
        column("mother", PERSON, TEXT.or_unknown()),
    )
)
"""Columns of every type, known and unknown, on both entities; a case gives only those it speaks of."""


def household(name: str, *members: Row, **values: object) -> Row:
    """A household of the toy register; members without identifier are called ``<name>1``, ``<name>2``..."""
    persons = [{"person_id": f"{name}{number}", **one} for number, one in enumerate(members, start=1)]
    return {"household_id": name, **values, "members": persons}


@dataclass(frozen=True)
class Rows:
    """What one compilation computed: a row per household and per person, by identifier."""

    households: dict[str, Row]
    persons: dict[str, Row]

    def of(self, entity: Entity) -> dict[str, Row]:
        return self.households if entity is HOUSEHOLD else self.persons


@dataclass(frozen=True)
class Computed:
    """One law on one register by both compilations; ``sql_types`` are the types of DuckDB's columns."""

    graph: Graph
    plan: Plan
    python: Rows
    sql: Rows
    sql_types: dict[str, str]


CONNECTION = duckdb.connect(config={"threads": 1})


def evaluate(
    law: Law,
    register: Sequence[Row],
    month: Month = MARCH,
    *,
    outputs: Sequence[str] | None = None,
) -> Computed:
    """Some formulas of a law, or all, on a register, by both compilations."""
    graph = law.graph(month, outputs or list(dict.fromkeys(one.name for one in law.formulas)))
    binding = law.bind(graph, month)
    rows = [read_typed(one, law.inputs) for one in register]
    plan = compile_plan(graph, binding)
    sql, sql_types = by_sql(plan, rows, law.inputs)
    return Computed(graph, plan, by_python(graph, binding, rows), sql, sql_types)


def read_typed(raw: Row, inputs: Inputs) -> tuple[Row, list[Row]]:
    """A household as its file gives it, one without members included."""
    if raw["members"]:
        return read_household(raw, inputs, raw["household_id"])
    alone, _ = read_household({**raw, "members": [{"person_id": "nobody"}]}, inputs, raw["household_id"])
    return alone, []


def by_python(graph: Graph, binding: Binding, rows: Iterable[tuple[Row, list[Row]]]) -> Rows:
    function = compile_function(graph).bind(binding)
    found = Rows({}, {})
    for one, members in rows:
        values, person_values = function(one, members)
        found.households[one["household_id"]] = values
        found.persons.update({p["person_id"]: row for p, row in zip(members, person_values, strict=True)})
    return found


def by_sql(plan: Plan, rows: Sequence[tuple[Row, list[Row]]], inputs: Inputs) -> tuple[Rows, dict[str, str]]:
    persons = [{**one, "household_id": home["household_id"]} for home, members in rows for one in members]
    CONNECTION.register("households", arrow_table([home for home, _ in rows], list(inputs.of(HOUSEHOLD))))
    CONNECTION.register("persons", arrow_table(persons, list(inputs.of(PERSON)), {"household_id": "text"}))
    run_plan(CONNECTION, plan)
    found, kinds = Rows({}, {}), {}
    for entity, table, key in ((HOUSEHOLD, HOUSEHOLD_RESULT, "household_id"), (PERSON, PERSON_RESULT, "person_id")):
        if plan.last(entity) is None:
            continue
        result = CONNECTION.sql(f"SELECT * FROM {table}")
        kinds.update(zip(result.columns, map(str, result.types), strict=True))
        found.of(entity).update({row[key]: row for row in result.to_arrow_table().to_pylist()})
    return found, kinds


def alone(computed: Computed) -> list[str]:
    """Household values that a query asked for them alone gives otherwise than the steps of the plan."""
    names = [one for one in computed.graph.outputs if computed.graph.definitions[one].formula.entity is HOUSEHOLD]
    if not names:
        return []
    query = computed.plan.single_query(HOUSEHOLD, ["household_id", *names]).sql("duckdb")
    result = CONNECTION.execute(query).to_arrow_table().to_pylist()
    found = {row["household_id"]: row for row in result}
    assert len(found) == len(result) == len(computed.sql.households)
    return [
        f"{name} of {key}: {found[key][name]!r} alone, {row[name]!r} with the rest"
        for key, row in computed.sql.households.items()
        for name in names
        if found[key][name] != row[name] or type(found[key][name]) is not type(row[name])
    ]


def sql_type_of(kind: Type) -> str:
    """The type DuckDB must give to a column of the law."""
    if kind.kind is Kind.DECIMAL:
        return f"DECIMAL({kind.digits},{kind.places})"
    return {Kind.BOOLEAN: "BOOLEAN", Kind.INTEGER: "BIGINT", Kind.DATE: "DATE"}.get(kind.kind, "VARCHAR")


def round_to(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), context=Context(prec=60))


def fits(value: object, kind: Type) -> bool:
    """Whether a value of Python is exactly of a type of the law."""
    if value is None:
        return kind.nullable
    if kind.kind is Kind.DECIMAL:
        exact = isinstance(value, Decimal) and value == round_to(value, kind.places)
        minus_zero = exact and value == 0 and value.is_signed()
        return exact and not minus_zero and abs(value) < Decimal(10) ** (kind.digits - kind.places)
    python = {Kind.BOOLEAN: bool, Kind.INTEGER: int, Kind.DATE: dt.date}.get(kind.kind, str)
    return type(value) is python and (kind.kind is not Kind.CHOICE or value in kind.choices)


def disagreements(computed: Computed) -> list[str]:
    """Every value in which the compilations differ from one another or from the type of the formula."""
    found = [f"{name}: SQL does not give it" for name in computed.graph.outputs if name not in computed.sql_types]
    # A formula nobody asked for is left out of SQL where the month settles that nobody needs it.
    kept = {name: one for name, one in computed.graph.definitions.items() if name in computed.sql_types}
    for name, one in kept.items():
        kind, entity = one.node.type, one.formula.entity
        if computed.sql_types[name] != sql_type_of(kind):
            found.append(f"{name}: SQL gives {computed.sql_types[name]}, not {sql_type_of(kind)}")
        by_key = computed.sql.of(entity)
        assert by_key.keys() == computed.python.of(entity).keys()
        for key, row in computed.python.of(entity).items():
            python, sql = row[name], by_key[key][name]
            if python != sql or not fits(python, kind) or not fits(sql, kind):
                found.append(f"{name} of {key}: Python {python!r}, SQL {sql!r}, type {kind}")
    return found


@dataclass(frozen=True)
class Case:
    """A rule written in the language, and its value on each row of the register in order."""

    name: str
    rule: Formula
    type: Type
    values: tuple[object, ...]


def rule(
    entity: Entity,
    name: str,
    build: Callable[..., Node],
    *,
    valid_from: Month | None = None,
    until: Month | None = None,
) -> Formula:
    """A formula without words; the arguments of ``build`` are what it reads."""
    declare = formula(
        entity=entity, label=label(name), reference="test", name=name, valid_from=valid_from, valid_until=until
    )
    return declare(build)


def of_household(name: str, build: Callable[..., Node], kind: Type, values: Sequence[object]) -> Case:
    """A case with one value per household."""
    return Case(name, rule(HOUSEHOLD, _identifier(name), build), kind, tuple(values))


def of_person(name: str, build: Callable[..., Node], kind: Type, values: Sequence[object]) -> Case:
    """A case with one value per person, household by household."""
    return Case(name, rule(PERSON, _identifier(name), build), kind, tuple(values))


def _identifier(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name.lower())


class Table:
    """Cases on one register, all in one law, computed once by both compilations."""

    def __init__(self, register: Sequence[Row], *cases: Case, parameters: ParameterSet | None = None) -> None:
        self.register = register
        self.cases = cases
        self.law = Law(TOY, [one.rule for one in cases], parameters or ParameterSet({}))
        self._computed: Computed | None = None

    @property
    def computed(self) -> Computed:
        if self._computed is None:
            self._computed = evaluate(self.law, self.register)
        return self._computed

    def check(self, case: Case) -> None:
        """Both compilations give the expected values and the expected type."""
        name, entity = case.rule.name, case.rule.entity
        members = [person["person_id"] for home in self.register for person in home["members"]]
        keys = members if entity is PERSON else [home["household_id"] for home in self.register]
        expected = dict(zip(keys, case.values, strict=True))
        for rows in (self.computed.python, self.computed.sql):
            assert {key: row[name] for key, row in rows.of(entity).items()} == expected
        assert self.computed.graph.definitions[name].node.type == case.type
        assert [one for one in disagreements(self.computed) if one.startswith((f"{name}:", f"{name} of"))] == []


def parameter_text(name: str, kind: str, *values: str, more: str = "") -> str:
    """A parameter as its file writes it; each value is ``2024-01: 5`` or ``2024-01 paid 2024-03: 5``."""
    lines = [f"{name}:", f"  label: {{fr: {name}, ar: {name}, en: {name}}}", "  unit: unit", f"  type: {kind}"]
    lines += [f"  {more}"] if more else []
    lines += ["  values:"]
    for one in values:
        when, value = one.split(": ", 1)
        legal, _, paid = when.partition(" paid ")
        lines += [f"    - legal_from: {legal}", *([f"      paid_from: {paid}"] if paid else [])]
        lines += [f"      value: {value}", "      status: confirmed", "      reference: act 1"]
    return "\n".join(lines) + "\n"


def parameters_in(folder: Path, *texts: str) -> ParameterSet:
    """The parameters of one file with these texts."""
    path = folder / "parameters.yaml"
    path.write_text("".join(texts), encoding="utf-8")
    return ParameterSet.load([path])
