"""Months in an object store: the same rows and hashes, a manifest that comes last, nothing foreign replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from karama.cycle import MonthResult, run_month_at, verify_month_at
from karama.foundation.errors import BadInputError, IntegrityError, StorageError
from karama.foundation.months import Month
from tests.cli.runner import Karama
from tests.cycle.registers import decide, family, pupil, write_register

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MONTHS = (Month(2026, 1), Month(2026, 2))


@pytest.fixture
def store() -> Iterator[MemoryFileSystem]:
    """An object store in memory, empty before and after."""
    found = fsspec.filesystem("memory")
    found.rm("/", recursive=True)
    yield found
    found.rm("/", recursive=True)


@pytest.fixture
def karama(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Karama:
    """The command, in a folder of its own."""
    return Karama(tmp_path, monkeypatch, capsys)


@pytest.fixture
def register(tmp_path: Path, store: MemoryFileSystem) -> Path:
    """Two months of a register on the disk and in the store."""
    for number, month in enumerate(MONTHS):
        children = [pupil("2012-01-05")] * (number + 1)
        families = [family(f"H{one}", *(children if one else children[:1])) for one in range(3)]
        write_register(tmp_path / "register" / str(month), *families)
    store.put(str(tmp_path / "register"), "/lake/register", recursive=True)
    return tmp_path / "register"


def in_the_store(month: Month) -> MonthResult:
    before = "memory://lake/months" if month == MONTHS[1] else None
    out = f"memory://lake/months/{month}"
    return run_month_at(register="memory://lake/register", month=month, out=out, previous=before)


def test_a_month_in_a_store_has_the_rows_and_hashes_of_one_on_the_disk(
    register: Path, tmp_path: Path, store: MemoryFileSystem
) -> None:
    for month in MONTHS:
        here = decide(
            register,
            str(month),
            tmp_path / str(month),
            previous=tmp_path / str(MONTHS[0]) if month > MONTHS[0] else None,
        )
        there = in_the_store(month).manifest
        assert there["outputs"] == here.manifest["outputs"]
        assert there["register"]["path"] == "memory://lake/register"
        delivered = {name.rsplit("/", 1)[1] for name in store.find(f"/lake/months/{month}")}
        assert delivered == {one.name for one in here.folder.iterdir()}
    held = verify_month_at("memory://lake/months/2026-02")
    assert held.outputs_sha256 == there["outputs_sha256"]
    store.pipe_file("/lake/months/2026-02/lines.parquet", store.cat_file("/lake/months/2026-01/lines.parquet"))
    with pytest.raises(IntegrityError, match=r"lines\.parquet: its rows are not those of the manifest"):
        verify_month_at("memory://lake/months/2026-02")


def test_a_register_in_a_store_is_decided_onto_the_disk(
    register: Path, tmp_path: Path, store: MemoryFileSystem
) -> None:
    here = decide(register, "2026-01", tmp_path / "here")
    before = set(store.find("/"))
    there = run_month_at(register="memory://lake/register", month=MONTHS[0], out=str(tmp_path / "there"))
    assert there.folder == tmp_path / "there"
    assert {one.name for one in there.folder.iterdir()} == {one.name for one in here.folder.iterdir()}
    assert (there.hashes, set(store.find("/"))) == (here.hashes, before)
    held = verify_month_at(str(tmp_path / "there"))
    assert held.outputs_sha256 == here.manifest["outputs_sha256"]


def test_a_month_at_an_address_without_files_is_told(store: MemoryFileSystem) -> None:
    assert store.find("/") == []
    with pytest.raises(BadInputError, match=r"^memory://lake/nowhere: nothing is there: check the address$"):
        verify_month_at("memory://lake/nowhere")


def test_an_interrupted_delivery_is_no_month_and_the_next_replaces_it(
    register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert register.exists()
    in_the_store(MONTHS[0])  # a former month is there
    put = MemoryFileSystem.put_file

    def broken(self: MemoryFileSystem, local: str, remote: str) -> None:
        if remote.endswith("lines.parquet"):
            raise OSError("the line is cut")
        put(self, local, remote)

    monkeypatch.setattr(MemoryFileSystem, "put_file", broken)
    with pytest.raises(StorageError, match=r"memory://lake/months/2026-01: cannot be read or written: the line is cut"):
        in_the_store(MONTHS[0])
    with pytest.raises(BadInputError, match="no month folder"):
        verify_month_at("memory://lake/months/2026-01")
    monkeypatch.undo()
    again = in_the_store(MONTHS[0])
    assert verify_month_at("memory://lake/months/2026-01").outputs_sha256 == again.manifest["outputs_sha256"]


def test_what_is_no_month_is_kept(register: Path, store: MemoryFileSystem) -> None:
    assert register.exists()
    store.pipe_file("/lake/months/2026-01/letter.txt", b"dear")
    with pytest.raises(BadInputError, match=r"memory://lake/months/2026-01: holds files that .* did not write"):
        in_the_store(MONTHS[0])
    assert store.cat_file("/lake/months/2026-01/letter.txt") == b"dear"


@pytest.mark.parametrize(
    ("register_at", "said"),
    [
        ("memory://lake/nowhere", "holds neither households.parquet nor 2026-01/households.parquet"),
        ("nosuchkind://lake/register", "this kind of address is not known here"),
    ],
)
def test_a_wrong_address_is_told(karama: Karama, register_at: str, said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        run_month_at(register=register_at, month=MONTHS[0], out=str(karama.folder / "out"))
    done = karama(f"cycle run --register {register_at} --month 2026-01 --out out")
    assert (done.code, said in done.err, (karama.folder / "out").exists()) == (3, True, False)
