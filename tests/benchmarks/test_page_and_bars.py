"""The page of the benchmarks: what was measured, against which bar, and loudly what was not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from benchmarks import bars, measuring, page, registers, results
from benchmarks.measuring import Outcome, run_apart
from benchmarks.reforms import AMOUNTS
from benchmarks.rounds import Rounds, ratio

if TYPE_CHECKING:
    from pathlib import Path


def runs(*seconds: float, peak_mb: float) -> list[dict[str, Any]]:
    """Runs as they are kept."""
    return [{"seconds": one, "peak_mb": peak_mb} for one in seconds]


RAW: dict[str, list[dict[str, Any]]] = {
    "scan": runs(1.0, peak_mb=80),
    "sql": runs(4.0, 8.0, 5.0, peak_mb=500),
    "graph": runs(4.4, 8.0, 7.5, peak_mb=900),
    "openfisca": [{"calculation_seconds": 11.0, **runs(22.0, peak_mb=9_000)[0]}],
}


def result(raw: dict[str, list[dict[str, Any]]], **more: object) -> dict[str, Any]:
    """A result as it is kept."""
    return {
        "households": 5_000_000, "persons": 18_000_000, "register": "a register", "date": "2026-11-22", "commit": "abc",
        "seconds": 60.0, "runs": 3, "raw": raw, "missing": {}, "moved_by_float32": 3,
        "machine": {
            "processor": "P", "cores": 2, "memory_gib": 23.5, "load_before": 0.1, "python": "3.11", "versions": {},
        },
        "equal": {"households": 5_000_000, "eligible": 4_000_000, "amount_centimes": 220_000_000_000}, **more,
    }  # fmt: skip


def test_a_ratio_is_the_median_of_the_ratios_run_by_run() -> None:
    assert ratio(RAW, "graph", "sql") == pytest.approx(1.1)  # of 1.1, 1.0 and 1.5; that of the medians would be 1.5


def test_a_ratio_with_a_variant_that_did_not_run_is_none() -> None:
    assert ratio(RAW, "graph", "postgres") is None


def test_the_bars_of_the_amounts() -> None:
    found = {bar.what: (bar.figure, bar.met) for bar in bars.of_amounts(result(RAW))}
    assert found == {
        "amounts by the graph ÷ hand-written DuckDB SQL": ("1.10", True),
        "OpenFisca ÷ graph, seconds from files to amounts": ("5.00", True),
        "OpenFisca ÷ graph, peak memory": ("10.00", True),
    }


def test_a_bar_that_is_missed_and_one_never_measured_are_told_apart() -> None:
    slow = {"scan": RAW["scan"], "scoring": [{"seconds": 4.1, "peak_mb": 1.0}]}
    assert [bar.verdict for bar in bars.of_scoring(result(slow))] == ["**not met**"]
    assert [bar.verdict for bar in bars.of_scoring(None)] == ["**not measured**"]


@pytest.mark.parametrize(("hashes", "verdict"), [(1, "met"), (2, "**not met**")])
def test_the_run_in_two_gigabytes_must_give_the_same_hashes(hashes: int, verdict: str) -> None:
    raw = {"sql": RAW["sql"], "limited": [{"seconds": 50.0, "peak_mb": 2_500.0}]}
    assert bars.of_cycle(result(raw, different_hashes=hashes))[-1].verdict == verdict


def test_growth_compares_the_cost_of_a_household_in_the_two_largest_registers() -> None:
    growth = result({}, sizes={"50000": {"graph": [{"seconds": 0.5}]}, "500000": {"graph": [{"seconds": 1.0}]}})
    table = bars.per_million(growth, result(RAW), None)
    assert table[500_000] == {"graph": pytest.approx(2.0)}
    assert table[5_000_000] == {"sql": pytest.approx(1.0), "graph": pytest.approx(1.5)}
    assert bars.of_growth(table)[0].figure == "0.75"


def test_the_full_size_of_another_register_stays_out_of_the_growth() -> None:
    growth = result({}, sizes={"50000": {"graph": [{"seconds": 0.5}]}})
    assert list(bars.per_million(growth, result(RAW, register="another"), None)) == [50_000]


def test_the_loops_are_extrapolated_from_their_sample_and_marked_so() -> None:
    loop = [{"seconds": 60.0, "peak_mb": 90.0, "households": 20_000}]
    told = bars.of_django(result({"graph": RAW["graph"], "loop": loop}))
    assert [(bar.figure, bar.verdict) for bar in told] == [("2,000, extrapolated", ""), ("", "**not measured**")]


def test_a_further_month_is_what_two_cost_more_than_one() -> None:
    raw = {"months_1": runs(500.0, peak_mb=4_096), "months_2": runs(630.0, peak_mb=6_144)}
    assert [(bar.figure, bar.met) for bar in bars.of_generation(result(raw))] == [
        ("500 s", True),
        ("6.00 GB", True),
        ("130 s", False),
    ]


def reforms(amounts: float, threshold: float) -> dict[str, Any]:
    """A run of a variant of the reforms."""
    seconds = {"amounts_seconds": amounts, "threshold_seconds": threshold, "opening_seconds": 9.0}
    return {**seconds, "seconds": 9.0 + amounts, "peak_mb": 2_048.0}


def test_the_bar_of_a_reform_holds_the_slower_of_the_two() -> None:
    raw = {
        "reform_sql": [reforms(7.0, 7.5)],
        "reform": [reforms(0.4, 0.5), reforms(0.4, 2.5), reforms(2.2, 0.1)],
        "five": [{"seconds": 21.0, "again_seconds": 5.0, "peak_mb": 4_096.0}],
    }
    small = {"households": 250_000, "raw": [reforms(0.1, 0.2)]}
    told = bars.of_reform(result(raw, small=small))
    assert [(bar.figure, bar.verdict) for bar in told] == [
        ("2.20 s", "**not met**"),
        ("0.200 s", "met"),
        ("5.0 s", "met"),
        ("", "**not measured**"),
        ("21.0 s", "**not met**"),
        ("", "**not measured**"),
        ("4.00 GB", "met"),
    ]
    assert "| 9.00 | 7.00 | 7.50 | 18 | 15 | 2,048 |" in page.reform(result(raw, small=small))


def test_a_reform_whose_pieces_the_query_does_not_hold_is_refused() -> None:
    assert "GREATEST(children, 60000)" in AMOUNTS.query()
    with pytest.raises(ValueError, match="'THEN 9' stands 0 times"):
        replace(AMOUNTS, sql=(("THEN 9", "THEN 8"),)).query()


def test_a_long_time_is_told_in_hours() -> None:
    assert [page.duration(seconds) for seconds in (12_600, 90, 8)] == ["3.5 h", "1.5 min", "8 s"]


def test_the_page_says_loudly_which_peer_did_not_run() -> None:
    told = page.amounts(result(RAW, missing={"postgres": "not run: psycopg is not installed"}))
    assert "**PostgreSQL SQL, tables already loaded: not run: psycopg is not installed**" in told
    assert "4,000,000 eligible, 2,200,000,000.00 MAD" in told


def test_the_page_says_which_parts_were_measured_on_less_than_the_country() -> None:
    found = {"amounts": result(RAW), "cycle": {**result(RAW), "households": 50_000}, "scoring": None}
    assert page.smaller(found).endswith("**Measured on fewer: cycle on 50,000.**\n")
    assert page.smaller({"amounts": result(RAW)}) == ""


def test_a_part_never_measured_says_so() -> None:
    assert page.scoring(None) == "\n## The score of every household\n\nNot measured yet.\n"


def test_the_page_in_the_documentation_is_the_one_of_the_results() -> None:
    assert page.PAGE.read_text(encoding="utf-8") == page.page()


def test_a_variant_without_its_library_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['duckdb'] = None\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    outcome = run_apart("hand_sql", tmp_path)
    assert outcome.status == "not run"
    assert "duckdb is not installed" in outcome.why


def test_a_variant_that_fails_is_reported_and_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rounds = Rounds({"sql": [{"seconds": 1.0}]})
    rounds.keep("sql", run_apart("hand_sql", tmp_path))
    assert rounds.raw == {}
    assert rounds.missing["sql"].startswith("failed: exit code 1")
    assert "!! sql FAILED" in capsys.readouterr().out


def test_a_python_that_is_not_there_is_told_with_the_remedy(tmp_path: Path) -> None:
    outcome = run_apart("hand_sql", tmp_path, python=tmp_path / "python")
    assert outcome == Outcome("not run", {}, f"no Python at {tmp_path / 'python'}: `make bench` installs it")


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A register of four households, two persons in each, the second the mother of nobody."""
    source = tmp_path / "tiny"
    source.mkdir()
    (source / "manifest.json").write_text('{"synthetic": true, "seed": 3}', encoding="utf-8")
    duckdb.execute(
        f"COPY (SELECT 'H' || n AS household_id FROM range(4) t(n)) TO '{source / 'households.parquet'}'"
        " (FORMAT parquet)"
    )
    duckdb.execute(
        "COPY (SELECT 'H' || n AS household_id, 'P' || n || m AS person_id, CASE m WHEN 1 THEN 'P' || n || 0 END"
        f" AS mother_id FROM range(4) t(n), range(2) u(m)) TO '{source / 'persons.parquet'}' (FORMAT parquet)"
    )
    return source


def test_a_register_is_made_larger_under_new_identifiers(tiny: Path, tmp_path: Path) -> None:
    larger, origin = registers.prepare(register=tiny, households=12, scratch=tmp_path)
    assert origin == "the register given (seed 3), its 4 households repeated 3 times"
    assert registers.count(larger) == {"households": 12, "persons": 24}
    persons = duckdb.execute(f"FROM '{larger / 'persons.parquet'}' LIMIT 2 OFFSET 2").fetchall()
    assert persons == [("H0-1", "P00-1", None), ("H0-1", "P01-1", "P00-1")]
    assert registers.manifest(larger)["synthetic"] is True


def test_a_register_is_made_smaller_by_keeping_one_household_in_k(tiny: Path, tmp_path: Path) -> None:
    smaller, origin = registers.prepare(register=tiny, households=2, scratch=tmp_path)
    assert origin == "the register given (seed 3), one household in 2 of 4"
    kept = duckdb.execute(f"SELECT DISTINCT household_id FROM '{smaller / 'persons.parquet'}' ORDER BY 1").fetchall()
    assert kept == [("H0",), ("H2",)]


def test_the_results_kept_hold_at_least_three_runs_of_each_variant() -> None:
    for part in ("amounts", "cycle", "scoring", "django"):
        kept = results.load(part)
        assert kept is not None
        assert {name: len(runs) >= 3 for name, runs in kept["raw"].items() if name != "limited"} == dict.fromkeys(
            set(kept["raw"]) - {"limited"}, True
        )


def test_nothing_of_the_product_names_a_peer() -> None:
    product = (measuring.ROOT / "src").rglob("*.py")
    naming = [path.name for path in product if "import openfisca" in path.read_text(encoding="utf-8")]
    assert naming == []
