"""A small synthetic register, made once, and the country it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from karama.foundation.months import Month
from karama.population import generate

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def small_register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """About five thousand households of December 2025."""
    folder = tmp_path_factory.mktemp("register") / "register"
    generate(share=0.001, seed=12, out=folder, first_month=Month(2025, 12), months=1)
    return folder / "2025-12"
