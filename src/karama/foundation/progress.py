"""Progress of long work: bars on a terminal, silence elsewhere."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Item = TypeVar("Item")


class Steps:
    """A counter of finished steps; ``advance`` moves the bar, if there is one."""

    def __init__(self, bar: Progress, label: str, total: int) -> None:
        """Open the bar with its label and the number of steps to come."""
        self._bar = bar
        self._total = total
        self._task = bar.add_task(label, total=total)

    def advance(self, count: int = 1) -> None:
        """Count steps as finished."""
        self._bar.advance(self._task, count)

    def extend(self, count: int) -> None:
        """Expect so many steps more."""
        self._total += count
        self._bar.update(self._task, total=self._total)


@contextlib.contextmanager
def steps(label: str, total: int) -> Iterator[Steps]:
    """A bar for ``total`` steps, written to standard error and only when that is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        yield Steps(bar, label, total)


def track(items: Iterable[Item], label: str) -> Iterator[Item]:
    """Yield the items, moving a bar after each; the items must have a length or are listed first."""
    known = items if isinstance(items, Collection) else list(items)
    with steps(label, len(known)) as bar:
        for item in known:
            yield item
            bar.advance()
