"""The units of the country: as many as the census has, each once, each with its names and place."""

from __future__ import annotations

import polars as pl
import pytest

from karama.foundation.errors import BadInputError
from karama.territory import provinces, region_names, regions, unit_name, units


def test_the_country_has_1538_units_75_provinces_and_12_regions() -> None:
    assert (len(units()), len(provinces()), len(regions())) == (1538, 75, 12)


def test_units_are_1497_communes_and_41_arrondissements() -> None:
    assert dict(units()["level"].value_counts().iter_rows()) == {"commune": 1497, "arrondissement": 41}


def test_codes_are_nine_digits_of_text_that_spell_province_and_region() -> None:
    table = units()
    assert table["code"].dtype == pl.String
    assert table["code"].str.contains(r"^\d{9}$").all()
    assert table["code"].n_unique() == 1538
    assert (table["code"].str.head(5) == table["province"]).all()
    assert set(table["province"]) == set(provinces()["code"])
    assert set(table["region"]) == set(regions()["code"]) == {f"{number:02d}" for number in range(1, 13)}


def test_casablanca_stands_as_its_arrondissements_only() -> None:
    casablanca = units().filter(pl.col("province") == "06141")
    assert dict(casablanca["level"].value_counts().iter_rows()) == {"arrondissement": 16, "commune": 1}
    assert "001511010" not in units()["code"].to_list()


def test_no_province_is_a_prefecture_inside_casablanca() -> None:
    assert set(provinces()["type"]) == {"province", "prefecture"}


def test_every_unit_has_its_names_in_french_and_arabic() -> None:
    names = units().select("name_fr", "name_ar", "province_fr", "province_ar", "region_fr", "region_ar")
    assert names.null_count().sum_horizontal()[0] == 0
    assert units()["name_ar"].str.contains(r"\p{Arabic}").all()


def test_four_units_have_head_counts_only() -> None:
    assert units().filter(~pl.col("has_indicators"))["name_fr"].to_list() == [
        "Lagouira",
        "Aghouinite",
        "Zoug",
        "Mijik",
    ]


def test_a_unit_is_named_in_the_readers_language() -> None:
    assert unit_name("061810901", "fr") == "Boulaouane"
    assert unit_name("061810901", "en") == "Boulaouane"
    assert unit_name("061810901", "ar") == "بولعوان"


def test_an_unknown_unit_is_refused_with_the_remedy() -> None:
    with pytest.raises(BadInputError, match=r"unit '61810901' is not one of the 1538 .* leading zeros"):
        unit_name("61810901", "fr")


def test_the_twelve_regions_are_named() -> None:
    assert len(region_names()) == 12
    assert region_names()["06"].fr == "Casablanca-Settat"
