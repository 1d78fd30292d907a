"""Duplicates among persons: what is found, what must not be, and why the search says so."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from karama.foundation.months import Month
from karama.population.generation import generate
from karama.population.naming import entries, family_names, given_names
from karama.population.naming.mistakes import KnownDuplicates, lookalikes, second_entries
from karama.registry.matching.comparisons import COMPARISONS
from karama.registry.matching.finding import ENTRY_COLUMNS, THRESHOLD, contradicting_entries, probable_duplicates

if TYPE_CHECKING:
    from pathlib import Path

SAMIRA = {
    "person_id": "A",
    "family_name_fr": "El Khattabi",
    "given_name_fr": "Samira",
    "family_name_ar": "الخطابي",
    "given_name_ar": "سميرة",
    "sex": "F",
    "birth_date": dt.date(1991, 4, 7),
    "birth_commune": "061810901",
    "commune": "061810901",
    "mother_idcs": None,
}


def crowd() -> list[dict[str, Any]]:
    """Six hundred strangers, so that names are as rare as they are in a register."""
    first, family = given_names(), family_names()
    return [
        {
            "person_id": f"S{number:04}",
            "family_name_fr": family["latin"][number * 7 % len(family)],
            "given_name_fr": first["latin"][number % len(first)],
            "family_name_ar": family["arabic"][number * 7 % len(family)],
            "given_name_ar": first["arabic"][number % len(first)],
            "sex": first["sex"][number % len(first)],
            "birth_date": dt.date(1950, 1, 2) + dt.timedelta(days=37 * number),
            "birth_commune": f"0{1 + number % 9}1051010",
            "commune": f"0{1 + number % 7}1051010",
            "mother_idcs": None,
        }
        for number in range(600)
    ]


def search(*persons: dict[str, Any], threshold: float = THRESHOLD) -> pl.DataFrame:
    """What is found among these persons in a crowd."""
    table = pl.DataFrame([*crowd(), *persons], schema_overrides={"mother_idcs": pl.String}, infer_schema_length=None)
    return probable_duplicates(table.select(ENTRY_COLUMNS), threshold=threshold)


def pairs(found: pl.DataFrame) -> list[tuple[str, str]]:
    return found.select("left", "right").rows()


@pytest.mark.parametrize(
    ("changed", "comparison", "level"),
    [
        ({}, "given_name", "same"),
        ({"given_name_fr": "Sameera"}, "given_name", "same"),
        ({"given_name_fr": "Smaira"}, "given_name", "one_writing"),
        ({"family_name_fr": "Khattabi", "family_name_ar": None, "given_name_ar": None}, "family_name", "same"),
        ({"family_name_fr": "", "given_name_fr": ""}, "given_name", "same"),
        (
            {
                "family_name_fr": "Samira",
                "given_name_fr": "El Khattabi",
                "family_name_ar": "سميرة",
                "given_name_ar": "الخطابي",
            },
            "given_name",
            "swapped",
        ),
        ({"birth_date": dt.date(1991, 7, 4)}, "birth_date", "day_and_month_swapped"),
        ({"birth_date": dt.date(1991, 4, 1)}, "birth_date", "one_digit"),
        ({"birth_date": dt.date(1991, 1, 1)}, "birth_date", "same_year_only"),
        ({"birth_commune": None}, "birth_commune", "unknown"),
        ({"birth_commune": "061810105"}, "birth_commune", "same_province"),
    ],
)
def test_a_person_entered_twice_is_found_and_the_search_says_what_agrees(
    changed: dict[str, Any], comparison: str, level: str
) -> None:
    found = search(SAMIRA, SAMIRA | {"person_id": "B"} | changed)
    assert pairs(found) == [("A", "B")]
    assert found[f"{comparison}_level"][0] == level


def test_two_papers_without_a_common_alphabet_are_compared_by_consonants() -> None:
    latin = SAMIRA | {"family_name_ar": None, "given_name_ar": None}
    arabic = SAMIRA | {"person_id": "B", "family_name_fr": None, "given_name_fr": None}
    found = search(latin, arabic)
    assert pairs(found) == [("A", "B")]
    assert (found["given_name_level"][0], found["family_name_level"][0]) == ("consonants", "consonants")


@pytest.mark.parametrize(
    "changed",
    [
        {"given_name_fr": "Hanane", "given_name_ar": "حنان", "mother_idcs": "M"},
        {"given_name_fr": "Amir", "given_name_ar": "أمير", "sex": "M", "mother_idcs": "M"},
        {"given_name_fr": "Samir", "given_name_ar": "سمير", "sex": "M", "mother_idcs": "M"},
    ],
)
def test_twins_are_not_one_person(changed: dict[str, Any]) -> None:
    twin = SAMIRA | {"mother_idcs": "M"}
    assert pairs(search(twin, twin | {"person_id": "B"} | changed)) == []


@pytest.mark.parametrize("alphabets", [("fr", "ar"), ("fr",), ("ar",)])
def test_hassan_and_houssine_are_not_one_person(alphabets: tuple[str, ...]) -> None:
    written = {
        "given_name_fr": ("Hassan", "Houssine"),
        "given_name_ar": ("الحسن", "الحسين"),
    }
    shown = [
        {name: both[which] if name[-2:] in alphabets else None for name, both in written.items()} for which in (0, 1)
    ]
    twins = [SAMIRA | {"sex": "M", "mother_idcs": "M", "person_id": name} | shown[n] for n, name in enumerate("AB")]
    assert pairs(search(*twins)) == []


def test_a_sister_with_a_name_alike_born_years_later_is_not_the_same() -> None:
    malak = SAMIRA | {"given_name_fr": "Malak", "given_name_ar": "ملاك", "mother_idcs": "M"}
    malika = malak | {"person_id": "B", "given_name_fr": "Malika", "given_name_ar": "مليكة"}
    assert pairs(search(malak, malika | {"birth_date": dt.date(1994, 9, 21)})) == []


def test_homonyms_born_on_other_days_are_not_one_person() -> None:
    assert pairs(search(SAMIRA, SAMIRA | {"person_id": "B", "birth_date": dt.date(1988, 11, 30)})) == []


def test_a_rare_name_weighs_more_than_a_common_one() -> None:
    fatimas = [
        SAMIRA | {"person_id": f"F{n}", "given_name_fr": "Fatima", "given_name_ar": "فاطمة"}
        | {"birth_date": dt.date(1960, 2, 3) + dt.timedelta(days=401 * n)}
        for n in range(60)
    ]  # fmt: skip
    common = search(*fatimas, fatimas[7] | {"person_id": "TWICE"}, threshold=0.01)
    rare = search(SAMIRA, SAMIRA | {"person_id": "B"}, threshold=0.01)
    assert pairs(common)[0] == ("F7", "TWICE")
    assert common["given_name_weight"][0] < rare["given_name_weight"][0] - 2


def test_the_weights_of_a_pair_add_up_to_its_weight_but_for_the_prior() -> None:
    found = search(SAMIRA, SAMIRA | {"person_id": "B"}, SAMIRA | {"person_id": "C", "birth_date": dt.date(1991, 7, 4)})
    assert set(pairs(found)) == {("A", "B"), ("A", "C"), ("B", "C")}
    told = found.select(pl.sum_horizontal(f"{one.code}_weight" for one in COMPARISONS) - pl.col("weight")).to_series()
    assert told.to_list() == pytest.approx([told[0]] * 3)
    assert found["probability"].to_list() == pytest.approx([1 / (1 + 2**-weight) for weight in found["weight"]])


def test_every_level_of_the_answer_has_its_words() -> None:
    found = search(SAMIRA, SAMIRA | {"person_id": "B", "birth_commune": None})
    for one in COMPARISONS:
        assert found[f"{one.code}_level"][0] in {level.code for level in one.levels}


def test_the_same_register_gives_the_same_pairs_in_the_same_order() -> None:
    persons = (SAMIRA, SAMIRA | {"person_id": "B"}, SAMIRA | {"person_id": "C"})
    assert search(*persons).equals(search(*reversed(persons)))


@pytest.mark.parametrize("number", [0, 1])
def test_nobody_is_found_where_there_are_no_two(number: int) -> None:
    table = pl.DataFrame([SAMIRA], schema_overrides={"mother_idcs": pl.String}).head(number)
    found = probable_duplicates(table)
    assert found.is_empty()
    assert found.columns == search(SAMIRA, SAMIRA | {"person_id": "B"}).columns


def test_an_identifier_that_stands_twice_with_other_facts_is_told_with_what_differs() -> None:
    lines = pl.DataFrame(
        {
            "idcs": ["1", "1", "2", "2", "3", "3"],
            "birth_date": [dt.date(1990, 1, 1), dt.date(1991, 1, 1), *[dt.date(2000, 5, 5)] * 4],
            "sex": ["F", "F", "M", "M", "F", None],
            "given_name_fr": ["Aya", "Ayah", "Ali", "Ali", "Sara", "Sara"],
        }
    )
    found = contradicting_entries(lines)
    assert found.rows() == [("1", ["birth_date", "given_name_fr"])]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> KnownDuplicates:
    """A register of 55,000 persons with twins and homonyms, and 1,100 of them entered twice."""
    folder: Path = tmp_path_factory.mktemp("register") / "out"
    generate(share=0.003, seed=8, out=folder, first_month=Month(2025, 10))
    tables = [pl.read_parquet(folder / "2025-10" / f"{name}.parquet") for name in ("persons", "households")]
    return second_entries(lookalikes(entries(*tables), seed=8), share=0.02, seed=8)


@pytest.mark.long
def test_duplicates_of_a_register_are_found_with_an_f1_of_95_percent(known: KnownDuplicates) -> None:
    assert len(known.persons) > 50_000
    found = probable_duplicates(known.persons)
    left, right_side = pl.min_horizontal("first", "second"), pl.max_horizontal("first", "second")
    true = set(known.pairs.select(left=left, right=right_side).rows())
    right = len(true & set(pairs(found)))
    precision, recall = right / len(found), right / len(true)
    assert 2 * precision * recall / (precision + recall) >= 0.95, (precision, recall)


@pytest.mark.long
def test_no_twins_of_a_register_are_taken_for_one_person(known: KnownDuplicates) -> None:
    found = probable_duplicates(known.persons)
    told = known.persons.select("person_id", "household_id", "birth_date", "given_name_fr")
    sides = found.join(told, left_on="left", right_on="person_id").join(told, left_on="right", right_on="person_id")
    twins = sides.filter(
        (pl.col("household_id") == pl.col("household_id_right")) & (pl.col("birth_date") == pl.col("birth_date_right"))
    )
    assert twins.filter(~pl.col("right").str.ends_with("D")).is_empty()
