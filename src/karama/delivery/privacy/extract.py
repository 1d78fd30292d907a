"""A research extract: rows that name nobody, made from a month of the register, for analysts.

Identifiers are replaced by a keyed hash whose key is made for the extract and thrown away: two extracts cannot be
joined on it.  Dates become five-year bands, communes become provinces, scores lose their decimals; health, names,
accounts and filiation stay out.  No household is told that fewer than a parameter are like in everything told of it,
its members and their number included: it is told by its region, then without its members and with the large ones
together, then so by its region, and left out where it is still few.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import polars as pl

from karama.delivery.privacy import PARAMETERS
from karama.foundation.errors import BadInputError
from karama.foundation.storage import month_folder, publish_folder, write_json
from karama.record import journal
from karama.record.permissions import require, take_research_extract
from karama.record.scope import acting_as

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from karama.foundation.months import Month
    from karama.record.scope import Actor

_BAND = 5
_LARGEST = 8
_OLDEST = 80
_PROVINCE, _REGION = 5, 2
_STEPS = ((_PROVINCE, True), (_REGION, True), (_PROVINCE, False), (_REGION, False))
"""Digits of the place and whether the members are told: what is tried for a household, one after the other."""


@dataclass(frozen=True)
class Extract:
    """What was told, and what was not."""

    month: str
    least: int
    households: int
    persons: int
    told_by_region: int
    told_without_members: int
    left_out: int


def extract(*, register: Path, month: Month, out: Path, purpose: str, by: Actor, at: dt.datetime) -> Extract:
    """Write ``households.parquet``, ``persons.parquet`` and ``manifest.json`` of a month; leaves a line.

    Raises:
        BadInputError: no purpose is given, or the folder holds no such month.
        NotAllowedError: the actor is no analyst.
    """
    require(take_research_extract.test(by), "taking a research extract")
    if not purpose.strip():
        raise BadInputError("a research extract is taken for a purpose: say it")
    folder = month_folder(register, month, "households.parquet")
    least = PARAMETERS.number_on("least_told", month.first_day)
    key = secrets.token_bytes(32)
    persons = _persons(pl.read_parquet(folder / "persons.parquet"), month.first_day)
    rows = _households(pl.read_parquet(folder / "households.parquet"), persons)
    homes = _protected(rows, _compositions(persons), least)
    told = persons.join(homes.filter("members"), on="household_id", how="semi")
    made = Extract(
        month=str(month),
        least=least,
        households=homes.height,
        persons=told.height,
        told_by_region=homes.filter(pl.col("place").str.len_chars() == _REGION).height,
        told_without_members=homes.filter(~pl.col("members")).height,
        left_out=rows.height - homes.height,
    )
    with publish_folder(out) as draft:
        _hidden(homes, key, "household_id").write_parquet(draft / "households.parquet")
        _hidden(_hidden(told, key, "household_id"), key, "person_id").write_parquet(draft / "persons.parquet")
        write_json(draft / "manifest.json", {**asdict(made), "purpose": purpose.strip(), "by": by.name})
        with acting_as(by):  # before the folder has its name: an extract that nobody was told of does not exist
            data = {**asdict(made), "purpose": purpose}
            journal.write(kind="extract.taken", subject=("extract", out.name), by=by, at=at, data=data)
    return made


def _persons(rows: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    years = (pl.lit(day) - pl.col("birth_date")).dt.total_days() // 365.25
    age = pl.min_horizontal(years.clip(0).cast(pl.Int64) // _BAND * _BAND, pl.lit(_OLDEST))
    kept = [name for name in ("role", "sex", "marital_status", "enrolled", "school_level") if name in rows.columns]
    return rows.select("household_id", "person_id", *kept, age.alias("age"))


def _households(rows: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    heads = persons.filter(pl.col("role") == "head").select("household_id", pl.col("age").alias("head_age"))
    sizes = persons.group_by("household_id").len().select("household_id", pl.col("len").alias("size"))
    return (
        rows.select(
            "household_id",
            pl.col("commune").str.head(5).alias("place"),
            "milieu",
            pl.col("score").cast(pl.Float64).round(0).alias("score"),
        )
        .join(sizes, on="household_id")
        .join(heads.unique("household_id"), on="household_id", how="left")
    )


def _compositions(persons: pl.DataFrame) -> pl.DataFrame:
    """How many members of each description a household has, as one text: equal where all that is told of them is."""
    told = pl.exclude("household_id", "person_id").cast(pl.String).fill_null("?")
    described = persons.select("household_id", composition=pl.concat_str(told, separator=" "))
    return described.group_by("household_id").agg(pl.col("composition").sort().str.join("|"))


def _protected(rows: pl.DataFrame, compositions: pl.DataFrame, least: int) -> pl.DataFrame:
    """The households told, each with the place it is told by and whether its ``members`` are told too."""
    waiting, told = rows.join(compositions, on="household_id", how="left"), []
    for digits, members in _STEPS:
        size = pl.col("size") if members else pl.col("size").clip(upper_bound=_LARGEST)
        here = waiting.with_columns(size, pl.col("place").str.head(digits), members=pl.lit(members))
        like = [name for name in here.columns if name != "household_id" and (members or name != "composition")]
        told.append(here.filter(pl.len().over(like) >= least))
        waiting = waiting.join(told[-1], on="household_id", how="anti")
    return pl.concat(told).drop("composition")


def _hidden(rows: pl.DataFrame, key: bytes, column: str) -> pl.DataFrame:
    """The rows with a column's identifiers replaced, in an order that tells nothing of theirs."""
    names = rows[column].unique().to_list()
    other = {name: hmac.new(key, f"{column}:{name}".encode(), hashlib.sha256).hexdigest()[:24] for name in names}
    return rows.with_columns(pl.col(column).replace_strict(other)).sort(column)
