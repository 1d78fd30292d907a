"""What was not fitted: who is aided looks like a poor country's register, not like a random draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from karama.foundation.months import Month
from karama.law import decide_register
from karama.territory import household_margins, people_margins

if TYPE_CHECKING:
    from pathlib import Path

FIRST = Month(2026, 7)


@pytest.fixture(scope="module")
def homes(register_folder: Path) -> pl.DataFrame:
    """All generated households of the first month, with their aid where they are in the register."""
    folder = register_folder / str(FIRST)
    decided, _ = decide_register(folder, FIRST)
    living = pl.read_parquet(folder / "living_standards.parquet").with_columns(
        pl.col("commune").cast(pl.String), pl.col("milieu").cast(pl.String)
    )
    return living.join(pl.DataFrame(decided).select("household_id", "aid"), on="household_id", how="left").with_columns(
        pl.col("aid").is_in(["child", "flat"]).fill_null(value=False).alias("aided")
    )


@pytest.fixture(scope="module")
def members(register_folder: Path, homes: pl.DataFrame) -> pl.DataFrame:
    """Persons of the register, with the aid of their household."""
    people = pl.read_parquet(register_folder / str(FIRST) / "persons.parquet")
    return people.join(homes.filter("registered").select("household_id", "aid", "aided", "size"), on="household_id")


def test_the_poorer_the_commune_the_more_of_its_households_are_aided(homes: pl.DataFrame) -> None:
    unread = people_margins().group_by("code", "milieu").agg(pl.col("illiteracy_rate_15_plus").mean().alias("unread"))
    known = homes.join(unread, left_on=["commune", "milieu"], right_on=["code", "milieu"])
    thirds = known.with_columns((pl.col("unread").rank("ordinal") * 3 / (len(known) + 1)).floor().alias("third"))
    shares = thirds.group_by("third").agg(pl.col("aided").mean()).sort("third")["aided"].to_list()
    assert shares == sorted(shares)
    assert shares[2] > 1.8 * shares[0]


def test_the_countryside_has_more_than_its_part_of_the_aid(homes: pl.DataFrame) -> None:
    rural = household_margins().filter(milieu="rural")["households"].sum() / household_margins()["households"].sum()
    aided = (homes.filter("aided")["milieu"] == "rural").mean()
    assert isinstance(aided, float)
    assert rural + 0.15 < aided < 0.75


def test_the_aid_goes_to_those_who_spend_little(homes: pl.DataFrame) -> None:
    by_poverty = dict(homes.group_by("poor").agg(pl.col("aided").mean()).iter_rows())
    assert by_poverty[True] > 1.7 * by_poverty[False]
    each = homes.with_columns((pl.col("spending_mad_per_year") / pl.col("size")).alias("each")).sort("each")
    fifths = each.with_columns((pl.int_range(pl.len()) * 5 // pl.len()).alias("fifth"))
    shares = fifths.group_by("fifth").agg(pl.col("aided").mean()).sort("fifth")["aided"].to_list()
    assert shares == sorted(shares, reverse=True)


def test_widows_head_households_on_their_own_and_mostly_receive_the_flat_aid(members: pl.DataFrame) -> None:
    heads = members.filter((pl.col("role") == "head") & (pl.col("marital_status") == "widowed") & pl.col("aided"))
    women = heads.filter(pl.col("sex") == "F")
    assert len(women) > 5 * len(heads.filter(pl.col("sex") == "M"))
    assert 0.1 < (women["aid"] == "child").mean() < 0.4
    old = women.filter(pl.col("birth_date") < FIRST.first_day.replace(year=FIRST.year - 60))
    assert len(old) > 0.4 * len(women)


def test_the_old_who_live_alone_are_mostly_women(members: pl.DataFrame) -> None:
    old = members.filter(pl.col("birth_date") < FIRST.first_day.replace(year=FIRST.year - 60))
    alone = old.filter(pl.col("size") == 1)
    assert 0.1 < len(alone) / len(old) < 0.35
    assert (alone["sex"] == "F").mean() > 0.65


def test_families_with_children_are_larger_than_those_without(members: pl.DataFrame) -> None:
    sizes = dict(members.filter(pl.col("role") == "head").group_by("aid").agg(pl.col("size").mean()).iter_rows())
    assert sizes["child"] > sizes["flat"] + 1.5
