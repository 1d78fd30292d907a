"""What became known in a month: one row per changed column of a person or household, with the date it holds from.

A fact *happens* on a day and is *known* on a day that is never earlier.  The tables of a month hold what is known by
its last day; the facts of all months let a past month be read again as it is known later (see `hindsight`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from karama.population.assumptions import table
from karama.population.register import dates, day_number, household_names, person_names

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.population.draws import Draws, Ints

COLUMNS = {
    "household_id": (pl.String, "the household, as it was known before the event"),
    "person_id": (pl.String, "the person; empty for a fact of the household"),
    "event": (pl.String, "what happened, one of the list below"),
    "column": (pl.String, "the column of `households` or `persons` that it changes"),
    "happened": (pl.Date, "day from which it holds"),
    "known": (pl.Date, "day of this month on which the register learned it, never before it happened"),
    "old_value": (pl.String, "value before, as text; empty when unknown"),
    "new_value": (pl.String, "value from that day on, as text; empty when there is none any more"),
}
"""Columns of ``events.parquet``: type and meaning."""
SCHEMA = {name: kind for name, (kind, _) in COLUMNS.items()}

EVENTS = {
    "birth": "a child is born and declared, some months later",
    "claim": "the household claims the aid",
    "closure": "no adult is left, or the last member has joined another household: it leaves the register",
    "death": "a member has died; it is declared in the month, or later",
    "departure": "a grown child leaves the household and the register",
    "disability": "a severe disability is certified, mostly months after it began",
    "divorce": "a marriage has ended; one of the two leaves",
    "job": "a declared job, and the family allowance with it, starts or ends",
    "joining": "an aged person who lived alone joins a family",
    "marriage": "a member has married: stays, leaves, or comes",
    "move": "the household lives in another commune",
    "new_head": "someone else heads the household after a death",
    "orphanhood": "the father has died",
    "pension": "a pension starts",
    "registration": "the household enters the register",
    "school": "a certificate tells the level attended, or that the pupil has left",
    "score_update": "the household has stated its data again; its score has changed, from the next month on",
    "widowhood": "the husband or wife has died",
}
"""The events, and what each means."""


@dataclass(slots=True)
class Facts:
    """The facts of one batch and month, collected while the events are applied."""

    month: Month
    draws: Draws
    entered: Ints
    """Numbers, sorted, of the households that were in the register the month before: of others nothing is new."""
    _parts: list[pl.DataFrame] = field(default_factory=list)

    def add(
        self,
        event: str,
        column: str,
        homes: Ints,
        persons: Ints | None,
        *,
        happened: Ints,
        old: Any,  # noqa: ANN401 - a column of the register: words, flags, dates or numbers
        new: Any,  # noqa: ANN401
        registering: bool = False,
    ) -> None:
        """Note facts that become known this month.

        Args:
            event: what happened, in a word.
            column: the register's column that changes.
            homes: number of the household of each.
            persons: number of the person of each, none for facts of households.
            happened: day from which each holds.
            old: values before, ``None`` for unknown.
            new: values from that day on.
            registering: the households enter the register with these facts.
        """
        place = np.minimum(np.searchsorted(self.entered, homes), max(len(self.entered) - 1, 0))
        known = np.full(len(homes), registering) if registering or not len(self.entered) else None
        kept = known if known is not None else self.entered[place] == homes
        keys = homes if persons is None else persons
        rows = np.flatnonzero(kept)
        if not len(rows):
            return
        frame = pl.DataFrame(
            {
                "household_id": household_names(homes),
                "person_id": _none(homes) if persons is None else person_names(persons),
                "event": [event] * len(homes),
                "column": [column] * len(homes),
                "happened": dates(happened),
                "known": dates(self._known(event, keys, happened)),
                "old_value": _text(old, len(homes)),
                "new_value": _text(new, len(homes)),
            },
            schema=SCHEMA,
        )
        self._parts.append(frame[rows])

    def _known(self, event: str, keys: Ints, happened: Ints) -> Ints:
        """A day of this month, not before the fact."""
        first, last = day_number(self.month.first_day), day_number(self.month.last_day)
        earliest = np.maximum(happened, first)
        return earliest + self.draws.below(f"{event} known/{self.month}", keys, last - earliest + 1)

    def frame(self) -> pl.DataFrame:
        """The ``events`` table of the month, sorted by all its columns in their order."""
        if not self._parts:
            return pl.DataFrame(schema=SCHEMA)
        return pl.concat(self._parts).sort(list(SCHEMA))


def _none(like: Ints) -> pl.Series:
    """Unknown persons."""
    return pl.Series([None] * len(like), dtype=pl.String)


def _text(values: Any, count: int) -> pl.Series:  # noqa: ANN401 - see `Facts.add`
    """Values as text; one value stands for all."""
    if values is None or isinstance(values, (str, bool)):
        word = str(values).lower() if isinstance(values, bool) else values
        return pl.Series([word] * count, dtype=pl.String)
    series = values if isinstance(values, pl.Series) else pl.Series(values)
    return series.cast(pl.String)


def known_month(kind: str, keys: Ints, month: Month, draws: Draws) -> Ints:
    """Month (counted from year 0) in which each fact of the month becomes known, from the table of delays."""
    reached = np.cumsum(table(f"{kind}_known_after"))
    delay = np.searchsorted(reached, draws.uniform(f"{kind} delay/{month}", keys) * reached[-1], side="right")
    result: Ints = month.index + np.minimum(delay, len(reached) - 1).astype(np.int64)
    return result
