"""A month of a register: who gets what, what is paid, and the same result every time."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from karama.cycle.deciding import choose, write_lines
from karama.cycle.deciding import decide as decide_all
from karama.cycle.duck import DuckEngine
from karama.cycle.engine import Part
from karama.cycle.intake import open_register
from karama.foundation.errors import IntegrityError
from karama.foundation.months import Month
from karama.law import programme_named
from tests.cycle.registers import RABAT, RURAL, decide, family, pupil, rewrite, rows, state, ward, write_register
from tests.oracles import asd_oracle
from tests.oracles.random_households import random_households, random_ward

if TYPE_CHECKING:
    from pathlib import Path

    from karama.law.engine.parameters import Clock

FAMILIES = (
    family("H1", pupil("2012-09-14"), pupil("2015-01-02"), payment_channel="bank_account", payment_account="RIB1"),
    family("H2", milieu="rural", commune=RURAL),
    family("H3", pupil("2012-09-14"), score=9.9, pension=True),
)


@pytest.mark.parametrize(("month", "clock"), [("2024-09", "paid"), ("2025-06", "legal"), ("2026-03", "paid")])
def test_every_decision_and_line_is_that_of_the_independent_computation(tmp_path: Path, month: str, clock: str) -> None:
    households = random_households(Random(f"month {month}"), 400, month)
    decide(write_register(tmp_path / "register", *households), month, tmp_path / "out", amounts=clock)
    lines: defaultdict[str, list[Any]] = defaultdict(list)
    for line in rows(tmp_path / "out", "lines"):
        assert line.pop("establishment_id") is None
        lines[line.pop("household_id")].append(line)
    found = {row["household_id"]: row for row in rows(tmp_path / "out", "decisions")}
    assert len(found) == 400
    for household in households:
        expected = asd_oracle.decide(household, month, clock)
        decision = found[household["household_id"]]
        lines_found = sorted(lines[household["household_id"]], key=lambda one: (one["benefit"], one["person_id"] or ""))
        assert lines_found == expected.pop("lines")
        assert {name: decision[name] for name in expected} == expected


def test_children_in_care_get_what_the_independent_computation_gives(tmp_path: Path) -> None:
    month = "2027-06"
    wards = [random_ward(Random(f"ward {number}"), month) for number in range(60)]
    register = write_register(tmp_path / "register", *FAMILIES, wards=wards)
    decide(register, month, tmp_path / "out")
    found = {row["person_id"]: row for row in rows(tmp_path / "out", "ward_decisions")}
    for one in wards:
        expected = asd_oracle.decide_ward(one, month)
        decision = found[one["person_id"]]
        assert decision["amount_centimes"] == expected["amount_centimes"] + expected["top_up_centimes"]
        assert decision["release"] == expected["release_centimes"]


def test_a_decision_carries_its_reasons_its_place_and_its_trace(tmp_path: Path) -> None:
    decide(write_register(tmp_path / "register", *FAMILIES), "2026-02", tmp_path / "out")
    wanted = ("household_id", "eligible", "aid", "amount_centimes", "reasons", "milieu", "commune", "members")
    assert rows(tmp_path / "out", "decisions", *wanted) == [
        ("H1", True, "child", 60000, [], "urban", RABAT, 3),
        ("H2", True, "flat", 50000, [], "rural", RURAL, 1),
        ("H3", False, "none", 0, ["score_above_threshold", "pension"], "urban", RABAT, 2),
    ]
    assert rows(tmp_path / "out", "decisions", "counted_children", "flat_aid", "has_claimed") == [
        (2, 0, True),
        (0, 50000, True),
        (1, 0, True),
    ]
    trace = rows(tmp_path / "out", "persons_trace", "person_id", "child_rank", "child_aid")
    assert trace[:3] == [("H1-0", 0, 0), ("H1-1", 1, 30000), ("H1-2", 2, 30000)]


def test_each_family_with_an_amount_is_paid_once_on_its_channel(tmp_path: Path) -> None:
    without_account = family("H4", payment_channel="bank_account")
    register = write_register(tmp_path / "register", *FAMILIES, without_account)
    result = decide(register, "2026-02", tmp_path / "out")
    wanted = ("payment_id", "household_id", "kind", "channel", "account", "amount_centimes", "held")
    assert rows(tmp_path / "out", "payments", *wanted) == [
        ("asd:2026-02:H1:aid", "H1", "aid", "bank_account", "RIB1", 60000, None),
        ("asd:2026-02:H2:aid", "H2", "aid", "payment_establishment", None, 50000, None),
        ("asd:2026-02:H4:aid", "H4", "aid", "bank_account", None, 50000, "account_missing"),
    ]
    assert result.manifest["totals"]["payments_held"] == {"account_missing": 1}


def test_a_child_in_care_saves_until_18_and_then_receives_its_capital_and_the_rest_of_10_000(tmp_path: Path) -> None:
    wards = [ward("W1", "2012-01-01"), ward("W2", "2008-06-20"), ward("W3", "2008-07-01", left_on="2026-03-02")]
    register = write_register(tmp_path / "register", *FAMILIES, wards=wards)
    result = decide(register, "2026-06", tmp_path / "out")
    wanted = ("payment_id", "establishment_id", "person_id", "channel", "amount_centimes")
    of_wards = [row for row in rows(tmp_path / "out", "payments", *wanted) if row[2]]
    assert of_wards == [
        ("asd:2026-06:W1:blocked_deposit", "E1", "W1", "blocked_account", 50000),
        ("asd:2026-06:W2:capital_release", "E1", "W2", "blocked_account", 300000),
        ("asd:2026-06:W2:majority_top_up", "E1", "W2", "blocked_account", 700000),
    ]
    lines = rows(tmp_path / "out", "lines", "household_id", "establishment_id", "person_id", "benefit", "rank")
    assert lines[:2] == [
        (None, "E1", "W1", "institution_aid", None),
        (None, "E1", "W2", "institution_top_up", None),
    ]
    care = result.manifest["totals"]["children_in_care"]
    assert {aid: (one["children"], str(one["amount"])) for aid, one in care.items()} == {
        "institution": (2, "7500.00"),
        "none": (1, "0.00"),
    }


def test_children_in_care_wait_for_the_month_of_their_aid(tmp_path: Path) -> None:
    register = write_register(tmp_path / "register", *FAMILIES, wards=[ward("W1", "2012-01-01")])
    assert "ward_decisions" not in decide(register, "2025-11", tmp_path / "november").hashes
    assert decide(register, "2025-12", tmp_path / "december").manifest["outputs"]["ward_decisions"]["rows"] == 1


def test_a_register_without_children_in_care_is_enough(tmp_path: Path) -> None:
    nobody = write_register(tmp_path / "nobody", *FAMILIES, wards=[])
    assert rows(decide(nobody, "2026-02", tmp_path / "out").folder, "ward_decisions") == []
    no_file = write_register(tmp_path / "no-file", *FAMILIES)
    assert "ward_decisions" not in decide(no_file, "2026-02", tmp_path / "out").hashes


def test_totals_by_territory_add_up_to_the_decisions(tmp_path: Path) -> None:
    wards = [ward("W1", "2012-01-01"), ward("W2", "2011-01-01", claim_month="2026-05")]
    register = write_register(tmp_path / "register", *FAMILIES, wards=wards)
    result = decide(register, "2026-02", tmp_path / "out")
    wanted = ("region", "province", "commune", "milieu", "aid", "families", "children", "persons", "amount_centimes")
    assert rows(tmp_path / "out", "territory", *wanted) == [
        ("04", "04421", RABAT, None, "institution", 0, 1, 1, 50000),
        ("04", "04421", RABAT, None, "none", 0, 0, 1, 0),
        ("04", "04421", RABAT, "urban", "child", 1, 2, 3, 60000),
        ("04", "04421", RABAT, "urban", "none", 1, 1, 2, 0),
        ("06", "06181", RURAL, "rural", "flat", 1, 0, 1, 50000),
    ]
    assert str(result.manifest["totals"]["amount"]) == "1600.00"
    assert result.manifest["totals"]["eligible_families"] == 2


def test_two_runs_and_any_order_of_rows_give_the_same_hashes(tmp_path: Path) -> None:
    households = random_households(Random("twice"), 120, "2026-02")
    wards = [ward("W1", "2012-01-01")]
    register = write_register(tmp_path / "register", *households, wards=wards)
    first = decide(register, "2026-02", tmp_path / "out")
    again = decide(register, "2026-02", tmp_path / "out")
    assert again.hashes == first.hashes
    for table in ("households", "persons"):
        rewrite(register / f"{table}.parquet", "SELECT * FROM rows ORDER BY md5(household_id)")
    shuffled = decide(register, "2026-02", tmp_path / "shuffled")
    assert shuffled.hashes == first.hashes
    assert shuffled.manifest["inputs"] == first.manifest["inputs"]
    assert shuffled.manifest["outputs_sha256"] == first.manifest["outputs_sha256"]


def test_one_changed_fact_changes_the_hashes_of_what_depends_on_it(tmp_path: Path) -> None:
    register = write_register(tmp_path / "register", *FAMILIES)
    first = decide(register, "2026-02", tmp_path / "first")
    rewrite(register / "persons.parquet", "SELECT * REPLACE (person_id = 'H1-1' AS severe_disability) FROM rows")
    second = decide(register, "2026-02", tmp_path / "second")
    changed = {name for name in first.hashes if first.hashes[name] != second.hashes[name]}
    assert changed == {"decisions", "lines", "payments", "persons_trace", "territory"}
    assert first.manifest["inputs"]["households"] == second.manifest["inputs"]["households"]
    assert first.manifest["inputs"]["persons"] != second.manifest["inputs"]["persons"]


def test_the_law_version_follows_the_values_in_force_and_nothing_else() -> None:
    def version(month: str, clock: Clock = "paid", **changed: object) -> str:
        return choose(programme_named("asd"), Month.parse(month), clock, changed).version

    assert version("2026-02") == version("2026-03")
    assert version("2025-06") != version("2025-06", "legal")
    assert version("2025-06") != version("2026-02")
    assert version("2026-02") != version("2026-02", flat_aid_amount=501)
    assert version("2026-02") == version("2026-02", flat_aid_amount=500)


def test_the_law_version_follows_tables_of_values_too() -> None:
    score = programme_named("rsu_score")
    (name,) = [one.name for one in score.law.parameters if one.key][:1]
    table = score.law.parameters.get(name).at(Month(2026, 2), "paid").value
    assert isinstance(table, dict)
    first = choose(score, Month(2026, 2), "paid", {}).version
    changed = {name: dict.fromkeys(table, 0)}
    assert choose(score, Month(2026, 2), "paid", changed).version != first


def test_lines_that_do_not_add_up_to_the_decision_stop_the_month(tmp_path: Path) -> None:
    register = write_register(tmp_path / "register", *FAMILIES)
    asd = programme_named("asd")
    forgetful = replace(asd, benefits=tuple(one for one in asd.benefits if one.formula != "flat_aid"))
    month = Month(2026, 2)
    with closing(DuckEngine(tmp_path)) as engine:
        open_register(engine, register, asd.law.inputs, None, None).take_in(engine, Part(), month)
        chosen = choose(forgetful, month, "paid", {})
        decide_all(engine, chosen)
        with pytest.raises(IntegrityError, match=r"decisions\.parquet: lines and amount differ for H2"):
            write_lines(engine, [chosen])


def test_a_parameter_can_be_replaced_for_households_and_for_children_in_care(tmp_path: Path) -> None:
    register = write_register(tmp_path / "register", *FAMILIES, wards=[ward("W1", "2012-01-01")])
    changed = {"flat_aid_amount": 700, "institution_monthly_amount": "600.50"}
    result = decide(register, "2026-02", tmp_path / "out", parameters=changed)
    assert str(result.manifest["totals"]["by_benefit"]["flat_aid"]["amount"]) == "700.00"
    assert str(result.manifest["totals"]["by_benefit"]["institution_aid"]["amount"]) == "600.50"
    assert result.manifest["parameters"] == changed


def test_the_manifest_says_whether_the_register_is_synthetic_and_what_was_done(tmp_path: Path) -> None:
    register = write_register(tmp_path / "all" / "2026-02", *FAMILIES)
    real = decide(tmp_path / "all", "2026-02", tmp_path / "real").manifest
    assert real["synthetic"] is False
    state(register, synthetic=True, month="2026-02", seed=7, generator="somebody")
    made_up = decide(tmp_path / "all", "2026-02", tmp_path / "made-up", memory_limit="1GB").manifest
    assert made_up["synthetic"] is True
    assert made_up["register"] == {
        "path": str(tmp_path / "all"),
        "synthetic": True,
        "generator": "somebody",
        "seed": 7,
    }
    assert made_up["engine"] == {"name": "duckdb", "version": duckdb.__version__, "memory_limit": "1GB"}
    assert set(made_up["seconds"]) > {"intake", "decisions", "writing", "all"}
    assert made_up["peak_memory_mb"] > 0
    assert made_up["inputs"]["persons"]["rows"] == 6
    assert made_up["outputs"] == real["outputs"]


def test_a_programme_that_pays_nothing_has_decisions_and_no_lines(tmp_path: Path) -> None:
    register = write_register(tmp_path / "register", *FAMILIES)
    result = decide(register, "2026-02", tmp_path / "out", programme="amo_tadamon")
    wanted = ("household_id", "eligible", "aid", "amount_centimes", "members")
    assert rows(tmp_path / "out", "decisions", *wanted) == [
        ("H1", True, "cover", 0, 3),
        ("H2", True, "cover", 0, 1),
        ("H3", False, "none", 0, 2),
    ]
    assert rows(tmp_path / "out", "lines") == []
    assert rows(tmp_path / "out", "payments") == []
    assert result.manifest["outputs"]["persons_trace"]["rows"] == 6


def test_another_country_is_decided_without_communes_or_roles(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT 'F1' AS household_id, 500 AS monthly_income) TO '{tmp_path}/households.parquet'"
        )
        connection.execute(
            "COPY (SELECT 'F1' AS household_id, 'P' || i AS person_id,"
            f" DATE '2020-05-01' - 9000 * i::INTEGER AS birth_date FROM range(3) t(i)) TO '{tmp_path}/persons.parquet'"
        )
    result = decide(tmp_path, "2023-07", tmp_path / "out", programme="bolsa_familia")
    assert rows(tmp_path / "out", "decisions", "household_id", "aid", "amount_centimes", "milieu", "commune") == [
        ("F1", "family", 75000, None, None)
    ]
    assert rows(tmp_path / "out", "territory", "commune", "children", "persons") == [(None, 0, 3)]
    assert result.manifest["currency"] == "BRL"


@pytest.mark.parametrize("households", [1, 7, 25])
def test_a_country_cut_into_parts_gives_the_same_rows_and_hashes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, households: int
) -> None:
    for number, month in enumerate(("2026-01", "2026-02")):
        random = Random(f"parts {month}")
        families = random_households(Random("parts"), 50, month)
        left, other = families[number * 3 : 47 + number], random_households(random, 5, month)
        twice = [family("T1", "2015-01-01"), {**family("T2"), "members": family("T1", "2015-01-01")["members"]}]
        strange = [family("Z1", commune="04421010"), family("É1"), family("", "2014-01-01"), family("H1", milieu="sea")]
        again = [{**one, "household_id": f"{one['household_id']}é"} for one in other]
        for one in again:
            one["members"] = [{**member, "person_id": f"{member['person_id']}é"} for member in one["members"]]
        register = tmp_path / "register" / month
        write_register(
            register, *left, *again, *twice, *strange, wards=[ward("W1", "2012-01-01"), ward("A", "2013-01-01")]
        )
        rewrite(register / "persons.parquet", "SELECT * FROM rows ORDER BY md5(person_id)")

    def run(folder: Path) -> dict[str, Any]:
        decide(tmp_path / "register", "2026-01", folder / "2026-01")
        last = decide(tmp_path / "register", "2026-02", folder / "2026-02", previous=folder / "2026-01").manifest
        return {name: last[name] for name in ("inputs", "outputs", "totals", "faults", "rows_left_out")}

    whole = run(tmp_path / "whole")
    monkeypatch.setattr("karama.cycle.duck.PART_HOUSEHOLDS", households)
    assert run(tmp_path / "parts") == whole
    assert {"duplicate_id", "commune_not_nine_digits", "code_not_allowed"} <= whole["faults"].keys()
    assert {"entry", "exit"} <= whole["totals"]["changes"].keys()
