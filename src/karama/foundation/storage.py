"""Where results are kept: folders and files that appear whole or not at all, JSON files, digests."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import uuid
from typing import TYPE_CHECKING, Any

from karama.foundation.errors import BadInputError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from karama.foundation.months import Month

_BLOCK = 1 << 20
_ASIDE = "-old"


@contextlib.contextmanager
def publish_folder(target: Path) -> Iterator[Path]:
    """Give a temporary sibling folder and rename it onto ``target`` when the block ends well.

    A reader sees the old folder or the new one, never a part.  After an exception the temporary folder is removed;
    what a killed run left is removed by the next one, which also puts back an old folder not yet replaced.

    Raises:
        StorageError: the disk is full, the place cannot be written or is a file.
    """
    prefix = f".{target.name}.part-"
    if target.exists() and not target.is_dir():
        message = f"{target}: is a file where a folder is to be written: choose another place"
        raise StorageError(message)
    with _storage_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target.parent, prefix)
        draft = target.parent / f"{prefix}{os.getpid()}-{uuid.uuid4().hex[:8]}"
        draft.mkdir()
    try:
        with _storage_errors(target):
            yield draft
            _replace(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def month_folder(given: Path, month: Month, holds: str) -> Path:
    """The folder of a month: the given one, or the one named after the month inside it.

    Raises:
        BadInputError: neither holds the file ``holds``.
    """
    for folder in (given / str(month), given):
        if (folder / holds).exists():
            return folder
    message = f"{given}: holds neither {holds} nor {month}/{holds}: give the folder of the month, or the one above it"
    raise BadInputError(message)


def _sweep(parent: Path, prefix: str) -> None:
    """Remove the drafts of runs that no longer live; a folder killed out of its place goes back there."""
    target = parent / prefix.removeprefix(".").removesuffix(".part-")
    for leftover in [one for one in parent.iterdir() if one.name.startswith(prefix)]:
        owner = leftover.name.removeprefix(prefix).split("-")[0]
        if owner.isdigit() and _alive(int(owner)):
            continue
        if leftover.name.endswith(_ASIDE) and not target.exists():
            leftover.rename(target)
        shutil.rmtree(leftover, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _replace(draft: Path, target: Path) -> None:
    """Put the finished draft in the place of the target, which may exist."""
    if not target.exists():
        draft.rename(target)
        return
    aside = target.parent / f"{draft.name}{_ASIDE}"
    target.rename(aside)
    try:
        draft.rename(target)
    except BaseException:
        aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


@contextlib.contextmanager
def _storage_errors(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            message = f"{target}: no space left on the disk; nothing was kept: free some space and run again"
            raise StorageError(message) from error
        if error.errno in {errno.EACCES, errno.EEXIST, errno.EPERM, errno.EROFS, errno.ENOTDIR}:
            message = f"{target}: cannot be written ({error.strerror}): choose another folder or ask for the right"
            raise StorageError(message) from error
        raise


def publish_file(target: Path, content: bytes) -> None:
    """Write a file that a reader sees whole or not at all; an older one is replaced.

    Raises:
        StorageError: the disk is full, or the place cannot be written or is a folder.
    """
    if target.is_dir():
        message = f"{target}: is a folder where a file is to be written: choose another name"
        raise StorageError(message)
    draft = target.parent / f".{target.name}.part-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    with _storage_errors(target):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(content)
            draft.replace(target)
        finally:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)


def file_digest(path: Path) -> str:
    """SHA-256 of the file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def write_json(path: Path, content: Any) -> None:  # noqa: ANN401 - JSON is any nesting of plain values
    """Write readable UTF-8 JSON, with a final newline."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:  # noqa: ANN401 - JSON is any nesting of plain values
    """Read a JSON file.

    Raises:
        BadInputError: no such file, or not JSON; the message names the line.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        message = f"{path}: no such file"
        raise BadInputError(message) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        message = f"{path}: not valid JSON ({error}): correct the file"
        raise BadInputError(message) from error
