"""The reforms that are measured, each as Karama, the hand-written SQL and OpenFisca are told of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SQL = Path(__file__).parent / "variants" / "amounts_duckdb.sql"


@dataclass(frozen=True)
class Reform:
    """One reform.

    ``parameters`` are Karama's, as its files write them; ``openfisca`` those of the country package by their path;
    ``sql`` the pieces of the hand-written query that become others.
    """

    name: str
    label: str
    parameters: dict[str, int | str]
    openfisca: dict[str, int]
    sql: tuple[tuple[str, str], ...]

    def query(self) -> str:
        """The hand-written SQL under the reform.

        Raises:
            ValueError: a piece does not stand in the query, or more than once.
        """
        text = SQL.read_text(encoding="utf-8")
        for old, new in self.sql:
            if text.count(old) != 1:
                raise ValueError(f"{self.name}: '{old}' stands {text.count(old)} times in {SQL.name}")
            text = text.replace(old, new)
        return text

    def scenario(self, month: str, further: int = 0) -> str:
        """The same as a scenario file; ``further`` dirhams or millionths are added to the first value."""
        first, *others = self.parameters.items()
        name, value = first
        moved = value + further if isinstance(value, int) else f"{float(value) + further / 1e6:.6f}"
        lines = [f"  - {{name: {one}, value: {written}, from: {month}}}" for one, written in [(name, moved), *others]]
        return "\n".join([f"name: {self.name}-{further}", f"label: {self.label}", "parameters:", *lines, ""])


AMOUNTS = Reform(
    "amounts",
    "other amounts",
    {
        "family_floor_amount": 600,
        "amount_first_ranks_at_school": 300,
        "amount_first_ranks_not_at_school": 200,
    },
    {
        "child_aid.family_floor": 600,
        "child_aid.first_ranks.at_school": 300,
        "child_aid.first_ranks.not_at_school": 200,
    },
    (
        (
            "ELSE 25000 END ELSE 17500 END",
            "ELSE 30000 END WHEN father_deceased THEN 17500 ELSE 20000 END",
        ),
        (
            "GREATEST(COALESCE(children, 50000), 50000)",
            "CASE WHEN children IS NULL THEN 50000 ELSE GREATEST(children, 60000) END",
        ),
    ),
)
THRESHOLD = Reform(
    "threshold",
    "another threshold",
    {"score_threshold": "9.900000"},
    {"eligibility.score_threshold": 990_000_000},
    (("<= 9.743001", "<= 9.9"),),
)
REFORMS = (AMOUNTS, THRESHOLD)

FIVE: dict[str, str] = {
    "floor": AMOUNTS.scenario("{month}"),
    "threshold": THRESHOLD.scenario("{month}"),
    "late-ranks": "name: late-ranks\nlabel: ranks four to six at school\nparameters:\n"
    "  - {name: amount_next_ranks_at_school, value: 100, from: {month}}\n",
    "indexed": "name: indexed\nlabel: three percent\nparameters:\n"
    "  - {name: family_floor_amount, factor: 1.03, from: {month}}\n"
    "  - {name: flat_aid_amount, factor: 1.03, from: {month}}\n",
}
"""Scenario files of the comparison of five; the fifth is one of the two below."""

FIFTH = {
    "amounts": "name: fifth\nlabel: a lower threshold\nparameters:\n"
    "  - {name: score_threshold, value: 9.5, from: {month}}\n",
    "rule": "name: fifth\nlabel: eight children\nparameters:\n  - {name: children_limit, value: 8, from: {month}}\n",
}
"""A fifth scenario that changes a threshold only, or a limit of the ranks, which asks for the whole law again."""


def five(fifth: str, month: str, folder: Path) -> list[Path]:
    """Write the five scenarios; their files."""
    found = []
    for name, text in {**FIVE, "fifth": FIFTH[fifth]}.items():
        path = folder / f"{name}.yaml"
        path.write_text(text.replace("{month}", month), encoding="utf-8")
        found.append(path)
    return found
