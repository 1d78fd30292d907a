"""The margins of the census of 2024 (RGPH) by unit and milieu, complete for every one of the 1,538 units.

Rates are shares between 0 and 1 (the package prints percentages with one decimal).  Per-head figures stand on the
*municipal* population; the legal one also counts barracks and other collective dwellings.  Four units (Lagouira,
Aghouinite, Zoug, Mijik) have head counts only: they take the shares of their region and milieu, or of the country's
milieu where the region has none, and say so in ``borrowed``.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from karama.territory.packaged import SOURCE_VERSION, read_table
from karama.territory.units import units

__all__ = ["AGE_GROUPS", "HOUSEHOLD_COLUMNS", "PEOPLE_COLUMNS", "SOURCE_VERSION", "household_margins", "people_margins"]

AGE_GROUPS: tuple[str, ...] = (*(f"{age}-{age + 4}" for age in range(0, 75, 5)), "75+")
"""The sixteen age groups of the census, in years."""

_AGE_COLUMNS = tuple(f"age_{first}_{first + 4}" for first in range(0, 75, 5))
_HOUSEHOLD_SHARES = (
    *(f"dwelling_type_{kind}" for kind in ("villa", "apartment", "moroccan_house", "basic_or_slum", "rural", "other")),
    *(f"occupancy_{kind}" for kind in ("owner", "tenant", "other")),
    *(f"amenities_{kind}" for kind in ("kitchen", "toilet", "bathroom", "electricity", "running_water")),
    *(f"cooking_fuel_{kind}" for kind in ("gas", "electricity", "charcoal", "firewood", "other")),
)
_PEOPLE_SHARES = (
    *_AGE_COLUMNS,
    "age_75_plus",
    *(f"marital_status_{status}" for status in ("single", "married", "divorced", "widowed")),
    "disability_prevalence",
    "schooling_rate_6_to_11",
    "illiteracy_rate_15_plus",
    *(
        f"education_{level}"
        for level in ("none", "preschool", "primary", "lower_secondary", "upper_secondary", "higher")
    ),
    *(
        f"employment_status_{status}"
        for status in (
            "employer",
            "self_employed",
            "public_sector",
            "private_sector",
            "family_worker",
            "apprentice",
            "cooperative_member",
            "other",
        )
    ),
    "commute_private_car",
)
HOUSEHOLD_COLUMNS: tuple[str, ...] = (*_HOUSEHOLD_SHARES, "people_per_room")
"""Indicators of households: shares of households, and the mean number of persons per room."""
PEOPLE_COLUMNS: tuple[str, ...] = (
    *_PEOPLE_SHARES,
    "activity_rate",
    "employment_rate",
    "fertility_total_fertility_rate",
)
"""Indicators of persons: shares of the persons concerned, and births per woman."""


@cache
def household_margins() -> pl.DataFrame:
    """What the census says of households, by unit and milieu.

    Returns:
        1,698 rows sorted by ``code`` and ``milieu`` (rural before urban): ``households``, ``population`` (municipal),
        ``borrowed`` (shares taken from the level above) and `HOUSEHOLD_COLUMNS`.
    """
    table = read_table("indicators/households").with_columns(
        *(pl.col(name) / 100 for name in _HOUSEHOLD_SHARES),
        pl.col("households_people_per_room").alias("people_per_room"),
    )
    margins = _with_borrowed(table, HOUSEHOLD_COLUMNS, by=("milieu",))
    counts = {"households_count": "households", "households_municipal_population": "population"}
    return margins.rename(counts).select(
        "code",
        "milieu",
        pl.col("households").cast(pl.Int64),
        pl.col("population").cast(pl.Int64),
        "borrowed",
        *HOUSEHOLD_COLUMNS,
    )


@cache
def people_margins() -> pl.DataFrame:
    """What the census says of women and men, by unit and milieu.

    Returns:
        3,396 rows sorted by ``code``, ``milieu`` and ``sex`` (F before M): ``population`` (municipal, of that sex),
        ``borrowed`` and `PEOPLE_COLUMNS`.  Marital status, illiteracy, activity and employment are shares of those aged
        15 and over, education of those aged 10 and over, employment status of the employed.
    """
    table = (
        read_table("indicators/people")
        .with_columns(
            *(pl.col(name) / 100 for name in _PEOPLE_SHARES),
            *(
                (pl.col(column) / pl.col("labour_population_15_plus")).fill_nan(None).alias(rate)
                for column, rate in (("labour_active", "activity_rate"), ("labour_employed", "employment_rate"))
            ),
            pl.col("sex").replace_strict({"female": "F", "male": "M", "all": "all"}),
        )
        .with_columns(pl.col("fertility_total_fertility_rate").fill_null(strategy="max").over("code_digits", "area"))
    )
    by_sex = _with_borrowed(table.filter(pl.col("sex") != "all"), PEOPLE_COLUMNS, by=("milieu", "sex"))
    share = pl.col("population_municipal_above") / pl.col("population_municipal_above").sum().over("code", "milieu")
    total = household_margins().select("code", "milieu", pl.col("population").alias("of_both"))
    return (
        by_sex.join(total, on=["code", "milieu"])
        .with_columns(
            pl.col("population_municipal")
            .fill_null((pl.col("of_both") * share).round())
            .cast(pl.Int64)
            .alias("population")
        )
        .select("code", "milieu", "sex", "population", "borrowed", *PEOPLE_COLUMNS)
        .sort("code", "milieu", "sex")
    )


def _with_borrowed(table: pl.DataFrame, columns: tuple[str, ...], *, by: tuple[str, ...]) -> pl.DataFrame:
    """The rows of the 1,538 units by milieu, their missing indicators filled from the region, then from the country.

    Also returns ``borrowed`` and, per counted column, the value of the level above as ``..._above``.
    """
    renamed = table.rename({"area": "milieu"}).filter(pl.col("milieu") != "total")
    rows = renamed.filter(pl.col("level").is_in(["commune", "arrondissement"])).rename({"code_digits": "unit"})
    rows = rows.drop("code").rename({"unit": "code"}).join(units().select("code", "region"), on="code")
    carried = [name for name in (*columns, "population_municipal") if name in table.columns]
    above = [
        renamed.filter(pl.col("level") == level).select(
            *keys, *by, *(pl.col(name).alias(f"{name}_{suffix}") for name in carried)
        )
        for level, keys, suffix in (
            ("region", (pl.col("code_digits").alias("region"),), "region"),
            ("country", (), "country"),
        )
    ]
    joined = rows.join(above[0], on=["region", *by], how="left").join(above[1], on=list(by), how="left")
    filled = joined.with_columns(
        pl.col(columns[0]).is_null().alias("borrowed"),
        *(pl.coalesce(name, f"{name}_region", f"{name}_country").alias(name) for name in columns),
        *(
            pl.coalesce(f"{name}_region", f"{name}_country").alias(f"{name}_above")
            for name in carried
            if name not in columns
        ),
    )
    return filled.sort("code", *by)
