"""The command, ready in an empty folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.runner import Karama

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def karama(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Karama:
    return Karama(tmp_path, monkeypatch, capsys)
