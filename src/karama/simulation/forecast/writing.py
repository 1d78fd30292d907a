"""A forecast written to a folder: each table as CSV and Parquet, and everything as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from karama.foundation.errors import BadInputError
from karama.foundation.storage import file_digest, publish_folder, read_json, write_json

if TYPE_CHECKING:
    from pathlib import Path

    from karama.simulation.forecast.results import Forecast

GENERATOR = "karama forecast"


def write(forecast: Forecast, out: Path) -> None:
    """Write the folder, whole or not at all; a former forecast there is replaced.

    Amounts are centimes in Parquet and MAD with two decimals in CSV and JSON.

    Raises:
        BadInputError: the folder holds something else.
        StorageError: the disk is full or the place cannot be written.
    """
    check_folder(out)
    with publish_folder(out) as folder:
        for name, table in forecast.tables().items():
            table.write_parquet(folder / f"{name}.parquet")
            in_mad(table).write_csv(folder / f"{name}.csv")
        write_json(folder / "forecast.json", as_json(forecast))
        files = {one.name: file_digest(one) for one in sorted(folder.iterdir())}
        write_json(folder / "manifest.json", {**forecast.manifest, "files": files})


def check_folder(out: Path) -> None:
    """Refuse to replace what was not written here.

    Raises:
        BadInputError: the folder holds files of something else, or is a file.
    """
    if not out.exists():
        return
    if not out.is_dir():
        raise BadInputError(f"{out}: is a file where a folder is to be written: choose another place")
    if not any(out.iterdir()):
        return
    manifest = out / "manifest.json"
    if not manifest.is_file() or read_json(manifest).get("generator") != GENERATOR:
        raise BadInputError(f"{out}: holds files that '{GENERATOR}' did not write: they are kept; give another folder")


def in_mad(table: pl.DataFrame) -> pl.DataFrame:
    """The table with amounts in MAD of two decimals instead of centimes."""
    money = [name for name in table.columns if name.endswith("_centimes")]
    return table.with_columns(
        (pl.col(name).cast(pl.Decimal(38, 2)) / 100).cast(pl.Decimal(38, 2)) for name in money
    ).rename({name: f"{name.removesuffix('_centimes')}_mad" for name in money})


def as_json(forecast: Forecast) -> dict[str, Any]:
    """Every table as a list of rows, amounts in MAD, and the manifest."""
    tables = {name: _rows(in_mad(table)) for name, table in forecast.tables().items()}
    return {"manifest": forecast.manifest, **tables}


def _rows(table: pl.DataFrame) -> list[dict[str, Any]]:
    plain = table.with_columns(
        pl.col(name).cast(pl.Float64) for name, kind in table.schema.items() if isinstance(kind, pl.Decimal)
    )
    return plain.to_dicts()
