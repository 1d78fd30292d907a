"""Files of dated parameters: what they say on each clock, and what is refused in them."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import karama.law
from karama.foundation.errors import BadInputError, LawError, UnknownParameterError
from karama.foundation.months import Month
from karama.law.engine import schema
from karama.law.engine.parameters import CLOCKS, ParameterSet, Status, load_parameters, load_yaml
from karama.law.engine.types import BOOLEAN, DATE, INTEGER, choice, decimal
from tests.law.engine.both_engines import parameter_text, parameters_in
from tests.law.engine.winter_fuel import PARAMETERS, PROGRAMME

if TYPE_CHECKING:
    from karama.law.engine.parameters import Clock
    from karama.law.engine.types import Type

GOOD = parameter_text("rate", "money", "2024-01: 200", "2025-01 paid 2025-11: 250.50", "2026-01: 300")


@pytest.mark.parametrize(
    ("month", "clock", "centimes"),
    [
        (Month(2024, 1), "paid", 20_000),
        (Month(2024, 12), "legal", 20_000),
        (Month(2025, 1), "legal", 25_050),
        (Month(2025, 1), "paid", 20_000),
        (Month(2025, 10), "paid", 20_000),
        (Month(2025, 11), "paid", 25_050),
        (Month(2026, 1), "paid", 30_000),
        (Month(2030, 1), "legal", 30_000),
    ],
)
def test_each_clock_has_its_own_first_month(tmp_path: Path, month: Month, clock: Clock, centimes: int) -> None:
    rate = parameters_in(tmp_path, GOOD).get("rate")
    assert rate.at(month, clock).value == centimes


def test_values_are_read_oldest_first_however_they_are_written(tmp_path: Path) -> None:
    text = parameter_text("rate", "integer", "2026-01: 3", "2024-01: 1", "2025-01: 2")
    rate = parameters_in(tmp_path, text).get("rate")
    assert [one.value for one in rate.values] == [1, 2, 3]


def test_two_rises_paid_in_the_same_month_leave_the_later_one(tmp_path: Path) -> None:
    text = parameter_text("rate", "integer", "2024-01: 1", "2025-01 paid 2025-11: 2", "2025-06 paid 2025-11: 3")
    rate = parameters_in(tmp_path, text).get("rate")
    assert rate.at(Month(2025, 11), "paid").value == 3
    assert [rate.at(Month(2025, month), "legal").value for month in (1, 5, 6)] == [2, 2, 3]


@pytest.mark.parametrize(
    ("kind", "written", "value", "type_"),
    [
        ("integer", "21", 21, INTEGER),
        ("boolean", "true", True, BOOLEAN),
        ("money", "250.50", 25_050, INTEGER),
        ("money", '"36"', 3_600, INTEGER),
        ("decimal", "9.743001", Decimal("9.743001"), decimal(7, 6)),
        ("decimal", "1500", Decimal(1500), decimal(8, 0)),
        ("decimal", '"0.10"', Decimal("0.1"), decimal(2, 1)),
        ("decimal", "-0.05", Decimal("-0.05"), decimal(3, 2)),
        ("month", "2025-09", dt.date(2025, 9, 1), DATE),
        ("date", "2023-12-01", dt.date(2023, 12, 1), DATE),
    ],
)
def test_each_type_is_read_exactly(tmp_path: Path, kind: str, written: str, value: object, type_: Type) -> None:
    one = parameters_in(tmp_path, parameter_text("one", kind, f"2024-01: {written}")).get("one")
    assert one.at(Month(2024, 1)).value == value
    assert type(one.at(Month(2024, 1)).value) is type(value)
    expected = decimal(8, 0) if written == "1500" else type_
    assert (one.type.kind, one.type.places) == (expected.kind, expected.places)


def test_a_decimal_is_as_wide_as_its_widest_value_or_alternative(tmp_path: Path) -> None:
    text = parameter_text("rate", "decimal", "2024-01: 9.5", "2025-01: 123", more="alternatives: [0.001]")
    assert parameters_in(tmp_path, text).get("rate").type == decimal(6, 3)


def test_a_switch_has_alternatives_and_choices(tmp_path: Path) -> None:
    more = "choices: [counted, all_births]\n  alternatives: [all_births]\n  description: open in the sources"
    basis = parameters_in(tmp_path, parameter_text("basis", "choice", "2024-01: counted", more=more)).get("basis")
    assert basis.is_switch
    assert (basis.alternatives, basis.type, basis.description) == (
        ("all_births",),
        choice("counted", "all_births"),
        "open in the sources",
    )


def test_the_status_says_what_a_lawyer_must_check() -> None:
    statuses = {one.name: one.values[-1].status for one in PROGRAMME.law.parameters}
    assert statuses["fuel_amount"] is Status.PRESS
    assert [name for name, status in statuses.items() if status.unconfirmed] == [
        "fuel_amount",
        "need_threshold",
        "counting",
    ]
    assert CLOCKS == ("paid", "legal")


def test_a_parameter_stands_in_one_file_only(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(parameter_text("counting", "integer", "2024-01: 1"), encoding="utf-8")
    with pytest.raises(BadInputError, match=r"parameter 'counting' stands also in winter_fuel/parameters\.yaml"):
        ParameterSet.load([PARAMETERS, other])


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownParameterError, match=r"no parameter is called 'countin': did you mean 'counting'\?"):
        PROGRAMME.law.parameters.get("countin")


def test_before_the_first_value_the_law_says_nothing(tmp_path: Path) -> None:
    rate = parameters_in(tmp_path, GOOD).get("rate")
    with pytest.raises(LawError) as error:
        rate.at(Month(2023, 12), "legal")
    assert str(error.value) == (
        f"{tmp_path.name}/parameters.yaml: parameter 'rate' has no value in 2023-12 on the 'legal' clock: its first one"
        " starts in 2024-01; add an earlier value, or ask for a later month"
    )


FAULTS = [
    ("      status: confirmed", "      statu: confirmed", "rate > values > 0: "),
    (
        "  unit: unit",
        "  unit: unit\n  units: x",
        "rate: Additional properties are not allowed ('units' was unexpected)",
    ),
    ("  unit: unit\n", "", "rate: 'unit' is a required property"),
    ("fr: rate, ", "", "rate > label: 'fr' is a required property"),
    (", en: rate", "", "rate > label: 'en' is a required property"),
    ("ar: rate", 'ar: ""', "rate > label > ar: '' "),
    ("  type: money", "  type: euro", "rate > type: 'euro' is not one of"),
    ("status: confirmed", "status: certain", "rate > values > 0 > status: 'certain' is not one of"),
    ("legal_from: 2024-01", "legal_from: 2024-13", "rate > values > 0 > legal_from: '2024-13' does not match"),
    ("legal_from: 2024-01", "legal_from: 2024-01-01", "rate > values > 0 > legal_from: '2024-01-01' does not match"),
    ("      reference: act 1", '      reference: ""', "rate > values > 0 > reference: '' "),
    ("value: 200", "value: soon", "parameter 'rate': 'soon' is not a value of type money"),
    ("value: 200", "value: true", "parameter 'rate': True is not a value of type money"),
    ("value: 200", "value: 200.005", "parameter 'rate': Decimal('200.005') is not a value of type money"),
    ("value: 200", "value: .inf", "not readable as YAML: "),
    ("value: 200", "value: {north: 3}", "is not a value of type money"),
    ("legal_from: 2025-01", "legal_from: 2024-01", "parameter 'rate': two values start in the same month: keep one"),
    ("  type: money", "  type: money\n  type: integer", "line 2: ['type'] given twice: keep one"),
    ("  type: money", "  type: choice", "rate: 'choices' is a required property"),
    ("  type: money", "  type: choice\n  choices: [a, b]", "parameter 'rate': 200 is not one of a, b"),
    ("  type: money", "  type: choice\n  choices: [a]", "rate > choices: ['a'] is too short"),
    (
        "  type: money",
        "  type: money\n  key: zone",
        "parameter 'rate': is a table by 'zone': give a value for each code",
    ),
    ("  type: money", "  type: money\n  alternatives: [soon]", "parameter 'rate': 'soon' is not a value of type money"),
    ("  type: money", "  type: date", "parameter 'rate': 200 is not a value of type date"),
    ("  type: money", "  type: month", "parameter 'rate': 200 is not a value of type month"),
    ("  type: money", "  type: boolean", "parameter 'rate': 200 is not a value of type boolean"),
    ("rate:\n", "Rate:\n", "'Rate' does not match"),
    ("rate:\n", "rate\n", "not readable as YAML: "),
    (GOOD, "", "the file: None is not of type 'object'"),
    (GOOD, "{}", "the file: {} "),
]


@pytest.mark.parametrize(("before", "after", "says"), FAULTS, ids=[says for _, _, says in FAULTS])
def test_a_fault_of_a_file_is_named(tmp_path: Path, before: str, after: str, says: str) -> None:
    assert before in GOOD
    path = tmp_path / "parameters.yaml"
    path.write_text(GOOD.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(BadInputError) as error:
        load_parameters(path)
    assert str(path) in str(error.value)
    assert says in str(error.value)


@pytest.mark.parametrize("kind", ["integer", "decimal", "date"])
def test_a_text_that_is_no_value_of_its_type(tmp_path: Path, kind: str) -> None:
    with pytest.raises(BadInputError, match=f"parameter 'rate': 'soon' is not a value of type {kind}"):
        parameters_in(tmp_path, parameter_text("rate", kind, "2024-01: soon"))


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"absent\.yaml: not readable as YAML: "):
        load_yaml(tmp_path / "absent.yaml")
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("rate: é".encode("latin-1"))
    with pytest.raises(BadInputError, match=r"latin\.yaml: not readable as YAML: "):
        load_yaml(latin)


def test_numbers_stay_exact_and_dates_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "any.yaml"
    path.write_text("{a: 0.1, b: 2024-02-29, c: 7, d: {e: [1.50]}}", encoding="utf-8")
    content: Any = load_yaml(path)
    assert content == {"a": Decimal("0.1"), "b": "2024-02-29", "c": 7, "d": {"e": [Decimal("1.50")]}}


LABELS = "choices: [counted, all_births]\n  choice_labels: {counted: {fr: c, ar: c, en: c}"


def test_the_codes_of_a_switch_have_words(tmp_path: Path) -> None:
    more = LABELS + ", all_births: {fr: naissances, ar: الولادات, en: births}}"
    basis = parameters_in(tmp_path, parameter_text("basis", "choice", "2024-01: counted", more=more)).get("basis")
    assert {code: one.en for code, one in basis.choice_labels.items()} == {"counted": "c", "all_births": "births"}


def test_every_code_of_a_switch_has_words_or_none(tmp_path: Path) -> None:
    with pytest.raises(BadInputError) as error:
        parameters_in(tmp_path, parameter_text("basis", "choice", "2024-01: counted", more=LABELS + "}"))
    assert str(error.value).endswith(
        "parameter 'basis': choice_labels names counted: give a label to each of counted, all_births"
    )


SHIPPED = Path(karama.law.__file__).parent / "asd" / "flat_aid" / "parameters.yaml"


def test_a_file_of_the_package_is_known_by_its_text_alone() -> None:
    digests = json.loads((Path(schema.__file__).parent / "checked.json").read_text(encoding="utf-8"))
    assert schema.digest_of(SHIPPED) in digests


def test_a_file_of_the_package_that_somebody_changed_is_checked_again(tmp_path: Path) -> None:
    path = tmp_path / "parameters.yaml"
    text = SHIPPED.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    assert [one.name for one in load_parameters(path)] == [one.name for one in load_parameters(SHIPPED)]
    path.write_text(text.replace("status: confirmed", "status: confirmed, stauts: press", 1), encoding="utf-8")
    with pytest.raises(BadInputError, match=r"parameters\.yaml: .*Additional properties.*'stauts' was unexpected"):
        load_parameters(path)
