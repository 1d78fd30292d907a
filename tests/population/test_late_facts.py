"""What becomes known late: no fact before it happens, and past months decided otherwise with hindsight."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl
import pytest

from karama.cycle import run_month
from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.population.life.facts import EVENTS, SCHEMA
from karama.population.life.hindsight import hindsight

if TYPE_CHECKING:
    from pathlib import Path

Tables = dict[str, pl.DataFrame]
FIRST_DAYS = [dt.date(2026, month, 1) for month in (7, 8, 9, 10)]
JULY, SEPTEMBER, OCTOBER = Month(2026, 7), Month(2026, 9), Month(2026, 10)


def all_facts(months: list[Tables]) -> pl.DataFrame:
    return pl.concat([month["events"] for month in months])


def test_no_fact_is_known_before_it_happens_and_each_stands_in_the_month_in_which_it_is_known(
    months: list[Tables],
) -> None:
    assert all(dict(month["events"].schema) == SCHEMA for month in months)
    assert len(months[0]["events"]) == 0
    for first, month in zip(FIRST_DAYS, months, strict=True):
        facts = month["events"]
        assert (facts["known"] >= facts["happened"]).all()
        assert facts["known"].is_between(first, first.replace(day=28) + dt.timedelta(days=3)).all()
        assert (facts["known"].dt.month() == first.month).all()
        assert facts["household_id"].is_sorted()


def test_a_fact_changes_its_column(months: list[Tables]) -> None:
    facts = all_facts(months)
    assert len(facts.filter(pl.col("old_value") == pl.col("new_value"))) == 0
    assert facts.is_unique().all()
    assert set(facts["event"]) <= set(EVENTS)


def test_every_kind_of_event_comes_and_some_facts_come_late(months: list[Tables]) -> None:
    facts = all_facts(months)
    assert set(facts["event"]) >= {
        "birth",
        "claim",
        "closure",
        "death",
        "departure",
        "divorce",
        "job",
        "marriage",
        "move",
        "new_head",
        "orphanhood",
        "registration",
        "school",
        "score_update",
        "widowhood",
    }
    late = facts.filter((pl.col("known") - pl.col("happened")).dt.total_days() > 31)
    assert {"birth", "marriage"} <= set(late["event"])
    certificates = facts.filter(event="school", known=pl.col("known")).filter(pl.col("known") >= dt.date(2026, 10, 1))
    assert len(certificates) > 0
    assert set(certificates["happened"]) == {dt.date(2026, 9, 1)}


def test_the_tables_of_a_month_hold_what_its_facts_tell(months: list[Tables]) -> None:
    for month in months[1:]:
        persons, facts = month["persons"], month["events"]
        for column in ("enrolled", "severe_disability", "father_deceased", "receives_family_allowance"):
            now = persons.select("person_id", pl.col(column).cast(pl.String).alias("now"))
            joined = facts.filter(pl.col("column") == column).join(now, on="person_id")
            assert (joined["now"] == joined["new_value"]).all(), column
        born = facts.filter(event="birth").join(persons, on="person_id")
        assert (born["birth_date"] == born["happened"]).all()
        assert len(born) == len(facts.filter(event="birth"))
        dead = facts.filter(event="death").join(persons, on="person_id")
        assert (dead["death_date"] == dead["happened"]).all()


def test_between_two_months_nothing_changes_without_a_fact(months: list[Tables]) -> None:
    for before, now in ((months[1], months[2]), (months[2], months[3])):
        joined = before["persons"].join(now["persons"], on="person_id", suffix="_now")
        for column in ("household_id", "role", "marital_status", "enrolled", "school_level", "severe_disability"):
            changed = joined.filter(pl.col(column) != pl.col(f"{column}_now"))
            told = now["events"].filter(pl.col("column") == column)
            untold = changed.join(told, on="person_id", how="anti")
            assert len(untold) == 0, column
        gone = before["persons"].join(now["persons"], on="person_id", how="anti")
        left = gone.filter(pl.col("death_date").is_null())
        told = now["events"].filter(pl.col("column") == "household_id")
        households = told.filter(pl.col("person_id").is_null())
        assert len(left.join(told, on="person_id", how="anti").join(households, on="household_id", how="anti")) == 0


def test_those_who_come_are_told_as_born_married_or_registered(months: list[Tables]) -> None:
    came = months[3]["persons"].join(months[2]["persons"], on="person_id", how="anti")
    facts = months[3]["events"]
    registered = facts.filter(event="registration")
    told = facts.filter(pl.col("event").is_in(["birth", "marriage"]))
    assert len(came) > 0
    assert len(came.join(registered, on="household_id", how="anti").join(told, on="person_id", how="anti")) == 0


def test_with_hindsight_a_month_is_the_same_when_nothing_came_late(register_folder: Path) -> None:
    same = hindsight(register_folder, OCTOBER, OCTOBER)
    for name, table in same.items():
        assert table.equals(pl.read_parquet(register_folder / "2026-10" / f"{name}.parquet"))


def test_with_hindsight_late_children_are_there_and_the_late_dead_are_not(
    register_folder: Path, months: list[Tables]
) -> None:
    looked_back = hindsight(register_folder, SEPTEMBER, OCTOBER)
    facts = all_facts(months)
    late = facts.filter(
        pl.col("event").is_in(["birth", "death"])
        & (pl.col("happened") < dt.date(2026, 10, 1))
        & (pl.col("known") >= dt.date(2026, 10, 1))
    ).filter(pl.col("household_id").is_in(looked_back["households"]["household_id"].implode()))
    born, dead = late.filter(event="birth"), late.filter(event="death")
    assert len(born) > 0
    assert set(born["person_id"]) <= set(looked_back["persons"]["person_id"])
    assert not set(born["person_id"]) & set(months[2]["persons"]["person_id"])
    assert len(dead) > 0
    told = dead.join(looked_back["persons"], on="person_id")
    assert (told["death_date"] == told["happened"]).all()
    assert dead.join(months[2]["persons"], on="person_id")["death_date"].is_null().all()
    assert looked_back["persons"]["person_id"].n_unique() == len(looked_back["persons"])


def test_in_its_first_month_the_register_knows_everything(register_folder: Path) -> None:
    july = hindsight(register_folder, JULY, OCTOBER)
    known = pl.read_parquet(register_folder / "2026-07" / "persons.parquet")
    assert set(july["persons"]["person_id"]) <= set(known["person_id"])


def test_hindsight_needs_every_month_in_between(register_folder: Path) -> None:
    with pytest.raises(BadInputError, match="no month 2026-11"):
        hindsight(register_folder, JULY, Month(2026, 11))


def test_decided_with_hindsight_some_families_are_owed_arrears_and_some_were_overpaid(
    register_folder: Path, tmp_path: Path
) -> None:
    month = SEPTEMBER
    looked_back = tmp_path / "hindsight" / str(month)
    looked_back.mkdir(parents=True)
    for name, table in hindsight(register_folder, month, OCTOBER).items():
        table.write_parquet(looked_back / f"{name}.parquet")
    amounts = []
    for name, register in (("then", register_folder), ("now", tmp_path / "hindsight")):
        run_month(register=register, month=month, out=tmp_path / name / str(month))
        decided = pl.read_parquet(tmp_path / name / str(month) / "decisions.parquet")
        amounts.append(decided.select("household_id", "amount_centimes"))
    both = amounts[0].join(amounts[1], on="household_id", suffix="_now")
    difference = both["amount_centimes_now"] - both["amount_centimes"]
    assert len(both) == len(amounts[0])
    assert (difference > 0).sum() > 0
    assert (difference < 0).sum() > 0
    assert (difference != 0).mean() < 0.2
