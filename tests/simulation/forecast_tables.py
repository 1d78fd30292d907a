"""A forecast as tables, made up for the tests of the notes: every figure follows from the arguments."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from karama.foundation.months import Month

MILLION = 100_000_000
BENEFITS = {
    "child_aid": 1_480,
    "disability_supplement": 3,
    "family_floor": 190,
    "flat_aid": 760,
    "birth_grant": 28,
    "back_to_school_grant": 0,
    "institution_aid": 4,
    "institution_top_up": 0,
}
CATEGORIES = {
    "households": 5_000_000,
    "families": 3_900_000,
    "families_child_aid": 2_400_000,
    "families_flat_aid": 1_500_000,
    "children": 5_500_000,
    "persons": 12_500_000,
    "persons_60_and_over": 1_700_000,
    "widows": 400_000,
    "widows_with_children": 87_000,
    "pupils_with_grant": 0,
    "births_with_grant": 21_000,
    "institution_children": 9_000,
}
APPROPRIATIONS = {2026: 29_000 * MILLION, 2027: 30_000 * MILLION}
PERCENTILES = {5: 0.93, 25: 0.975, 50: 1.004, 75: 1.03, 95: 1.07}
RATES = (
    ("fertility_25_29", 0.112, "naissances par femme de 25 à 29 ans", "الولادات لكل امرأة بين 25 و29 سنة", "confirmed"),
    ("drop_out_lower_secondary", 0.053, "abandon scolaire au collège", "الانقطاع في الثانوي الإعدادي", "press"),
    ("take_up_monthly", 0.02, "demandes nouvelles par mois", "الطلبات الجديدة في الشهر", "assumption"),
    ("score_drift", 0.0015, "dérive mensuelle de l'indice", "الانحراف الشهري للمؤشر", "assumption"),
    ("formal_job_start", 0.004, "accès mensuel à un emploi formel", "الولوج الشهري إلى شغل مهيكل", "unknown"),
    ("mortality_60_plus", 0.031, "décès par an à 60 ans et plus", "الوفيات السنوية لمن بلغ 60 سنة فأكثر", "published"),
)


@dataclass(frozen=True)
class Tables:
    """The tables of a made-up forecast."""

    costs: pl.DataFrame
    caseload: pl.DataFrame
    years: pl.DataFrame
    cash: pl.DataFrame
    fan: pl.DataFrame
    fan_years: pl.DataFrame
    tornado: pl.DataFrame
    backtest: pl.DataFrame
    assumptions: pl.DataFrame
    manifest: dict[str, Any] = field(default_factory=dict)

    def without(self, *names: str) -> Tables:
        """The same without the rows of some tables."""
        return replace(self, **{name: getattr(self, name).clear() for name in names})


def amount_of(benefit: str, month: Month, step: int) -> int:
    """Centimes of a benefit in a month: a slow rise, the school grant in September."""
    if benefit == "back_to_school_grant":
        return 640 * MILLION + 7 if month.month == 9 else 0
    if benefit == "institution_top_up":
        return 1_234_500 * (step % 5)
    return BENEFITS[benefit] * MILLION * (1_000 + 2 * step) // 1_000 + 137 * step


def tables(start: str = "2026-01", months: int = 60, **manifest: object) -> Tables:
    """A forecast of so many months."""
    calendar = list(Month.range(Month.parse(start), months))
    costs = pl.DataFrame(
        [
            {
                "month": str(month),
                "benefit": name,
                "recipients": 1_000 + step,
                "amount_centimes": amount_of(name, month, step),
            }
            for step, month in enumerate(calendar)
            for name in BENEFITS
        ]
    )
    totals = dict(costs.group_by("month").agg(pl.col("amount_centimes").sum()).iter_rows())
    return Tables(
        costs=costs,
        caseload=_caseload(calendar),
        years=_years(costs),
        cash=_cash(calendar, totals),
        fan=pl.DataFrame(
            [
                {
                    "month": str(month),
                    "percentile": float(one),
                    "amount_centimes": int(totals[str(month)] * (1 + (factor - 1) * (1 + step / 30))),
                }
                for step, month in enumerate(calendar)
                for one, factor in PERCENTILES.items()
            ]
        ),
        fan_years=_fan_years(costs),
        tornado=_tornado(sum(totals.values())),
        backtest=_backtest(),
        assumptions=_assumptions(),
        manifest={
            "programme": "asd",
            "register": "register",
            "start": start,
            "months": months,
            "seed": 7,
            "draws": 200,
            "share": 1.0,
            "synthetic": True,
            "law": "4f1c2d9ab07e5566deadbeef",
            "versions": {"karama": "0.1.0", "duckdb": "1.5.6"},
            **manifest,
        },
    )


def _caseload(calendar: list[Month]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"month": str(month), "category": name, "count": count + 1_000 * step}
            for step, month in enumerate(calendar)
            for name, count in CATEGORIES.items()
        ]
    )


def _years(costs: pl.DataFrame) -> pl.DataFrame:
    dated = costs.with_columns(pl.col("month").str.head(4).cast(pl.Int64).alias("fiscal_year"))
    years = dated.group_by("fiscal_year", "benefit", maintain_order=True).agg(
        pl.col("month").n_unique().alias("months"), pl.col("amount_centimes").sum()
    )
    known = pl.col("fiscal_year").replace_strict(APPROPRIATIONS, default=None, return_dtype=pl.Int64)
    return years.with_columns(
        known.alias("appropriation_centimes"), pl.lit("loi de finances").alias("appropriation_source")
    )


def _cash(calendar: list[Month], totals: dict[str, int]) -> pl.DataFrame:
    rows = []
    for step, month in enumerate(calendar):
        due = totals[str(month)]
        arrears = 85 * MILLION if step == 4 else 0
        rows.append(
            {
                "month": str(month),
                "legal_centimes": due,
                "paid_centimes": due - (85 * MILLION if step == 2 else 0),
                "arrears_centimes": arrears,
                "carried_over_centimes": 85 * MILLION if step in {2, 3} else 0,
                "blocked_centimes": 0,
                "cash_out_centimes": due - (85 * MILLION if step == 2 else 0) + arrears,
            }
        )
    return pl.DataFrame(rows)


def _fan_years(costs: pl.DataFrame) -> pl.DataFrame:
    dated = costs.with_columns(pl.col("month").str.head(4).cast(pl.Int64).alias("fiscal_year"))
    totals = dated.group_by("fiscal_year").agg(pl.col("amount_centimes").sum()).sort("fiscal_year")
    return pl.DataFrame(
        [
            {"fiscal_year": year, "percentile": float(one), "amount_centimes": int(total * factor)}
            for year, total in totals.iter_rows()
            for one, factor in PERCENTILES.items()
        ]
    )


def _tornado(total: int) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "assumption": name,
                "low": value * 0.8,
                "high": value * 1.2,
                "cost_low_centimes": total - (number + 1) * 311 * MILLION,
                "cost_high_centimes": total + (number + 1) * 287 * MILLION,
                "label": name,
                "label_fr": french,
                "label_ar": arabic,
            }
            for number, (name, value, french, arabic, _) in enumerate(RATES)
        ]
    )


def _backtest() -> pl.DataFrame:
    rows = [
        ("back_to_school_pupils", "2024-09", "pupils", 3_100_000.0, 3_012_345.0, "test", "barlamane 2025-05"),
        ("child_aid_families", "2025-04-18", "families", 2_435_000.0, 2_441_022.0, "fit", "medias24 2025-04-21"),
        ("budget", "2026", "million MAD", 29_000.0, 28_412.5, "test", "several"),
    ]
    names = ("metric", "date", "unit", "published", "forecast", "use", "source")
    table = pl.DataFrame(rows, schema=list(names), orient="row")
    error = (pl.col("forecast") - pl.col("published")) / pl.col("published")
    return table.with_columns(error.alias("relative_error"))


def _assumptions() -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "name": name,
                "value": str(value),
                "unit": "share",
                "low": value * 0.8,
                "high": value * 1.2,
                "meaning": f"what {name} means",
                "label_fr": french,
                "label_ar": arabic,
                "source": "HCP RGPH 2024",
                "status": status,
            }
            for name, value, french, arabic, status in RATES
        ]
    )
