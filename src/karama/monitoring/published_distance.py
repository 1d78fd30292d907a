"""How far the decided months are from the published figures of the programme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from karama.foundation.months import Month
from karama.law import decide_register
from karama.monitoring.month_figures import NO_AID, months_in
from karama.population import compare_with_published, published_figures, report

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

OLD_AGE = 60
_SEPTEMBER, _NOVEMBER = 9, 11
_CENTIMES_IN_A_MILLION = 100_000_000
_SCHOOL_GRANT = "back_to_school_grant"


@dataclass(frozen=True)
class Counted:
    """One total of the register, the published figure it stands beside, and the month or year it was counted in."""

    date: str
    code: str
    total: float
    counted_in: str


def distances(months: Path, register: Path) -> pl.DataFrame:
    """Each published figure beside the register's, brought to the whole country.

    A figure is compared in the decided month that is nearest to its date, the back-to-school grant in the last
    September, a yearly budget in that year when its months January to November are all there; December, which comes
    after the last month decided, then counts as November.

    Args:
        months: folder of finished months.
        register: folder written by `karama.population.generate`, from which they were decided.

    Returns:
        The columns of `karama.population.compare_with_published`, and ``counted_in`` (YYYY-MM or YYYY).

    Raises:
        BadInputError: no finished month, or a register that was not generated.
    """
    population = report(register)
    census = pl.DataFrame(population["published"]).with_columns(pl.lit(population["month"]).alias("counted_in"))
    known = months_in(months)
    counted = [*_of_families(months, register, known), *_of_school(months, known), *_budgets(months, known)]
    programme = [
        compare_with_published({one.code: one.total}, population["share"])
        .filter(pl.col("date") == one.date)
        .with_columns(pl.lit(one.counted_in).alias("counted_in"))
        for one in counted
    ]
    return pl.concat([*programme, census.select(programme[0].columns)], how="vertical_relaxed")


def _of_families(months: Path, register: Path, known: Sequence[Month]) -> Iterator[Counted]:
    """Figures on the families aided, each in the month nearest to its date."""
    cache: dict[Month, Mapping[str, int]] = {}
    for date, code in published_figures().select("date", "code").iter_rows():
        if code not in FAMILY_CODES:
            continue
        month = min(known, key=lambda one: abs(one - Month.parse(date[:7])))
        totals = cache.setdefault(month, {}) or family_totals(months / str(month), register / str(month), month)
        cache[month] = totals
        yield Counted(date, code, totals[code], str(month))


FAMILY_CODES = (
    "child_aid_families",
    "children",
    "flat_aid_families",
    "widows",
    "widows_with_children",
    "families_also_amo_tadamon",
    "families",
    "persons",
    "persons_60_plus",
)
"""The published figures that count families with an aid, or those who live in them."""


def family_totals(month_folder: Path, register_folder: Path, month: Month) -> dict[str, int]:
    """Totals of one month by the codes of `FAMILY_CODES`.

    A widow is counted where she heads a family with an aid, with children where that is the child aid.
    """
    aided = pl.scan_parquet(month_folder / "decisions.parquet").filter(pl.col("aid") != NO_AID)
    decided = aided.select("household_id", "aid", "counted_children").collect()
    people = _people(register_folder, month).join(decided, on="household_id")
    widows = people.filter(
        (pl.col("role") == "head") & (pl.col("sex") == "F") & (pl.col("marital_status") == "widowed")
    )
    covered, _ = decide_register(register_folder, month, "amo_tadamon")
    with_cover = pl.DataFrame(covered).filter("eligible").select("household_id")
    child, flat = pl.col("aid") == "child", pl.col("aid") == "flat"
    born_by = month.first_day.replace(year=month.year - OLD_AGE)
    return {
        "child_aid_families": len(decided.filter(child)),
        "children": int(decided.filter(child)["counted_children"].sum()),
        "flat_aid_families": len(decided.filter(flat)),
        "widows": len(widows),
        "widows_with_children": len(widows.filter(child)),
        "families_also_amo_tadamon": len(decided.join(with_cover, on="household_id", how="semi")),
        "families": len(decided),
        "persons": len(people),
        "persons_60_plus": len(people.filter(pl.col("birth_date") <= born_by)),
    }


def _people(register_folder: Path, month: Month) -> pl.DataFrame:
    """Those of the register who are present in the month."""
    return (
        pl.scan_parquet(register_folder / "persons.parquet")
        .filter(
            (pl.col("birth_date") <= month.last_day)
            & (pl.col("death_date").is_null() | (pl.col("death_date") >= month.first_day))
        )
        .select("household_id", "role", "sex", "marital_status", "birth_date")
        .collect()
    )


def _of_school(months: Path, known: Sequence[Month]) -> Iterator[Counted]:
    """Figures of the back-to-school grant, in the last September decided."""
    september = next((month for month in reversed(known) if month.month == _SEPTEMBER), None)
    if september is None:
        return
    folder = months / str(september)
    pupils = pl.read_parquet(folder / "lines.parquet").filter(pl.col("benefit") == _SCHOOL_GRANT)
    homes = pl.read_parquet(folder / "decisions.parquet", columns=["household_id", "milieu"])
    rural = pupils.join(homes, on="household_id").filter(pl.col("milieu") == "rural")
    for code, total in (
        ("back_to_school_pupils", len(pupils)),
        ("back_to_school_families", pupils["household_id"].n_unique()),
        ("back_to_school_rural_share", 100 * len(rural) / max(len(pupils), 1)),
    ):
        yield from (Counted(date, code, total, str(september)) for date in _dates_of(code))


def _budgets(months: Path, known: Sequence[Month]) -> Iterator[Counted]:
    """Yearly budgets in million MAD, December counting as November where it is not decided yet."""
    for date in _dates_of("budget"):
        year = [month for month in known if str(month.year) == date]
        if [month.month for month in year][:_NOVEMBER] != list(range(1, _NOVEMBER + 1)):
            continue
        spent = {month: _spent(months / str(month)) for month in year}
        missing = spent[year[-1]] if year[-1].month == _NOVEMBER else 0
        yield Counted(date, "budget", (sum(spent.values()) + missing) / _CENTIMES_IN_A_MILLION, date)


def _spent(folder: Path) -> int:
    """Centimes due in a month."""
    lines = pl.scan_parquet(folder / "lines.parquet").select(pl.col("amount_centimes").cast(pl.Int64).sum())
    return int(lines.collect().item())


def _dates_of(code: str) -> list[str]:
    return published_figures().filter(pl.col("code") == code)["date"].to_list()
