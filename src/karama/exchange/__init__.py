"""The HTTP API, the partner exchange and the standard message formats (floor 6).

Will hold serialisers and routes only; the work is done on the floors below. Empty today.
"""
