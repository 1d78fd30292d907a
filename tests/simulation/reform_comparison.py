"""A reform compared with the law, made up for the tests of the proposal: every figure follows from these numbers."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import polars as pl

from karama.simulation import load_scenario
from karama.simulation.notes import Comparison

if TYPE_CHECKING:
    from pathlib import Path

    from karama.simulation import Scenario

MILLION = 100_000_000
BASELINE, NAME = "baseline", "floor-600"
SCENARIO = """
    name: floor-600
    label: {fr: "Plancher familial à 600 dirhams", ar: "حد أدنى للأسرة من 600 درهم", en: "Family floor of 600"}
    description:
      fr: "Porter le minimum familial de 500 à 600 dirhams et relever les rangs 1 à 3 de 3 %."
      ar: "رفع الحد الأدنى للأسرة من 500 إلى 600 درهم والزيادة بنسبة 3% في الرتب من 1 إلى 3."
      en: "Raise the family floor from 500 to 600 and ranks 1 to 3 by 3 %."
    author: "Direction du budget"
    status: adopted
    decided_on: 2026-11-20
    parameters:
      - {name: family_floor_amount, value: 600, from: 2027-01}
      - {name: amount_first_ranks_at_school, factor: 1.03, from: 2027-01}
      - {name: amount_first_ranks_orphan_not_at_school, value: 230, from: 2027-01, until: 2027-12}
    indexation:
      - {parameters: [flat_aid_amount], yearly_percent: 2, from: 2027-01, rounded_to: 1}
"""
YEARLY = {
    "child_aid": (17_000, 17_510),
    "family_floor": (2_300, 4_100),
    "flat_aid": (9_200, 9_384),
    "back_to_school_grant": (640, 640),
}
COVERED = {"families": (3_900_000, 3_912_345), "children": (5_500_000, 5_500_321), "persons": (12_500_000, 12_543_210)}


def scenario(folder: Path, text: str = SCENARIO) -> Scenario:
    """The scenario as its file gives it."""
    path = folder / "scenario.yaml"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return load_scenario(path)


def comparison(**manifest: object) -> Comparison:
    """The reform beside the law."""
    both = (BASELINE, NAME)
    return Comparison(
        baseline=BASELINE,
        costs=pl.DataFrame(
            [
                {
                    "scenario": name,
                    "benefit": benefit,
                    "monthly_centimes": amounts[place] * MILLION // 12,
                    "yearly_centimes": amounts[place] * MILLION,
                }
                for place, name in enumerate(both)
                for benefit, amounts in YEARLY.items()
            ]
        ),
        coverage=pl.DataFrame(
            [
                {"scenario": name, **{one: counts[place] for one, counts in COVERED.items()}}
                for place, name in enumerate(both)
            ]
        ),
        winners=pl.DataFrame([*_groups("decile", range(1, 11)), *_groups("milieu", ("urban", "rural")), *_regions()]),
        poverty=pl.DataFrame([_poverty(name, milieu) for name in both for milieu in (None, "urban", "rural")]),
        manifest={"month": "2027-01", "share": 1.0, "synthetic": True, "law": "4f1c2d9ab07e5566", **manifest},
    )


def _groups(by: str, codes: object) -> list[dict[str, object]]:
    return [
        {
            "by": by,
            "group": str(code),
            "winners": 100_000 + 1_111 * place,
            "losers": 37 * place,
            "unchanged": 50_000 + place,
            "gain_centimes": (40 - 2 * place) * MILLION,
            "loss_centimes": place * MILLION // 10,
        }
        for place, code in enumerate(codes)  # type: ignore[call-overload]
    ]


def _regions() -> list[dict[str, object]]:
    return _groups("region", [f"{code:02d}" for code in range(1, 13)])


def _poverty(name: str, milieu: str | None) -> dict[str, object]:
    rate = {None: 0.0312, "urban": 0.0201, "rural": 0.0543}[milieu] * (1 if name == BASELINE else 0.9)
    return {
        "scenario": name,
        "milieu": milieu,
        "region": None,
        "fgt0": rate,
        "fgt1": rate / 4,
        "fgt2": rate / 10,
        "gini": 0.39 + rate / 10,
    }
