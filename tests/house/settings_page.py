"""The reference page of the settings, written from the table that reads them."""

from __future__ import annotations

from karama.project import environment
from tests.house.repository import DOCS

PAGE = DOCS / "reference" / "settings.md"


def page() -> str:
    """The whole page."""
    return environment.page()
