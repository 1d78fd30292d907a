"""The generated pages of the reference are those of the program and the law as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.house import cli_page, diary_page
from tests.house.generated_pages import CASES, LAW, generated
from tests.house.repository import files_ending, name_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("page", list(generated()), ids=name_of)
def test_a_generated_page_is_up_to_date(page: Path) -> None:
    assert page.exists(), "`make reference` writes it"
    assert page.read_text(encoding="utf-8") == generated()[page], "`make reference` writes it again"


@pytest.mark.long
def test_the_diary_of_a_family_is_up_to_date() -> None:
    assert diary_page.PAGE.read_text(encoding="utf-8") == diary_page.page(), "`make reference` writes it again"


def test_no_page_describes_a_law_that_is_gone() -> None:
    assert {*files_ending(".md", under=LAW), *files_ending(".md", under=CASES)} <= generated().keys()


def test_every_command_and_option_says_what_it_is_for() -> None:
    assert cli_page.without_help() == []
