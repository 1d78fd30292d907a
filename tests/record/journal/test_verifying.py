"""The journal under attack by whoever owns the database: each fault is found and named."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from karama.foundation.errors import BadInputError
from karama.record import clock, journal
from karama.record.journal.anchoring import publish, read_anchors
from karama.record.journal.merkle import START, chain_of, root_of
from karama.record.journal.sealing import seal_batch, seal_waiting
from karama.record.journal.verifying import Fault, Finding, Report, counted, verify
from karama.record.models import Event, Seal
from karama.record.scope import SYSTEM, acting_as

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

    from karama.record.journal.anchoring import Anchor
    from tests.service_database import Database

WRITTEN = 25


@pytest.fixture
def sealed(own_database: Database) -> Database:
    """A journal of 25 events, sealed ten at a time."""
    write(WRITTEN)
    assert len(list(seal_waiting(most=10))) == 3
    return own_database


def write(number: int) -> None:
    with acting_as(SYSTEM):
        for one in range(number):
            journal.write(
                kind="file.read",
                subject=("household", f"MA-{one}"),
                by=SYSTEM,
                at=clock.now(),
                household_id=one,
                data={"why": f"«demande» n° {one}", "طلب": [one, None, 1.5], "b": True, "a\t\\": '"'},
            )


def verified(*anchors: Anchor) -> Report:
    with acting_as(SYSTEM):
        return verify(anchors)


def found(*anchors: Anchor) -> list[tuple[Fault, int]]:
    return [(one.fault, one.number) for one in verified(*anchors).findings]


def attack(database: Database, *statements: str) -> None:
    """As the superuser who owns the tables, with the triggers silenced."""
    with database.server.connect_as_owner(database.name) as owner:
        owner.execute("SET session_replication_role = 'replica'")
        for statement in statements:
            owner.execute(statement)


REHASH = "UPDATE record_event e SET hash = sha256(convert_to(karama_event_text(e), 'UTF8'))"


def test_an_untouched_journal_has_nothing_wrong(sealed: Database) -> None:
    assert sealed
    report = verified()
    assert (report.seals, report.events, report.waiting, report.findings) == (3, WRITTEN, 0, [])
    assert counted(report) == "nothing wrong"
    assert [len(one.events) for one in Seal.objects.order_by("number")] == [10, 10, 5]


def test_what_waits_for_a_seal_is_counted_and_no_fault(sealed: Database) -> None:
    assert sealed
    write(2)
    report = verified()
    assert (report.waiting, report.findings) == (2, [])


def test_pythons_hash_is_that_of_the_database(sealed: Database) -> None:
    """The text of an event is taken from its columns here and from its row there."""
    assert sealed
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT karama_event_text(e), hash FROM record_event e ORDER BY id LIMIT 1")
        text, kept = cursor.fetchone()
    assert sha256(text.encode()).digest() == bytes(kept)


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'nobody'",
        "at = at + interval '1 microsecond'",
        "kind = 'other'",
        "subject_id = 'MA-99'",
        "household_id = 99",
        "household_id = NULL",
        'data = data || \'{"why": "other"}\'',
        "account_id = NULL, actor = 'x'",
        "hash = sha256('x')",
    ],
)
def test_an_altered_event_is_named(change: str, sealed: Database) -> None:
    number = number_of(7)
    attack(sealed, f"UPDATE record_event SET {change} WHERE id = {number}")
    assert found() == [(Fault.ALTERED, number)]


def test_an_altered_event_with_its_hash_computed_again_is_named(sealed: Database) -> None:
    number = number_of(7)
    attack(sealed, f"UPDATE record_event SET actor = 'nobody' WHERE id = {number}", f"{REHASH} WHERE id = {number}")
    (finding,) = verified().findings
    assert (finding.fault, finding.number) == (Fault.ALTERED, number)
    assert "its hash computed again" in finding.says
    assert "by nobody" in finding.says


def test_a_deleted_event_is_named(sealed: Database) -> None:
    number = number_of(3)
    attack(sealed, f"DELETE FROM record_event WHERE id = {number}")
    assert found() == [(Fault.MISSING, number)]


def test_an_event_deleted_before_its_seal_is_named_before_and_after(own_database: Database) -> None:
    write(5)
    number = number_of(2)
    attack(own_database, f"DELETE FROM record_event WHERE id = {number}")
    assert found() == [(Fault.MISSING, number)]
    seal_batch()
    assert found() == [(Fault.MISSING, number)]


@pytest.mark.parametrize("rehash", [False, True])
def test_two_events_that_changed_places_are_named(rehash: bool, sealed: Database) -> None:  # noqa: FBT001 - two cases
    one, other = number_of(4), number_of(6)
    attack(
        sealed,
        f"UPDATE record_event SET id = -1 WHERE id = {one}",
        f"UPDATE record_event SET id = {one} WHERE id = {other}",
        f"UPDATE record_event SET id = {other} WHERE id = -1",
        *([f"{REHASH} WHERE id IN ({one}, {other})"] if rehash else []),
    )
    assert found() == [(Fault.REORDERED, one), (Fault.REORDERED, other)]


def test_an_event_put_in_behind_is_named(sealed: Database) -> None:
    number = number_of(9)
    attack(
        sealed,
        "INSERT INTO record_event (id, at, actor, kind, subject_type, subject_id, data, hash)"
        f" SELECT -7, at, 'nobody', kind, subject_type, subject_id, data, hash FROM record_event WHERE id = {number}",
    )
    assert found() == [(Fault.INSERTED, -7)]


def test_an_event_taken_off_the_waiting_list_is_named(own_database: Database) -> None:
    write(3)
    number = number_of(1)
    attack(own_database, f"DELETE FROM record_unsealed WHERE event_id = {number}")
    seal_batch()
    assert found() == [(Fault.INSERTED, number)]


def test_an_event_sealed_twice_is_named(sealed: Database) -> None:
    number = number_of(0)
    attack(sealed, f"INSERT INTO record_unsealed VALUES ({number})")
    seal_batch()
    assert found() == [(Fault.REORDERED, number)]


@pytest.mark.parametrize(
    "change",
    [
        "root = sha256('x')",
        "chain = sha256('x')",
        "at = at + interval '1 second'",
        "events = events[1:9]",
        "leaves = sha256('x') || substr(leaves, 33)",
    ],
)
def test_an_altered_seal_is_named(change: str, sealed: Database) -> None:
    attack(sealed, f"UPDATE record_seal SET {change} WHERE number = 2")
    assert (Fault.SEAL_ALTERED, 2) in found()
    assert not {number for fault, number in found() if fault is Fault.SEAL_ALTERED} - {2, 3}


def test_a_missing_seal_is_named_with_the_events_it_covered(sealed: Database) -> None:
    attack(sealed, "DELETE FROM record_seal WHERE number = 2")
    assert found()[0] == (Fault.SEAL_MISSING, 2)
    assert [number for fault, number in found() if fault is Fault.INSERTED] == [number_of(one) for one in range(10, 20)]


# --------------------------------------------------------------------------------------- who rewrites everything
def rewrite(database: Database) -> None:
    """Alter an event, and every hash, leaf, root and chain after it so that they fit each other."""
    number = number_of(12)
    attack(database, f"UPDATE record_event SET actor = 'nobody' WHERE id = {number}", f"{REHASH} WHERE id = {number}")
    with acting_as(SYSTEM):
        hashes = dict(Event.objects.values_list("pk", "hash"))
    before = START
    with database.server.connect_as_owner(database.name) as owner:
        owner.execute("SET session_replication_role = 'replica'")
        for seal in Seal.objects.order_by("number"):
            leaves = [bytes(hashes[one]) for one in seal.events]
            root = root_of(leaves)
            before = chain_of(before, number=seal.number, count=len(leaves), at=seal.at, root=root)
            _keep(owner, seal.number, b"".join(leaves), root, before)


def _keep(owner: psycopg.Connection, number: int, leaves: bytes, root: bytes, chain: bytes) -> None:
    owner.execute(
        "UPDATE record_seal SET leaves = %s, root = %s, chain = %s WHERE number = %s", [leaves, root, chain, number]
    )


def test_a_whole_rewriting_fits_itself_and_only_the_anchor_finds_it(sealed: Database, tmp_path: Path) -> None:
    anchors = str(tmp_path / "elsewhere")
    kept = publish(anchors)
    assert found(*read_anchors(anchors)) == []
    rewrite(sealed)
    assert found() == []
    (finding,) = verified(*read_anchors(anchors)).findings
    assert (finding.fault, finding.number) == (Fault.NOT_AS_PUBLISHED, 3)
    assert "seals 1 to 3 are not those published" in finding.says
    assert kept is not None


def test_a_journal_cut_at_its_end_is_found_by_the_anchor(sealed: Database, tmp_path: Path) -> None:
    publish(str(tmp_path))
    attack(
        sealed,
        "DELETE FROM record_event WHERE id IN (SELECT unnest(events) FROM record_seal WHERE number = 3)",
        "DELETE FROM record_seal WHERE number = 3",
    )
    assert found() == []
    assert found(*read_anchors(str(tmp_path))) == [(Fault.NOT_AS_PUBLISHED, 3)]


def test_the_anchor_of_a_day_is_written_once(sealed: Database, tmp_path: Path) -> None:
    assert sealed
    first = publish(str(tmp_path))
    write(1)
    seal_batch()
    assert publish(str(tmp_path)) == first
    (file,) = tmp_path.iterdir()
    assert file.name == f"journal-{first.day}.json"
    assert first.events == WRITTEN
    assert found(*read_anchors(str(tmp_path))) == []


def test_what_is_no_anchor_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="holds no anchor"):
        read_anchors(str(tmp_path))
    (tmp_path / "journal-2026-01-01.json").write_text('{"day": "2026-01-01", "seal": 1, "chain": "no", "events": 1}')
    with pytest.raises(BadInputError, match=r"journal-2026-01-01\.json: is no anchor"):
        read_anchors(str(tmp_path))


def number_of(place: int) -> int:
    """The number of the event written at a place, counted from nought."""
    with acting_as(SYSTEM):
        return Event.objects.order_by("id").values_list("pk", flat=True)[place]


def test_findings_are_counted_by_what_they_are() -> None:
    two = [Finding(Fault.ALTERED, 1, ""), Finding(Fault.ALTERED, 2, ""), Finding(Fault.MISSING, 3, "")]
    assert counted(Report(findings=two)) == "2 altered, 1 missing"
