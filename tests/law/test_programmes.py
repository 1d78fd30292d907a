"""The programmes by name, their clocks and switches, one household or a register folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from karama.foundation.errors import BadInputError, UnknownParameterError
from karama.foundation.months import Month
from karama.law import PROGRAMMES, decide_household, decide_households, decide_register, programme_named
from karama.law.engine.evaluate import arrow_table, read_rows
from karama.law.engine.expressions import Entity
from tests.law.test_households_of_morocco import HEAD, HOUSEHOLD

if TYPE_CHECKING:
    from pathlib import Path

    from karama.law.engine.parameters import Clock

MONTH = Month(2026, 3)
BRAZIL = {
    "household_id": "B1",
    "monthly_income": 300,
    "members": [{"person_id": "P1", "birth_date": "1990-05-02"}, {"person_id": "P2", "birth_date": "2020-01-01"}],
}
WARD = {
    "person_id": "W1",
    "establishment_id": "E1",
    "sex": "F",
    "birth_date": "2012-06-15",
    "category": "orphan",
    "admitted": "2020-01-10",
    "claim_month": "2025-12",
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "asd": HOUSEHOLD,
    "asd_institution": WARD,
    "amo_tadamon": HOUSEHOLD,
    "rsu_score": {**HOUSEHOLD, "score_inputs": {}},
    "bolsa_familia": BRAZIL,
    "winter_heating": {**HOUSEHOLD, "altitude": 1500, "heating_fuel": "wood"},
}


def test_there_is_an_example_of_every_programme() -> None:
    assert set(EXAMPLES) == set(PROGRAMMES)


@pytest.mark.parametrize("name", PROGRAMMES)
def test_a_programme_is_found_by_its_name_and_decides_by_both_compilations(name: str) -> None:
    programme = programme_named(name)
    assert programme.name == name
    alone = decide_household(EXAMPLES[name], MONTH, name)
    (beside,) = decide_households([EXAMPLES[name]], MONTH, name)
    assert (alone.eligible, alone.aid, alone.amount_centimes, alone.reasons, alone.lines) == (
        beside.eligible,
        beside.aid,
        beside.amount_centimes,
        beside.reasons,
        beside.lines,
    )
    assert {key: alone.values[key] for key in beside.values} == beside.values
    assert alone.programme == beside.programme == name


def test_an_unknown_programme_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownParameterError) as error:
        decide_household(HOUSEHOLD, MONTH, "asdd")
    assert str(error.value) == (
        "no programme is called 'asdd': use one of asd, asd_institution, amo_tadamon, rsu_score, bolsa_familia,"
        " winter_heating"
    )


@pytest.mark.parametrize("name", PROGRAMMES)
def test_before_its_first_month_a_programme_has_no_answer(name: str) -> None:
    first = programme_named(name).first_month
    decide_household(EXAMPLES[name], first, name)
    with pytest.raises(BadInputError, match=f"programme '{name}' starts in {first}: ask for that month or a later one"):
        decide_household(EXAMPLES[name], first - 1, name)


# A child at school: 200, then 250 from January 2025 (paid from November 2025), then 300 from January 2026.
@pytest.mark.parametrize(
    ("month", "clock", "child_aid"),
    [
        (Month(2024, 12), "legal", 20_000),
        (Month(2025, 1), "legal", 25_000),
        (Month(2025, 1), "paid", 20_000),
        (Month(2025, 10), "paid", 20_000),
        (Month(2025, 11), "paid", 25_000),
        (Month(2026, 1), "paid", 30_000),
        (Month(2026, 1), "legal", 30_000),
    ],
)
def test_the_two_clocks_of_the_rise(month: Month, clock: Clock, child_aid: int) -> None:
    decision = decide_household(HOUSEHOLD, month, amounts=clock)
    assert [line.amount_centimes for line in decision.lines if line.benefit == "child_aid"] == [child_aid]
    assert decision.amount_centimes == 50_000


def test_a_parameter_can_be_replaced() -> None:
    assert decide_household(HOUSEHOLD, MONTH, parameters={"family_floor_amount": "650.00"}).amount_centimes == 65_000
    assert decide_household(HOUSEHOLD, MONTH, parameters={"score_threshold": "9.0"}).reasons == (
        "score_above_threshold",
    )


def test_a_parameter_nobody_defined_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownParameterError, match="'score_treshold': did you mean 'score_threshold'"):
        decide_household(HOUSEHOLD, MONTH, parameters={"score_treshold": 9})


def test_a_register_folder_is_decided_like_its_households(tmp_path: Path) -> None:
    programme = programme_named("asd")
    old = {**HOUSEHOLD, "household_id": "H2", "score": 9.8, "members": [{**HEAD, "person_id": "P9"}]}
    rows = [read_rows(programme, raw, MONTH) for raw in (HOUSEHOLD, old)]
    inputs = programme.law.inputs
    persons = [{**one, "household_id": home["household_id"]} for home, members in rows for one in members]
    columns = {entity: list(inputs.of(entity)) for entity in (Entity.HOUSEHOLD, Entity.PERSON)}
    pq.write_table(arrow_table([one for one, _ in rows], columns[Entity.HOUSEHOLD]), tmp_path / "households.parquet")
    pq.write_table(arrow_table(persons, columns[Entity.PERSON], {"household_id": ""}), tmp_path / "persons.parquet")
    decisions, lines = decide_register(tmp_path, MONTH)
    found = {row["household_id"]: (row["amount_centimes"], row["reasons"]) for row in decisions.to_pylist()}
    assert found == {"H1": (50_000, []), "H2": (0, ["score_above_threshold"])}
    assert sorted((row["benefit"], row["amount_centimes"]) for row in lines.to_pylist()) == [
        ("child_aid", 30_000),
        ("family_floor", 20_000),
    ]
    covered, nothing = decide_register(tmp_path, MONTH, "amo_tadamon")
    assert {row["household_id"]: row["aid"] for row in covered.to_pylist()} == {"H1": "cover", "H2": "none"}
    assert nothing.num_rows == 0
