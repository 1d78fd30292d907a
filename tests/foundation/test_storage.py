"""Folders appear whole or not at all; JSON and digests."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from karama.foundation.errors import (
    BadInputError,
    IntegrityError,
    InterruptedWorkError,
    KaramaError,
    LawError,
    StorageError,
    UnknownParameterError,
)
from karama.foundation.storage import file_digest, publish_file, publish_folder, read_json, write_json


def publish(target: Path, text: str) -> None:
    with publish_folder(target) as draft:
        (draft / "a.txt").write_text(text, encoding="utf-8")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def dead_process() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_a_folder_appears_at_the_end_of_the_block(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "2025-10"
    with publish_folder(target) as draft:
        (draft / "a.txt").write_text("new", encoding="utf-8")
        assert draft.parent == target.parent
        assert not target.exists()
    assert (target / "a.txt").read_text(encoding="utf-8") == "new"
    assert names(target.parent) == ["2025-10"]


def test_a_folder_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "out"
    publish(target, "old")
    (target / "b.txt").write_text("old too", encoding="utf-8")
    publish(target, "new")
    assert names(target) == ["a.txt"]
    assert (target / "a.txt").read_text(encoding="utf-8") == "new"
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize("stop", [ValueError, KeyboardInterrupt])
def test_after_an_exception_nothing_is_left_and_the_old_folder_stands(
    tmp_path: Path, stop: type[BaseException]
) -> None:
    target = tmp_path / "out"
    publish(target, "old")

    def half(draft: Path) -> None:
        (draft / "a.txt").write_text("half", encoding="utf-8")
        raise stop

    with pytest.raises(stop), publish_folder(target) as draft:
        half(draft)
    assert names(tmp_path) == ["out"]
    assert (target / "a.txt").read_text(encoding="utf-8") == "old"


def test_what_killed_runs_left_is_swept_and_a_living_run_is_left_alone(tmp_path: Path) -> None:
    dead, living = f".out.part-{dead_process()}-1a2b", f".out.part-{os.getppid()}-3c4d"
    for name in (dead, living, ".out.part-nobody-5e6f", ".other.part-1-7a8b"):
        (tmp_path / name).mkdir()
    publish(tmp_path / "out", "new")
    assert names(tmp_path) == [".other.part-1-7a8b", living, "out"]


def test_a_run_killed_between_two_renamings_gives_the_old_folder_back(tmp_path: Path) -> None:
    aside = tmp_path / f".out.part-{dead_process()}-1a2b-old"
    aside.mkdir()
    (aside / "a.txt").write_text("old", encoding="utf-8")
    with pytest.raises(ValueError, match="stopped"), publish_folder(tmp_path / "out"):
        raise ValueError("stopped")
    assert names(tmp_path) == ["out"]
    assert (tmp_path / "out" / "a.txt").read_text(encoding="utf-8") == "old"


def test_when_the_new_folder_cannot_take_its_place_the_old_one_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out"
    publish(target, "old")
    rename = Path.rename

    def refuse_the_draft(self: Path, other: Path) -> Path:
        if other == target and not self.name.endswith("-old"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return rename(self, other)

    monkeypatch.setattr(Path, "rename", refuse_the_draft)
    with pytest.raises(StorageError, match="out: no space left on the disk; nothing was kept"):
        publish(target, "new")
    assert names(tmp_path) == ["out"]
    assert (target / "a.txt").read_text(encoding="utf-8") == "old"


def test_a_file_is_not_replaced_by_a_folder(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("mine", encoding="utf-8")
    with pytest.raises(StorageError, match="out: is a file where a folder is to be written: choose another place"):
        publish(target, "new")
    assert target.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "no space left on the disk; nothing was kept: free some space and run again"),
        (errno.EDQUOT, "no space left on the disk"),
        (errno.EACCES, "cannot be written (Permission denied): choose another folder or ask for the right"),
        (errno.EROFS, "cannot be written (Read-only file system)"),
    ],
)
def test_a_disk_that_refuses_is_a_storage_error(tmp_path: Path, number: int, says: str) -> None:
    with pytest.raises(StorageError) as error, publish_folder(tmp_path / "out"):
        raise OSError(number, os.strerror(number))
    assert str(error.value).startswith(f"{tmp_path / 'out'}: {says}")
    assert names(tmp_path) == []


def test_a_place_under_a_file_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(StorageError, match="cannot be written"):
        publish(tmp_path / "file" / "sub" / "out", "new")


def test_another_error_of_the_system_passes_unchanged(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), publish_folder(tmp_path / "out"):
        (tmp_path / "absent").read_text(encoding="utf-8")


def test_the_sweep_takes_another_user_s_process_for_living(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_mine(process: int, signal: int) -> None:
        raise PermissionError(process, signal)

    monkeypatch.setattr(os, "kill", not_mine)
    (tmp_path / ".out.part-1-aa").mkdir()
    publish(tmp_path / "out", "new")
    assert names(tmp_path) == [".out.part-1-aa", "out"]


def test_a_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    content = b"\x00karama" * 400_000  # more than two blocks
    (tmp_path / "a.bin").write_bytes(content)
    assert file_digest(tmp_path / "a.bin") == hashlib.sha256(content).hexdigest()


def test_json_is_readable_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    content = {"month": "2025-10", "label": "كرامة", "rows": [1, 2.5, None]}
    write_json(path, content)
    assert read_json(path) == content
    text = path.read_text(encoding="utf-8")
    assert "كرامة" in text
    assert text.endswith("}\n")


def test_a_file_that_is_absent_or_no_json_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"absent\.json: no such file"):
        read_json(tmp_path / "absent.json")
    (tmp_path / "bad.json").write_text('{"a": 1,\n "b"}', encoding="utf-8")
    with pytest.raises(BadInputError, match=r"bad\.json: not valid JSON .*line 2 column 5.*: correct the file"):
        read_json(tmp_path / "bad.json")
    (tmp_path / "bytes.json").write_bytes(b'"\xff"')
    with pytest.raises(BadInputError, match=r"bytes\.json: not valid JSON"):
        read_json(tmp_path / "bytes.json")


def test_every_class_of_error_has_its_own_exit_code() -> None:
    classes = [
        KaramaError,
        BadInputError,
        UnknownParameterError,
        LawError,
        IntegrityError,
        StorageError,
        InterruptedWorkError,
    ]
    assert [one.exit_code for one in classes] == [1, 3, 4, 5, 6, 7, 8]
    assert all(issubclass(one, KaramaError) for one in classes)


def test_a_file_appears_whole_and_replaces_the_older_one(tmp_path: Path) -> None:
    target = tmp_path / "folder" / "note.pdf"
    publish_file(target, b"old")
    publish_file(target, b"new")
    assert (target.read_bytes(), [path.name for path in target.parent.iterdir()]) == (b"new", ["note.pdf"])


def test_a_file_below_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be written"):
        publish_file(tmp_path / "file" / "note.pdf", b"new")
