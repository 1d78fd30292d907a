"""Writes of the review: pairs of persons, and memberships that contradict each other."""

from karama.registry.matching.actions.contradictions import (
    find_contradictions,
    put_before_a_person,
    settle,
)
from karama.registry.matching.actions.pairs import find_duplicates, judge_different, judge_same, undo_merge

__all__ = [
    "find_contradictions",
    "find_duplicates",
    "judge_different",
    "judge_same",
    "put_before_a_person",
    "settle",
    "undo_merge",
]
