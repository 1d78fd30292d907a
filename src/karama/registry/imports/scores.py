"""Scores of a register folder: one holds from its month of effect on, the one before it until then.

A row without a score tells that there is none, as the law reads it: the score before, where it is given, is in force,
and where it is not no score is any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.registry import amending
from karama.registry.models import Score

if TYPE_CHECKING:
    from collections.abc import Collection

EFFECT = "coalesce(s.score_effective_from, s.since)"
ALWAYS, FOR_EVER = "0001-01-01", "9999-12-31"
"""Days that stand for no beginning and for no end where scores known are compared."""

BEFORE_ALONE = "s.score IS NULL AND s.previous_score IS NOT NULL"
"""Only the score before is told: it is in force."""


def told(staged: str, present: Collection[str], source: str) -> str:
    """The query of both for `karama.registry.facts.supersede`; ``staged`` has ``household_id`` and the file's columns.

    The score before stands over the days of what was known just before the month of effect, or over all days before.
    """
    if "score" not in present:
        return ""
    origin = f"'{source}' AS source, '' AS proof"
    known = f"FROM {staged} s LEFT JOIN registry_score k ON k.household_id = s.household_id AND upper_inf(k.known)"
    rows = (
        f"SELECT s.household_id, daterange({EFFECT}, NULL) AS validity, s.score, s.score_effective_from,"
        f" greatest({EFFECT}, s.since) AS day, {origin} FROM {staged} s WHERE s.score IS NOT NULL"
    )
    if "previous_score" in present:
        rows += (
            f" UNION ALL SELECT s.household_id, daterange(s.since, NULL), s.previous_score, k.effective_from, s.since,"
            f" {origin} {known} AND k.validity @> s.since AND k.score = s.previous_score WHERE {BEFORE_ALONE}"
        )
    given = {"score": "s.score", "effective_from": "s.score_effective_from"}
    # A register tells what is in force on its day: a score known to begin after that day stands beside it.
    score = amending.told(Score, f"({rows})", given, {}, day="s.day")
    if "previous_score" not in present:
        return score
    before = (
        "SELECT s.household_id, s.previous_score, k.effective_from,"
        f" coalesce(k.validity * daterange(NULL, {EFFECT}), daterange(NULL, {EFFECT})), {origin} {known}"
        f" AND k.validity @> ({EFFECT} - 1) WHERE s.score IS NOT NULL AND s.previous_score IS NOT NULL"
    )
    return f"{score} UNION ALL {before}"


def ended(staged: str, present: Collection[str]) -> str:
    """The query of those without a score for `karama.registry.facts.end_all`."""
    if "score" not in present:
        return ""
    before = " AND s.previous_score IS NULL" if "previous_score" in present else ""
    return f"SELECT s.household_id, s.since AS until FROM {staged} s WHERE s.score IS NULL{before}"


def beside_the_known(present: Collection[str]) -> tuple[str, str, str]:
    """A row ``s`` of DuckDB beside ``known_scores``: joins, whether nothing is new, how many scores it tells.

    Empty where the folder has no scores.
    """
    if "score" not in present:
        return "", "", ""
    before = "s.previous_score" if "previous_score" in present else "NULL"
    since = f"CASE WHEN s.score IS NULL THEN s.since ELSE {EFFECT} END"
    joins = (
        f"LEFT JOIN known_scores a ON a.household_id = h.household_id AND a.ends = '{FOR_EVER}' AND a.begins <= {since}"
        " LEFT JOIN known_scores b ON b.household_id = h.household_id"
        f" AND b.begins < {EFFECT} AND b.ends >= {EFFECT}"
        " LEFT JOIN (SELECT household_id, max(ends) AS last FROM known_scores GROUP BY household_id) c"
        " ON c.household_id = h.household_id"
    )
    same = (
        f"CASE WHEN s.score IS NOT NULL THEN coalesce(a.score = s.score, false)"
        f" AND a.effective_from IS NOT DISTINCT FROM s.score_effective_from"
        f" AND ({before} IS NULL OR coalesce(b.score = {before}, false))"
        f" WHEN {before} IS NOT NULL THEN coalesce(a.score = {before}, false)"
        " ELSE coalesce(c.last <= s.since, true) END"
    )
    return joins, same, f"CAST(s.score IS NOT NULL AS INTEGER) + CAST({before} IS NOT NULL AS INTEGER)"
