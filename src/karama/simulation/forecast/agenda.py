"""What will happen, by month: drawn once a year for everybody, then taken month by month."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from karama.population.draws import Draws, Floats
    from karama.simulation.forecast.state import Array, Columns, Rows

MONTHS_A_YEAR = 12


def befalls(draws: Draws, purpose: str, keys: Array, chance: Floats) -> tuple[Rows, Rows]:
    """Whom an event befalls in the coming twelve months, and in which of them (0 to 11).

    One draw decides both: below the chance it happens, and where below it says when.
    """
    drawn = draws.uniform(purpose, keys)
    rows = np.flatnonzero(drawn < chance)
    when = np.minimum((drawn[rows] / chance[rows] * MONTHS_A_YEAR).astype(np.int64), MONTHS_A_YEAR - 1)
    return rows, when


def within_a_year(rate: Floats) -> Floats:
    """The chance in a year from a yearly rate."""
    return -np.expm1(-rate)


@dataclass
class Agenda:
    """Events to come, by kind and month (counted from year 0); each is a table of columns."""

    waiting: dict[tuple[str, int], list[Columns]] = field(default_factory=dict)

    def add(self, kind: str, months: Rows, **columns: Array) -> None:
        """Note events, each in its month."""
        for month in np.unique(months):
            chosen = months == month
            part = {name: values[chosen] for name, values in columns.items()}
            self.waiting.setdefault((kind, int(month)), []).append(part)

    def take(self, kind: str, month: int) -> Columns | None:
        """The events of a kind in a month, once; None where there are none."""
        parts = self.waiting.pop((kind, month), None)
        if not parts:
            return None
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
