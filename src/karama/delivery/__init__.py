"""Claims, decisions, appeals, payments and accompaniment (floor 4).

Will hold the Django apps of the monthly cycle: immutable decisions and payments, and a ledger that
balances. Empty today.
"""
