"""Reads of the review: the two queues, two persons side by side, a contradiction in plain words."""

from karama.registry.matching.queries.contradictions import ContradictionInWords, contradiction_in_words, contradictions
from karama.registry.matching.queries.pairs import SideBySide, Waiting, review_queue, side_by_side, whole_person

__all__ = [
    "ContradictionInWords",
    "SideBySide",
    "Waiting",
    "contradiction_in_words",
    "contradictions",
    "review_queue",
    "side_by_side",
    "whole_person",
]
