"""The ``karama`` command run in this process: what it prints, and its exit code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from karama.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON
        """The output read back, its decimals as they are written."""
        return json.loads(self.out, parse_float=str)


class Karama:
    """Calls the command as a shell does, in a folder of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._patch, self._captured = folder, monkeypatch, capsys
        monkeypatch.chdir(folder)

    def __call__(self, call: str) -> Ended:
        self._patch.setattr("sys.argv", ["karama", *call.split()])
        self._captured.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self._captured.readouterr()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0, out, err)

    def file(self, name: str, content: object) -> str:
        """Write a file of the folder, as text or as JSON; gives its name."""
        text = content if isinstance(content, str) else json.dumps(content)
        (self.folder / name).write_text(text, encoding="utf-8")
        return name
