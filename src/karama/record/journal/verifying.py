"""Verifying the journal: every hash computed again from the rows, and what differs named.

Nothing the database computed is believed: an event's hash is taken again from its fields, compared with the leaf that
its seal keeps, the leaves with the seal's root, the root with the chain, the chain with the anchors kept elsewhere.

The chain is short and always looked at whole; events may be looked at in the newest batches only, which is quick.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from django.db import connection

from karama.record.journal.merkle import SIZE, START, chain_of, event_hash, root_of, split
from karama.record.models import SEPARATOR

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from karama.record.journal.anchoring import Anchor


class Database(Protocol):
    """Where the journal stands: Django's connection, or one to a database that was just restored."""

    def cursor(self) -> Any:  # noqa: ANN401 - Django's or psycopg's
        """What runs queries."""


class Fault(StrEnum):
    """What is wrong with an event or a seal."""

    ALTERED = "altered"
    MISSING = "missing"
    REORDERED = "reordered"
    INSERTED = "inserted"
    SEAL_ALTERED = "seal altered"
    SEAL_MISSING = "seal missing"
    NOT_AS_PUBLISHED = "not as published"


@dataclass(frozen=True)
class Finding:
    """One fault: the event's or the seal's number, and what was found."""

    fault: Fault
    number: int
    says: str


@dataclass
class Report:
    """What was looked at, and what was found."""

    seals: int = 0
    """Seals whose chain was computed again."""
    events: int = 0
    """Events that they cover."""
    whole: int = 0
    """Seals, the newest, whose events were looked at too."""
    waiting: int = 0
    """Events no seal covers yet; nothing is known of them but that they wait."""
    anchors: int = 0
    findings: list[Finding] = field(default_factory=list)

    def add(self, fault: Fault, number: int, says: str) -> None:
        """Name a fault."""
        self.findings.append(Finding(fault, number, says))


_FIELDS = """
    SELECT id, hash, id::text, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), actor,
        coalesce(account_id::text, ''), kind, subject_type, subject_id, coalesce(household_id::text, ''), data::text
    FROM record_event WHERE id = ANY(%s)"""

_IN_NO_SEAL = """
    SELECT e.id, e.at::text, e.actor, e.kind FROM record_event e
    WHERE NOT EXISTS (SELECT 1 FROM (SELECT unnest(events) AS id FROM record_seal) s WHERE s.id = e.id)
        AND NOT EXISTS (SELECT 1 FROM record_unsealed u WHERE u.event_id = e.id)
    ORDER BY e.id"""

_SEALED_TWICE = """
    SELECT id, min(number), max(number) FROM (SELECT unnest(events) AS id, number FROM record_seal) s
    GROUP BY id HAVING count(*) > 1 ORDER BY id"""

_GONE_BEFORE_ITS_SEAL = """
    SELECT event_id FROM record_unsealed u WHERE NOT EXISTS (SELECT 1 FROM record_event WHERE id = event_id)"""


def verify(
    anchors: Sequence[Anchor] = (),
    *,
    progress: Callable[[int], None] | None = None,
    newest: int | None = None,
    database: Database = connection,
) -> Report:
    """Look at the journal; the transaction under way must see the nation.

    One batch of events is in memory at a time.

    Args:
        anchors: what was published of the chain.
        progress: is told how many events the seals passed so far cover.
        newest: compute the chain of every seal, but look at the events of so many batches only, the newest.
        database: where the journal stands.
    """
    report = Report()
    chains: dict[int, tuple[bytes, int]] = {}
    before, expected = START, 1
    first_whole = 0 if newest is None else _last_seal(database) - newest + 1
    for link in _links(database):
        for gone in range(expected, link.number):
            report.add(Fault.SEAL_MISSING, gone, f"seal {gone} is not there: it stood before seal {link.number}")
        _look_at_seal(link, None if expected != link.number else before, report, database, link.number >= first_whole)
        before, expected = link.chain, link.number + 1
        report.seals += 1
        report.events += link.covers
        chains[link.number] = (before, report.events)
        if progress:
            progress(report.events)
    _look_at_those_waiting(report, database)
    if newest is None:
        _look_beside(report, database)
    _look_at_anchors(anchors, chains, report)
    return report


class _Link(NamedTuple):
    """A seal without its events."""

    number: int
    at: dt.datetime
    root: bytes
    chain: bytes
    covers: int
    """Events."""


_LINKS = f"""
    SELECT number, at, root, chain, octet_length(leaves) / {SIZE} FROM record_seal
    WHERE number > %s ORDER BY number LIMIT 5000"""


def _links(database: Database) -> Iterator[_Link]:
    """The seals in order, some in memory at a time; the length of the leaves is known without reading them."""
    number = -1
    while rows := _rows(database, _LINKS, [number]):
        for number, at, root, chain, covers in rows:
            yield _Link(number, at, bytes(root), bytes(chain), covers)


def _last_seal(database: Database) -> int:
    return int(_rows(database, "SELECT coalesce(max(number), 0) FROM record_seal")[0][0])


def _rows(database: Database, query: str, params: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    with database.cursor() as cursor:
        cursor.execute(query, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _look_at_seal(link: _Link, before: bytes | None, report: Report, database: Database, whole: bool) -> None:  # noqa: FBT001 - as verify has it
    """``before`` is the chain it follows; None where the seal before is missing and nothing can be said of that."""
    wrong = []
    events: list[int] = []
    leaves: list[bytes] = []
    if whole:
        report.whole += 1
        ((events, kept),) = _rows(database, "SELECT events, leaves FROM record_seal WHERE number = %s", [link.number])
        leaves = split(bytes(kept))
        if len(leaves) != len(events) or len(kept) % SIZE:
            wrong.append(f"it lists {len(events)} events and {len(leaves)} leaves")
        if list(events) != sorted(set(events)):
            wrong.append("its events are not in the order of their numbers")
        if root_of(leaves) != link.root:
            wrong.append("its root is not that of its leaves")
    if before is not None and link.chain != chain_of(
        before, number=link.number, count=link.covers, at=link.at, root=link.root
    ):
        wrong.append("its chain does not follow from the seal before, its count, its time and its root")
    if wrong:
        report.add(Fault.SEAL_ALTERED, link.number, f"seal {link.number}: {'; '.join(wrong)}")
    _look_at_events(link.number, dict(zip(events, leaves, strict=False)), report, database)


def _look_at_events(seal: int, sealed: Mapping[int, bytes], report: Report, database: Database) -> None:
    found = {number: (bytes(kept), fields) for number, kept, *fields in _rows(database, _FIELDS, [list(sealed)])}
    wrong = []
    for number, leaf in sealed.items():
        if number not in found:
            report.add(Fault.MISSING, number, f"event {number} is gone; it was sealed in batch {seal}")
            continue
        kept, fields = found[number]
        if not kept == leaf == event_hash(fields, SEPARATOR) or any(SEPARATOR in one for one in fields):
            wrong.append(number)
    for number in wrong:
        others = {other: sealed[other] for other in wrong[:_SWAPS_LOOKED_FOR] if other != number}
        report.add(*_what_is_wrong(found[number], others, seal))


_SWAPS_LOOKED_FOR = 200
"""Altered events of a batch among which those that changed places are looked for."""


def _what_is_wrong(
    found: tuple[bytes, Sequence[str]], others: Mapping[int, bytes], seal: int
) -> tuple[Fault, int, str]:
    kept, fields = found
    number = int(fields[0])
    told = f"event {number} ({fields[4]} of {fields[5]} {fields[6]}, {fields[1]}, by {fields[2]})"
    for other, leaf in others.items():
        if leaf == event_hash([str(other), *fields[1:]], SEPARATOR):
            return Fault.REORDERED, number, f"{told} changed places: batch {seal} sealed it as event {other}"
    if kept == event_hash(fields, SEPARATOR):
        return Fault.ALTERED, number, f"{told} was altered and its hash computed again; batch {seal} sealed another"
    return Fault.ALTERED, number, f"{told} was altered: its hash is not that of what it says"


def _look_at_those_waiting(report: Report, database: Database) -> None:
    ((report.waiting,),) = _rows(database, "SELECT count(*) FROM record_unsealed")
    for (number,) in _rows(database, _GONE_BEFORE_ITS_SEAL):
        report.add(Fault.MISSING, number, f"event {number} is gone; it waited for a seal")


def _look_beside(report: Report, database: Database) -> None:
    """Events that no seal and no waiting list knows, and events of two seals."""
    for number, at, actor, kind in _rows(database, _IN_NO_SEAL):
        says = f"event {number} ({kind}, {at}, by {actor}) is in no seal and does not wait for one: it was put in"
        report.add(Fault.INSERTED, number, says)
    for number, first, last in _rows(database, _SEALED_TWICE):
        report.add(Fault.REORDERED, number, f"event {number} is sealed in batch {first} and again in batch {last}")


def _look_at_anchors(anchors: Sequence[Anchor], chains: dict[int, tuple[bytes, int]], report: Report) -> None:
    good = 0
    for anchor in anchors:
        chain, events = chains.get(anchor.seal, (b"", 0))
        if (chain.hex(), events) == (anchor.chain, anchor.events):
            good = anchor.seal
        else:
            says = (
                f"seals {good + 1} to {anchor.seal} are not those published on {anchor.day}:"
                f" the chain was {anchor.chain[:16]}… after {anchor.events} events,"
                f" it is {chain.hex()[:16] or 'gone'}… after {events}"
            )
            report.add(Fault.NOT_AS_PUBLISHED, anchor.seal, says)
    report.anchors = len(anchors)


def counted(report: Report) -> str:
    """What was found, in one line."""
    found = Counter(finding.fault for finding in report.findings)
    return ", ".join(f"{number} {fault}" for fault, number in sorted(found.items())) or "nothing wrong"
