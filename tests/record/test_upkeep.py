"""Backups that are restored and compared, what spoils them, and what the doctor says of a service in each state."""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from karama.foundation.errors import BadInputError, IntegrityError, StorageError
from karama.record import clock, journal
from karama.record.journal.anchoring import publish
from karama.record.journal.sealing import seal_batch
from karama.record.journal.verifying import Fault
from karama.record.models import Account, Event
from karama.record.rights import grant
from karama.record.scope import SYSTEM, acting_as
from karama.record.upkeep.backup import back_up, read_backup
from karama.record.upkeep.contents import Address
from karama.record.upkeep.doctor import Status, examine, unapplied
from karama.record.upkeep.restore import drill, restore

if TYPE_CHECKING:
    from pathlib import Path

    from tests.service_database import Database

NAMES = ["أمينة بنعلي", "Zoé d'Oujda", 'quote " and \\ slash', "line\nbreak"]


@pytest.fixture
def address(own_database: Database) -> Address:
    """The owner's address of a database with accounts, and events of a journal."""
    with acting_as(SYSTEM):
        for number, name in enumerate(NAMES):
            Account.objects.create(username=f"officer-{number}", last_name=name)
            journal.write(
                kind="account.opened", subject=("account", number), by=SYSTEM, at=clock.now(), data={"name": name}
            )
    assert own_database.name == connections["owner"].settings_dict["NAME"]
    return Address.of(connections["owner"].settings_dict)


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    month = tmp_path / "lake" / "2026-02"
    month.mkdir(parents=True)
    (month / "decisions.parquet").write_bytes(bytes(range(256)) * 40)
    (month / "manifest.json").write_text("{}", encoding="utf-8")
    return tmp_path / "lake"


def _events(address: Address) -> list[tuple[object, ...]]:
    with address.connect() as connection_:
        asked = "SELECT id, at, actor, kind, data, hash, record_unsealed.event_id FROM record_event"
        return connection_.execute(f"{asked} LEFT JOIN record_unsealed ON event_id = id ORDER BY id").fetchall()


def test_a_drill_restores_apart_compares_every_table_and_leaves_nothing(
    address: Address, lake: Path, tmp_path: Path
) -> None:
    told = back_up(address, lake, tmp_path / "backup")
    assert told["tables"]["record_event"]["rows"] == len(NAMES)
    assert told["tables"]["record_account"]["rows"] == len(NAMES)
    assert told["migrations"][-1].count(".") == 1
    assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o700
    found = drill(address, tmp_path / "backup")
    assert (found.tables, found.rows) == (len(told["tables"]), sum(one["rows"] for one in told["tables"].values()))
    assert found.files == 3
    with address.connect() as connection_:
        left = connection_.execute("SELECT count(*) FROM pg_database WHERE datname LIKE %s", [f"{address.database}_%"])
        assert left.fetchone() == (0,)


def test_a_restore_puts_back_what_was_lost_with_its_walls_and_keeps_what_was_there(
    address: Address, lake: Path, tmp_path: Path
) -> None:
    before = _events(address)
    back_up(address, lake, tmp_path / "backup")
    with address.connect() as owner:
        owner.execute("TRUNCATE record_event, record_unsealed")
        owner.execute("CREATE TABLE later (number int)")
    (lake / "2026-02" / "decisions.parquet").write_bytes(b"lost")
    connections.close_all()

    with pytest.raises(BadInputError, match=r"holds tables, which are kept: .* --replace"):
        restore(address, lake, tmp_path / "backup")
    restored = restore(address, lake, tmp_path / "backup", replace=True)

    assert _events(address) == before
    assert (lake / "2026-02" / "decisions.parquet").read_bytes() == bytes(range(256)) * 40
    aside = Address({**address.parts, "dbname": restored.aside or ""})
    with aside.connect() as former:
        assert former.execute("SELECT count(*) FROM later").fetchone() == (0,)
    assert len(list(lake.parent.glob("lake_before_*"))) == 1
    with address.connect() as there:
        walls = "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relname = 'record_event'"
        assert there.execute(walls).fetchone() == (True,)
        with pytest.raises(psycopg.errors.RestrictViolation, match="a row is never changed"):
            there.execute("UPDATE record_event SET kind = 'other'")
    grant(connections["owner"], "karama_app")
    assert unapplied() == []
    with address.connect(autocommit=True) as owner:
        owner.execute(f'DROP DATABASE "{restored.aside}"')


def _hold_what_is_restored(address: Address, held: threading.Event) -> None:
    """Stay connected to the new database of a restore, from as soon as it is there until the server ends that."""
    maintaining = Address({**address.parts, "dbname": "postgres"})
    with maintaining.connect(autocommit=True) as server:
        asked = "SELECT datname FROM pg_database WHERE datname LIKE %s"
        while not (found := server.execute(asked, [f"{address.database}_restored_%"]).fetchone()):
            time.sleep(0.01)
    with suppress(psycopg.OperationalError), Address({**address.parts, "dbname": found[0]}).connect() as fresh:
        held.set()
        fresh.execute("SELECT pg_sleep(300)")


def test_a_restore_that_the_server_stops_half_way_leaves_everything_in_its_place(
    address: Address, lake: Path, tmp_path: Path
) -> None:
    before = _events(address)
    back_up(address, lake, tmp_path / "backup")
    with address.connect() as owner:
        owner.execute("CREATE TABLE later (number int)")
    (lake / "2026-02" / "decisions.parquet").write_bytes(b"newer")
    connections.close_all()
    held = threading.Event()
    holder = threading.Thread(target=_hold_what_is_restored, args=(address, held))
    holder.start()
    with pytest.raises(StorageError, match=r"is not restored, the former one .* being accessed by other users"):
        restore(address, lake, tmp_path / "backup", replace=True)
    holder.join(60)
    assert held.is_set()
    assert not holder.is_alive()
    assert _events(address) == before
    with address.connect() as there:
        assert there.execute("SELECT count(*) FROM later").fetchone() == (0,)
        left = there.execute("SELECT count(*) FROM pg_database WHERE datname LIKE %s", [f"{address.database}_%"])
        assert left.fetchone() == (0,)
    assert (lake / "2026-02" / "decisions.parquet").read_bytes() == b"newer"
    assert [one.name for one in lake.parent.iterdir() if "lake" in one.name] == ["lake"]


def test_the_next_event_after_a_restore_takes_the_next_number(address: Address, lake: Path, tmp_path: Path) -> None:
    back_up(address, lake, tmp_path / "backup")
    connections.close_all()
    restored = restore(address, tmp_path / "other-lake", tmp_path / "backup", replace=True)
    grant(connections["owner"], "karama_app")
    with acting_as(SYSTEM):
        last = Event.objects.order_by("-id").values_list("id", flat=True)[0]
        journal.write(kind="after", subject=("test", 1), by=SYSTEM, at=clock.now())
        assert Event.objects.order_by("-id").values_list("id", flat=True)[0] == last + 1
    with address.connect(autocommit=True) as owner:
        owner.execute(f'DROP DATABASE "{restored.aside}"')


def test_a_backup_into_a_folder_with_files_is_refused(address: Address, lake: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="holds files, which are kept"):
        back_up(address, lake, tmp_path)


def test_a_backup_that_fails_leaves_nothing(address: Address, lake: Path, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="pg_dump failed"):
        back_up(Address({**address.parts, "user": "karama_app"}), lake, tmp_path / "backup")
    assert {one.name for one in tmp_path.iterdir()} == {"lake"}


@pytest.mark.parametrize("spoil", ["altered", "missing", "added"])
def test_a_spoilt_backup_is_refused_by_the_name_of_the_file(
    address: Address, lake: Path, tmp_path: Path, spoil: str
) -> None:
    back_up(address, lake, tmp_path / "backup")
    file = tmp_path / "backup" / "lake" / "2026-02" / "decisions.parquet"
    if spoil == "missing":
        file.unlink()
    elif spoil == "altered":
        file.write_bytes(file.read_bytes()[:-1] + b"\0")
    else:
        file = file.with_name("another")
        file.touch()
    with pytest.raises(IntegrityError, match=rf"lake/2026-02/{file.name} (is|was) {spoil}: use another backup"):
        read_backup(tmp_path / "backup")


def test_a_restore_that_does_not_give_back_every_value_is_found_and_changes_nothing(
    address: Address, lake: Path, tmp_path: Path
) -> None:
    back_up(address, lake, tmp_path / "backup")
    path = tmp_path / "backup" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["tables"]["record_event"]["values"] = "17"
    manifest["tables"]["record_account"]["rows"] += 1
    path.write_text(json.dumps(manifest), encoding="utf-8")
    before = _events(address)
    with pytest.raises(
        IntegrityError, match=r"record_account: 5 rows .*, 4 are there; record_event: .* with other values"
    ):
        drill(address, tmp_path / "backup")
    assert _events(address) == before


def _found(subject: str, *, whole_journal: bool = False) -> tuple[Status, str]:
    (one,) = [one for one in examine({"asd": 3}, whole_journal=whole_journal) if one.subject == subject]
    return one.status, one.says


@pytest.mark.usefixtures("own_database")
def test_the_doctor_finds_a_fresh_service_sound() -> None:
    found = examine({"asd": 0})
    assert [one.subject for one in found if one.status is Status.FAIL] == []
    assert {one.subject for one in found} == {
        *("settings", "database", "role", "migrations", "clock", "hours", "journal", "chain", "anchors", "workers"),
        *("jobs", "lake", "disk", "law"),
    }
    assert _found("migrations") == (Status.OK, "all applied")
    with timezone.override("Asia/Tokyo"):
        status, says = _found("hours")
    assert status is Status.WARN
    assert says.endswith("for the database")
    assert _found("law") == (Status.WARN, "asd: 3 values in force are not confirmed")
    assert all(one.remedy for one in examine({"asd": 1}) if one.status is not Status.OK)


@pytest.mark.usefixtures("own_database")
def test_the_doctor_sees_a_journal_that_nobody_seals_and_a_clock_that_went_back() -> None:
    with acting_as(SYSTEM):
        journal.write(kind="old", subject=("test", 1), by=SYSTEM, at=clock.now().replace(year=2020))
    status, says = _found("journal")
    assert status is Status.WARN
    assert says.startswith("1 events are not sealed, the oldest for ")
    with acting_as(SYSTEM):
        journal.write(kind="ahead", subject=("test", 2), by=SYSTEM, at=clock.now().replace(year=2100))
    status, says = _found("clock")
    assert status is Status.WARN
    assert "ahead of the clock, which has gone back" in says


def _sealed(number: int) -> None:
    """So many batches of two events."""
    for batch in range(number):
        with acting_as(SYSTEM):
            for one in range(2):
                journal.write(kind="read", subject=("file", f"{batch}-{one}"), by=SYSTEM, at=clock.now())
        assert seal_batch()


def _forge(database: Database, statement: str) -> None:
    """As the superuser who owns the tables, with the triggers silenced."""
    with database.server.connect_as_owner(database.name) as owner:
        owner.execute("SET session_replication_role = 'replica'")
        owner.execute(statement)


def test_the_doctor_looks_at_the_whole_chain_and_at_the_newest_events_or_at_all(own_database: Database) -> None:
    _sealed(5)
    seals = "5 seals follow from each other; of 10 events,"
    assert _found("chain") == (Status.OK, f"{seals} those of the newest 3 seals are as sealed")
    assert _found("chain", whole_journal=True) == (Status.OK, f"{seals} all are as sealed")

    _forge(own_database, "UPDATE record_event SET actor = 'nobody' WHERE subject_id = '1-0'")
    assert _found("chain")[0] is Status.OK
    status, says = _found("chain", whole_journal=True)
    assert status is Status.FAIL
    assert says.startswith("not as it was written (1 altered): event ")
    assert "by nobody) was altered" in says

    _forge(own_database, "UPDATE record_event SET actor = 'nobody' WHERE subject_id = '3-1'")
    assert _found("chain")[1].startswith("not as it was written (1 altered): event ")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE record_seal SET root = sha256('x') WHERE number = 1",
        "UPDATE record_seal SET at = at + interval '1 microsecond' WHERE number = 1",
        "UPDATE record_seal SET leaves = leaves || leaves WHERE number = 1",
        "UPDATE record_seal SET chain = sha256('x') WHERE number = 1",
        "DELETE FROM record_seal WHERE number = 1",
    ],
)
def test_the_doctor_sees_any_link_of_the_chain_changed_however_old(own_database: Database, change: str) -> None:
    _sealed(6)
    _forge(own_database, change)
    status, says = _found("chain")
    assert (status, says.startswith("not as it was written ("), "seal 1" in says) == (Status.FAIL, True, True), says


def test_the_doctor_asks_for_anchors_and_compares_the_chain_with_them(
    own_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sealed(5)
    monkeypatch.setattr(settings, "ANCHORS", "")
    status, says = _found("anchors")
    assert (status, says.startswith("no place outside this machine")) == (Status.WARN, True)
    monkeypatch.setattr(settings, "ANCHORS", str(tmp_path))
    assert _found("anchors")[1].startswith(f"{tmp_path}: holds no anchor")
    publish(str(tmp_path), clock.now().date() - dt.timedelta(days=9))
    assert _found("anchors")[1].endswith("9 days ago")
    today = clock.now().date()
    publish(str(tmp_path), today)
    assert _found("anchors") == (Status.OK, f"the chain is as published 2 times, last on {today}")
    _forge(own_database, "DELETE FROM record_seal WHERE number = 5")
    assert _found("chain")[1].startswith("not as it was written (2 not as published): seals 1 to 5 are not those")


def test_a_drill_refuses_a_backup_whose_journal_was_forged_and_a_restore_says_so(
    address: Address, lake: Path, tmp_path: Path, own_database: Database
) -> None:
    _sealed(2)
    back_up(address, lake, tmp_path / "sound")
    sound = drill(address, tmp_path / "sound").journal
    assert (sound.seals, sound.whole, sound.events, sound.findings) == (2, 2, len(NAMES) + 4, [])
    _forge(own_database, "UPDATE record_event SET actor = 'nobody' WHERE subject_id = '0-1'")
    back_up(address, lake, tmp_path / "forged")
    with pytest.raises(IntegrityError, match=r"its journal is not as it was written \(1 altered\): event .* by nobody"):
        drill(address, tmp_path / "forged")
    restored = restore(address, tmp_path / "other", tmp_path / "forged", replace=True)
    assert [one.fault for one in restored.journal.findings] == [Fault.ALTERED]
    with address.connect(autocommit=True) as owner:
        owner.execute(f'DROP DATABASE "{restored.aside}"')


@pytest.mark.usefixtures("own_database")
def test_the_doctor_sees_missing_migrations_and_asks_nothing_of_tables_that_may_not_be_there() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    assert _found("migrations") == (Status.FAIL, "1 are not applied")
    assert "journal" not in {one.subject for one in examine({})}


@pytest.mark.usefixtures("own_database")
def test_the_doctor_sees_a_job_that_failed_and_one_that_is_late() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, scheduled_at) VALUES"
            " ('default', 'seal', 'failed', now()), ('default', 'seal', 'todo', now() - interval '1 hour')"
        )
    says = [one.says for one in examine({}) if one.subject == "jobs"]
    assert says == ["1 jobs have failed", "1 jobs are late"]


@pytest.mark.usefixtures("own_database")
def test_the_doctor_sees_what_a_killed_month_left_in_the_lake(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LAKE", lake)
    assert _found("lake") == (Status.OK, f"{lake}: 1 folders with a manifest")
    (lake / ".2026-03.part-1-abc").mkdir()
    assert _found("lake") == (Status.WARN, f"{lake}: 1 folders were left half-made")
