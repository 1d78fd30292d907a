"""Children in social protection establishments: small synthetic numbers, spread over the towns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from karama.foundation.months import Month
from karama.population.assumptions import number
from karama.population.register import NEVER, day_number, month_days
from karama.territory import household_margins

if TYPE_CHECKING:
    from karama.population.draws import Draws

FIRST_CLAIMS = Month(2025, 12)
"""First month of the aid to institution children (decree 2-25-1064)."""

_MAJORITY = 18 * 12
_DATES = {"birth_date": pl.Date, "admitted": pl.Date, "left_on": pl.Date, "claim_month": pl.Date}


def ward_frame(share: float, first_month: Month, month: Month, draws: Draws) -> pl.DataFrame:
    """The ``wards`` table: children for whom the establishment's director has claimed by the month.

    Args:
        share: of the country's children in establishments.
        first_month: of the whole register, on which their ages stand.
        month: of the file.
        draws: of the seed.

    Returns:
        One row per child, sorted by ``person_id``; none before December 2025.
    """
    count = max(round(number("institution_children") * share), 1)
    ids = np.arange(1, count + 1, dtype=np.int64)
    towns = household_margins().filter(pl.col("milieu") == "urban").sort("households", descending=True)
    towns = towns.head(int(number("establishment_towns")))
    reached = np.cumsum(towns["households"].to_numpy().astype(np.int64))
    town = np.searchsorted(reached, draws.below("town", ids, np.full(count, reached[-1])), side="right")
    code = towns["code"].gather(pl.Series(town))
    age = draws.below("ward age", ids, np.full(count, _MAJORITY - 1)) + 1
    birth = month_days(first_month.index - age) + draws.below("ward day", ids, np.full(count, 28))
    admitted = birth + draws.below("admission", ids, np.maximum(day_number(first_month.first_day) - birth, 1))
    claim = FIRST_CLAIMS.index + draws.below("ward claim", ids, np.full(count, int(number("ward_claim_months"))))
    leaves = draws.uniform("ward leaves", ids) < number("ward_departures")
    left = np.where(leaves, month_days(claim) + draws.below("ward left", ids, np.full(count, 700)), NEVER)
    left = np.where(left <= day_number(month.last_day), left, NEVER)
    abandoned = draws.uniform("abandoned", ids) < number("abandoned_share")
    frame = pl.DataFrame(
        {
            "person_id": "W" + pl.Series(ids).cast(pl.String).str.zfill(8),
            "establishment_id": "E" + code,
            "commune": code,
            "province": code.str.head(5),
            "region": code.str.head(2),
            "sex": pl.Series(["F", "M"]).gather(pl.Series(draws.below("ward sex", ids, np.full(count, 2)))),
            "birth_date": birth,
            "category": pl.Series(["orphan", "abandoned"]).gather(pl.Series(abandoned.astype(np.int64))),
            "admitted": admitted,
            "left_on": pl.Series(left).set(pl.Series(left >= NEVER), None),
            "claim_month": month_days(claim),
        }
    ).with_columns(pl.col(name).cast(pl.Int32).cast(kind) for name, kind in _DATES.items())
    return frame.filter(pl.col("claim_month") <= month.first_day, pl.col("admitted") <= month.last_day)
