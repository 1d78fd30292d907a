"""Back-to-school grant (aide à la rentrée scolaire)."""
