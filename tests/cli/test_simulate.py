"""``karama simulate`` and ``karama refresh`` as somebody types them: tables, files, errors, nothing half-written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

from karama.foundation.months import Month
from karama.population import generate

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.runner import Ended, Karama

SCENARIO = """
name: floor-600
label: {fr: "Plancher à 600", ar: "حد أدنى من 600", en: "Floor of 600"}
author: Budget office
status: submitted
parameters: [{name: family_floor_amount, value: 600, from: 2025-12}]
"""


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulate") / "register"
    generate(share=0.0005, seed=4, out=folder, first_month=Month(2025, 12), months=1)
    return folder


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def simulate(karama: Karama, register: Path, *words: object) -> Ended:
    return karama(" ".join(["simulate", *map(str, words), f"--register {register} --month 2025-12"]))


def test_the_law_and_a_scenario_stand_side_by_side(
    karama: Karama, register: Path, scenario: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = simulate(karama, register, scenario, "--out", out, "--lang", "ar", "--proposal", tmp_path / "note.pdf")
    assert done.code == 0, done.err
    assert "SYNTHETIC register" in done.out
    assert "an interpretation, not an observation" in done.out
    assert "floor-600 (year)" in done.out
    tables = {path.stem for path in out.glob("*.parquet")}
    assert tables >= {"summary", "costs", "coverage", "winners", "movements", "touched", "living_measures"}
    assert {path.stem for path in out.glob("*.csv")} == tables
    assert {"costs.svg", "curves.svg", "poverty.svg", "winners_floor-600_region.svg"} <= {
        one.name for one in out.iterdir()
    }
    assert "بيانات اصطناعية" in (out / "costs.svg").read_text(encoding="utf-8")
    assert (tmp_path / "note.pdf").read_bytes().startswith(b"%PDF")
    written = json.loads((out / "simulate.json").read_text(encoding="utf-8"))
    law, reform = written["summary"]
    assert reform["month_change_mad"] == pytest.approx(reform["month_mad"] - law["month_mad"])
    assert pl.read_csv(out / "summary.csv")["month_mad"].to_list() == [law["month_mad"], reform["month_mad"]]
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["synthetic"] is True
    again = simulate(karama, register, scenario, "--out", out, "--no-year")
    assert again.code == 0
    assert "(year)" not in again.out


def test_json_holds_the_tables(karama: Karama, register: Path, scenario: Path) -> None:
    done = simulate(karama, register, scenario, "--format", "json", "--no-year")
    found = json.loads(done.out)
    assert [row["scenario"] for row in found["summary"]] == ["law", "floor-600"]
    assert found["summary"][1]["year_mad"] is None
    assert found["touched"][0]["name"] == "family_floor_amount"


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_value_that_keeps_the_cost(karama: Karama, register: Path, scenario: Path, form: str) -> None:
    done = simulate(karama, register, scenario, "--solve", "flat_aid_amount", "--format", form)
    assert done.code == 0, done.err
    if form == "json":
        found = json.loads(done.out)
        assert found["month"] <= found["budget"] < found["one_step_further"]
        assert 0 < float(found["values"]["flat_aid_amount"]) < 500
    else:
        assert done.out.startswith("flat_aid_amount: ")


REFUSED = {
    "a misspelt parameter": (SCENARIO.replace("family_floor", "familly_floor"), [], 4, "did you mean"),
    "a negative amount": (SCENARIO.replace("600, from", "-600, from"), [], 3, "is negative"),
    "a threshold of text": (
        SCENARIO.replace("family_floor_amount, value: 600", "score_threshold, value: low"), [], 3,
        "'low' is not a value",
    ),
    "a month outside the law": (SCENARIO.replace("2025-12", "2020-01"), [], 3, "the first month of the law"),
    "a formula that is not there": (f"{SCENARIO}formulas: absent.py\n", [], 3, "absent.py"),
    "a budget without a parameter": (SCENARIO, ["--budget", "1"], 2, "--solve"),
    "a budget of text": (SCENARIO, ["--solve", "flat_aid_amount", "--budget", "much"], 2, "is no amount"),
    "a programme nobody defined": (SCENARIO, ["--programme", "none"], 4, "no programme is called"),
    "a memory of text": (SCENARIO, ["--memory-limit", "much"], 3, "4GB"),
}  # fmt: skip


@pytest.mark.parametrize("fault", REFUSED)
def test_what_is_wrong_is_told_and_nothing_is_written(
    karama: Karama, register: Path, tmp_path: Path, fault: str
) -> None:
    text, words, code, said = REFUSED[fault]
    path = tmp_path / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    done = simulate(karama, register, path, "--out", tmp_path / "out", *words)
    assert done.code == code
    assert said in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "out").exists()


def test_a_folder_of_something_else_is_kept(karama: Karama, register: Path, scenario: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine"
    out.mkdir()
    (out / "letter.txt").write_text("dear", encoding="utf-8")
    done = simulate(karama, register, scenario, "--out", out)
    assert (done.code, [one.name for one in out.iterdir()]) == (3, ["letter.txt"])
    done = simulate(karama, register, scenario, "--out", out / "letter.txt")
    assert (done.code, "is a file" in done.err) == (3, True)


def test_a_refresh_of_the_scores_is_previewed(karama: Karama, register: Path, tmp_path: Path) -> None:
    homes = pl.read_parquet(register / "2025-12" / "households.parquet", columns=["household_id", "score"])
    moved = homes.drop_nulls().with_columns(score=(pl.col("score").cast(pl.Float64) * 1.01).round(9).cast(pl.String))
    moved.write_csv(tmp_path / "scores.csv")
    asked = f"refresh {tmp_path / 'scores.csv'} --register {register} --month 2025-12"
    done = karama(f"{asked} --out {tmp_path / 'out'}")
    assert done.code == 0, done.err
    assert "proposals, not law" in done.out
    options = pl.read_parquet(tmp_path / "out" / "options.parquet")
    law = options.filter(option="law").row(0, named=True)
    assert law["leave"] > 0
    assert (options["leave"] <= law["leave"]).all()
    movers = pl.read_parquet(tmp_path / "out" / "movers.parquet")
    assert set(movers["status"]) <= {"leaves", "enters", "stays"}
    found = karama(f"{asked} --format json").json
    assert [row["option"] for row in found["options"]] == options["option"].to_list()


def test_scores_of_strangers_are_refused(karama: Karama, register: Path, tmp_path: Path) -> None:
    (tmp_path / "scores.csv").write_text("household_id,score\nnobody,3\n", encoding="utf-8")
    done = karama(f"refresh {tmp_path / 'scores.csv'} --register {register} --month 2025-12 --out {tmp_path / 'out'}")
    assert done.code == 3
    assert "household nobody is not in the register" in done.err
    assert not (tmp_path / "out").exists()
