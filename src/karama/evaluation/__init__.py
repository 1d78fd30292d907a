"""Surveys and experiments, and their results (floor 5).

Will hold how the programme learns whether it works. Empty today.
"""
