"""Verifying the journal: every hash computed again from the rows, and what differs named.

Nothing the database computed is believed: an event's hash is taken again from its fields, compared with the leaf that
its seal keeps, the leaves with the seal's root, the root with the chain, the chain with the anchors kept elsewhere.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import connection

from karama.record.journal.merkle import SIZE, START, chain_of, event_hash, root_of, split
from karama.record.models import SEPARATOR, Seal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from karama.record.journal.anchoring import Anchor


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
    events: int = 0
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


def verify(anchors: Sequence[Anchor] = (), progress: Callable[[int], None] | None = None) -> Report:
    """Look at the whole journal from the first seal; the transaction under way must see the nation.

    One batch of events is in memory at a time.  ``progress`` is told how many events were looked at.
    """
    report = Report()
    chains: dict[int, tuple[bytes, int]] = {}
    before, expected = START, 1
    for seal in _seals():
        for gone in range(expected, seal.number):
            report.add(Fault.SEAL_MISSING, gone, f"seal {gone} is not there: it stood before seal {seal.number}")
        _look_at_seal(seal, before, report, after_a_gap=expected != seal.number)
        _look_at_events(seal, report)
        before, expected = bytes(seal.chain), seal.number + 1
        report.seals += 1
        report.events += len(seal.events)
        chains[seal.number] = (before, report.events)
        if progress:
            progress(report.events)
    _look_beside(report)
    _look_at_anchors(anchors, chains, report)
    return report


def _seals() -> Iterator[Seal]:
    """The seals in order, one in memory at a time."""
    number = 0
    while seal := Seal.objects.filter(number__gt=number).order_by("number").first():
        yield seal
        number = seal.number


def _look_at_seal(seal: Seal, before: bytes, report: Report, *, after_a_gap: bool) -> None:
    leaves = split(bytes(seal.leaves))
    wrong = []
    if len(leaves) != len(seal.events) or len(seal.leaves) % SIZE:
        wrong.append(f"it lists {len(seal.events)} events and {len(leaves)} leaves")
    if list(seal.events) != sorted(set(seal.events)):
        wrong.append("its events are not in the order of their numbers")
    if root_of(leaves) != bytes(seal.root):
        wrong.append("its root is not that of its leaves")
    chain = chain_of(before, number=seal.number, count=len(seal.events), at=seal.at, root=bytes(seal.root))
    if chain != bytes(seal.chain) and not after_a_gap:
        wrong.append("its chain does not follow from the seal before, its count, its time and its root")
    if wrong:
        report.add(Fault.SEAL_ALTERED, seal.number, f"seal {seal.number}: {'; '.join(wrong)}")


def _look_at_events(seal: Seal, report: Report) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_FIELDS, [seal.events])
        found = {number: (bytes(kept), fields) for number, kept, *fields in cursor.fetchall()}
    sealed = dict(zip(seal.events, split(bytes(seal.leaves)), strict=False))
    wrong = []
    for number, leaf in sealed.items():
        if number not in found:
            report.add(Fault.MISSING, number, f"event {number} is gone; it was sealed in batch {seal.number}")
            continue
        kept, fields = found[number]
        if not kept == leaf == event_hash(fields, SEPARATOR) or any(SEPARATOR in one for one in fields):
            wrong.append(number)
    for number in wrong:
        others = {other: sealed[other] for other in wrong[:_SWAPS_LOOKED_FOR] if other != number}
        report.add(*_what_is_wrong(found[number], others, seal.number))


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


def _look_beside(report: Report) -> None:
    """Events that no seal and no waiting list knows, and events of two seals."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_NO_SEAL)
        for number, at, actor, kind in cursor.fetchall():
            says = f"event {number} ({kind}, {at}, by {actor}) is in no seal and does not wait for one: it was put in"
            report.add(Fault.INSERTED, number, says)
        cursor.execute(_SEALED_TWICE)
        for number, first, last in cursor.fetchall():
            report.add(Fault.REORDERED, number, f"event {number} is sealed in batch {first} and again in batch {last}")
        cursor.execute("SELECT count(*) FROM record_unsealed")
        (report.waiting,) = cursor.fetchone() or (0,)
        cursor.execute(
            "SELECT event_id FROM record_unsealed u WHERE NOT EXISTS (SELECT 1 FROM record_event WHERE id = event_id)"
        )
        for (number,) in cursor.fetchall():
            report.add(Fault.MISSING, number, f"event {number} is gone; it waited for a seal")


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
