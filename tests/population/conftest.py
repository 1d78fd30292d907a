"""A small synthetic register, generated once for the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from karama.foundation.months import Month
from karama.population import generate

if TYPE_CHECKING:
    from pathlib import Path

SHARE, SEED = 0.002, 7
FIRST, MONTHS = Month(2026, 7), 4


@pytest.fixture(scope="session")
def register_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four months around a September."""
    folder = tmp_path_factory.mktemp("population") / "register"
    generate(share=SHARE, seed=SEED, out=folder, first_month=FIRST, months=MONTHS)
    return folder


@pytest.fixture(scope="session")
def months(register_folder: Path) -> list[dict[str, pl.DataFrame]]:
    """The tables of each month, in order."""
    return [
        {
            name: pl.read_parquet(register_folder / str(month) / f"{name}.parquet")
            for name in ("households", "persons", "score_inputs", "events", "wards")
        }
        for month in Month.range(FIRST, MONTHS)
    ]
