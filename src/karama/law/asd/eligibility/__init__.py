"""Who may receive the direct social aid (conditions, loi 58-23, art. 3-7)."""
