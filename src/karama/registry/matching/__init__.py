"""Persons entered twice, and persons claimed by two households: found, explained, put to a person, decided.

Floor by floor inside: ``letters`` brings names to keys, ``comparisons`` says what is compared and what it weighs,
``finding`` searches (frames in, frames out, without a database).
"""
