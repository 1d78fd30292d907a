"""Months that lie in an object store: fetched before the work, delivered after it, for either engine.

A place is a folder on the disk or any address that fsspec opens, ``s3://bucket/register`` for example.  An object store
cannot rename a folder, so a month delivered there is whole when its manifest is there: the manifest goes first when a
month is replaced, and comes last.  What an interrupted delivery left carries a mark and is replaced by the next.
"""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fsspec

from karama.cycle.manifests import read_manifest, refuse_foreign_folder, write_manifest
from karama.cycle.month import MonthResult, run_month
from karama.cycle.tables import DECISIONS, MANIFEST
from karama.cycle.verification import VerifyResult, verify_month
from karama.foundation.errors import BadInputError, StorageError
from karama.foundation.months import Month
from karama.foundation.progress import track

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARK = "karama-delivery-not-finished"
_HOUSEHOLDS = "households.parquet"


def is_address(place: str) -> bool:
    """Whether a place is elsewhere than on this machine's disk."""
    return "://" in place


def run_month_at(
    *,
    register: str,
    month: Month,
    out: str,
    previous: str | None = None,
    **options: Any,  # noqa: ANN401 - as `run_month` has them
) -> MonthResult:
    """Decide a month whose register, earlier month or output may be addresses; otherwise as `run_month`.

    Args:
        register: folder or address of the register's month, or the one above it.
        month: the month to decide.
        out: folder or address of the month to write.
        previous: folder or address of an earlier month, or the one above the preceding month.
        options: the other arguments of `run_month`.

    Raises:
        BadInputError: nothing at an address, an address of a kind whose package is missing, or what `run_month` says.
        StorageError: an address cannot be read or written.
    """
    if not any(is_address(place) for place in (register, out, previous or "")):
        before = Path(previous) if previous else None
        return run_month(register=Path(register), month=month, out=Path(out), previous=before, **options)
    with tempfile.TemporaryDirectory(prefix="karama-lake-") as folder:
        scratch = Path(folder)
        target = scratch / "out" if is_address(out) else Path(out)
        if is_address(out):
            _refuse_foreign(out)
        result = run_month(
            register=_fetched(register, month, _HOUSEHOLDS, scratch / "register"),
            month=month,
            out=target,
            previous=_fetched(previous, month - 1, DECISIONS.file, scratch / "previous") if previous else None,
            **options,
        )
        result.manifest["register"]["path"] = register
        if previous:
            result.manifest["previous"]["path"] = previous
        write_manifest(target, result.manifest)
        if is_address(out):
            _deliver(target, out)
    return MonthResult(target, result.manifest)


def verify_month_at(
    folder: str,
    *,
    register: str | None = None,
    previous: str | None = None,
    **options: Any,  # noqa: ANN401 - as `verify_month` has them
) -> VerifyResult:
    """Verify a month that may lie at an address, as may its register and its earlier month; see `verify_month`."""
    with tempfile.TemporaryDirectory(prefix="karama-lake-") as name:
        scratch = Path(name)
        local = _copied(folder, scratch / "month") if is_address(folder) else Path(folder)
        manifest = read_manifest(local)
        month = Month.parse(manifest["month"])
        before = manifest["previous"]
        register = register or manifest["register"]["path"]
        previous = previous or (before["path"] if before else None)
        return verify_month(
            local,
            register=_fetched(register, month, _HOUSEHOLDS, scratch / "register") if register else None,
            previous=_fetched(previous, month - 1, DECISIONS.file, scratch / "previous") if previous else None,
            **options,
        )


@contextlib.contextmanager
def _store(address: str) -> Iterator[tuple[Any, str]]:
    """The file system of an address and the path in it; its errors in our classes."""
    try:
        yield fsspec.core.url_to_fs(address)
    except (ImportError, ValueError) as error:
        raise BadInputError(f"{address}: this kind of address is not known here: {error}") from error
    except FileNotFoundError as error:
        raise BadInputError(f"{address}: nothing is there: check the address") from error
    except OSError as error:
        raise StorageError(f"{address}: cannot be read or written: {error}") from error


def _fetched(place: str, month: Month, holds: str, to: Path) -> Path:
    """The folder of a month on this machine: copied from an address, which may be the one above it."""
    if not is_address(place):
        return Path(place)
    with _store(place) as (store, path):
        for found in (f"{path.rstrip('/')}/{month}", path.rstrip("/")):
            if store.exists(f"{found}/{holds}"):
                return _copied(store.unstrip_protocol(found), to)
    message = f"{place}: holds neither {holds} nor {month}/{holds}: give the folder of the month, or the one above it"
    raise BadInputError(message)


def _copied(address: str, to: Path) -> Path:
    """The files of an address on this machine's disk."""
    to.mkdir()
    with _store(address) as (store, path):
        files = [one for one in store.find(path) if not one.endswith(_MARK)]
        if not files:
            raise BadInputError(f"{address}: nothing is there: check the address")
        for file in track(files, f"fetching {address}"):
            local = to / file[len(path.rstrip("/")) + 1 :]
            local.parent.mkdir(parents=True, exist_ok=True)
            store.get_file(file, str(local))
    return to


def _refuse_foreign(address: str) -> None:
    """Refuse to replace what was not written here, before the work begins."""
    with _store(address) as (store, path):
        if not store.exists(path) or not store.find(path) or store.exists(f"{path}/{_MARK}"):
            return
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "there"
            folder.mkdir()
            (folder / "something").touch()
            if store.exists(f"{path}/{MANIFEST}"):
                store.get_file(f"{path}/{MANIFEST}", str(folder / MANIFEST))
            try:
                refuse_foreign_folder(folder)
            except BadInputError as error:
                raise BadInputError(str(error).replace(str(folder), address)) from error


def _deliver(folder: Path, address: str) -> None:
    """Put a finished month at an address; it counts from the moment its manifest is there."""
    files = sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file() and one.name != MANIFEST)
    with _store(address) as (store, path):
        store.makedirs(path, exist_ok=True)
        store.pipe_file(f"{path}/{_MARK}", b"")
        former = [one for one in store.find(path) if not one.endswith(_MARK)]
        for one in sorted(former, key=lambda name: not name.endswith(MANIFEST)):
            store.rm_file(one)
        for name in track([*files, MANIFEST], f"delivering {address}"):
            store.put_file(str(folder / name), f"{path}/{name}")
        store.rm_file(f"{path}/{_MARK}")
