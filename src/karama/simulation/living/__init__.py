"""Poverty, inequality and targeting before and after aid, on spending that the score implies or that a table gives.

`living_from_score` reads spending out of the score, which is an interpretation and says so in its results;
`living_from_table` takes it from the synthetic population's ``living_standards.parquet`` instead.  `living_report`
measures what each aid does to it; `deciles` says in which tenth of the country each household is.
"""

from __future__ import annotations

from karama.simulation.living.ranking import deciles
from karama.simulation.living.report import INTERPRETATION, LivingReport, living_report
from karama.simulation.living.spending import (
    Living,
    LivingSettings,
    ScoreModel,
    living_from_score,
    living_from_table,
    living_settings,
    solve_score_model,
)

__all__ = [
    "INTERPRETATION",
    "Living",
    "LivingReport",
    "LivingSettings",
    "ScoreModel",
    "deciles",
    "living_from_score",
    "living_from_table",
    "living_report",
    "living_settings",
    "solve_score_model",
]
