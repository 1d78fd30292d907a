"""Registers that say less, and forecasts without draws: what is not there is not needed, and nothing is invented."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.law import programme_named
from karama.simulation.forecast import forecast
from karama.simulation.forecast.reading import read_state, register_month

if TYPE_CHECKING:
    from pathlib import Path

INPUTS = programme_named("asd").law.inputs
OPTIONAL = ("mother_id", "live_birth_order", "receives_family_allowance", "receives_state_pay", "receives_pension")


def month_of(register: Path) -> Month:
    return Month.parse(next(one.name for one in sorted(register.iterdir()) if one.is_dir()))


def copied(register: Path, folder: Path, persons: pl.DataFrame | None) -> Path:
    source = register_month(register, month_of(register))
    folder.mkdir()
    (folder / "households.parquet").write_bytes((source / "households.parquet").read_bytes())
    if persons is not None:
        persons.write_parquet(folder / "persons.parquet")
    return folder


def persons_of(register: Path) -> pl.DataFrame:
    return pl.read_parquet(register_month(register, month_of(register)) / "persons.parquet")


def test_persons_without_what_is_optional_are_read(register: Path, tmp_path: Path) -> None:
    persons = persons_of(register)
    few = copied(register, tmp_path / "few", persons.drop(OPTIONAL))
    state = read_state(few, INPUTS, month_of(register))
    assert len(state.persons["home"]) == len(persons)
    assert (state.persons["mother_id"] < 0).all()
    assert not state.persons["births"].any()
    told = read_state(register_month(register, month_of(register)), INPUTS, month_of(register))
    known = told.persons["mother_id"] >= 0
    assert known.any()
    assert (told.persons["home"][told.persons["mother_id"][known]] == told.persons["home"][known]).all()


def test_a_person_who_stands_twice_and_a_missing_file_are_named(register: Path, tmp_path: Path) -> None:
    persons = persons_of(register)
    name = persons["person_id"][5]
    twins = copied(register, tmp_path / "twins", pl.concat([persons, persons[5:6]]))
    with pytest.raises(BadInputError, match=f"'{name}' stands in several rows"):
        read_state(twins, INPUTS, month_of(register))
    with pytest.raises(BadInputError, match=r"persons\.parquet: no such file"):
        read_state(copied(register, tmp_path / "alone", None), INPUTS, month_of(register))


def test_without_draws_there_is_a_central_path_and_no_fan(register: Path) -> None:
    start = month_of(register)
    paid = forecast(register, start, 1, draws=0)
    assert paid.fan.is_empty()
    assert paid.fan_years.is_empty()
    legal = forecast(register, start, 1, draws=0, amounts="legal")
    due = np.array(legal.cash["legal_centimes"].to_list())
    assert (due == np.array(paid.cash["legal_centimes"].to_list())).all()
    assert (due == np.array(legal.cash["paid_centimes"].to_list())).all()


def test_children_in_establishments_need_their_columns(register: Path, tmp_path: Path) -> None:
    source = register_month(register, month_of(register))
    folder = copied(register, tmp_path / "wards", persons_of(register))
    wards = pl.read_parquet(source / "wards.parquet")
    wards.drop("admitted").write_parquet(folder / "wards.parquet")
    with pytest.raises(BadInputError, match=r"wards\.parquet: no column 'admitted'"):
        forecast(folder, month_of(register), 1, draws=0)
