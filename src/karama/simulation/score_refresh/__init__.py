"""A refresh of the scores seen before it happens, with softer rules and their cost.

`preview_refresh` compares what the law pays at the old and at the new scores; `Smoothing` is one softer rule.
"""

from __future__ import annotations

from karama.simulation.score_refresh.preview import RefreshPreview, preview_refresh
from karama.simulation.score_refresh.smoothing import (
    LAW,
    PROPOSAL,
    RefreshSettings,
    Smoothing,
    refresh_settings,
    refresh_settings_of,
)

__all__ = [
    "LAW",
    "PROPOSAL",
    "RefreshPreview",
    "RefreshSettings",
    "Smoothing",
    "preview_refresh",
    "refresh_settings",
    "refresh_settings_of",
]
