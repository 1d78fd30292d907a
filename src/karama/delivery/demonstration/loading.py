"""The register of a month into an empty record, with names, and some persons entered twice."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import polars as pl

from karama.foundation.storage import month_folder
from karama.population.naming import entries
from karama.population.naming.mistakes import second_entries
from karama.record.scope import SYSTEM
from karama.registry.imports.first_load import load_first_register

if TYPE_CHECKING:
    from pathlib import Path

    from karama.foundation.months import Month
    from karama.population.naming.mistakes import KnownDuplicates
    from karama.registry.models import Import


ENTERED_TWICE, SEED = 60, 5
"""Persons entered a second time in another household, with what goes wrong in an office: the queue of duplicates."""


def load_register(folder: Path, month: Month, scratch: Path) -> Import:
    """Give the persons of a synthetic register names and take it in as the first one.

    ``scratch`` holds the copy with the names; it is replaced.

    Raises:
        BadInputError: the record holds persons already.
    """
    shutil.rmtree(scratch, ignore_errors=True)
    source, target = month_folder(folder, month, "households.parquet"), scratch / str(month)
    target.mkdir(parents=True)
    for path in source.iterdir():
        if path.is_file():
            (target / path.name).hardlink_to(path)
    persons = pl.read_parquet(source / "persons.parquet")
    told = entries(persons, pl.read_parquet(source / "households.parquet", columns=["household_id", "commune"]))
    twice = second_entries(told, share=min(1.0, ENTERED_TWICE / len(told)), seed=SEED)
    (target / "persons.parquet").unlink()
    _with_second_entries(persons, twice).write_parquet(target / "persons.parquet")
    names = [one for one in told.columns if one.endswith(("_fr", "_ar", "birth_commune"))]
    twice.persons.select("person_id", *names).write_parquet(target / "names.parquet")
    try:
        return load_first_register(scratch, month=month, by=SYSTEM)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _with_second_entries(persons: pl.DataFrame, twice: KnownDuplicates) -> pl.DataFrame:
    """The persons with the second entries below: each like the first one but for what was written otherwise."""
    second = twice.persons.tail(len(twice.pairs)).select(
        pl.col("person_id").alias("second"),
        "household_id",
        "sex",
        "birth_date",
        pl.col("mother_idcs").alias("mother_id"),
    )
    first = twice.pairs.select(pl.col("first").alias("person_id"), "second")
    role = pl.when(pl.col("role") == "child").then(pl.lit("child")).otherwise(pl.lit("other"))
    kept = persons.drop("household_id", "sex", "birth_date", "mother_id").with_columns(role.alias("role"))
    copies = (
        first.join(kept, on="person_id").drop("person_id").join(second, on="second").rename({"second": "person_id"})
    )
    return pl.concat([persons, copies.select(persons.columns).cast(persons.schema)])
