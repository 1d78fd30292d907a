"""How far an import is: one row for each content, one transaction for each chunk.

A chunk's rows, the note that it is done and its event in the journal are committed together, under the lock that lets
nobody else write: a process killed at any moment leaves whole chunks, and whoever gives the same content again goes on
behind them.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from karama.record import clock, journal
from karama.record.scope import SYSTEM, acting_as
from karama.registry.facts import hold_registry
from karama.registry.models import Import
from karama.registry.states import ImportState

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from karama.record.scope import Actor
    from karama.registry.facts import Superseded

Counts = dict[str, Counter[str]]
"""Facts closed, written and unchanged, by the name of the fact."""

REJECTED = ("file", "row", "owner", "key", "column", "value", "rule", "remedy")
"""Columns of a rejection."""


def find(*, kind: str, month: dt.date | None, sha256: str) -> Import | None:
    """The import of this content, finished or not."""
    return Import.objects.filter(kind=kind, month=month, sha256=sha256).first()


def begin(*, kind: str, month: dt.date | None, name: str, sha256: str, rows: int, chunks: int, by: Actor) -> Import:
    """The import of this content: the one begun earlier, or a new one with its event."""
    with acting_as(SYSTEM):
        hold_registry()
        if found := find(kind=kind, month=month, sha256=sha256):
            return found
        at = clock.now()
        made = Import.objects.create(
            kind=kind, month=month, name=name, sha256=sha256, rows=rows, chunks=chunks, begun_by=by.name, begun_at=at
        )
        told: dict[str, Any] = {"kind": kind, "month": month, "name": name, "sha256": sha256, "rows": rows}
        journal.write(kind="import.begun", subject=("import", made.pk), by=by, at=at, data=told)
        return made


def in_chunk(of: Import, number: int, work: Callable[[dt.datetime], Counts], *, by: Actor) -> None:
    """Do the work of one chunk in its transaction, unless it was done before; ``work`` is given the time of knowing."""
    with acting_as(SYSTEM):
        hold_registry()
        current = Import.objects.select_for_update().get(pk=of.pk)
        if number in current.chunks_done or current.state == ImportState.DONE:
            return
        at = clock.now()
        counts = work(at)
        current.chunks_done = [*current.chunks_done, number]
        current.counts = added(current.counts, counts)
        current.save(update_fields=["chunks_done", "counts"])
        told = {"chunk": number, "chunks": current.chunks, "facts": counts}
        journal.write(kind="import.chunk", subject=("import", of.pk), by=by, at=clock.now(), data=told)


def finish(of: Import, *, by: Actor) -> Import:
    """Note that all chunks are done; once."""
    with acting_as(SYSTEM):
        hold_registry()
        current = Import.objects.select_for_update().get(pk=of.pk)
        if current.state == ImportState.DONE:
            return current
        current.state, current.ended_at = ImportState.DONE, clock.now()
        current.save(update_fields=["state", "ended_at"])
        told = {"rows": current.rows, "rejected": rejected(current), "facts": current.counts}
        journal.write(kind="import.done", subject=("import", of.pk), by=by, at=current.ended_at, data=told)
        return current


def rejected(of: Import) -> int:
    """Rows left out because they break a rule themselves; to be asked for the whole country."""
    return of.rejections.values("file", "row").distinct().count()


def count(counts: Counts, fact: str, done: Superseded) -> None:
    """Add what a writing did."""
    counts.setdefault(fact, Counter()).update(
        {"closed": done.closed, "written": done.written, "unchanged": done.unchanged}
    )


def added(before: Mapping[str, Mapping[str, int]], counts: Counts) -> dict[str, dict[str, int]]:
    """The counts of all chunks so far."""
    names = {*before, *counts}
    return {name: dict(Counter(before.get(name, {})) + counts.get(name, Counter())) for name in sorted(names)}
