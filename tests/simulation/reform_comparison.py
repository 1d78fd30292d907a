"""A reform compared with the law, made up for the tests of the proposal: every figure follows from these numbers."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from karama.foundation.months import Month
from karama.law.inputs import MILIEU_LABELS
from karama.simulation import load_scenario
from karama.simulation.living import LivingReport
from karama.territory import region_names

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from karama.simulation import Scenario

MILLION = 100_000_000
LAW, NAME = "law", "floor-600"
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
COVERED = {
    "families": (3_900_000, 3_912_345),
    "families_child": (2_400_000, 2_400_987),
    "children": (5_500_000, 5_500_321),
    "persons": (12_500_000, 12_543_210),
}
MEASURES = {"headcount": 1.0, "gap": 0.25, "severity": 0.1, "gini": 12.0}


@dataclass(frozen=True)
class Tables:
    """The tables of a made-up comparison."""

    month: Month
    costs: pl.DataFrame
    coverage: pl.DataFrame
    summary: pl.DataFrame
    winners: pl.DataFrame
    movements: pl.DataFrame
    living: LivingReport | None
    manifest: dict[str, Any] = field(default_factory=dict)

    def without(self, *names: str) -> Tables:
        """The same without the rows of some tables."""
        return replace(self, living=None, **{name: getattr(self, name).clear() for name in names})


def scenario(folder: Path, text: str = SCENARIO) -> Scenario:
    """The scenario as its file gives it."""
    path = folder / "scenario.yaml"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return load_scenario(path)


def comparison(**manifest: object) -> Tables:
    """The reform beside the law."""
    both = tuple(enumerate((LAW, NAME)))
    groups = [
        *_groups("decile", {str(one): str(one) for one in range(1, 11)}, {str(one): str(one) for one in range(1, 11)}),
        *_groups("milieu", *_named(MILIEU_LABELS.items())),
        *_groups("region", *_named(region_names().items())),
    ]
    return Tables(
        month=Month(2027, 1),
        costs=pl.DataFrame(
            [
                {
                    "scenario": name,
                    "period": period,
                    "benefit": benefit,
                    "amount_centimes": amounts[place] * MILLION // parts,
                }
                for place, name in both
                for period, parts in (("month", 12), ("year", 1))
                for benefit, amounts in YEARLY.items()
            ]
        ),
        coverage=pl.DataFrame(
            [
                {"scenario": name, "measure": one, "count": counts[place]}
                for place, name in both
                for one, counts in COVERED.items()
            ]
        ),
        summary=pl.DataFrame(
            {"scenario": [LAW, NAME], "winners": [0, 1_049_995], "losers": [0, 1_665]},
        ),
        winners=pl.DataFrame(groups),
        movements=pl.DataFrame(
            {
                "scenario": [NAME, NAME],
                "movement": ["exit", "entry"],
                "reason": ["pension", "score_above_threshold"],
                "families": [1_204, 13_549],
                "amount_centimes": [-62 * MILLION // 100, 12 * MILLION],
            }
        ),
        living=_living(),
        manifest={"month": "2027-01", "register_month": "2026-03", "share": 1.0, "synthetic": True, **manifest},
    )


def _named(labels: Iterable[tuple[str, Any]]) -> tuple[dict[str, str], dict[str, str]]:
    pairs = list(labels)
    return {code: label.fr for code, label in pairs}, {code: label.ar for code, label in pairs}


def _groups(by: str, french: dict[str, str], arabic: dict[str, str]) -> list[dict[str, object]]:
    return [
        {
            "scenario": NAME,
            "by": by,
            "group": code,
            "name_fr": name,
            "name_ar": arabic[code],
            "winners": 100_000 + 1_111 * place,
            "losers": 37 * place,
            "unchanged": 50_000 + place,
            "gain_centimes": (40 - 2 * place) * MILLION,
            "loss_centimes": place * MILLION // 10,
        }
        for place, (code, name) in enumerate(french.items())
    ]


def _living() -> LivingReport:
    places = {("country", "all"): 0.0312, ("milieu", "urban"): 0.0201, ("milieu", "rural"): 0.0543}
    measures = pl.DataFrame(
        [
            {
                "aid": aid,
                "level": level,
                "territory": territory,
                "measure": measure,
                "value": rate * factor * times,
            }
            for (level, territory), rate in places.items()
            for aid, times in (("none", 1.2), (LAW, 1.0), (NAME, 0.9))
            for measure, factor in MEASURES.items()
        ]
    )
    nothing = pl.DataFrame()
    return LivingReport(measures, nothing, nothing, nothing, nothing, None, 0)
