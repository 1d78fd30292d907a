"""Poverty and inequality measures, survey estimation, causal estimators and disclosure control (floor 1).

Pure functions on columns and weights: frames in, figures with their uncertainty out.  Today `gini`; surveys and causal
estimators will follow.
"""

from __future__ import annotations

from karama.statistics.inequality import gini

__all__ = ["gini"]
