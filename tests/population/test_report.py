"""The report: near the census within what small cells allow, and honest beside published figures."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from karama.cli.population import app
from karama.foundation.errors import BadInputError, UnknownParameterError
from karama.foundation.languages import LANGUAGES, Language
from karama.foundation.storage import write_json
from karama.population import (
    FIGURE_UNITS,
    FIGURE_USES,
    as_text,
    assumptions,
    compare_with_published,
    distances,
    figure_labels,
    published_figures,
    report,
)
from karama.population.assumptions import _checked, number
from karama.population.fit import MARGINS
from tests.population.conftest import SHARE


def test_every_margin_is_compared_and_the_country_agrees(register_folder: Path) -> None:
    result = report(register_folder)
    assert result["synthetic"] is True
    assert [entry["margin"] for entry in result["census"]] == list(MARGINS)
    country = {entry["margin"]: entry["country"] for entry in result["census"]}
    assert country.pop("households") < 1
    # In 29,000: the households that thinning leaves have their cell's mean size.
    assert country.pop("persons") < 60
    assert max(country.values()) < 2.5
    assert country["age"] < 0.3
    assert country["dwelling_type"] < 0.5


def test_a_cell_differs_by_about_one_person_from_the_census(register_folder: Path) -> None:
    for entry in report(register_folder)["census"]:
        if entry["margin"] not in {"persons", "household_size", "people_per_room"}:
            assert entry["median"] <= 1.5 * entry["one_unit"]
            assert entry["cells"] > 1000


def test_totals_without_law_are_beside_the_published_ones(register_folder: Path) -> None:
    figures = {entry["code"]: entry for entry in report(register_folder)["published"]}
    assert abs(figures["census_households"]["distance_percent"]) < 0.1
    assert abs(figures["rsu_households"]["distance_percent"]) < 10
    assert abs(figures["rsu_persons"]["distance_percent"]) < 10
    assert figures["rsu_households"]["use"] == "fit"


def test_a_province_is_compared_alone_and_the_country_figures_stay(register_folder: Path) -> None:
    alone = report(register_folder, "06181")
    whole = report(register_folder)
    assert {entry["margin"]: entry["cells"] for entry in alone["census"]}["households"] < 40
    assert alone["published"] == whole["published"]
    with pytest.raises(BadInputError, match="no unit's code begins with '99'"):
        report(register_folder, "99")


def test_every_cell_has_its_row_with_the_distance_of_its_share(register_folder: Path) -> None:
    rows = distances(register_folder)
    assert set(rows["margin"]) == set(MARGINS)
    assert rows.select("code", "milieu", "sex", "margin", "category").is_unique().all()
    fuel = rows.filter((pl.col("margin") == "cooking_fuel") & (pl.col("category") == "gas"))
    expected = 100 * (fuel["generated"] - fuel["census"]).abs()
    assert (fuel["distance"] - expected).abs().max() < 1e-9
    homes = rows.filter(pl.col("margin") == "households")
    assert homes["generated"].sum() == round(9_275_038 * SHARE)
    assert homes["distance"].max() < 1.5


def test_poverty_and_spending_stand_beside_the_published_rates(register_folder: Path) -> None:
    figures = {entry["code"]: entry for entry in report(register_folder)["published"]}
    assert abs(figures["mean_household_spending"]["distance_percent"]) < 5
    assert abs(figures["gini_of_spending"]["distance_percent"]) < 5
    rates = [figures[f"monetary_poverty_rate{part}"]["synthetic"] for part in ("_urban", "", "_rural")]
    assert rates == sorted(rates)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_is_in_the_readers_language_and_says_synthetic(register_folder: Path, language: Language) -> None:
    text = as_text(report(register_folder), language)
    assert {"fr": "synthétique", "ar": "اصطناعية", "en": "Synthetic"}[language] in text.splitlines()[0]
    assert MARGINS["age"].get(language) in text


def test_totals_of_a_cycle_are_brought_to_the_country() -> None:
    compared = compare_with_published({"child_aid_families": 24_350, "children": 55_000, "budget": 260}, 0.01)
    rows = {(row["date"], row["code"]): row for row in compared.to_dicts()}
    assert rows["2025-04-18", "child_aid_families"]["synthetic"] == pytest.approx(2_435_000)
    assert rows["2025-04-18", "child_aid_families"]["distance_percent"] == 0
    assert rows["2025-04-18", "children"]["distance_percent"] == -1.8
    assert rows["2026-02-18", "children"]["distance_percent"] == 0
    assert rows["2025", "budget"]["synthetic"] == pytest.approx(26_000)
    assert len(rows) == 6


def test_a_rate_is_not_divided_by_the_share() -> None:
    compared = compare_with_published({"back_to_school_rural_share": 61.0}, 0.01)
    assert compared["synthetic"].to_list() == [61.0]


def test_an_unknown_figure_or_share_is_refused() -> None:
    with pytest.raises(UnknownParameterError, match="no published figure has the code 'camels'"):
        compare_with_published({"camels": 1}, 0.01)
    with pytest.raises(BadInputError, match="share 0 is not above 0"):
        compare_with_published({"children": 1}, 0)


def test_every_published_figure_has_a_source_a_use_and_labels() -> None:
    table = published_figures()
    assert len(table) == 34
    assert table.null_count().sum_horizontal()[0] == 0
    assert set(table["use"]) == {"fit", "test"}
    assert table.select("date", "code").is_unique().all()


def test_every_assumption_says_what_it_means_and_where_it_comes_from() -> None:
    for name, entry in assumptions().items():
        assert entry.meaning, name
        assert entry.source, name


def test_every_assumption_is_used_by_the_code() -> None:
    folder = resources.files("karama.population")
    files = [*folder.iterdir(), *folder.joinpath("life").iterdir()]
    code = "".join(path.read_text(encoding="utf-8") for path in files if path.name.endswith(".py"))
    built = {f"{word}_{sex}" for word in ("never_married", "widowed", "divorced") for sex in ("women", "men")}
    built |= {name for name in assumptions() if name.startswith("head_rate_") or name.endswith("_known_after")}
    built |= {f"{event}_{sex}" for event in ("deaths", "marriages") for sex in ("women", "men")}
    assert [name for name in assumptions() if f'"{name}"' not in code and name not in built] == []


def test_an_assumption_without_source_or_with_an_unknown_key_is_refused() -> None:
    with pytest.raises(UnknownParameterError, match="'x' has no source"):
        _checked("x", {"value": 1, "meaning": "m"})
    with pytest.raises(UnknownParameterError, match="unknown keys \\['colour'\\]"):
        _checked("x", {"value": 1, "meaning": "m", "source": "s", "colour": "red"})
    with pytest.raises(UnknownParameterError, match="no assumption is named 'happiness'"):
        number("happiness")


def test_a_folder_that_is_no_register_has_no_report(tmp_path: Path, register_folder: Path) -> None:
    with pytest.raises(BadInputError, match=r"no manifest.json"):
        report(tmp_path)
    with pytest.raises(BadInputError, match="give the folder above the months"):
        report(register_folder / "2026-07")
    write_json(tmp_path / "manifest.json", {"generator": "another"})
    with pytest.raises(BadInputError, match="not the manifest of a whole synthetic register"):
        report(tmp_path)


def test_the_commands_generate_and_report(tmp_path: Path) -> None:
    out = str(tmp_path / "register")
    made = CliRunner().invoke(app, ["generate", "--share", "0.0002", "--seed", "1", "--out", out, "--from", "2025-10"])
    assert made.exit_code == 0, made.output
    assert "2025-10: synthetic, " in made.output
    table = CliRunner().invoke(app, ["report", out, "--lang", "fr"])
    assert "Distance au recensement" in table.output
    plain = CliRunner().invoke(app, ["report", out, "--unit", "06", "--rows", f"{out}.csv", "--format", "json"])
    assert json.loads(plain.output)["synthetic"] is True
    assert json.loads(plain.output)["territory"] == "06"
    assert len(pl.read_csv(f"{out}.csv", schema_overrides={"code": pl.String})) == len(distances(Path(out)))


def test_every_unit_and_use_of_the_published_figures_has_its_words() -> None:
    assert set(published_figures()["unit"]) - FIGURE_UNITS.keys() == set()
    assert set(published_figures()["use"]) - FIGURE_USES.keys() == set()


def test_a_published_figure_has_one_name_in_each_language() -> None:
    assert figure_labels()["children"].fr == "enfants aidés"
    assert figure_labels().keys() == set(published_figures()["code"])
