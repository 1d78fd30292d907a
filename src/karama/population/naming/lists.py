"""The lists of names.

``names.csv`` was written by hand for this project and is illustrative: usual Moroccan names, Arabic and Amazigh, with
other Latin spellings that one meets on papers.  The weights are guesses, not statistics; no line was taken from a
register or a list of persons.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import polars as pl

_FILE = "names.csv"


@cache
def _lines() -> pl.DataFrame:
    """All lines of the file, the spellings as lists."""
    content = resources.files("karama.population.naming").joinpath(_FILE).read_bytes()
    lines = pl.read_csv(content, schema_overrides={"sex": pl.String, "weight": pl.Int64})
    return lines.with_columns(pl.col("spellings").str.split("|"))


@cache
def given_names() -> pl.DataFrame:
    """Given names (prénoms).

    Returns:
        ``sex`` (F, M), ``latin``, ``arabic``, ``weight``, ``spellings`` (other Latin ones); one row per name.
    """
    return _lines().filter(pl.col("kind") == "given").drop("kind")


@cache
def family_names() -> pl.DataFrame:
    """Family names (noms): those written as one, and lineages such as *Ait Moussa* or *Ben Ali*.

    Returns:
        ``latin``, ``arabic``, ``weight``, ``spellings`` (other Latin ones); one row per name.
    """
    lines = _lines().select("kind", "latin", "arabic", "weight", "spellings")
    whole = lines.filter(pl.col("kind") == "family").drop("kind").with_columns(pl.col("weight") * 10)
    prefix = lines.filter(pl.col("kind") == "prefix").drop("kind")
    ancestor = lines.filter(pl.col("kind") == "ancestor").drop("kind")
    # The other spellings of a lineage: each of the prefix's before the usual ancestor, and the other way round.
    spelt = pl.struct("latin", "spellings", "latin_right", "spellings_right").map_elements(
        lambda part: [
            *(f"{start} {part['latin_right']}" for start in part["spellings"]),
            *(f"{part['latin']} {end}" for end in part["spellings_right"]),
        ],
        return_dtype=pl.List(pl.String),
    )
    lineages = prefix.join(ancestor, how="cross").select(
        latin=pl.col("latin") + " " + pl.col("latin_right"),
        arabic=pl.col("arabic") + " " + pl.col("arabic_right"),
        weight=pl.col("weight") * pl.col("weight_right") // 10,
        spellings=spelt,
    )
    return pl.concat([whole, lineages])
