"""What every test of the pages begins with."""

from __future__ import annotations

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def nobody_tried_before() -> None:
    """Rates of signing in are counted in memory: a test finds none of those before."""
    cache.clear()
