"""Registers of a few persons, one line each, on which single events are tried."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from karama.foundation.months import Month
from karama.population.draws import Draws
from karama.population.life.facts import Facts
from karama.population.register import NEVER, UNKNOWN, Register, day_number

HEAD, SPOUSE, CHILD, OTHER = 0, 1, 2, 4
SINGLE, MARRIED, DIVORCED, WIDOWED = 0, 1, 2, 3
MONTH = Month(2026, 3)
FLAGS = ("in_rnp", "enrolled", "public", "severe", "father_deceased", "settled", "new_enrolled")
FLAGS += ("family_allowance", "state_pay", "pension", "salaried")


def person(number: int, role: int, birth: str, *, sex: int = 0, **facts: int) -> dict[str, int]:
    """One row of persons; the household is the number's unless told."""
    never = ("death", "death_known", "grant_claim", *(f"{kind}_{word}" for kind in KINDS for word in ("on", "known")))
    row = dict.fromkeys((*FLAGS, "level", "new_level", "birth_known"), 0)
    row |= dict.fromkeys(never, NEVER)
    row |= dict.fromkeys(("partner", "mother", "live_order", "birth_order"), UNKNOWN)
    row |= {"home": number // 100, "number": number, "role": role, "sex": sex, "marital": SINGLE}
    return row | {"birth": day_number(dt.date.fromisoformat(birth))} | facts


KINDS = ("school", "disability", "job", "pension")


def register_of(*rows: dict[str, int], **homes: int | np.ndarray) -> Register:
    """A register of these persons, every household scored, none with a claim."""
    persons: dict[str, Any] = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    persons |= {name: persons[name].astype(np.bool_) for name in FLAGS}
    numbers = np.unique(persons["home"])
    count = len(numbers)
    columns: dict[str, Any] = {
        name: np.full(count, value)
        for name, value in {
            "cell": 0,
            "origin": 0,
            "claim": NEVER,
            "score": 9_000_000_000,
            "previous": UNKNOWN,
            "effective": MONTH.index,
            "entered": MONTH.index - 10,
            "members_numbered": 9,
            "new_cell": UNKNOWN,
            "moved_on": NEVER,
            "move_known": NEVER,
            "usual_phones": 1,
            "channel": 0,
        }.items()
    }
    flags = {name: np.zeros(count, np.bool_) for name in ("urban", "touched", "lately", "fonds", "resident")}
    columns |= flags | {"number": numbers, "last_turn": numbers % 10} | homes
    return Register(homes=columns, inputs={"cows": np.zeros(count, np.int64)}, persons=persons)


def facts_of(register: Register, month: Month = MONTH) -> Facts:
    return Facts(month, Draws(1), register.homes["number"])


def roles(register: Register) -> dict[int, int]:
    return dict(zip(register.persons["number"].tolist(), register.persons["role"].tolist(), strict=True))


def homes(register: Register) -> dict[int, int]:
    return dict(zip(register.persons["number"].tolist(), register.persons["home"].tolist(), strict=True))


def told(facts: Facts) -> set[tuple[str, str, str | None, str | None, str | None]]:
    frame = facts.frame()
    return set(frame.select("event", "column", "person_id", "old_value", "new_value").iter_rows())
