"""The score, computed by the law's own formula on the synthetic households."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np

from karama.law.rsu import score_households
from karama.population.register import Register, household_frame, input_frame, person_frame

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.population.draws import Ints


def score(register: Register, month: Month) -> Ints:
    """Score of every household of the register in the month, in billionths, in the order of its rows.

    Args:
        register: its members and score variables are read, its former scores are not.
        month: on whose first day ages and members are counted.
    """
    tables = {
        "households": household_frame(register, month),
        "persons": person_frame(register, month),
        "score_inputs": input_frame(register),
    }
    with duckdb.connect() as connection:
        for name, frame in tables.items():
            connection.register(name, frame.to_arrow())
        score_households(connection, month)
        rows = connection.execute(
            "SELECT CAST(CAST(score AS DECIMAL(28, 9)) * 1000000000 AS BIGINT) AS score"
            " FROM scores ORDER BY household_id"
        ).fetchnumpy()
    return np.asarray(rows["score"], dtype=np.int64)
