"""The register of a month into an empty record, with names, and some persons entered twice."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import polars as pl

from karama.foundation.storage import month_folder
from karama.population.naming import birth_communes, names
from karama.record.scope import SYSTEM
from karama.registry.imports.first_load import load_first_register

if TYPE_CHECKING:
    from pathlib import Path

    from karama.foundation.months import Month
    from karama.registry.models import Import


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
    persons = pl.read_parquet(source / "persons.parquet", columns=["household_id", "person_id", "role", "sex"])
    homes = pl.read_parquet(source / "households.parquet", columns=["household_id", "commune"])
    called = names(persons).with_columns(birth_communes(persons, homes)["birth_commune"])
    called.write_parquet(target / "names.parquet")
    try:
        return load_first_register(scratch, month=month, by=SYSTEM)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
