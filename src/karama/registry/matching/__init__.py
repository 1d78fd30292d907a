"""Persons entered twice, and persons in two places at once: found, explained, put to a person, settled.

``letters`` brings names to keys, ``comparisons`` says what is compared and what it weighs, ``finding`` searches: frames
in, frames out, without a database.  ``detection`` finds memberships that contradict each other, in SQL.  ``actions``
and ``queries`` are the rooms of every app of this floor; ``merging`` is what a merge changes among the facts.
"""
