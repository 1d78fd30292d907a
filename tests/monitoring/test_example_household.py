"""A household taken out of the register is decided alone as it was in the register."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from karama.foundation.errors import BadInputError
from karama.foundation.storage import read_json
from karama.law import decide_household
from karama.monitoring.example_household import household_of, widow_with_children
from tests.monitoring.conftest import LAST

if TYPE_CHECKING:
    from tests.monitoring.conftest import Country


def test_a_hundred_households_of_the_register_are_decided_alone_as_in_the_month(country: Country) -> None:
    decided = pl.read_parquet(country.months / str(LAST) / "decisions.parquet").gather_every(12).head(100)
    for row in decided.iter_rows(named=True):
        household = household_of(country.register / str(LAST), row["household_id"])
        alone = decide_household(household, LAST)
        expected = (row["aid"], row["amount_centimes"], tuple(row["reasons"]))
        assert (alone.aid, alone.amount_centimes, alone.reasons) == expected, row["household_id"]


def test_the_example_is_a_widow_whose_amount_rose(country: Country) -> None:
    example = country.report.example
    members = example.household["members"]
    head = next(one for one in members if one["role"] == "head")
    assert (head["sex"], head["marital_status"]) == ("F", "widowed")
    assert example.change is not None
    assert example.change["amount_after_centimes"] > example.change["amount_before_centimes"]
    assert decide_household(example.household, LAST).amount_centimes == example.change["amount_after_centimes"]


def test_the_choice_is_the_same_each_time(country: Country) -> None:
    assert widow_with_children(country.months, country.register, LAST) == country.report.example


def test_the_file_beside_the_pages_is_the_household(country: Country) -> None:
    assert read_json(country.pages / "household.json") == country.report.example.household


def test_an_identifier_that_is_not_in_the_register_is_refused(country: Country) -> None:
    with pytest.raises(BadInputError, match="no household 'H0'"):
        household_of(country.register / str(LAST), "H0")
