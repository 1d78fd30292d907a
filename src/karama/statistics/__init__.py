"""Poverty and inequality measures, survey estimation, causal estimators and disclosure control (floor 1).

Will hold pure functions on columns and weights: frames in, figures with their uncertainty out. Empty today.
"""
