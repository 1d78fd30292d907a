"""Every example of the README and of the documentation does what its page says."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from tests.docs.examples import PageRun, is_executed
from tests.house.repository import blocks_of, hidden_comments, name_of, pages

# A register so small that it takes a second, of two following months, for pages that say <!-- fixture: register -->.
REGISTER = ["--share", "0.0002", "--seed", "20", "--from", "2026-02", "--months", "2"]


def with_examples() -> list[object]:
    """The pages that have something to run; those that say <!-- long --> are long tests."""
    found = []
    for page in pages():
        if any(is_executed(block) for block in blocks_of(page)):
            marks = [pytest.mark.long] if "long" in hidden_comments(page) else []
            found.append(pytest.param(page, id=name_of(page), marks=marks))
    return found


@pytest.fixture(scope="session")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny generated register, made once."""
    folder = tmp_path_factory.mktemp("examples") / "register"
    program = Path(sysconfig.get_path("scripts")) / "karama"
    subprocess.run([program, "population", "generate", *REGISTER, "--out", folder], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("page", with_examples())
def test_the_examples_of_a_page_do_what_it_says(page: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if "fixture: register" in hidden_comments(page):
        shutil.copytree(request.getfixturevalue("register"), tmp_path / "register")
    PageRun(page, tmp_path).run()
