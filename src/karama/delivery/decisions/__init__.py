"""Decisions: what the law says of a household's facts, told once, never changed, replayed whenever somebody asks."""
