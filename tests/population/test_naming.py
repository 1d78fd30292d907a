"""Names of the synthetic register: drawn from identifiers, carried by families, and written wrongly on purpose."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from karama.foundation.errors import BadInputError
from karama.population.naming import birth_communes, entries, family_names, given_names, names
from karama.population.naming.mistakes import KINDS, lookalikes, second_entries

HOUSEHOLDS = pl.DataFrame(
    {
        "household_id": [f"H{number:09}" for number in range(400)],
        "commune": [f"0105101{number % 7:02}" for number in range(400)],
    }
)
ROLES = ("head", "spouse", "child", "child", "child", "kafala_child")


def people() -> pl.DataFrame:
    """Four hundred families of a man, his wife, three children and one in kafala."""
    rows = [
        {
            "household_id": home,
            "person_id": f"P{home[1:]}{place:02}",
            "role": role,
            "sex": "MFMFMF"[place - 1],
            "birth_date": dt.date(1975 + (number * 7) % 20 if place < 3 else 2005 + place, 1 + number % 12, 1 + place),
            "mother_id": f"P{home[1:]}02" if role == "child" else None,
        }
        for number, home in enumerate(HOUSEHOLDS["household_id"])
        for place, role in enumerate(ROLES, start=1)
    ]
    return pl.DataFrame(rows, schema_overrides={"mother_id": pl.String})


def test_the_lists_hold_one_writing_of_each_name_in_both_alphabets() -> None:
    for listed in (given_names(), family_names()):
        assert listed["latin"].is_unique().all()
        assert listed["arabic"].str.contains(r"^[\u0621-\u064a ]+$").all()
        assert (listed["weight"] > 0).all()
    assert set(given_names()["sex"]) == {"F", "M"}


def test_children_carry_their_fathers_name_and_others_their_own() -> None:
    called = people().with_columns(names(people()).drop("person_id"))
    heads = called.filter(pl.col("role") == "head").select("household_id", father="family_name_fr")
    same = (
        called.join(heads, on="household_id")
        .group_by("role")
        .agg(share=(pl.col("family_name_fr") == pl.col("father")).mean())
    )
    shares = dict(same.iter_rows())
    assert shares["child"] == 1
    assert shares["spouse"] < 0.05
    assert shares["kafala_child"] < 0.05


def test_a_mothers_children_carry_the_name_of_the_house_they_were_born_into() -> None:
    mother = pl.DataFrame(
        {
            "household_id": ["H000000007"] * 3,
            "person_id": ["P00000000701", "P00000000703", "P00000000704"],
            "role": ["head", "child", "child"],
            "sex": ["F", "M", "F"],
        }
    )
    called = names(mother)["family_name_fr"]
    assert called[1] == called[2]


def test_given_names_follow_the_sex_and_brothers_rarely_share_one() -> None:
    called = people().with_columns(names(people()).drop("person_id"))
    sexes = dict(given_names().select("latin", "sex").iter_rows())
    assert (called["given_name_fr"].replace_strict(sexes) == called["sex"]).all()
    boys = called.filter((pl.col("role") == "child") & (pl.col("sex") == "M"))
    shared = boys.group_by("household_id").agg(pl.col("given_name_fr").n_unique()).filter(pl.col("given_name_fr") < 2)
    assert len(shared) < 8


def test_a_name_depends_on_the_persons_alone_and_not_on_their_order() -> None:
    whole = names(people())
    shuffled = names(people().sample(fraction=1, shuffle=True, seed=3)).sort("person_id")
    assert whole.sort("person_id").equals(shuffled)
    one_house = people().filter(pl.col("household_id") == "H000000042")
    assert names(one_house).equals(whole.filter(pl.col("person_id").is_in(one_house["person_id"].implode())))


def test_an_identifier_of_a_real_register_is_not_given_a_name() -> None:
    with pytest.raises(BadInputError, match="column person_id, value BK-X"):
        names(people().with_columns(person_id=pl.lit("BK-X")))


def test_most_children_are_born_where_they_live() -> None:
    born = people().with_columns(birth_communes(people(), HOUSEHOLDS)["birth_commune"])
    lived = born.join(HOUSEHOLDS, on="household_id").with_columns(home=pl.col("commune") == pl.col("birth_commune"))
    shares = dict(lived.group_by("role").agg(pl.col("home").mean()).iter_rows())
    assert 0.8 < shares["child"] < 0.9
    assert 0.4 < shares["head"] < 0.6
    assert born["birth_commune"].str.contains(r"^\d{9}$").all()


def test_every_kind_of_mistake_is_made_and_told() -> None:
    known = second_entries(entries(people(), HOUSEHOLDS), share=0.5, seed=1)
    assert set(known.pairs["kind"]) == set(KINDS)
    assert len(known.persons) == len(people()) + len(known.pairs)
    told = {row["person_id"]: row for row in known.persons.iter_rows(named=True)}
    for first, second, kind in known.pairs.iter_rows():
        before, after = told[first], told[second]
        if kind == "swapped_names":
            assert after["family_name_ar"] == before["given_name_ar"]
            assert after["given_name_ar"] == before["family_name_ar"]
        if kind == "no_common_alphabet":
            assert before["given_name_ar"] is None
            assert after["given_name_fr"] is None
        if kind == "year_only":
            assert after["birth_date"] == dt.date(before["birth_date"].year, 1, 1)
        if kind in {"wrong_digit_in_date", "swapped_day_month"}:
            assert after["birth_date"] != before["birth_date"]
        if kind == "exact_copy":
            assert after["given_name_fr"] == before["given_name_fr"]
            assert after["birth_date"] == before["birth_date"]


def test_those_who_only_look_alike_are_twins_and_homonyms() -> None:
    before = entries(people(), HOUSEHOLDS)
    after = lookalikes(before, seed=1)
    assert after["person_id"].equals(before["person_id"])
    twins = (
        after.filter(pl.col("role") == "child").group_by("mother_idcs", "birth_date").len().filter(pl.col("len") > 1)
    )
    assert len(twins) > 3
    homonyms = (after["given_name_fr"] + after["family_name_fr"]) != (
        before["given_name_fr"] + before["family_name_fr"]
    )
    assert homonyms.sum() > 5
    assert after["given_name_ar"].null_count() > 100
