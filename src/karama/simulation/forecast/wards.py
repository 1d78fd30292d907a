"""Children in social protection establishments: their monthly aid, blocked, and their capital at majority.

The law is that of programme ``asd_institution``; new children are admitted like those there, others leave.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np
import polars as pl

from karama.foundation.errors import BadInputError
from karama.law import programme_named
from karama.law.engine.evaluate import plan_of
from karama.law.engine.expressions import Entity
from karama.population.draws import Draws
from karama.population.register import NEVER, day_number

if TYPE_CHECKING:
    from pathlib import Path

    from karama.foundation.months import Month
    from karama.law.engine.parameters import Clock
    from karama.population.draws import Ints
    from karama.simulation.forecast.assumed import Rates

PROGRAMME = "asd_institution"
RELEASED = "release"
_YEAR = 365.2425


def ward_amounts(
    folder: Path, months: list[Month], clock: Clock, rates: Rates, *, seed: int, events: bool = True
) -> pl.DataFrame:
    """What the children of ``wards.parquet`` bring each month; no row where there is no such file.

    Returns:
        ``month``, ``benefit`` (those of the programme, and ``release``, the capital released), ``recipients``,
        ``amount_centimes``.

    Raises:
        BadInputError: a needed column is missing.
    """
    empty = {"month": pl.String, "benefit": pl.String, "recipients": pl.Int64, "amount_centimes": pl.Int64}
    path = folder / "wards.parquet"
    programme = programme_named(PROGRAMME)
    if not path.exists():
        return pl.DataFrame(schema=empty)
    names = [one.name for one in programme.law.inputs.columns]
    wards = pl.read_parquet(path)
    for one in programme.law.inputs.columns:
        if one.required and one.name not in wards.columns:
            raise BadInputError(f"{path}: no column '{one.name}' ({one.label.en}): add it")
    wards = wards.select([name for name in names if name in wards.columns])
    if events:
        wards = _years_of_admissions(wards, months, rates, Draws(seed))
    rows = []
    benefits = [*(one.formula for one in programme.benefits), RELEASED]
    with duckdb.connect() as connection:
        connection.register("wards", wards.to_arrow())
        for month in months:
            if month < programme.first_month:
                continue
            query = plan_of(programme, month, clock).single_query(Entity.HOUSEHOLD, ["person_id", *benefits])
            sums = ", ".join(
                f"coalesce(count_if({name} <> 0), 0), CAST(coalesce(sum({name}), 0) AS BIGINT)" for name in benefits
            )
            told = connection.execute(f"SELECT {sums} FROM ({query.sql('duckdb')})").fetchone() or ()
            rows += [(str(month), name, told[2 * at], told[2 * at + 1]) for at, name in enumerate(benefits)]
    return pl.DataFrame(rows, schema=empty, orient="row")


def _years_of_admissions(wards: pl.DataFrame, months: list[Month], rates: Rates, draws: Draws) -> pl.DataFrame:
    """The children there, some of whom leave, and those admitted in the months to come, like them in age and sex."""
    ids = np.arange(len(wards), dtype=np.int64)
    yearly = rates.number("ward_departures") / 2  # the assumption is of two years
    first = day_number(months[0].first_day)
    wait = -np.log1p(-draws.uniform("ward leaves later", ids)) / max(yearly, 1e-12) * _YEAR
    leaves = np.where(wait < len(months) * 31, first + wait, NEVER).astype(np.int64)
    left = wards["left_on"].cast(pl.Int32).fill_null(NEVER).to_numpy() if "left_on" in wards.columns else leaves
    wards = wards.with_columns(_dates(np.minimum(left, leaves)).alias("left_on"))
    parts = [wards]
    for turn in range(1, len(months)):
        month = months[turn]
        drawn = draws.uniform(f"admission/{month}", ids)
        hosts = np.flatnonzero(drawn < rates.number("admissions_a_year") / 12)
        day = day_number(month.first_day)
        age = first - wards["birth_date"].cast(pl.Int32).to_numpy()[hosts]
        parts.append(
            wards[hosts].with_columns(
                (pl.col("person_id") + f"+{turn}").alias("person_id"),
                _dates(day - age).alias("birth_date"),
                _dates(np.full(len(hosts), day)).alias("admitted"),
                _dates(np.full(len(hosts), day)).alias("claim_month"),
                _dates(np.full(len(hosts), NEVER)).alias("left_on"),
            )
        )
    return pl.concat(parts, how="vertical_relaxed")


def _dates(days: Ints) -> pl.Series:
    values = pl.Series(np.asarray(days, dtype=np.int64)).cast(pl.Int32)
    return values.set(values >= NEVER, None).cast(pl.Date)
