"""Personal data: what is kept too long, a person's own copy, an extract that names nobody."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest
from django.db import Error, transaction
from django.utils.timezone import localdate

from karama.delivery.appeals import actions as appeals
from karama.delivery.privacy.belonging import tables as tables_of_a_person
from karama.delivery.privacy.extract import extract
from karama.delivery.privacy.own_data import as_page, labels, own_data
from karama.delivery.privacy.retention import kept_past_retention
from karama.foundation.errors import BadInputError, NotAllowedError, UnknownParameterError
from karama.foundation.months import Month
from karama.record import journal
from karama.record.clock import now
from karama.record.messages.actions import enqueue
from karama.record.models import Event
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from karama.registry.facts import correct, end
from karama.registry.models import Civil, Health, Household, Income, Membership, Person
from tests.delivery import families
from tests.delivery.appeals import cases

if TYPE_CHECKING:
    from pathlib import Path

    from karama.record.scope import Actor

MARCH = Month(2026, 3)


def kept(on: dt.date, by: Actor = SYSTEM) -> dict[str, int]:
    return {one.parameter: one.rows for one in kept_past_retention(on=on, by=by)}


def herself(household: Household) -> Actor:
    """The head of a household, signed in."""
    return replace(families.citizen(household), idcs=head_of(household).idcs)


def head_of(household: Household) -> Person:
    with acting_as(SYSTEM):
        return Membership.objects.get(household=household, role="head").person


# -------------------------------------------------------------------------------------------------------- retention
@pytest.mark.usefixtures("db")
def test_what_was_corrected_is_counted_once_its_period_has_passed() -> None:
    household = families.household()
    before = kept(dt.date(2040, 1, 1))["superseded_facts_months"]
    with acting_as(SYSTEM):
        told = {"source": "CMR", "proof": "", "known_at": now()}
        key, values = {"person_id": head_of(household).pk}, dict.fromkeys(Income.values(), False)
        correct(Income, key=key, values=values, validity=(dt.date(2024, 1, 1), None), **told)
        correct(
            Income,
            key=key,
            values={**values, "receives_pension": True},
            validity=(dt.date(2024, 1, 1), None),
            **{**told, "known_at": now()},
        )
    assert kept(dt.date(2040, 1, 1))["superseded_facts_months"] == before + 1
    assert kept(localdate(now()))["superseded_facts_months"] == 0


@pytest.mark.usefixtures("db")
def test_each_period_tells_its_status_and_deletes_nothing() -> None:
    families.household()
    with acting_as(SYSTEM):
        journal.write(kind="x", subject=("y", 1), by=SYSTEM, at=now())
    found = {one.parameter: one for one in kept_past_retention(on=dt.date(2040, 1, 1), by=SYSTEM)}
    assert {one.status for one in found.values()} == {"unknown"}
    line = found["journal_months"]
    assert (line.months, line.rows, line.before) == (120, 1, dt.date(2030, 1, 1))
    assert line.oldest is not None
    with acting_as(SYSTEM):
        assert Event.objects.filter(kind="x").count() == 1


@pytest.mark.usefixtures("db")
def test_only_who_answers_for_it_sees_what_is_kept() -> None:
    kept(dt.date(2040, 1, 1), families.staff(Role.AUDITOR))
    with pytest.raises(NotAllowedError):
        kept(dt.date(2040, 1, 1), families.staff(Role.CLAIMS_OFFICER))


# ---------------------------------------------------------------------------------------------------- a person's copy
@pytest.mark.usefixtures("db")
def test_a_citizen_takes_everything_known_of_her_and_who_read_it() -> None:
    household = families.household()
    mother = head_of(household)
    families.write(Health, person_id=mother.pk, severe_disability=True)
    officer = families.staff(Role.CLAIMS_OFFICER, "06181")
    with acting_as(officer):
        journal.read_of_file(household_id=household.pk, by=officer, at=now(), page="file")
    told = own_data(idcs=mother.idcs, by=herself(household), at=now())
    tables = told["tables"]
    assert {"person", "civil", "health", "membership", "residence", "score", "situation", "journal"} <= set(tables)
    assert tables["health"][0]["severe_disability"] is True
    assert tables["score"][0]["score"] == "9.100000000"
    assert [(one["kind"], one["by"]) for one in tables["journal"]] == [("file.read", officer.name)]
    assert json.loads(json.dumps(told)) == told
    with acting_as(SYSTEM):
        assert Event.objects.filter(kind="file.copied", household_id=household.pk).count() == 1


@pytest.mark.usefixtures("db")
def test_what_is_others_stays_out_of_the_copy() -> None:
    household, other = families.household(), families.household()
    mother, stranger = head_of(household), head_of(other)
    told = json.dumps(own_data(idcs=mother.idcs, by=herself(household), at=now()))
    with acting_as(SYSTEM):
        children = Person.objects.filter(
            pk__in=Membership.objects.filter(household=household, role="child").values("person")
        )
        assert children.count() == 2
    assert stranger.idcs not in told
    assert [child for child in children if child.idcs in told] == []


@pytest.mark.usefixtures("db")
def test_who_left_a_household_takes_along_what_was_told_while_there() -> None:
    household = families.household()
    mother = head_of(household)
    member = {"person_id": mother.pk, "household_id": household.pk}
    with acting_as(SYSTEM):
        end(Membership, key=member, on=dt.date(2025, 6, 1), known_at=now())
    families.write(families.Score, dt.date(2025, 9, 1), household_id=household.pk, score="7.5", effective_from=None)
    told = own_data(idcs=mother.idcs, by=SYSTEM, at=now())
    assert {one["score"] for one in told["tables"]["score"]} == {"9.100000000"}


@pytest.mark.usefixtures("db")
def test_nobody_takes_the_copy_of_another() -> None:
    household, other = families.household(), families.household()
    for who in (
        families.citizen(other),
        families.staff(Role.CLAIMS_OFFICER, ""),
        families.staff(Role.COUNTER_AGENT, "01"),
    ):
        with pytest.raises(NotAllowedError):
            own_data(idcs=head_of(household).idcs, by=who, at=now())
    with pytest.raises(UnknownParameterError, match="nobody has the IDCS"):
        own_data(idcs="P-none", by=SYSTEM, at=now())
    own_data(idcs=head_of(household).idcs, by=families.staff(Role.COUNTER_AGENT, "06181"), at=now())


@pytest.mark.usefixtures("db")
def test_the_copy_is_a_page_in_two_languages() -> None:
    household = families.household()
    page = as_page(own_data(idcs=head_of(household).idcs, by=SYSTEM, at=now()), dt.date(2026, 3, 1))
    assert page.startswith("<!doctype html>")
    assert "Ce que le registre sait de vous" in page
    assert 'lang="ar"' in page
    assert "9.100000000" in page


# ------------------------------------------------------------------------------------------------------ an extract
def register(folder: Path, alike: int) -> Path:
    """A province where ``alike`` households are alike, one alone of its kind there and its region's, and a pair."""
    place = folder / "register" / "2026-03"
    place.mkdir(parents=True)
    codes = ["061810901"] * alike + ["091730301"] + ["061850101", "061890101"] * 3
    milieu = ["rural"] * alike + ["urban"] * 7
    numbers = [f"H{one}" for one in range(len(codes))]
    pl.DataFrame(
        {"household_id": numbers, "commune": codes, "milieu": milieu, "score": [9.123456] * len(codes)}
    ).write_parquet(place / "households.parquet")
    pl.DataFrame(
        {
            "household_id": numbers,
            "person_id": [f"P{one}" for one in range(len(codes))],
            "role": ["head"] * len(codes),
            "sex": ["F"] * len(codes),
            "birth_date": [dt.date(1985, 3, 1)] * len(codes),
            "mother_id": ["P99"] * len(codes),
            "severe_disability": [True] * len(codes),
        }
    ).write_parquet(place / "persons.parquet")
    return folder / "register"


@pytest.mark.usefixtures("db")
def test_an_extract_names_nobody_and_leaves_out_who_is_alone(tmp_path: Path) -> None:
    analyst = families.staff(Role.ANALYST)
    asked = {"register": register(tmp_path, 6), "month": MARCH, "purpose": "a thesis", "by": analyst, "at": now()}
    made = extract(**asked, out=tmp_path / "one")
    assert (made.households, made.persons, made.told_by_region, made.left_out) == (12, 12, 6, 1)
    homes = pl.read_parquet(tmp_path / "one" / "households.parquet")
    persons = pl.read_parquet(tmp_path / "one" / "persons.parquet")
    assert homes.group_by("place", "milieu", "size", "head_age").len()["len"].min() >= made.least
    assert set(homes["place"]) == {"06181", "06"}
    assert set(persons.columns) == {"household_id", "person_id", "role", "sex", "age"}
    assert (set(persons["age"]), set(homes["score"])) == ({40}, {9.0})
    told = homes.write_json() + persons.write_json()
    assert [name for one in range(13) for name in (f'"H{one}"', f'"P{one}"') if name in told] == []
    assert set(persons["household_id"]) == set(homes["household_id"])
    extract(**asked, out=tmp_path / "two")
    again = pl.read_parquet(tmp_path / "two" / "households.parquet")
    assert not set(again["household_id"]) & set(homes["household_id"]), "two extracts cannot be joined"
    with acting_as(SYSTEM):
        assert Event.objects.filter(kind="extract.taken", actor=analyst.name).count() == 2


def couples(folder: Path, couples: list[tuple[str, str, int, float]]) -> Path:
    """Households of one province, each a woman of forty and one more: sex, marital status, age and the score."""
    place = folder / "couples" / "2026-03"
    place.mkdir(parents=True)
    numbers = [f"H{one}" for one in range(len(couples))]
    households = {"household_id": numbers, "commune": "061810901", "milieu": "rural"}
    pl.DataFrame({**households, "score": [one[3] for one in couples]}).write_parquet(place / "households.parquet")
    rows = []
    for number, (sex, status, years, _) in zip(numbers, couples, strict=True):
        for person, role, of, since in (("a", "head", "F", 40), ("b", "spouse", sex, years)):
            born = dt.date(2026 - since, 1, 1)
            rows.append((number, f"{number}{person}", role, of, status if person == "b" else "married", born))
    columns = ["household_id", "person_id", "role", "sex", "marital_status", "birth_date"]
    pl.DataFrame(rows, schema=columns, orient="row").write_parquet(place / "persons.parquet")
    return folder / "couples"


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("other", [("F", "married", 41, 9.1), ("M", "widowed", 41, 9.1), ("M", "married", 61, 9.1)])
def test_a_family_with_a_composition_of_its_own_is_not_told_with_its_members(
    tmp_path: Path, other: tuple[str, str, int, float]
) -> None:
    folder = couples(tmp_path, [("M", "married", 41, 9.1)] * 6 + [other] * 4 + [(*other[:3], 9.4)] * 2)
    asked = {"register": folder, "month": MARCH, "purpose": "x", "by": families.staff(Role.ANALYST), "at": now()}
    made = extract(**asked, out=tmp_path / "told")
    assert (made.households, made.persons, made.told_without_members, made.left_out) == (12, 24, 0, 0)
    folder = couples(tmp_path / "alone", [("M", "married", 41, 9.1)] * 6 + [other] * 4)
    made = extract(**{**asked, "register": folder}, out=tmp_path / "few")
    assert (made.households, made.persons, made.told_without_members, made.left_out) == (6, 12, 0, 4)
    folder = couples(tmp_path / "two", [("M", "married", 41, 9.1)] * 6 + [other] * 4 + [("M", "single", 20, 9.1)])
    made = extract(**{**asked, "register": folder}, out=tmp_path / "without")
    assert (made.households, made.persons, made.told_without_members, made.left_out) == (11, 12, 5, 0)
    persons = pl.read_parquet(tmp_path / "without" / "persons.parquet")
    assert set(persons.filter(role="spouse").select("sex", "marital_status", "age").rows()) == {("M", "married", 40)}


@pytest.mark.usefixtures("db")
def test_a_score_of_its_own_is_not_told(tmp_path: Path) -> None:
    folder = couples(tmp_path, [("M", "married", 41, 9.1)] * 6 + [("M", "married", 41, 7.2)] * 4)
    asked = {"month": MARCH, "purpose": "x", "by": families.staff(Role.ANALYST), "at": now()}
    made = extract(register=folder, **asked, out=tmp_path / "out")
    assert (made.households, made.left_out) == (6, 4)
    assert set(pl.read_parquet(tmp_path / "out" / "households.parquet")["score"]) == {9.0}


@pytest.mark.usefixtures("db")
def test_what_cannot_be_told_to_the_journal_is_not_taken(tmp_path: Path) -> None:
    asked = {"register": register(tmp_path, 6), "month": MARCH, "at": now(), "by": families.staff(Role.ANALYST)}
    with pytest.raises(Error), transaction.atomic():
        extract(**asked, purpose="a letter that no text of PostgreSQL holds: \x00", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("db")
def test_only_an_analyst_takes_an_extract_and_says_what_for(tmp_path: Path) -> None:
    asked = {"register": register(tmp_path, 6), "month": MARCH, "out": tmp_path / "out", "at": now()}
    for role in (Role.AUDITOR, Role.ADMINISTRATOR, Role.TERRITORIAL_MANAGER):
        with pytest.raises(NotAllowedError):
            extract(**asked, by=families.staff(role), purpose="x")
    with pytest.raises(BadInputError, match="for a purpose"):
        extract(**asked, by=families.staff(Role.ANALYST), purpose=" ")
    assert not (tmp_path / "out").exists()


# -------------------------------------------------------------------------------------------- the copy of a minor child
def child_of(household: Household, place: int = 0) -> Person:
    with acting_as(SYSTEM):
        return list(Membership.objects.filter(household=household, role="child").order_by("person_id"))[place].person


def taken(child: Person, by: Actor) -> bool:
    """Whether ``by`` is given the copy of a child."""
    try:
        told = own_data(idcs=child.idcs, by=by, at=now())
    except NotAllowedError:
        return False
    assert told["tables"]["person"][0]["idcs"] == child.idcs
    return True


def leaves(child: Person, household: Household, on: dt.date) -> None:
    with acting_as(SYSTEM):
        end(Membership, key={"person_id": child.pk, "household_id": household.pk}, on=on, known_at=now())


@pytest.mark.usefixtures("db")
def test_the_head_of_a_household_takes_the_copy_of_its_minor_children_and_of_nobody_else() -> None:
    household, other = families.household(), families.household()
    grown = families.member(household, "2004-01-01", "child")
    spouse = families.member(household, "1984-01-01", "spouse")
    mother = herself(household)
    assert [taken(one, mother) for one in (child_of(household, 0), child_of(household, 1))] == [True, True]
    assert [taken(one, mother) for one in (grown, spouse, child_of(other))] == [False, False, False]
    assert not taken(child_of(household), replace(mother, idcs=spouse.idcs))
    assert taken(grown, replace(mother, idcs=grown.idcs))
    with acting_as(SYSTEM):
        copies = Event.objects.filter(kind="file.copied", subject_id=str(child_of(household).pk))
        assert [one.household_id for one in copies] == [household.pk]


@pytest.mark.usefixtures("db")
def test_a_child_comes_of_age_on_the_eighteenth_birthday() -> None:
    household, today = families.household(), now().date()
    mother = herself(household)
    born = today.replace(year=today.year - 18, day=min(today.day, 28))
    of_age = families.member(household, born.isoformat(), "child")
    minor = families.member(household, (born + dt.timedelta(days=5)).isoformat(), "child")
    assert [taken(one, mother) for one in (of_age, minor)] == [False, True]


@pytest.mark.usefixtures("db")
def test_who_has_the_child_at_home_takes_the_copy_and_the_parent_elsewhere_does_not() -> None:
    before, after = families.household(), families.household()
    child, moved_on = child_of(before), dt.date(2026, 1, 10)
    leaves(child, before, moved_on)
    families.write(Membership, moved_on, person_id=child.pk, household_id=after.pk, role="child")
    assert [taken(child, herself(one)) for one in (before, after)] == [False, True]


@pytest.mark.usefixtures("db")
def test_a_child_whom_two_households_claim_is_for_the_counter() -> None:
    one, other = families.household(), families.household()
    child = child_of(one)
    families.write(Membership, dt.date(2025, 1, 1), person_id=child.pk, household_id=other.pk, role="child")
    assert [taken(child, herself(home)) for home in (one, other)] == [False, False]
    assert taken(child, families.staff(Role.COUNTER_AGENT, "06181"))


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("left", [True, False])
def test_of_a_child_who_died_a_minor_the_head_of_the_last_household_takes_the_copy(*, left: bool) -> None:
    household, died = families.household(), dt.date(2026, 2, 2)
    child = families.member(household, "2012-02-02", "child")
    with acting_as(SYSTEM):
        civil = Civil.objects.get(person=child)
        known = {name: getattr(civil, name) for name in Civil.values()}
    families.write(Civil, civil.validity.lower, "RNP", person_id=child.pk, **{**known, "death_date": died})
    if left:
        leaves(child, household, died)
    assert taken(child, herself(household))
    assert not taken(child, herself(families.household()))


# ------------------------------------------------------------------------------------------------ words, not raw names
def test_every_table_and_column_of_a_copy_has_its_words_in_three_languages() -> None:
    tables, columns = labels()["tables"], labels()["columns"]
    for model in (Person, *tables_of_a_person()):
        assert model._meta.db_table.split("_", 1)[-1] in tables, model
        missing = {one.name for one in model._meta.local_concrete_fields} - set(columns)
        assert missing == set(), model
    assert {"journal", "account"} <= set(tables)
    for label in (*tables.values(), *columns.values()):
        assert label.fr
        assert label.en
        assert any("\u0600" <= letter <= "\u06ff" for letter in label.ar), label


@pytest.mark.usefixtures("db")
def test_the_page_names_its_columns_in_the_readers_language() -> None:
    household = families.household()
    page = as_page(own_data(idcs=head_of(household).idcs, by=SYSTEM, at=now()), dt.date(2026, 3, 1))
    for words in ("Composition du ménage", "Membership of the household", "identifiant (IDCS)", "valid (from, to)"):
        assert words in page
    assert "تركيبة الأسرة المعيشية" in page
    assert not re.search(r"<th[^>]*>[a-z]+_[a-z_]+<", page)


# -------------------------------------------------------------------- retention of appeals, complaints and messages
@pytest.mark.usefixtures("db")
def test_appeals_complaints_and_messages_are_counted_past_their_periods() -> None:
    household, refusal = cases.refused()
    mother = families.citizen(household)
    appeal = appeals.receive_appeal(decision_id=refusal.pk, grounds="Not mine.", by=mother)
    appeals.receive_complaint(category="delay", text="?", household_id=household.pk, by=mother)
    with acting_as(SYSTEM):
        enqueue(key="k", purpose="p", address="+212612345678", text="t", language="fr", by=SYSTEM, at=now())
    later = dt.date(2045, 1, 1)
    assert [kept(later)[f"{one}_months"] for one in ("appeals", "complaints", "messages")] == [0, 0, 1]
    appeals.withdraw_appeal(appeal_id=appeal.pk, by=mother)
    assert kept(later)["appeals_months"] == 1
    assert kept(now().date())["messages_months"] == 0
