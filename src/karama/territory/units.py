"""Communes, arrondissements, provinces and regions, by their nine-digit HCP code.

A code is the hierarchy: ``061810901`` is a commune of province ``06181`` in region ``06``.  The six cities divided into
arrondissements (Tanger, Fès, Rabat, Salé, Casablanca, Marrakech) stand here as their 41 arrondissements, so that no
inhabitant counts twice.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from karama.foundation.errors import BadInputError
from karama.foundation.languages import Label
from karama.territory.packaged import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karama.foundation.languages import Language

_PROVINCE_DIGITS = 5
_REGION_DIGITS = 2
# The package also lists the eight prefectures of arrondissements inside Casablanca: adding them counts it twice.
_INSIDE_CASABLANCA = "prefecture_of_arrondissements"


@cache
def regions() -> pl.DataFrame:
    """The 12 regions.

    Returns:
        ``code`` (2 digits, text), ``name_fr``, ``name_ar``, sorted by code.
    """
    table = read_table("attributes/regions")
    return table.select(pl.col("code_digits").alias("code"), "name_fr", "name_ar").sort("code")


@cache
def region_names() -> Mapping[str, Label]:
    """The 12 regions by their two-digit code; English uses the French spelling."""
    return {code: Label(french, arabic, french) for code, french, arabic in regions().rows()}


@cache
def provinces() -> pl.DataFrame:
    """The 75 provinces and prefectures, without the eight prefectures of arrondissements inside Casablanca.

    Returns:
        ``code`` (5 digits, text), ``name_fr``, ``name_ar``, ``type`` (province | prefecture), ``region``,
        sorted by code.
    """
    table = read_table("attributes/provinces").filter(pl.col("type") != _INSIDE_CASABLANCA)
    return table.select(
        pl.col("code_digits").alias("code"), "name_fr", "name_ar", "type", pl.col("region_code").alias("region")
    ).sort("code")


@cache
def units() -> pl.DataFrame:
    """The 1,497 communes without arrondissements and the 41 arrondissements.

    Returns:
        1,538 rows sorted by ``code`` (9 digits, text): ``name_fr``, ``name_ar``, ``level`` (commune | arrondissement),
        ``type`` (urban | rural, as HCP classes the unit), ``province``, ``province_fr``, ``province_ar``, ``region``,
        ``region_fr``, ``region_ar``, ``has_urban``, ``has_rural`` (milieux with census rows) and ``has_indicators``
        (false for the four units of which the census publishes only the head counts).
    """
    arrondissements = read_table("attributes/arrondissements")
    communes = read_table("attributes/communes").filter(
        ~pl.col("code").is_in(arrondissements["commune_code"].unique().to_list())
    )
    columns = ("code_digits", "name_fr", "name_ar")
    listed = pl.concat(
        [
            communes.select(*columns, pl.lit("commune").alias("level"), "type"),
            arrondissements.select(*columns, pl.lit("arrondissement").alias("level"), pl.lit("urban").alias("type")),
        ]
    ).rename({"code_digits": "code"})
    located = listed.with_columns(
        pl.col("code").str.head(_PROVINCE_DIGITS).alias("province"),
        pl.col("code").str.head(_REGION_DIGITS).alias("region"),
    )
    named = located.join(_names(provinces(), "province"), on="province").join(_names(regions(), "region"), on="region")
    return named.join(_availability(), on="code").sort("code")


@cache
def _unit_names() -> dict[str, tuple[str, str]]:
    names = units().select("code", "name_fr", "name_ar").rows()
    return {code: (french, arabic) for code, french, arabic in names}


def unit_name(code: str, language: Language) -> str:
    """The name of a commune or arrondissement; French spelling for ``fr`` and ``en``.

    Raises:
        BadInputError: no unit has this code.
    """
    names = _unit_names().get(code)
    if names is None:
        message = (
            f"unit '{code}' is not one of the {len(_unit_names())} communes and arrondissements of the RGPH 2024: "
        )
        raise BadInputError(message + "write its nine-digit HCP code as text, with its leading zeros")
    return names[1] if language == "ar" else names[0]


def _names(table: pl.DataFrame, level: str) -> pl.DataFrame:
    """Code and names of the upper level, renamed for a join."""
    return table.select(
        pl.col("code").alias(level), pl.col("name_fr").alias(f"{level}_fr"), pl.col("name_ar").alias(f"{level}_ar")
    )


def _availability() -> pl.DataFrame:
    """Per unit code, the milieux that have census rows and whether indicators exist."""
    table = read_table("indicators/households").filter(pl.col("level").is_in(["commune", "arrondissement"]))
    return table.group_by(pl.col("code_digits").alias("code")).agg(
        (pl.col("area") == "urban").any().alias("has_urban"),
        (pl.col("area") == "rural").any().alias("has_rural"),
        pl.col("dwelling_type_villa").is_not_null().all().alias("has_indicators"),
    )
