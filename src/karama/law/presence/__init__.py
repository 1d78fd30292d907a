"""Who is there in a month, for the aid and for the score alike (counting rule 1)."""
