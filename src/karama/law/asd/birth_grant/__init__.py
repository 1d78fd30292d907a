"""Birth grant (prime à la naissance)."""
