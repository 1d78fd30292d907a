"""Indicators, targets, alerts and management reports (floor 5).

Will hold what reads the programme and never writes to it. Empty today.
"""
