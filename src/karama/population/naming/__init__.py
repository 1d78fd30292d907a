"""Plausible names for the persons of a synthetic register, in Latin and Arabic letters.

The register's files hold no names: those who need some ask here, and the files and their hashes stay as they are.
"""

from karama.population.naming.assigning import birth_communes, entries, names
from karama.population.naming.lists import family_names, given_names

__all__ = ["birth_communes", "entries", "family_names", "given_names", "names"]
