"""The journal, staff accounts and roles, messages out and background jobs (floor 3).

Will hold the Django app every write leaves an event in, sealed so that an altered, missing or reordered
event is found. Empty today.
"""
