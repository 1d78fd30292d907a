"""The page of roles and rights; its table is made once Django is set up."""

from __future__ import annotations

import os

import django

from tests.house.repository import DOCS

PAGE = DOCS / "reference" / "roles.md"


def page() -> str:
    """The page as Markdown."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "karama.project.settings")
    django.setup()
    from tests.house import roles_table  # noqa: PLC0415 - models are read once Django is set up

    return roles_table.page()
