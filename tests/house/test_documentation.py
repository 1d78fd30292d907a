"""The documentation holds: links lead somewhere, commands exist, every command and every page is described."""

from __future__ import annotations

import re
import shlex
from itertools import takewhile
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

import karama
from karama.cli import app
from tests.house.repository import (
    DOCS,
    ROOT,
    anchors_of,
    inline_tokens,
    name_of,
    pages,
    project_file,
    shell_lines,
)

if TYPE_CHECKING:
    from pathlib import Path

WIDE = {"COLUMNS": "400", "NO_COLOR": "1", "TERM": "dumb"}
PLACEHOLDERS = re.compile(r"[\[\]|…]|\.\.\.")


# --------------------------------------------------------------------------------------------------------------- links
@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_every_link_and_picture_of_a_page_leads_somewhere(page: Path) -> None:
    targets = [str(token.attrGet("href")) for token in inline_tokens(page, "link_open")]
    targets += [str(token.attrGet("src")) for token in inline_tokens(page, "image")]
    assert [target for target in targets if not leads_somewhere(page, target)] == []


def leads_somewhere(page: Path, target: str) -> bool:
    """Whether a link of a page is an address elsewhere, or a file (and heading) that exists."""
    if re.match(r"[a-z]+:", target):
        return True
    path, _, anchor = target.partition("#")
    file = (page.parent / path) if path else page
    if not file.exists() or not file.resolve().is_relative_to(ROOT):
        return False
    return not anchor or file.suffix != ".md" or anchor in anchors_of(file)


def test_every_page_is_listed_in_the_index_of_its_folder() -> None:
    unlisted = []
    for page in pages():
        index = page.parent / "README.md"
        if not page.is_relative_to(DOCS) or page == index:
            continue
        linked = {str(token.attrGet("href")).partition("#")[0] for token in inline_tokens(index, "link_open")}
        if page.name not in linked:
            unlisted.append(name_of(page))
    assert unlisted == []


# ------------------------------------------------------------------------------------------------------------ commands
def make_targets() -> set[str]:
    """The targets of the Makefile that a person calls."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", text, re.MULTILINE))


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_every_make_command_of_a_page_exists(page: Path) -> None:
    called = [line for line in shell_lines(page) if re.match(r"make( |$)", line)]
    targets = [word for line in called for word in shlex.split(line)[1:] if "=" not in word and word[0] != "-"]
    assert set(targets) <= make_targets()


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_every_karama_command_of_a_page_parses(page: Path) -> None:
    called = [line for line in shell_lines(page) if re.match(r"karama( |$)", line)]
    wrong = [f"{line}: {fault}" for line in called if (fault := parse_fault(line))]
    assert wrong == []


def parse_fault(line: str) -> str:
    """What the command line would refuse in a documented call; empty when it is well formed.

    `--help` is added to the call: the program then reads every word, refuses a command or an option it does not have,
    and does nothing else. A synopsis with brackets or points is looked at for its commands and options only.
    """
    words = shlex.split(re.split(r"\s[|>]\s?|\s&&\s", line)[0])[1:]
    if not any(PLACEHOLDERS.search(word) for word in words):
        return refusal([*words, "--help"])
    path = takewhile(lambda word: re.fullmatch(r"[a-z][a-z-]*", word), words)
    call = [*path, "--help"]
    known = CliRunner().invoke(app, call, env=WIDE).output
    missing = [option for option in re.findall(r"--[a-z-]+", line) if option not in known]
    return refusal(call) or (f"no option {missing[0]}" if missing else "")


def refusal(words: list[str]) -> str:
    """The program's message when it refuses a call, empty when it does not."""
    result = CliRunner().invoke(app, words, env=WIDE)
    return result.output if result.exit_code else ""


# ------------------------------------------------------------------------------------------------------------- version
def test_the_changelog_has_an_entry_for_this_version() -> None:
    assert karama.__version__ == project_file()["project"]["version"]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    entry = re.search(rf"^## \[{re.escape(karama.__version__)}\].*?(?=^## |\Z)", changes, re.MULTILINE | re.DOTALL)
    assert entry
    assert re.search(r"^- \w", entry[0], re.MULTILINE)
