"""Scores of a register folder: one holds from its month of effect on, the one before it until then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.registry import amending
from karama.registry.models import Score

if TYPE_CHECKING:
    from collections.abc import Collection

EFFECT = "coalesce(s.score_effective_from, s.since)"


def told(staged: str, present: Collection[str], source: str) -> str:
    """The query of both for `karama.registry.facts.supersede`; ``staged`` has ``household_id`` and the file's columns.

    The score before stands over the days of what was known just before the month of effect, or over all days before.
    """
    if "score" not in present:
        return ""
    origin = f"'{source}' AS source, '' AS proof"
    # A register tells what is in force on its day: a score known to begin after that day stands beside it.
    rows = (
        f"(SELECT s.household_id, daterange({EFFECT}, NULL) AS validity, s.score, s.score_effective_from,"
        f" greatest({EFFECT}, s.since) AS day, {origin} FROM {staged} s WHERE s.score IS NOT NULL)"
    )
    given = {"score": "s.score", "effective_from": "s.score_effective_from"}
    score = amending.told(Score, rows, given, {}, day="s.day")
    if "previous_score" not in present:
        return score
    before = (
        "SELECT s.household_id, s.previous_score, k.effective_from,"
        f" coalesce(k.validity * daterange(NULL, {EFFECT}), daterange(NULL, {EFFECT})), {origin} FROM {staged} s"
        " LEFT JOIN registry_score k ON k.household_id = s.household_id AND upper_inf(k.known)"
        f" AND k.validity @> ({EFFECT} - 1) WHERE s.score IS NOT NULL AND s.previous_score IS NOT NULL"
    )
    return f"{score} UNION ALL {before}"
