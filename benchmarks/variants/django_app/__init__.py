"""The Django application of the loops: models of the tables already loaded."""
