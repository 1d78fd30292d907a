"""Reforms, budget forecasts and targeting performance (floor 2).

Will hold frames-in, frames-out runs of the one law graph under changed parameters, on a register or on a
synthetic population. Empty today.
"""
