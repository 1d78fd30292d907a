"""One household as JSON: complete and typed, or an error that names the place, the field and the remedy."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.law.engine.evaluate import decide_one
from karama.law.engine.household_file import quick_reader, read_household, read_value
from karama.law.engine.inputs import REQUIRED, InputColumn, Inputs
from karama.law.engine.types import BOOLEAN, DATE, INTEGER, TEXT, choice, decimal
from tests.law.engine.both_engines import HOUSEHOLD, PERSON, label
from tests.law.engine.winter_fuel import PROGRAMME


def column(name: str, kind: Any, default: object = REQUIRED, **more: Any) -> InputColumn:  # noqa: ANN401
    entity = PERSON if name in {"person_id", "born", "weight", "alive"} else HOUSEHOLD
    return InputColumn(name, entity, kind, label(name), "test", default=default, **more)


INPUTS = Inputs(
    columns=(
        column("household_id", TEXT),
        column("zone", choice("north", "south")),
        column("claim_month", DATE.or_unknown(), month=True),
        column("score", decimal(12, 9).or_unknown(), None),
        column("income", INTEGER, 0, least=0, most=100_000),
        column("debt", INTEGER, 0, least=0),
        column("owner", BOOLEAN, default=False),
        column("person_id", TEXT),
        column("born", DATE),
        column("weight", decimal(5, 2), Decimal("0.5"), most=200),
        column("alive", BOOLEAN, default=True),
    )
)
MEMBER = {"person_id": "P1", "born": "2020-02-29"}
GOOD = {"household_id": "H1", "zone": "north", "claim_month": "2025-10", "members": [MEMBER]}


def read(raw: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    return read_household(raw, INPUTS, "homes.json")


def test_what_is_absent_has_its_default() -> None:
    assert read(GOOD) == (
        {
            "household_id": "H1",
            "zone": "north",
            "claim_month": dt.date(2025, 10, 1),
            "score": None,
            "income": 0,
            "debt": 0,
            "owner": False,
        },
        [{"person_id": "P1", "born": dt.date(2020, 2, 29), "weight": Decimal("0.5"), "alive": True}],
    )


@pytest.mark.parametrize(
    ("field", "written", "value"),
    [
        ("score", 9.743001, Decimal("9.743001")),
        ("score", "9.743001001", Decimal("9.743001001")),
        ("score", 9, Decimal(9)),
        ("score", Decimal("0.1"), Decimal("0.1")),
        ("score", None, None),
        ("income", 100_000, 100_000),
        ("debt", 2**31 - 1, 2**31 - 1),
        ("owner", True, True),
        ("claim_month", None, None),
        ("claim_month", dt.date(2025, 10, 17), dt.date(2025, 10, 1)),
        ("claim_month", dt.datetime(2025, 10, 17, 12, 30), dt.date(2025, 10, 1)),  # noqa: DTZ001 - as spreadsheets
    ],
)
def test_values_become_exact_ones(field: str, written: object, value: object) -> None:
    household, _ = read({**GOOD, field: written})
    assert household[field] == value
    assert type(household[field]) is type(value)


@pytest.mark.parametrize("written", ["2020-02-29", dt.date(2020, 2, 29), dt.datetime(2020, 2, 29, 8, 0)])  # noqa: DTZ001
def test_a_date_of_a_spreadsheet_is_a_date(written: object) -> None:
    _, (person,) = read({**GOOD, "members": [{**MEMBER, "born": written}]})
    assert person["born"] == dt.date(2020, 2, 29)
    assert type(person["born"]) is dt.date


HOUSEHOLD_FAULTS = [
    ({"zon": "north"}, "homes.json: field 'zon' is unknown: did you mean 'zone'?"),
    ({"qqqq": 1}, "homes.json: field 'qqqq' is unknown: remove it"),
    ({"zone": "west"}, "homes.json: field 'zone': 'west' is not one of north, south"),
    ({"zone": 3}, "homes.json: field 'zone': 3 is not one of north, south"),
    ({"zone": None}, "homes.json: field 'zone': is null but must be known: give one of north, south"),
    ({"household_id": ""}, "homes.json: field 'household_id': '' is not text"),
    ({"household_id": 7}, "homes.json: field 'household_id': 7 is not text"),
    ({"claim_month": "2025-13"}, "homes.json: field 'claim_month': '2025-13' is not a month YYYY-MM"),
    ({"claim_month": "2025-10-01"}, "homes.json: field 'claim_month': '2025-10-01' is not a month YYYY-MM"),
    ({"claim_month": 202510}, "homes.json: field 'claim_month': 202510 is not a month YYYY-MM"),
    ({"score": "high"}, "homes.json: field 'score': 'high' is not decimal(12,9): write a plain number"),
    ({"score": True}, "homes.json: field 'score': True is not decimal(12,9)"),
    ({"score": float("nan")}, "homes.json: field 'score': nan is not decimal(12,9)"),
    ({"score": float("inf")}, "homes.json: field 'score': inf is not decimal(12,9)"),
    ({"score": "9.7430010001"}, "homes.json: field 'score': '9.7430010001' is not decimal(12,9)"),
    ({"score": 1000}, "homes.json: field 'score': 1000 is not decimal(12,9)"),
    ({"income": -1}, "homes.json: field 'income': -1 is outside its bounds, at least 0 and at most 100000: correct it"),
    ({"income": 100_001}, "homes.json: field 'income': 100001 is outside its bounds"),
    ({"income": "12"}, "homes.json: field 'income': '12' is not integer"),
    ({"income": 1.5}, "homes.json: field 'income': 1.5 is not integer"),
    ({"income": True}, "homes.json: field 'income': True is not integer"),
    ({"debt": -5}, "homes.json: field 'debt': -5 is outside its bounds, at least 0: correct it"),
    ({"debt": 2**31}, "homes.json: field 'debt': 2147483648 is not integer"),
    ({"owner": "yes"}, "homes.json: field 'owner': 'yes' is not boolean: write true or false"),
    ({"owner": 1}, "homes.json: field 'owner': 1 is not boolean: write true or false"),
    ({"members": []}, "homes.json: field 'members' is missing or empty: list the household's persons"),
    ({"members": None}, "homes.json: field 'members' is missing or empty"),
    ({"members": MEMBER}, "homes.json: field 'members' is missing or empty"),
    ({"members": ["P1"]}, "homes.json: member 1: is no object: write {...} with the person's fields"),
    ({"members": [MEMBER, MEMBER]}, "homes.json: member 2: field 'person_id': 'P1' stands twice: give each person its"),
]
MEMBER_FAULTS = [
    ({"bron": "2020-01-01"}, "homes.json: member 1: field 'bron' is unknown: did you mean 'born'?"),
    ({"born": "2020-02-30"}, "homes.json: member 1: field 'born': '2020-02-30' is not date: write YYYY-MM-DD"),
    ({"born": "29/02/2020"}, "homes.json: member 1: field 'born': '29/02/2020' is not date: write YYYY-MM-DD"),
    ({"born": "20200229"}, "homes.json: member 1: field 'born': '20200229' is not date: write YYYY-MM-DD"),
    ({"born": "2020-W09-6"}, "homes.json: member 1: field 'born': '2020-W09-6' is not date: write YYYY-MM-DD"),
    ({"born": 2020}, "homes.json: member 1: field 'born': 2020 is not date: write YYYY-MM-DD"),
    ({"born": None}, "homes.json: member 1: field 'born': is null but must be known: give date"),
    ({"weight": 200.01}, "homes.json: member 1: field 'weight': 200.01 is outside its bounds, at most 200: correct it"),
    ({"alive": None}, "homes.json: member 1: field 'alive': is null but must be known: give boolean"),
]


@pytest.mark.parametrize(("change", "says"), HOUSEHOLD_FAULTS, ids=[says for _, says in HOUSEHOLD_FAULTS])
def test_a_fault_of_the_household_is_named(change: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInputError) as error:
        read({**GOOD, **change})
    assert str(error.value).startswith(says)


@pytest.mark.parametrize(("change", "says"), MEMBER_FAULTS, ids=[says for _, says in MEMBER_FAULTS])
def test_a_fault_of_a_member_is_named(change: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInputError) as error:
        read({**GOOD, "members": [{**MEMBER, **change}]})
    assert str(error.value).startswith(says)


@pytest.mark.parametrize("field", ["household_id", "zone", "claim_month"])
def test_a_missing_field_is_named(field: str) -> None:
    with pytest.raises(BadInputError, match=f"homes.json: field '{field}' is missing: {field}, "):
        read({name: value for name, value in GOOD.items() if name != field})


@pytest.mark.parametrize("field", ["person_id", "born"])
def test_a_missing_field_of_a_member_is_named(field: str) -> None:
    member = {name: value for name, value in MEMBER.items() if name != field}
    with pytest.raises(BadInputError, match=f"homes.json: member 1: field '{field}' is missing: {field}, "):
        read({**GOOD, "members": [member]})


@pytest.mark.parametrize("raw", [[], "H1", None, 3])
def test_what_is_no_household_at_all(raw: Any) -> None:  # noqa: ANN401 - anything JSON can hold
    with pytest.raises(
        BadInputError, match=r"the household: is no object: write \{\.\.\.\} with the household's fields"
    ):
        decide_one(PROGRAMME, raw, Month(2026, 2))


def test_a_programme_without_members_reads_none() -> None:
    inputs = Inputs(
        columns=tuple(one for one in INPUTS.columns if one.entity is HOUSEHOLD),
        person_table=None,
        members_field="members",
    )
    household, persons = read_household({k: v for k, v in GOOD.items() if k != "members"}, inputs, "ward")
    assert (household["zone"], persons) == ("north", [])
    with pytest.raises(BadInputError, match="ward: field 'members' is unknown"):
        read_household(GOOD, inputs, "ward")
    assert inputs.get("zone") is not None
    assert inputs.get("born") is None


def test_each_column_knows_its_type_in_a_register() -> None:
    assert {one.name: one.sql_type for one in INPUTS.columns} == {
        "household_id": "VARCHAR",
        "zone": "VARCHAR",
        "claim_month": "DATE",
        "score": "DECIMAL(12,9)",
        "income": "INTEGER",
        "debt": "INTEGER",
        "owner": "BOOLEAN",
        "person_id": "VARCHAR",
        "born": "DATE",
        "weight": "DECIMAL(5,2)",
        "alive": "BOOLEAN",
    }


RAW = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 100_010),
    st.integers(-(2**40), 2**40),
    st.floats(),
    st.decimals(-1000, 1000, places=10),
    st.text(max_size=11),
    st.dates(),
    st.dates().map(str),
    st.dates().map(lambda day: day.strftime("%Y-%m")),
    st.dates().map(lambda day: day.strftime("%Y%m%d")),
    st.dates().map(lambda day: "{}-W{:02d}-{}".format(*day.isocalendar())),
    st.sampled_from(["north", "south", " 2025-10 ", "2025-13", "1.5", "-0.1234567891", "1e3", [], {}, ["-"] * 10]),
)


@pytest.mark.parametrize("column", INPUTS.columns, ids=lambda column: column.name)
@given(raw=RAW)
@settings(max_examples=150, deadline=None)
def test_the_quick_reader_of_a_column_gives_what_the_one_that_explains_gives_or_leaves_it_to_it(
    column: InputColumn, raw: object
) -> None:
    try:
        quick = quick_reader(column)(raw)
    except (LookupError, ValueError, TypeError, ArithmeticError, BadInputError):
        return
    value = read_value(raw, column, "here")
    assert (type(quick), quick) == (type(value), value)


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("household_id", "H1"),
        ("zone", "south"),
        ("claim_month", "2025-10"),
        ("claim_month", None),
        ("score", 9.1),
        ("score", Decimal("9.743001")),
        ("income", 100_000),
        ("owner", True),
        ("born", "2020-02-29"),
        ("weight", "0.25"),
    ],
)
def test_an_ordinary_value_is_read_quickly(name: str, raw: object) -> None:
    found = INPUTS.get(name)
    assert found is not None
    assert quick_reader(found)(raw) == read_value(raw, found, "here")
