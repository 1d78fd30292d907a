"""Sealing: the tree is RFC 6962's, writers never wait for it, two sealers are one."""

from __future__ import annotations

import threading
from hashlib import sha256
from typing import TYPE_CHECKING

import psycopg
import pytest

from karama.record import clock, journal
from karama.record.journal.merkle import START, chain_of, root_of
from karama.record.journal.sealing import SEALERS_LOCK, seal_batch, seal_waiting
from karama.record.journal.verifying import verify
from karama.record.models import Seal, Unsealed
from karama.record.scope import SYSTEM, acting_as

if TYPE_CHECKING:
    from tests.service_database import Database


def by_the_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + by_the_definition(leaves[:k]) + by_the_definition(leaves[k:])).digest()


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 32, 33, 100])
def test_the_tree_is_that_of_the_definition(number: int) -> None:
    leaves = [sha256(bytes([one])).digest() for one in range(number)]
    assert root_of(leaves) == by_the_definition(leaves)


def test_the_tree_of_certificate_transparencys_own_example() -> None:
    """The test vectors of Certificate Transparency's reference implementation, roots of 1, 2 and 8 leaves."""
    data = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
    leaves = [bytes.fromhex(one) for one in data]
    assert root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root_of(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert root_of(leaves[:2]).hex() == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    assert root_of(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_the_chain_depends_on_all_it_binds(own_database: Database) -> None:
    assert own_database
    write("x")
    seal = seal_batch()
    assert seal is not None
    given = {"number": 1, "count": 1, "at": seal.at, "root": seal.root}
    assert chain_of(START, **given) == seal.chain
    others = [{"number": 2}, {"count": 2}, {"at": clock.now()}, {"root": START}]
    assert len({chain_of(START, **{**given, **other}) for other in others} | {seal.chain}) == 5


def write(subject: str) -> None:
    with acting_as(SYSTEM):
        journal.write(kind="file.read", subject=("household", subject), by=SYSTEM, at=clock.now())


def test_a_sealer_at_work_makes_no_writer_wait(own_database: Database) -> None:
    """While a sealer has taken its events and not yet committed, others write, and are sealed by the next."""
    write("before")
    with acting_as(SYSTEM):
        assert seal_batch() is not None
        with psycopg.connect(own_database.application_url) as writer:
            writer.execute("SET LOCAL lock_timeout = '2s'")
            writer.execute("SELECT set_config('karama.actor', 'other', true)")
            writer.execute(
                "INSERT INTO record_event (at, actor, kind, subject_type, subject_id, data)"
                " VALUES (now(), 'other', 'file.read', 'household', 'meanwhile', '{}')"
            )
    assert len(list(seal_waiting())) == 1
    with acting_as(SYSTEM):
        assert verify().findings == []


def test_an_event_committed_late_is_sealed_by_a_later_batch(own_database: Database) -> None:
    """Its number is lower than one already sealed: nobody waited for it, and nothing is wrong."""
    with psycopg.connect(own_database.application_url) as late:
        late.execute("SELECT set_config('karama.actor', 'other', true)")
        late.execute(
            "INSERT INTO record_event (at, actor, kind, subject_type, subject_id, data)"
            " VALUES (now(), 'other', 'file.read', 'household', 'late', '{}')"
        )
        write("early")
        first = seal_batch()
    second = seal_batch()
    assert first is not None
    assert second is not None
    assert second.events[0] < first.events[0]
    with acting_as(SYSTEM):
        assert verify().findings == []


def test_two_sealers_at_once_are_one(own_database: Database) -> None:
    write("x")
    with psycopg.connect(own_database.application_url) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [SEALERS_LOCK])
        assert seal_batch() is None
        assert Unsealed.objects.count() == 1
    assert seal_batch() is not None
    assert seal_batch() is None


def test_many_writers_and_a_sealer_lose_nothing(own_database: Database) -> None:
    def append() -> None:
        with psycopg.connect(own_database.application_url) as writer:
            for one in range(50):
                with writer.transaction():
                    writer.execute("SELECT set_config('karama.actor', 'other', true)")
                    writer.execute(
                        "INSERT INTO record_event (at, actor, kind, subject_type, subject_id, data)"
                        " VALUES (clock_timestamp(), 'other', 'file.read', 'household', %s, '{}')",
                        [str(one)],
                    )

    writers = [threading.Thread(target=append) for _ in range(4)]
    for one in writers:
        one.start()
    while any(one.is_alive() for one in writers):
        seal_batch(most=7)
    list(seal_waiting())
    with acting_as(SYSTEM):
        report = verify()
    assert (report.events, report.waiting, report.findings) == (200, 0, [])
    assert list(Seal.objects.order_by("number").values_list("number", flat=True)) == list(range(1, report.seals + 1))
