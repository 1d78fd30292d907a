"""How far an import is: one row for each content, one transaction for each chunk.

A chunk's rows, the note that it is done and its event in the journal are committed together, under the lock that lets
nobody else write: a process killed at any moment leaves whole chunks, and whoever gives the same content again goes on
behind them.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError

from karama.foundation.errors import StorageError
from karama.record import clock, journal
from karama.record.permissions import require, run_imports
from karama.record.scope import SYSTEM, acting_as
from karama.registry.facts import hold_registry, refuse_half_load
from karama.registry.models import Import
from karama.registry.planning import analyse_grown
from karama.registry.states import ImportState

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping

    from karama.record.scope import Actor
    from karama.registry.facts import Superseded

Counts = dict[str, Counter[str]]
"""Facts closed, written and unchanged, by the name of the fact."""

REJECTED = ("file", "row", "owner", "key", "column", "value", "rule", "remedy")
"""Columns of a rejection."""


KEPT = "whole chunks are kept"
"""What a run leaves that was stopped, or had no room left."""


@contextmanager
def whole_chunks_only(name: str) -> Iterator[None]:
    """Turn a database that stops answering, or has no room left, into an error that says how to go on."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise StorageError(
            f"{name}: the database stopped in the middle ({reason}); what is in the record are whole chunks: put it"
            " right and give the same content again, which goes on behind them"
        ) from error


@dataclass(frozen=True)
class Content:
    """What is given to take in; ``name`` is for people only, the digest says whether it was given before."""

    kind: str
    month: dt.date | None
    name: str
    sha256: str


def find(content: Content) -> Import | None:
    """The import of this content, finished or not."""
    return Import.objects.filter(kind=content.kind, month=content.month, sha256=content.sha256).first()


def begin(content: Content, *, rows: int, chunks: int, by: Actor) -> Import:
    """The import of this content: the one begun earlier, or a new one with its event.

    Raises:
        NotAllowedError: the actor runs no imports.
        ConflictError: a first load has taken the constraints away and has not ended.
    """
    require(run_imports.test(by), "running an import")
    with acting_as(SYSTEM):
        hold_registry()
        if found := find(content):
            return found
        refuse_half_load()
        at, told = clock.now(), asdict(content)
        made = Import.objects.create(**told, rows=rows, chunks=chunks, begun_by=by.name, begun_at=at)
        journal.write(kind="import.begun", subject=("import", made.pk), by=by, at=at, data={**told, "rows": rows})
        return made


def in_chunk(of: Import, number: int, work: Callable[[dt.datetime], Counts], *, by: Actor) -> None:
    """Do the work of one chunk in its transaction, unless it was done before; ``work`` is given the time of knowing.

    Raises:
        ConflictError: a first load has taken the constraints away and has not ended.
    """
    with acting_as(SYSTEM):
        hold_registry()
        current = Import.objects.select_for_update().get(pk=of.pk)
        if number in current.chunks_done or current.state == ImportState.DONE:
            return
        refuse_half_load()
        at = clock.now()
        counts = work(at)
        current.chunks_done = [*current.chunks_done, number]
        current.counts = added(current.counts, counts)
        current.save(update_fields=["chunks_done", "counts"])
        analyse_grown({fact: told["written"] for fact, told in counts.items()})
        told = {"chunk": number, "chunks": current.chunks, "facts": counts}
        journal.write(kind="import.chunk", subject=("import", of.pk), by=by, at=clock.now(), data=told)


def finish(of: Import, *, by: Actor) -> Import:
    """Note that all chunks are done; once."""
    with acting_as(SYSTEM):
        hold_registry()
        current = Import.objects.select_for_update().get(pk=of.pk)
        if current.state == ImportState.DONE:
            return current
        analyse_grown({fact: told.get("written", 0) for fact, told in current.counts.items()})
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
