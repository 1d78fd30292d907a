"""A research extract: rows that name nobody, made from a month of the register, for analysts.

Identifiers are replaced by a keyed hash whose key is made for the extract and thrown away: two extracts cannot be
joined on it.  Dates become five-year bands, communes become provinces, scores lose their decimals, large households
are told together; health, names, accounts and filiation stay out.  A household that few others are like (fewer than a
parameter of the same province, milieu, size and age of the head) is told by its region, and left out where that is
still few.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import polars as pl

from karama.delivery.privacy import number_on
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
_LIKE = ("place", "milieu", "size", "head_age")
"""What a neighbour may know of a household: the columns by which it could be recognised."""


@dataclass(frozen=True)
class Extract:
    """What was told, and what was not."""

    month: str
    least: int
    households: int
    persons: int
    told_by_region: int
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
    least = number_on("least_told", month.first_day)
    key = secrets.token_bytes(32)
    persons = _persons(pl.read_parquet(folder / "persons.parquet"), month.first_day)
    homes, done = _protected(_households(pl.read_parquet(folder / "households.parquet"), persons), least)
    told = persons.join(homes.select("household_id"), on="household_id", how="semi")
    made = Extract(str(month), least, homes.height, told.height, *done)
    with publish_folder(out) as draft:
        _hidden(homes, key, "household_id").write_parquet(draft / "households.parquet")
        _hidden(_hidden(told, key, "household_id"), key, "person_id").write_parquet(draft / "persons.parquet")
        write_json(draft / "manifest.json", {**asdict(made), "purpose": purpose.strip(), "by": by.name})
    with acting_as(by):
        journal.write(
            kind="extract.taken", subject=("extract", out.name), by=by, at=at, data={**asdict(made), "purpose": purpose}
        )
    return made


def _persons(rows: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    years = (pl.lit(day) - pl.col("birth_date")).dt.total_days() // 365.25
    age = pl.min_horizontal(years.clip(0).cast(pl.Int64) // _BAND * _BAND, pl.lit(_OLDEST))
    kept = [name for name in ("role", "sex", "marital_status", "enrolled", "school_level") if name in rows.columns]
    return rows.select("household_id", "person_id", *kept, age.alias("age"))


def _households(rows: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    heads = persons.filter(pl.col("role") == "head").select("household_id", pl.col("age").alias("head_age"))
    sizes = persons.group_by("household_id").len().select("household_id", pl.col("len").clip(1, _LARGEST).alias("size"))
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


def _protected(rows: pl.DataFrame, least: int) -> tuple[pl.DataFrame, tuple[int, int]]:
    """The households told, and how many are told by region, how many not at all."""
    like = pl.len().over(_LIKE)
    rows = rows.with_columns(few=like < least)
    rows = rows.with_columns(place=pl.when("few").then(pl.col("place").str.head(2)).otherwise("place"))
    told = rows.with_columns(like=like).filter(pl.col("like") >= least)
    return told.drop("few", "like").sort(_LIKE), (int(told["few"].sum()), rows.height - told.height)


def _hidden(rows: pl.DataFrame, key: bytes, column: str) -> pl.DataFrame:
    """The rows with a column's identifiers replaced, in an order that tells nothing of theirs."""
    names = rows[column].unique().to_list()
    other = {name: hmac.new(key, f"{column}:{name}".encode(), hashlib.sha256).hexdigest()[:24] for name in names}
    return rows.with_columns(pl.col(column).replace_strict(other)).sort(column)
