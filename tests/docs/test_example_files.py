"""The example files are the ones that pages show and run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.house.repository import DOCS, blocks_of, name_of, pages

if TYPE_CHECKING:
    from pathlib import Path

FILES = sorted(path for path in (DOCS / "examples").iterdir() if path.suffix != ".md")


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_an_example_file_is_shown_as_it_is_by_a_page_that_runs_it(file: Path) -> None:
    shown = [
        name_of(page)
        for page in pages()
        for block in blocks_of(page)
        if block.comment.startswith("file:") and block.text == file.read_text(encoding="utf-8")
    ]
    assert shown
