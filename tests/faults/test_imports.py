"""An import killed anywhere, cut from its database or out of room loses nothing and takes nothing in twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections

from karama.foundation.postgres import running_server
from tests.cycle.registers import family, pupil, write_register
from tests.faults.imports import run_import, told
from tests.service_database import Database, connected_to, copy_of_the_template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from karama.foundation.postgres import Server

LONG = pytest.mark.long
BEFORE = {"register": (), "first": (), "next month": ("register",), "scores": ("register",), "events": ("register",)}
"""What is in the record before the import that is killed."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Ten families, the month after, and update files about them; one row in each is refused."""
    folder: Path = tmp_path_factory.mktemp("files")
    families = [family(f"H{n}", pupil("2012-01-05"), "2018-03-03") for n in range(10)]
    no_head = family("H99")
    no_head["members"][0]["role"] = "other"
    later = [family(f"H{n}", pupil("2012-01-05"), score=9.1 + n / 100) for n in range(1, 11)]
    november = write_register(folder / "november", *families, no_head)
    scores = [f"H{n},9.{n},2026-01" for n in range(10)]
    births = [f"birth,P{n},2025-12-0{n},H{n},F" for n in range(1, 9)]
    deaths = [f"death,P{n},2025-12-1{n},," for n in range(1, 5)]
    (folder / "scores.csv").write_text(
        "\n".join(["household_id,score,score_effective_from", *scores, "H77,9,2026-01"]) + "\n", encoding="utf-8"
    )
    (folder / "events.csv").write_text(
        "\n".join(["event,person_id,event_date,household_id,sex", *births, *deaths, "death,P0,2025-12-01,,"]) + "\n",
        encoding="utf-8",
    )
    return {
        "register": november,
        "first": november,
        "next month": write_register(folder / "december", *later),
        "scores": folder / "scores.csv",
        "events": folder / "events.csv",
    }


@pytest.fixture
def room() -> Iterator[Path]:
    """A folder through which the account that runs the server for root may pass."""
    with tempfile.TemporaryDirectory(prefix="karama-room-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@pytest.fixture(scope="module")
def expected(service: Database, files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the record holds after imports that nothing disturbs, and the steps of the last; computed when asked for."""

    class Undisturbed(dict[str, Any]):
        def __missing__(self, what: str) -> Any:  # noqa: ANN401 - rows
            name, data = f"{service.name}_undisturbed", tmp_path_factory.mktemp("undisturbed")
            with copy_of_the_template(service.server, name, data) as database, connected_to(database):
                for one in (*BEFORE[what], what):
                    done = run_import(one, files[one], database.environment)
                    assert done.returncode == 0, done.stderr
                self[what] = told(), int(done.stdout)
            return self[what]

    return Undisturbed()


def points(what: str, short: int, long: int) -> list[Any]:
    """How far in a process is killed: one place in each of as many equal stretches, most of them for the long run."""
    drawn, stretches = random.Random(what), short + long
    places = [(place + drawn.random()) / stretches for place in range(stretches)]
    drawn.shuffle(places)
    return [pytest.param(what, one, marks=() if place < short else LONG) for place, one in enumerate(places)]


@pytest.mark.parametrize(
    ("what", "place"),
    [
        *points("scores", 1, 7),
        *points("events", 0, 8),
        *points("register", 0, 8),
        *points("next month", 1, 7),
        *points("first", 1, 9),
    ],
)
def test_an_import_killed_anywhere_is_whole_after_the_next_run(
    own_database: Database, files: dict[str, Path], expected: dict[str, Any], what: str, place: float
) -> None:
    undisturbed, steps = expected[what]
    for one in BEFORE[what]:
        assert run_import(one, files[one], own_database.environment).returncode == 0
    killed = run_import(what, files[what], own_database.environment, point=2 + int(place * (steps - 4)))
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    again = run_import(what, files[what], own_database.environment)
    assert again.returncode == 0, again.stderr
    assert told() == undisturbed


CUT = """
import psycopg
psycopg.connect(os.environ["KARAMA_OWNER_DATABASE_URL"], autocommit=True).execute(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()")
"""


@pytest.mark.parametrize("point", [40, *(pytest.param(point, marks=LONG) for point in (12, 25, 55))])
def test_an_import_cut_from_its_database_says_so_and_goes_on(
    own_database: Database, files: dict[str, Path], expected: dict[str, Any], point: int
) -> None:
    assert run_import("register", files["register"], own_database.environment).returncode == 0
    connections.close_all()
    trap = f"exec({CUT!r})"
    cut = run_import("scores", files["scores"], own_database.environment, point=point, trap=trap)
    assert (cut.returncode, "the database stopped in the middle" in cut.stderr) == (7, True), cut.stderr
    assert run_import("scores", files["scores"], own_database.environment).returncode == 0
    assert told() == expected["scores"][0]


MIGRATE = """
import django
from django.core.management import call_command
django.setup()
from django.db import connections
from karama.record.rights import grant
call_command("migrate", database="owner", verbosity=0)
grant(connections["owner"], "karama_app")
"""


@LONG
@pytest.mark.parametrize("point", [30, 45])
def test_a_server_that_crashes_in_the_middle_comes_back_with_whole_chunks(
    room: Path, files: dict[str, Path], expected: dict[str, Any], point: int
) -> None:
    undisturbed, _ = expected["scores"]
    with running_server(room / "own") as server:
        database = Database(server, "karama", room)
        made = subprocess.run([sys.executable, "-c", MIGRATE], env=database.environment, check=False)
        assert made.returncode == 0
        assert run_import("register", files["register"], database.environment).returncode == 0
        trap = f"os.kill({server.process}, signal.SIGQUIT); __import__('time').sleep(1)"
        cut = run_import("scores", files["scores"], database.environment, point=point, trap=trap)
        assert cut.returncode == 7, cut.stderr
        with running_server(room / "own"):
            assert run_import("scores", files["scores"], database.environment).returncode == 0
            with _elsewhere(server):
                assert told() == undisturbed


class _elsewhere:  # noqa: N801 - reads as a word
    """Point Django's connections to a server of this test."""

    def __init__(self, server: Server) -> None:
        self._places = {"HOST": str(server.socket), "NAME": "karama"}

    def __enter__(self) -> None:
        self._before = {alias: dict(connections[alias].settings_dict) for alias in connections}
        self._point(dict.fromkeys(self._before, self._places))

    def __exit__(self, *_: object) -> None:
        self._point(self._before)

    def _point(self, settings: dict[str, Any]) -> None:
        for alias, values in settings.items():
            connections[alias].close()
            connections[alias].settings_dict.update(values)


def _tmpfs(folder: Path, size: str) -> bool:
    """Mount a small file system there, or make it larger."""
    mounted = os.path.ismount(folder)
    words = ["-o", f"{'remount,' if mounted else ''}size={size}"]
    return subprocess.run(["mount", "-t", "tmpfs", *words, "tmpfs", str(folder)], check=False).returncode == 0


@LONG
def test_a_server_out_of_room_says_so_and_goes_on_when_there_is_some(
    own_database: Database, files: dict[str, Path], expected: dict[str, Any], room: Path
) -> None:
    folder = room / "small"
    folder.mkdir()
    if os.geteuid() or not _tmpfs(folder, "1m"):
        pytest.skip("only root can mount a small disk")
    try:
        owner = own_database.server.cluster.stat()
        os.chown(folder, owner.st_uid, owner.st_gid)
        assert run_import("register", files["register"], own_database.environment).returncode == 0
        connections.close_all()
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"CREATE TABLESPACE small LOCATION '{folder}'")
            cursor.execute("ALTER TABLE registry_score SET (fillfactor = 10)")  # a few rows want a page of their own
            cursor.execute("ALTER TABLE registry_score SET TABLESPACE small")
        (folder / "ballast").write_bytes(b"x" * (os.statvfs(folder).f_bavail * os.statvfs(folder).f_bsize))
        full = run_import("scores", files["scores"], own_database.environment)
        assert (full.returncode, "No space left on device" in full.stderr) == (7, True), full.stderr
        (folder / "ballast").unlink()
        assert run_import("scores", files["scores"], own_database.environment).returncode == 0
        assert told() == expected["scores"][0]
    finally:
        connections.close_all()
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE registry_score SET TABLESPACE pg_default")
            cursor.execute("DROP TABLESPACE IF EXISTS small")
        subprocess.run(["umount", str(folder)], check=False)
