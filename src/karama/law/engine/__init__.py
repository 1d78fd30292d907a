"""The engine: formulas and dated parameters in, SQL and a Python function out.  It knows no programme."""
