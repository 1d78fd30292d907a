"""Poverty and inequality measures, survey estimation, causal estimators and disclosure control (floor 1).

Pure functions on columns and weights: arrays in, figures with their uncertainty out, fast on millions of rows.  Today:

- `inequality`: `gini`, `concentration_index`, `theil`, `atkinson`, `lorenz_curve`, `concentration_curve`
- `poverty`: `poverty` (Foster, Greer and Thorbecke), `fgt`, `poverty_gaps`
- `quantiles`: `quantile_groups`
- `targeting`: `targeting` (coverage, errors, indices), `incidence` by group, `cost_of_gap_closed`
- `disclosure`: `hidden_cells`, the small cells of a table and those that would give them away
- `sampling`: `Sample`, `total`, `ratio`, `Denominator` (ratios of many groups), `gini_estimate`, `Estimate`

Surveys and causal estimators will follow.
"""

from __future__ import annotations

from karama.statistics.disclosure import hidden_cells
from karama.statistics.inequality import (
    Curve,
    atkinson,
    concentration_curve,
    concentration_index,
    gini,
    lorenz_curve,
    theil,
)
from karama.statistics.poverty import Poverty, fgt, poverty, poverty_gaps
from karama.statistics.quantiles import quantile_groups
from karama.statistics.sampling import (
    Denominator,
    Estimate,
    Ratios,
    Sample,
    errors_of_totals,
    gini_estimate,
    gini_influence,
    ratio,
    total,
)
from karama.statistics.targeting import Incidence, Targeting, cost_of_gap_closed, incidence, targeting

__all__ = [
    "Curve",
    "Denominator",
    "Estimate",
    "Incidence",
    "Poverty",
    "Ratios",
    "Sample",
    "Targeting",
    "atkinson",
    "concentration_curve",
    "concentration_index",
    "cost_of_gap_closed",
    "errors_of_totals",
    "fgt",
    "gini",
    "gini_estimate",
    "gini_influence",
    "hidden_cells",
    "incidence",
    "lorenz_curve",
    "poverty",
    "poverty_gaps",
    "quantile_groups",
    "ratio",
    "targeting",
    "theil",
    "total",
]
