"""A past month of a synthetic register as it is known later: what decisions of then should have been.

Between a month decided as it was known and the same month decided with hindsight lie arrears or an overpayment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.population.life.facts import SCHEMA

if TYPE_CHECKING:
    from pathlib import Path

FLAGS = (
    "enrolled",
    "severe_disability",
    "father_deceased",
    "receives_family_allowance",
    "receives_state_pay",
    "receives_pension",
)
WORDS = ("school_level", "marital_status")
"""Columns of persons that a late fact changes from the first day of the month after it happened."""
_HOUSEHOLD_FLAGS = {
    "other_family_allowance": "receives_family_allowance",
    "state_pay": "receives_state_pay",
    "pension": "receives_pension",
}


def hindsight(folder: Path, month: Month, known_by: Month) -> dict[str, pl.DataFrame]:
    """The ``households`` and ``persons`` of a month with the facts that became known up to a later month.

    Births, deaths, schooling, disability, orphanhood, allowances, pay, pensions, marital status and moves to another
    commune hold from their own dates; who has left a household since is no longer in it.  Scores, registrations and
    claims are never retroactive.  Who joined a household, and who heads it, stays as it was known: both are declared.

    Args:
        folder: written by `karama.population.generate`.
        month: to read again.
        known_by: month at whose end one looks back.

    Raises:
        BadInputError: a month between the two is not in the folder.
    """
    later = list(Month.range(month + 1, known_by - month))
    for one in (month, *later):
        if not (folder / str(one)).is_dir():
            raise BadInputError(f"{folder}: no month {one}: generate it too, or look back from an earlier month")
    facts = pl.concat(
        [pl.DataFrame(schema=SCHEMA), *(pl.read_parquet(folder / str(one) / "events.parquet") for one in later)]
    )
    households = pl.read_parquet(folder / str(month) / "households.parquet")
    persons = pl.read_parquet(folder / str(month) / "persons.parquet")
    born = [_born_before(folder / str(one), month, households) for one in later]
    persons = pl.concat([persons, *born])
    held = facts.filter(pl.col("happened") <= month.first_day).sort("happened", "known", maintain_order=True)
    persons = _without_those_who_left(_corrected(persons, held), held)
    died = facts.filter((pl.col("column") == "death_date") & (pl.col("happened") <= month.last_day))
    persons = (
        persons.join(died.select("person_id", pl.col("happened").alias("died")), on="person_id", how="left")
        .with_columns(pl.coalesce("death_date", "died").alias("death_date"))
        .drop("died")
        .sort("household_id", "person_id")
    )
    return {"households": _restated(_moved(households, held), persons, month), "persons": persons}


def _born_before(later: Path, month: Month, households: pl.DataFrame) -> pl.DataFrame:
    """Children born by the end of the month whose birth became known later, in households that were there."""
    told = pl.read_parquet(later / "events.parquet").filter(
        (pl.col("event") == "birth") & (pl.col("happened") <= month.last_day)
    )
    rows = pl.read_parquet(later / "persons.parquet").join(told, on="person_id", how="semi")
    return rows.join(households, on="household_id", how="semi").with_columns(
        pl.lit(None, pl.Date).alias("birth_grant_claim_date")  # claims are never retroactive
    )


def _corrected(persons: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Persons with the last value that held on the first day, where it became known later."""
    for column in (*FLAGS, *WORDS):
        last = held.filter(pl.col("column") == column).unique("person_id", keep="last", maintain_order=True)
        value = pl.col("new_value") == "true" if column in FLAGS else pl.col("new_value")
        told = last.select("person_id", value.alias("told"))
        joined = persons.join(told, on="person_id", how="left", maintain_order="left")
        persons = joined.with_columns(pl.coalesce("told", column).alias(column)).drop("told")
    return persons


def _without_those_who_left(persons: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Persons who had left by the first day, heads and spouses excepted: their household needs them to be decided."""
    left = held.filter((pl.col("column") == "household_id") & pl.col("person_id").is_not_null())
    left = left.filter(pl.col("old_value") == pl.col("household_id")).select("household_id", "person_id")
    stays = pl.col("role").is_in(["head", "spouse"])
    gone = persons.filter(~stays).join(left, on=["household_id", "person_id"], how="semi")
    return persons.join(gone.select("person_id"), on="person_id", how="anti", maintain_order="left")


def _moved(households: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Households in the commune and milieu where they lived on the first day."""
    for column in ("commune", "milieu"):
        last = held.filter(pl.col("column") == column).unique("household_id", keep="last", maintain_order=True)
        told = last.select("household_id", pl.col("new_value").alias("told"))
        joined = households.join(told, on="household_id", how="left", maintain_order="left")
        households = joined.with_columns(pl.coalesce("told", column).alias(column)).drop("told")
    code = pl.col("commune")
    return households.with_columns(code.str.head(5).alias("province"), code.str.head(2).alias("region"))


def _restated(households: pl.DataFrame, persons: pl.DataFrame, month: Month) -> pl.DataFrame:
    """Households with the size and the flags that follow from their members."""
    living = persons.filter(
        (pl.col("birth_date") <= month.last_day)
        & (pl.col("death_date").is_null() | (pl.col("death_date") >= month.first_day))
    )
    couple = pl.col("role").is_in(["head", "spouse"])
    counted = living.group_by("household_id").agg(
        pl.len().cast(pl.Int32).alias("counted"),
        *((pl.col(source) & couple).any().alias(f"told_{flag}") for flag, source in _HOUSEHOLD_FLAGS.items()),
    )
    joined = households.join(counted, on="household_id", how="left", maintain_order="left")
    restated = joined.with_columns(
        pl.col("counted").fill_null(0).alias("size"),
        *(pl.col(f"told_{flag}").fill_null(value=False).alias(flag) for flag in _HOUSEHOLD_FLAGS),
    )
    return restated.select(households.columns)
