"""``karama forecast`` as somebody types it, and a reform in place of the law."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

from karama.foundation.errors import BadInputError
from karama.simulation.forecast import as_text, forecast
from karama.simulation.scenario import load_scenario
from tests.cli.runner import Karama
from tests.simulation.forecast.conftest import START

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def karama(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Karama:
    """The command, in an empty folder."""
    return Karama(tmp_path, monkeypatch, capsys)


def test_the_command_prints_years_caseload_and_the_width_of_the_future(karama: Karama, register: Path) -> None:
    ended = karama(f"forecast --register {register} --from {START} --years 1 --draws 5")
    assert ended.code == 0
    for heading in ("Billions of MAD by fiscal year", "Caseload, thousands", "percentile 50", "new registrations"):
        assert heading in ended.out


def test_json_holds_every_table_in_mad(karama: Karama, register: Path) -> None:
    ended = karama(f"forecast --register {register} --from {START} --years 1 --draws 0 --format json --out ahead")
    said = json.loads(ended.out)
    assert set(said) == {
        "manifest", "costs", "caseload", "years", "cash", "fan", "fan_years", "tornado", "backtest", "assumptions",
    }  # fmt: skip
    written = json.loads((karama.folder / "ahead" / "forecast.json").read_text(encoding="utf-8"))
    assert written["costs"] == said["costs"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("--years 1 --format pdf", 3, "give the folder to write with --out"),
        ("--years 0", 3, "0 years is not between 1 and 10"),
        ("--years 1 --rates none.yaml", 3, "none.yaml: no such file"),
        ("--years 1 --programme asdf", 4, "no programme is called 'asdf'"),
    ],
)
def test_a_wrong_call_says_what_to_do_and_writes_nothing(
    karama: Karama, register: Path, words: str, code: int, said: str
) -> None:
    ended = karama(f"forecast --register {register} --from {START} {words}")
    assert (ended.code, ended.out) == (code, "")
    assert said in ended.err
    assert not list(karama.folder.iterdir())


def test_a_higher_amount_costs_more_and_covers_the_same_families(register: Path, tmp_path: Path) -> None:
    file = tmp_path / "flat.yaml"
    file.write_text(
        "name: flat-600\nlabel: {fr: forfait, ar: جزافي, en: flat}\nauthor: test\nprogramme: asd\n"
        "parameters: [{name: flat_aid_amount, value: 600, from: 2026-06}]\n",
        encoding="utf-8",
    )
    reform = forecast(register, START, 1, scenario=load_scenario(file), events=False)
    law = forecast(register, START, 1, events=False)
    assert reform.caseload.equals(law.caseload)
    both = law.costs.join(reform.costs, on=("month", "benefit"), suffix="_reform")
    more = both.filter(pl.col("amount_centimes") != pl.col("amount_centimes_reform"))
    assert set(more["benefit"]) == {"flat_aid"}
    assert more["month"].min() == "2026-06"
    ratio = more["amount_centimes_reform"] * 500 - more["amount_centimes"] * 600
    assert (ratio == 0).all()
    assert reform.manifest["scenario"] == "flat-600"
    assert reform.manifest["law"] == law.manifest["law"]  # in the first month nothing differs yet
    assert "Forecast of asd" in as_text(reform)


def test_new_scores_replace_those_of_the_register(register: Path, tmp_path: Path) -> None:
    households = pl.read_parquet(register / str(START) / "households.parquet")
    households.select("household_id", pl.lit(12).cast(pl.Decimal(12, 9)).alias("score")).write_parquet(
        tmp_path / "scores.parquet"
    )
    file = tmp_path / "poor.yaml"
    file.write_text(
        "name: all-over\nlabel: {fr: a, ar: ا, en: a}\nauthor: test\nprogramme: asd\nscores: scores.parquet\n",
        encoding="utf-8",
    )
    reform = forecast(register, START, 1, scenario=load_scenario(file), events=False)
    families = reform.caseload.filter(pl.col("category") == "families")["count"]
    assert families.sum() == 0
    pl.DataFrame({"household": ["H1"]}).write_parquet(tmp_path / "scores.parquet")
    with pytest.raises(BadInputError, match="household_id"):
        forecast(register, START, 1, scenario=load_scenario(file), events=False)
