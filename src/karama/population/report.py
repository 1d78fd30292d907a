"""How far a generated population is from the census and from published figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from karama.foundation.errors import BadInputError
from karama.foundation.languages import Label, Language
from karama.foundation.storage import read_json
from karama.population.fit import COUNTS, MARGINS, MEANS
from karama.population.generation import GENERATOR
from karama.population.living import living_figures
from karama.population.published import compare_with_published
from karama.territory import household_margins

if TYPE_CHECKING:
    from pathlib import Path

EL_JADIDA = "06181"
"""Province of the agency's first territorial representation."""

TITLES: dict[str, Label] = {
    "title": Label(
        "Population synthétique (aucune ligne n'est une personne réelle)",
        "ساكنة اصطناعية (لا يمثل أي سطر شخصا حقيقيا)",
        "Synthetic population (no row is a real person)",
    ),
    "share": Label("part", "الحصة", "share"),
    "seed": Label("graine", "البذرة", "seed"),
    "census": Label(
        "Distance au recensement (RGPH 2024)", "الفرق مع الإحصاء العام 2024", "Distance to the census (RGPH 2024)"
    ),
    "published": Label("Distance aux chiffres publiés", "الفرق مع الأرقام المنشورة", "Distance to published figures"),
    "margin": Label("marge", "الهامش", "margin"),
    "cells": Label("cellules", "الخلايا", "cells"),
    "median": Label("médiane (points)", "الوسيط (نقط)", "median (points)"),
    "p95": Label("95e centile (points)", "المئين 95 (نقط)", "95th percentile (points)"),
    "national": Label("pays (points)", "البلد (نقط)", "country (points)"),
    "one": Label("une unité (points)", "وحدة واحدة (نقط)", "one unit (points)"),
    "figure": Label("chiffre", "الرقم", "figure"),
    "published_value": Label("publié", "المنشور", "published"),
    "synthetic_value": Label("synthétique", "الاصطناعي", "synthetic"),
    "distance": Label("écart (%)", "الفرق (%)", "distance (%)"),
    "use": Label("usage", "الاستعمال", "use"),
}


def report(folder: Path, territory: str = "") -> dict[str, Any]:
    """Distances of a folder written by `generate`.

    Args:
        folder: the whole folder, with its census_fit.parquet and months.
        territory: first digits of the codes of the units compared with the census: those of a region (2), of a
            province (5) or of one unit (9); all units when empty.

    Returns:
        ``synthetic`` (true), ``seed``, ``share``, ``month``; ``census``: one entry per margin with its label, number of
        cells, median and 95th percentile of the absolute distance, distance of the whole country, and ``one_unit``, the
        median distance that one person or household makes in such a cell (below it nothing can be told apart); in
        points, or in persons for the means, in households or persons for the two counts; ``published``: one entry per
        published figure that needs no law, always of the whole country.

    Raises:
        BadInputError: the folder was not written by `generate`, or no unit's code begins so.
    """
    manifest = _manifest(folder)
    first = manifest["months"][0]
    fit = pl.read_parquet(folder / "census_fit.parquet")
    compared = compare_with_published(_totals(folder / first, fit), manifest["share"])
    rows = distances(folder).filter(pl.col("code").str.starts_with(territory))
    if not len(rows):
        raise BadInputError(f"no unit's code begins with '{territory}': give the digits of a region, province or unit")
    return {
        "synthetic": True,
        "seed": manifest["seed"],
        "share": manifest["share"],
        "month": first,
        "territory": territory,
        "census": [_distance(rows, margin, label) for margin, label in MARGINS.items()],
        "published": compared.to_dicts(),
    }


def _manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a folder made by `generate`."""
    path = folder / "manifest.json"
    if not path.is_file():
        raise BadInputError(f"{folder}: no manifest.json: give the folder that 'karama population generate' wrote")
    manifest: dict[str, Any] = read_json(path)
    if manifest.get("generator") != GENERATOR or "months" not in manifest:
        message = f"{path}: not the manifest of a whole synthetic register: give the folder above the months"
        raise BadInputError(message)
    return manifest


def distances(folder: Path) -> pl.DataFrame:
    """Every cell, margin and category beside the census.

    Args:
        folder: written by `generate`.

    Returns:
        ``code``, ``milieu``, ``sex`` (``all`` for households), ``margin``, ``category``, ``census`` and ``generated``
        (shares, means for `MEANS`, numbers for `COUNTS`), ``base`` (persons or households of whom it is a share; 1 for
        counts), ``distance`` (absolute, in points; in the margin's own unit for means and counts) and ``one_unit``, the
        distance that one person or household makes.
    """
    share = _manifest(folder)["share"]
    fit = pl.read_parquet(folder / "census_fit.parquet")
    full = household_margins().select("code", "milieu", "households", "population")
    sizes = fit.filter(pl.col("margin") == "household_size").join(full, on=["code", "milieu"])
    counts = [
        sizes.with_columns(
            pl.lit(margin).alias("margin"),
            pl.lit("count").alias("category"),
            (pl.col(census) * share).alias("census"),
            pl.col(column).alias("generated"),
            pl.lit(1, pl.Int64).alias("base"),
        ).select(fit.columns)
        for margin, census, column in (("households", "households", "base"), ("persons", "population", "generated"))
    ]
    scale = pl.when(pl.col("margin").is_in([*MEANS, *COUNTS])).then(1.0).otherwise(100.0)
    value = pl.col("generated") / pl.col("base")
    return pl.concat([*counts, fit.filter(pl.col("base") > 0)]).with_columns(
        value.alias("generated"),
        ((value - pl.col("census")).abs() * scale).alias("distance"),
        (scale / pl.col("base")).alias("one_unit"),
    )


def _distance(rows: pl.DataFrame, margin: str, label: Label) -> dict[str, Any]:
    """Absolute distances of one margin over its cells, and that of all of them together."""
    cells = rows.filter(pl.col("margin") == margin)
    weight = pl.lit(1, pl.Int64) if margin in COUNTS else pl.col("base")
    together = cells.group_by("sex", "category").agg(
        ((pl.col("generated") - pl.col("census")) * weight).sum().abs().alias("sum"), weight.sum().alias("base")
    )
    scale = {True: 1.0, False: 100.0}[margin in (*MEANS, *COUNTS)]
    whole = together["sum"] if margin in COUNTS else together["sum"] / together["base"] * scale
    return {
        "margin": margin,
        "label": label.as_dict(),
        "cells": len(cells),
        "median": _rounded(cells["distance"].median()),
        "p95": _rounded(cells["distance"].quantile(0.95, "linear")),
        "country": _rounded(whole.max()),
        "one_unit": _rounded(cells["one_unit"].median()),
    }


def _rounded(value: Any) -> float:  # noqa: ANN401 - what polars gives for a statistic of a column
    return round(float(value or 0), 3)


def _totals(month: Path, fit: pl.DataFrame) -> dict[str, float]:
    """The totals that need no law: households and persons generated and registered, and living standards."""
    sizes = fit.filter(pl.col("margin") == "household_size")
    urban = pl.col("milieu") == "urban"
    el_jadida = pl.col("code").str.starts_with(EL_JADIDA)
    households = pl.scan_parquet(month / "households.parquet").select(pl.len(), pl.col("size").sum()).collect()
    living = living_figures(month / "living_standards.parquet")
    spent = {part: living.pop(f"total_spending{part}") for part in ("", "_urban", "_rural")}
    homes = {"": sizes, "_urban": sizes.filter(urban), "_rural": sizes.filter(~urban)}
    means = {f"mean_household_spending{part}": spent[part] / max(int(homes[part]["base"].sum()), 1) for part in spent}
    return {
        **living,
        **means,
        "rsu_households": households["len"][0],
        "rsu_persons": households["size"][0],
        "census_households": sizes["base"].sum(),
        "census_households_urban": sizes.filter(urban)["base"].sum(),
        "census_households_rural": sizes.filter(~urban)["base"].sum(),
        "census_inhabitants": sizes["generated"].sum(),
        "census_households_el_jadida": sizes.filter(el_jadida)["base"].sum(),
    }


def as_text(result: dict[str, Any], language: Language = "en") -> str:
    """The report as two tables of text, for a terminal."""
    say = {name: label.get(language) for name, label in TITLES.items()}
    census = [[say[name] for name in ("margin", "cells", "median", "p95", "national", "one")]]
    census += [
        [
            entry["label"][language],
            f"{entry['cells']:,}",
            *(f"{entry[name]:.2f}" for name in ("median", "p95", "country", "one_unit")),
        ]
        for entry in result["census"]
    ]
    published = [[say[name] for name in ("figure", "published_value", "synthetic_value", "distance", "use")]]
    published += [
        [
            f"{entry[f'label_{language}']} ({entry['date']})",
            _figure(entry["value"], entry["unit"]),
            _figure(entry["synthetic"], entry["unit"]),
            f"{entry['distance_percent']:+.1f}",
            entry["use"],
        ]
        for entry in result["published"]
    ]
    head = f"{say['title']} · {result['month']} · {say['share']} {result['share']} · {say['seed']} {result['seed']}"
    return "\n".join([head, "", say["census"], *_aligned(census), "", say["published"], *_aligned(published)])


def _figure(value: float, unit: str) -> str:
    """Percentages with one decimal, numbers and amounts whole."""
    return f"{value:,.1f}" if unit == "percent" else f"{value:,.0f}"


def _aligned(rows: list[list[str]]) -> list[str]:
    """Rows as lines of equal columns, the first to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
