"""The conventions of executed examples hold, and a wrong example is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.docs import examples
from tests.docs.examples import ExampleError, PageRun, commands_of, matches
from tests.house.repository import Block

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _pages_may_stand_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "name_of", lambda path: path.name)


def run(folder: Path, text: str) -> int:
    """Run the examples of a page that holds this text."""
    page = folder / f"page-{len(list(folder.glob('page-*')))}.md"
    page.write_text(text, encoding="utf-8")
    return PageRun(page, folder).run()


def test_a_right_example_passes(tmp_path: Path) -> None:
    assert run(tmp_path, "```console\n$ echo one\none\n$ echo two\ntwo\n```\n") == 1


def test_a_wrong_answer_is_found_with_its_page_and_line(tmp_path: Path) -> None:
    with pytest.raises(ExampleError, match=r"page-0\.md:4: the page says"):
        run(tmp_path, "# A page\n\n```console\n$ echo one\ntwo\n```\n")


def test_a_failing_command_is_found(tmp_path: Path) -> None:
    with pytest.raises(ExampleError, match="ended with 1, not 0"):
        run(tmp_path, "```console\n$ cat missing.txt\n```\n")


def test_an_expected_failure_shows_its_exit_code(tmp_path: Path) -> None:
    assert run(tmp_path, "```console\n$ cat missing.txt\n...No such file or directory\n$ echo $?\n1\n```\n") == 1


def test_set_up_commands_are_not_run(tmp_path: Path) -> None:
    assert run(tmp_path, "```console\n$ make nothing-of-the-kind\n```\n") == 0


def test_python_blocks_share_their_names_and_the_folder(tmp_path: Path) -> None:
    text = """<!-- file: data.txt -->
```text
21
```

```python
from pathlib import Path

age = int(Path("data.txt").read_text())
```

```python
print(age + 1)
```

```text
22
```

```pycon
>>> age
21
```
"""
    assert run(tmp_path, text) == 3


def test_a_wrong_session_is_found(tmp_path: Path) -> None:
    with pytest.raises(ExampleError, match="Expected"):
        run(tmp_path, "```pycon\n>>> 1 + 1\n3\n```\n")


def test_a_block_left_out_gives_its_reason(tmp_path: Path) -> None:
    assert run(tmp_path, "<!-- not run: needs a country -->\n```console\n$ cat country\n```\n") == 0
    with pytest.raises(ExampleError, match="gives its reason"):
        run(tmp_path, "<!-- not run: -->\n```console\n$ cat country\n```\n")


def test_a_file_stays_in_the_folder_of_its_page(tmp_path: Path) -> None:
    with pytest.raises(ExampleError, match="own folder"):
        run(tmp_path, "<!-- file: ../elsewhere.txt -->\n```text\nx\n```\n")


def test_a_long_command_continues_on_the_next_line() -> None:
    block = Block("console", "$ karama cycle run \\\n    --month 2026-03\ndone\n", 1, "")
    command = commands_of(block)[0]
    assert (command.line, command.expected) == ("karama cycle run --month 2026-03", "done\n")


def test_three_points_stand_for_anything() -> None:
    assert matches("total ... MAD\n...\nend\n", "total 12 500 MAD  \na\nb\nend\n")
    assert not matches("total 1\n", "total 12\n")
