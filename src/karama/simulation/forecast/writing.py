"""A forecast in a folder, and as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from karama.simulation import tables

if TYPE_CHECKING:
    from pathlib import Path

    from karama.simulation.forecast.results import Forecast

NAME = "forecast"
GENERATOR = f"karama {NAME}"


def write(forecast: Forecast, out: Path) -> None:
    """Write the folder, whole or not at all; a former forecast there is replaced (see `karama.simulation.tables`).

    Raises:
        BadInputError: the folder holds something else.
        StorageError: the disk is full or the place cannot be written.
    """
    tables.write_tables(out, NAME, forecast.tables(), forecast.manifest)


def as_json(forecast: Forecast) -> dict[str, Any]:
    """Every table as a list of rows, amounts in MAD, and the manifest."""
    return tables.as_json(forecast.tables(), forecast.manifest)
