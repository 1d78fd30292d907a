"""Published national figures, and their distance to the synthetic population's."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import polars as pl

from karama.foundation.errors import BadInputError, UnknownParameterError
from karama.foundation.languages import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE = "published_figures.csv"
_UNSCALED = ("percent", "MAD per year")

FIGURE_USES: Mapping[str, Label] = {
    "fit": Label("ajusté", "للمعايرة", "fitted"),
    "test": Label("seulement comparé", "للمقارنة فقط", "only compared"),
}
FIGURE_UNITS: Mapping[str, Label] = {
    "pupils": Label("élèves", "تلميذ", "pupils"),
    "families": Label("familles", "أسرة", "families"),
    "children": Label("enfants", "طفل", "children"),
    "widows": Label("veuves", "أرملة", "widows"),
    "persons": Label("personnes", "شخص", "persons"),
    "households": Label("ménages", "أسرة معيشية", "households"),
    "percent": Label("%", "%", "%"),
    "million MAD": Label("millions MAD", "مليون درهم", "million MAD"),
    "MAD per year": Label("MAD par an", "درهم في السنة", "MAD per year"),
}


@cache
def published_figures() -> pl.DataFrame:
    """The published figures, each with its source.

    Returns:
        ``date`` (as published), ``code``, ``label_fr``, ``label_ar``, ``label_en``, ``value``, ``unit``, ``source`` and
        ``use``: ``fit`` may guide an assumption, ``test`` is only compared.  A code has one row per date.
    """
    content = resources.files("karama.population").joinpath(_FILE).read_bytes()
    return pl.read_csv(content, schema_overrides={"date": pl.String, "value": pl.Float64})


@cache
def figure_labels() -> Mapping[str, Label]:
    """The words of each published figure, by its code."""
    columns = ("code", "label_fr", "label_ar", "label_en")
    return {code: Label(*words) for code, *words in published_figures().select(columns).iter_rows()}


def compare_with_published(totals: Mapping[str, float], share: float) -> pl.DataFrame:
    """The synthetic totals brought to the whole country, beside the published ones.

    Args:
        totals: by code of `published_figures`, as counted in the synthetic register: numbers of households or persons,
            million MAD for ``budget``, percent for rates.
        share: of the census's households that was generated; counts and amounts are divided by it, rates are not.

    Returns:
        One row per published figure with such a code, in the order of the file: its columns, ``synthetic`` and
        ``distance_percent`` (of the published value; positive when the synthetic one is larger).

    Raises:
        BadInputError: the share is not above 0 and at most 1.
        UnknownParameterError: a code that no published figure has.
    """
    if not 0 < share <= 1:
        raise BadInputError(f"share {share} is not above 0 and at most 1: give the share of the register's manifest")
    figures = published_figures()
    unknown = sorted(set(totals) - set(figures["code"]))
    if unknown:
        known = ", ".join(figures["code"].unique(maintain_order=True))
        raise UnknownParameterError(f"{_FILE}: no published figure has the code '{unknown[0]}': use one of {known}")
    counted = pl.DataFrame({"code": list(totals), "counted": [float(value) for value in totals.values()]})
    scaled = pl.when(pl.col("unit").is_in(_UNSCALED)).then(pl.col("counted")).otherwise(pl.col("counted") / share)
    return (
        figures.join(counted, on="code", how="inner", maintain_order="left")
        .with_columns(scaled.alias("synthetic"))
        .with_columns((100 * (pl.col("synthetic") / pl.col("value") - 1)).round(1).alias("distance_percent"))
        .drop("counted")
    )
