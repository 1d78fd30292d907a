"""The product beside the oracle: the same households through both, and where they differ."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from karama.foundation.months import Month
from karama.law import decide_household, decide_register
from tests.oracles.asd_oracle import decide
from tests.oracles.random_households import CLOCKS, MONTHS, random_households, random_month_and_clock
from tests.oracles.register_files import as_register

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Household = dict[str, Any]
GROUPS = tuple((month, clock) for month in MONTHS for clock in CLOCKS)


class Difference(NamedTuple):
    """A household on which a compilation and the oracle do not agree."""

    compilation: str
    month: str
    clock: str
    household: Household
    oracle: dict[str, Any]
    product: dict[str, Any] | None

    def __str__(self) -> str:
        """Everything needed to run the case again."""
        return "\n".join(
            (
                f"{self.compilation}, month {self.month}, amounts {self.clock}",
                f"household {json.dumps(self.household)}",
                f"oracle    {json.dumps(self.oracle)}",
                f"product   {json.dumps(self.product)}",
            )
        )


def sorted_lines(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines in the order of the oracle: by benefit, then person."""
    return sorted(lines, key=lambda line: (line["benefit"], line["person_id"] or ""))


def by_the_function(household: Household, month: str, clock: str) -> dict[str, Any]:
    """The decision of the one-household compilation, in the oracle's shape."""
    decision = decide_household(household, Month.parse(month), amounts=clock)
    return {
        "eligible": decision.eligible,
        "aid": decision.aid,
        "amount_centimes": decision.amount_centimes,
        "reasons": list(decision.reasons),
        "lines": sorted_lines(
            [
                {
                    "benefit": line.benefit,
                    "person_id": line.person_id,
                    "rank": line.rank,
                    "amount_centimes": line.amount_centimes,
                }
                for line in decision.lines
            ]
        ),
    }


def by_the_register(households: list[Household], month: str, clock: str) -> dict[str, dict[str, Any]]:
    """The decisions of the set-based compilation by household_id, in the oracle's shape."""
    with TemporaryDirectory() as folder:
        as_register(households, Path(folder))
        decisions, lines = decide_register(Path(folder), Month.parse(month), amounts=clock)
    lines_of: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    columns = ["household_id", "benefit", "person_id", "rank", "amount_centimes"]
    for line in lines.select(columns).to_pylist():
        lines_of[line.pop("household_id")].append(line)
    found = {}
    for decision in decisions.select(["household_id", "eligible", "aid", "amount_centimes", "reasons"]).to_pylist():
        household_id = decision.pop("household_id")
        assert household_id not in found, f"two decisions for {household_id}"
        found[household_id] = {**decision, "lines": sorted_lines(lines_of.pop(household_id, []))}
    assert not lines_of, f"lines without a decision: {list(lines_of)[:5]}"
    return found


def differences(households: list[Household], month: str, clock: str) -> Iterator[Difference]:
    """Every household that either compilation decides otherwise than the oracle, in a month on a clock."""
    register = by_the_register(households, month, clock)
    assert len(register) == len(households)
    for household in households:
        expected = decide(household, month, clock)
        in_register = register[household["household_id"]]
        if in_register != expected:
            yield Difference("register", month, clock, household, expected, in_register)
        alone = by_the_function(household, month, clock)
        if alone != expected:
            yield Difference("one household", month, clock, household, expected, alone)


def sample(seed: int, month: str, clock: str, count: int) -> list[Household]:
    """The households of one month and clock of a seeded sample."""
    return random_households(Random(f"{seed} {month} {clock}"), count, month)


def sizes_of_groups(seed: int, count: int) -> Counter[tuple[str, str]]:
    """How many of ``count`` households fall on each month and clock when each draws its own."""
    rng = Random(seed)
    return Counter(random_month_and_clock(rng) for _ in range(count))


def smallest(household: Household, differs: Callable[[Household], bool]) -> Household:
    """The household with every member and optional field removed whose removal keeps the difference."""
    required = {"household_id", "milieu", "commune", "claim_month", "score", "members"}
    for place in range(len(household["members"]) - 1, -1, -1):
        members = household["members"]
        trial = {**household, "members": members[:place] + members[place + 1 :]}
        if members[place]["role"] != "head" and differs(trial):
            household = trial
    for field in [field for field in household if field not in required]:
        trial = {name: value for name, value in household.items() if name != field}
        if differs(trial):
            household = trial
    for place in range(len(household["members"])):
        for field in list(household["members"][place]):
            members = list(household["members"])
            members[place] = {name: value for name, value in members[place].items() if name != field}
            trial = {**household, "members": members}
            if field not in {"person_id", "role", "sex", "birth_date"} and differs(trial):
                household = trial
    return household


def reduced(difference: Difference) -> Difference:
    """The same difference on the smallest household that still shows it."""
    month, clock = difference.month, difference.clock

    def product(household: Household) -> dict[str, Any]:
        if difference.compilation == "register":
            return by_the_register([household], month, clock)[household["household_id"]]
        return by_the_function(household, month, clock)

    small = smallest(difference.household, lambda h: product(h) != decide(h, month, clock))
    return difference._replace(household=small, oracle=decide(small, month, clock), product=product(small))
