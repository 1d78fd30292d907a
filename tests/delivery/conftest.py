"""When the tests of delivery happen."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.service_database import Database


@pytest.fixture
def march(db: Database) -> Iterator[None]:  # noqa: ARG001 - all of it is rolled back
    """What the test does happens in March 2026, the month it claims for: no later month has begun."""
    from karama.record import clock  # noqa: PLC0415 - Django is set up by then

    with clock.invented(dt.datetime(2026, 3, 20, 9, tzinfo=dt.UTC)):
        yield
