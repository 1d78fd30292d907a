"""Child aid (aide pour la protection contre les risques liés à l'enfance)."""
