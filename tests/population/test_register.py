"""The written register: its columns and types, its coherence, its events from month to month."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest

from karama.law.rsu import SCORE_COLUMNS
from karama.population.register import accounts
from karama.territory import units

Tables = dict[str, pl.DataFrame]

HOUSEHOLD_TYPES = {
    "household_id": pl.String,
    "milieu": pl.String,
    "commune": pl.String,
    "province": pl.String,
    "region": pl.String,
    "size": pl.Int32,
    "claim_month": pl.Date,
    "score": pl.Decimal(12, 9),
    "score_effective_from": pl.Date,
    "previous_score": pl.Decimal(12, 9),
    "resident": pl.Boolean,
    "other_family_allowance": pl.Boolean,
    "state_pay": pl.Boolean,
    "pension": pl.Boolean,
    "fonds_entraide_familiale": pl.Boolean,
    "social_security_months": pl.Int32,
    "payment_channel": pl.String,
    "payment_account": pl.String,
}
PERSON_TYPES = {
    "household_id": pl.String,
    "person_id": pl.String,
    "role": pl.String,
    "sex": pl.String,
    "birth_date": pl.Date,
    "death_date": pl.Date,
    "in_rnp": pl.Boolean,
    "marital_status": pl.String,
    "enrolled": pl.Boolean,
    "school_level": pl.String,
    "public_school": pl.Boolean,
    "severe_disability": pl.Boolean,
    "father_deceased": pl.Boolean,
    "mother_id": pl.String,
    "live_birth_order": pl.Int32,
    "birth_order": pl.Int32,
    "birth_grant_claim_date": pl.Date,
    "receives_family_allowance": pl.Boolean,
    "receives_state_pay": pl.Boolean,
    "receives_pension": pl.Boolean,
}
WARD_COLUMNS = ["person_id", "establishment_id", "commune", "province", "region", "sex", "birth_date"]
FIRST_DAYS = [dt.date(2026, month, 1) for month in (7, 8, 9, 10)]


def present(month: Tables, first: dt.date) -> pl.DataFrame:
    last = (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
    alive = pl.col("death_date").is_null() | (pl.col("death_date") >= first)
    return month["persons"].filter((pl.col("birth_date") <= last) & alive)


def age(first: dt.date) -> pl.Expr:
    birth = pl.col("birth_date")
    early = (birth.dt.month() < first.month) | ((birth.dt.month() == first.month) & (birth.dt.day() <= first.day))
    return first.year - birth.dt.year() - (~early).cast(pl.Int32)


# ------------------------------------------------------------------------------------------------------------ columns
def test_the_tables_have_the_columns_and_types_of_the_register_folder(months: list[Tables]) -> None:
    assert dict(months[0]["households"].schema) == HOUSEHOLD_TYPES
    assert dict(months[0]["persons"].schema) == PERSON_TYPES
    assert months[0]["wards"].columns == [*WARD_COLUMNS, "category", "admitted", "left_on", "claim_month"]


def test_score_inputs_hold_every_variable_of_the_formula_that_is_not_derived(months: list[Tables]) -> None:
    inputs = months[0]["score_inputs"]
    assert set(inputs.columns) == {"household_id", *(column.name for column in SCORE_COLUMNS)}
    assert inputs.null_count().sum_horizontal()[0] == 0
    assert set(inputs.drop("household_id").dtypes) == {pl.Boolean, pl.Int32}


def test_variables_of_the_other_milieu_are_zero(months: list[Tables]) -> None:
    joined = months[0]["score_inputs"].join(months[0]["households"].select("household_id", "milieu"), on="household_id")
    rural, urban = joined.filter(milieu="rural"), joined.filter(milieu="urban")
    assert (rural["cars"].sum(), rural["has_computer"].sum(), urban["cows"].sum()) == (0, 0, 0)
    assert (rural["cows"].sum() > 0, urban["cars"].sum() > 0, rural["has_car"].sum() > 0) == (True, True, True)


@pytest.mark.parametrize("position", range(4))
def test_rows_are_sorted_and_identifiers_are_unique(months: list[Tables], position: int) -> None:
    households, persons = months[position]["households"], months[position]["persons"]
    assert households["household_id"].is_sorted()
    assert persons.equals(persons.sort("household_id", "person_id"))
    assert households["household_id"].n_unique() == len(households)
    assert persons["person_id"].n_unique() == len(persons)
    assert set(persons["household_id"]) == set(households["household_id"])
    assert months[position]["score_inputs"]["household_id"].equals(households["household_id"])


def test_communes_are_those_of_the_census(months: list[Tables]) -> None:
    households = months[0]["households"]
    assert set(households["commune"]) <= set(units()["code"])
    assert (households["commune"].str.head(5) == households["province"]).all()
    assert (households["commune"].str.head(2) == households["region"]).all()


# ---------------------------------------------------------------------------------------------------------- coherence
@pytest.mark.parametrize("position", range(4))
def test_a_household_has_one_head_at_most_one_spouse_and_its_size(months: list[Tables], position: int) -> None:
    members = present(months[position], FIRST_DAYS[position])
    roles = members.group_by("household_id").agg(
        (pl.col("role") == "head").sum().alias("heads"),
        (pl.col("role") == "spouse").sum().alias("spouses"),
        pl.len().cast(pl.Int32).alias("counted"),
    )
    assert roles["heads"].unique().to_list() == [1]
    assert roles["spouses"].max() == 1
    sizes = months[position]["households"].join(roles, on="household_id")
    assert (sizes["size"] == sizes["counted"]).all()
    assert len(sizes) == len(months[position]["households"])


def test_heads_are_adults(months: list[Tables]) -> None:
    heads = present(months[0], FIRST_DAYS[0]).filter(role="head")
    assert heads.select(age(FIRST_DAYS[0]).min()).item() >= 18


def test_children_know_their_mother_and_their_rank_among_hers(months: list[Tables]) -> None:
    children = months[0]["persons"].filter(pl.col("mother_id").is_not_null())
    mothers = months[0]["persons"].select(pl.col("person_id").alias("mother_id"), pl.col("sex").alias("of_mother"))
    assert set(children.join(mothers, on="mother_id", how="left")["of_mother"]) == {"F"}
    ranked = children.sort("mother_id", "birth_date", "person_id").with_columns(
        pl.int_range(1, pl.len() + 1).over("mother_id").cast(pl.Int32).alias("rank")
    )
    assert (ranked["rank"] == ranked["live_birth_order"]).all()


def test_only_children_of_widows_have_lost_their_father(months: list[Tables]) -> None:
    mothers = months[0]["persons"].select(pl.col("person_id").alias("mother_id"), pl.col("marital_status").alias("of"))
    orphans = months[0]["persons"].filter("father_deceased").join(mothers, on="mother_id", how="left")
    assert len(orphans) > 50
    assert set(orphans["of"]) == {"widowed"}


def test_family_allowance_goes_with_a_child_under_21(months: list[Tables]) -> None:
    persons = present(months[0], FIRST_DAYS[0])
    paid = persons.filter("receives_family_allowance")
    children = persons.filter(pl.col("role").is_in(["child", "kafala_child"]) & (age(FIRST_DAYS[0]) < 21))
    assert len(paid) > 0
    assert set(paid["household_id"]) <= set(children["household_id"])
    assert set(paid["role"]) <= {"head", "spouse"}


def test_household_flags_are_those_of_head_and_spouse(months: list[Tables]) -> None:
    couple = present(months[0], FIRST_DAYS[0]).filter(pl.col("role").is_in(["head", "spouse"]))
    paid = couple.group_by("household_id").agg(pl.col("receives_state_pay").any())
    joined = months[0]["households"].join(paid, on="household_id")
    assert (joined["state_pay"] == joined["receives_state_pay"]).all()
    assert joined["state_pay"].sum() > 0


def test_birth_grants_are_claimed_for_first_and_second_births_since_december_2023(months: list[Tables]) -> None:
    claimed = months[0]["persons"].filter(pl.col("birth_grant_claim_date").is_not_null())
    assert claimed["birth_date"].min() >= dt.date(2023, 12, 1)
    assert set(claimed["live_birth_order"]) == {1, 2}
    assert (claimed["birth_grant_claim_date"] > claimed["birth_date"]).all()
    assert claimed["birth_grant_claim_date"].max() <= dt.date(2026, 7, 31)


def test_claims_begin_with_the_programme_and_never_in_the_future(months: list[Tables]) -> None:
    claims = months[0]["households"]["claim_month"]
    assert claims.min() == dt.date(2023, 12, 1)
    assert claims.max() <= dt.date(2026, 7, 1)
    assert 0.75 < claims.is_not_null().mean() < 0.95


def test_payment_accounts_are_rib_of_24_digits_with_a_right_key(months: list[Tables]) -> None:
    households = months[0]["households"]
    on_account = households.filter(payment_channel="bank_account")
    assert households.filter(payment_channel="payment_establishment")["payment_account"].is_null().all()
    assert on_account["payment_account"].str.contains(r"^999\d{21}$").all()
    ribs = on_account["payment_account"].head(200).to_list()
    assert [rib for rib in ribs if 97 - int(rib[:22]) * 100 % 97 != int(rib[22:])] == []
    assert (
        accounts(
            {"number": households.head(0)["size"].to_numpy(), "channel": households.head(0)["size"].to_numpy()}
        ).len()
        == 0
    )


def test_scores_are_the_laws_and_of_a_plausible_range(months: list[Tables]) -> None:
    scores = months[0]["households"]["score"]
    assert scores.null_count() == 0
    assert Decimal("7.5") < scores.min() < scores.max() < Decimal(13)
    assert 0.8 < (scores <= Decimal("9.743001")).mean() < 0.95


# ------------------------------------------------------------------------------------------------------------- events
def test_people_keep_their_birth_date_sex_and_mother(months: list[Tables]) -> None:
    joined = months[0]["persons"].join(months[3]["persons"], on="person_id")
    assert len(joined) > 0.97 * len(months[0]["persons"])
    for column in ("birth_date", "sex", "mother_id", "live_birth_order"):
        assert joined[column].equals(joined[f"{column}_right"], check_names=False, null_equal=True)


def test_children_born_in_the_month_follow_their_mothers_former_births(months: list[Tables]) -> None:
    newborn = months[1]["persons"].filter(pl.col("birth_date") >= FIRST_DAYS[1])
    assert len(newborn) > 3
    assert newborn["birth_date"].max() <= dt.date(2026, 8, 31)
    before = months[0]["persons"].group_by("mother_id").agg(pl.col("live_birth_order").max().alias("former"))
    joined = newborn.join(before, on="mother_id", how="left").with_columns(pl.col("former").fill_null(0))
    assert (joined["live_birth_order"] == joined["former"] + 1).all()


def test_those_who_die_are_listed_in_the_month_in_which_it_is_known(months: list[Tables]) -> None:
    dead = months[1]["persons"].filter(pl.col("death_date").is_not_null())
    told = months[1]["events"].filter(event="death")
    assert len(dead) > 0
    assert set(dead["person_id"]) == set(told["person_id"])
    still = months[2]["persons"].join(dead, on="person_id", how="semi")
    assert (still["birth_date"] >= dt.date(2023, 12, 1)).all()


def test_a_bereaved_spouse_is_widowed_and_heads_the_household_next_month(months: list[Tables]) -> None:
    found = 0
    for now, then in ((1, 2), (2, 3)):
        dead = months[now]["persons"].filter(
            (pl.col("death_date") >= FIRST_DAYS[now])
            & (pl.col("role") == "head")
            & (pl.col("marital_status") == "married")
        )
        spouses = months[now]["persons"].join(dead, on="household_id", how="semi").filter(role="spouse")
        heirs = months[then]["persons"].join(spouses, on="person_id", how="semi").filter(pl.col("death_date").is_null())
        assert set(heirs["role"]) <= {"head"}
        assert set(heirs["marital_status"]) <= {"widowed"}
        found += len(heirs)
    assert found > 0


def test_in_september_pupils_move_up_and_some_leave_school(months: list[Tables]) -> None:
    pupils = months[1]["persons"].filter("enrolled").join(months[2]["persons"], on="person_id", suffix="_then")
    moved = pupils.filter(pl.col("enrolled_then") & (pl.col("school_level") != pl.col("school_level_then")))
    steps = set(moved.select("school_level", "school_level_then").iter_rows())
    assert ("preschool", "primary") in steps
    assert ("primary", "lower_secondary") in steps
    assert ("lower_secondary", "upper_secondary") in steps
    assert steps <= {
        ("preschool", "primary"),
        ("primary", "lower_secondary"),
        ("lower_secondary", "upper_secondary"),
        ("upper_secondary", "higher"),
        ("upper_secondary", "vocational"),
    }
    left = pupils.filter(~pl.col("enrolled_then"))
    assert 0.01 < len(left) / len(pupils) < 0.15
    six = months[2]["persons"].filter((age(FIRST_DAYS[2]) == 6) & pl.col("enrolled"))
    assert (six["school_level"] == "primary").mean() > 0.7
    waiting = six.filter(school_level="preschool").join(months[3]["events"].filter(event="school"), on="person_id")
    assert len(waiting) > 0  # their certificate came in October


def test_schooling_changes_in_september_only(months: list[Tables]) -> None:
    joined = months[0]["persons"].join(months[1]["persons"], on="person_id")
    assert (joined["enrolled"] == joined["enrolled_right"]).all()
    assert (joined["school_level"] == joined["school_level_right"]).all()
    facts = pl.concat([month["events"] for month in months]).filter(event="school")
    assert set(facts["happened"]) == {dt.date(2026, 9, 1)}
    assert (facts["known"] >= dt.date(2026, 10, 1)).sum() > 20


def test_a_new_score_stands_beside_the_one_it_replaces_until_the_next_month(months: list[Tables]) -> None:
    joined = months[1]["households"].join(months[0]["households"], on="household_id", suffix="_before")
    changed = joined.filter(pl.col("score") != pl.col("score_before"))
    assert 10 < len(changed) < 0.15 * len(joined)
    assert (changed["previous_score"] == changed["score_before"]).all()
    assert set(changed["score_effective_from"]) == {dt.date(2026, 9, 1)}
    unchanged = joined.filter(pl.col("score") == pl.col("score_before"))
    assert (unchanged["score_effective_from"] == unchanged["score_effective_from_before"]).all()


def test_some_households_claim_late_and_none_takes_its_claim_back(months: list[Tables]) -> None:
    joined = months[3]["households"].join(months[0]["households"], on="household_id", suffix="_before")
    kept = joined.filter(pl.col("claim_month_before").is_not_null())
    assert (kept["claim_month"] == kept["claim_month_before"]).all()
    new = joined.filter(pl.col("claim_month_before").is_null() & pl.col("claim_month").is_not_null())
    assert len(new) > 0
    assert new["claim_month"].min() > dt.date(2026, 7, 1)


def test_declared_jobs_start_and_end(months: list[Tables]) -> None:
    facts = pl.concat([month["events"] for month in months]).filter(event="job")
    assert set(facts["new_value"]) == {"true", "false"}
    told = months[3]["events"].filter(event="job", new_value="true").join(months[3]["persons"], on="person_id")
    assert told["receives_family_allowance"].all()
    paid = months[3]["households"].join(told.select("household_id"), on="household_id", how="semi")
    assert paid["other_family_allowance"].all()


# -------------------------------------------------------------------------------------------------------------- wards
def test_institution_children_are_minors_of_a_town_when_they_come(months: list[Tables]) -> None:
    wards = months[0]["wards"]
    assert len(wards) == 16
    assert (wards["admitted"] >= wards["birth_date"]).all()
    assert set(wards["category"]) <= {"orphan", "abandoned"}
    assert wards["claim_month"].min() >= dt.date(2025, 12, 1)
    assert (wards["establishment_id"] == "E" + wards["commune"]).all()
