"""Claims (demandes): what a family, or the director of an establishment, asks and the facts it brings."""
