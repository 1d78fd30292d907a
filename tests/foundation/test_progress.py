"""Progress is seen on a terminal and nowhere else."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from karama.foundation.progress import steps, track

if TYPE_CHECKING:
    import pytest


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_every_item_comes_through_in_order() -> None:
    assert list(track([3, 1, 2], "households")) == [3, 1, 2]
    assert list(track((one for one in "abc"), "letters")) == ["a", "b", "c"]
    assert list(track([], "nothing")) == []


def test_away_from_a_terminal_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert sum(track(range(5), "households")) == 10
    with steps("months", 2) as bar:
        bar.advance()
        bar.advance(1)
    assert capsys.readouterr() == ("", "")


def test_on_a_terminal_the_bar_is_written_to_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal)
    with steps("months decided", 3) as bar:
        bar.advance(2)
        bar.advance()
    assert "months decided" in terminal.getvalue()
    assert "3/3" in terminal.getvalue()
