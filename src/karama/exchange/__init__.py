"""Floor 6: the HTTP API of partners and of the pages, `/api/v1`, described by OpenAPI.

Nothing is decided here: an address reads what it is given, asks the floors below in the name of whoever calls, and says
the answer.  What may be seen is bounded by row-level security, what may be done by the rights of `actions`.
"""
