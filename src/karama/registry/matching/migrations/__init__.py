"""The tables of the review."""
