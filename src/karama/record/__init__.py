"""The journal, staff accounts and roles, messages out and background jobs (floor 3).

Every write of the service leaves an event in the journal, every read of a person's file by staff too.  A transaction
works for somebody: `acting_as(actor)` says who, and the database shows no row beyond what that actor may see.
"""
