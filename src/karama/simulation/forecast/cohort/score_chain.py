"""The score as a chain of its own: usual scores in bins, and the side of the threshold of the last score stated."""

from __future__ import annotations

from math import erf
from typing import TYPE_CHECKING

import numpy as np

from karama.population.registration import SCORE_UNIT
from karama.simulation.forecast.agenda import MONTHS_A_YEAR

if TYPE_CHECKING:
    from karama.population.draws import Floats
    from karama.simulation.forecast.assumed import Rates
    from karama.simulation.forecast.state import Array


class ScoreChain:
    """Households by bins of the usual score and side of the threshold; refreshes move both."""

    STEP = 0.005
    LOW, HIGH = 7.5, 12.5

    def __init__(self, scores: Array, threshold: int, rates: Rates) -> None:
        """Start from the scores of some households."""
        count = int((self.HIGH - self.LOW) / self.STEP)
        level = scores / SCORE_UNIT
        place = np.clip(((level - self.LOW) / self.STEP).astype(np.int64), 0, count - 1)
        under = scores <= threshold
        self.parts = np.stack([np.bincount(place[side], minlength=count) for side in (under, ~under)]).astype(float)
        self.chance = rates.mapping("score_updates_a_month")["ordinary"] * rates.number("refresh_level")
        move = rates.mapping("score_move")
        middle = self.LOW + self.STEP * (np.arange(count) + 0.5)
        self._middle, self._threshold = middle, threshold / SCORE_UNIT
        self._noise, self._drift = rates.number("score_noise"), rates.number("score_drift_a_year")
        reach = np.arange(-int(0.6 / self.STEP), int(0.6 / self.STEP) + 1) * self.STEP
        bell = np.exp(-0.5 * (reach / max(move["deviation"], 1e-9)) ** 2)
        self._bell = bell / bell.sum()
        self._share = move["share"]

    def step(self, months_passed: int) -> tuple[float, float]:
        """One month; the shares that leave the under side and that come to it."""
        stated = self.parts * self.chance
        totals = self.parts.sum(axis=1)
        moved = (1 - self._share) * stated + self._share * np.stack(
            [np.convolve(one, self._bell, mode="same") for one in stated]
        )
        drift = self._drift * months_passed / MONTHS_A_YEAR
        under = _normal_below(np.asarray((self._threshold - self._middle - drift) / max(self._noise, 1e-9), np.float64))
        out, back = float((moved[0] * (1 - under)).sum()), float((moved[1] * under).sum())
        arriving = moved.sum(axis=0)
        self.parts = self.parts - stated + np.stack([arriving * under, arriving * (1 - under)])
        return out / max(totals[0], 1e-9), back / max(totals[1], 1e-9)


def _normal_below(z: Floats) -> Floats:
    result: Floats = 0.5 * (1 + np.vectorize(erf)(z / np.sqrt(2)))
    return result
