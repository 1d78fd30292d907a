"""What the tests of the registry begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from karama.foundation.months import Month
from tests.cycle.registers import family, pupil, write_register

if TYPE_CHECKING:
    from pathlib import Path

    from tests.service_database import Database


@pytest.fixture
def record(db: Database, tmp_path: Path) -> Database:
    """Two families known since November."""
    from karama.record.scope import SYSTEM  # noqa: PLC0415 - Django is set up by then
    from karama.registry.imports import import_register  # noqa: PLC0415 - the same

    folder = write_register(
        tmp_path / "register", family("H1", pupil("2012-01-05"), "2015-02-02"), family("H2", "2018-03-03")
    )
    import_register(folder, month=Month(2025, 11), by=SYSTEM)
    return db
