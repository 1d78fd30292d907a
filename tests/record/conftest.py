"""The register of two provinces, made once for a file of tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.service_database import rolled_back

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.record.register_of_two_provinces import Register


@pytest.fixture(scope="module")
def made(service: object) -> Iterator[Register]:
    # Models exist only once Django is set up, which is after this file is read.
    from tests.record.register_of_two_provinces import make_register  # noqa: PLC0415

    assert service
    with rolled_back():
        yield make_register()


@pytest.fixture
def register(made: Register) -> Iterator[Register]:
    """What a test does to it is undone."""
    with rolled_back():
        yield made
