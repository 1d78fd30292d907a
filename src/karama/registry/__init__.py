"""Persons, households, scores and their history (floor 3).

Will hold the Django app that records facts with a validity period and the time they became known, imports
and matches them, and exports a month as the law's inputs. Empty today.
"""
