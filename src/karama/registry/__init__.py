"""Persons, households, scores and their history (floor 3).

A fact holds over a period (`validity`), was known from one moment until another (`known`), and comes from a source with
a proof.  Facts are never overwritten: what is learnt later closes what was known and stands beside it.  So any month
can be read as the facts stood, as known at any time: `queries.household_as_known` for one household, `export` for all.
"""
