"""Lists of former aids: taken in once, what is wrong told by row, two aids seen, the transition counted."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from typing import TYPE_CHECKING

import duckdb
import pytest

from karama.delivery import transition
from karama.delivery.claims import actions as claims
from karama.delivery.decisions import actions as decisions
from karama.delivery.privacy import PARAMETERS
from karama.delivery.timeline import timeline
from karama.delivery.transition import both_aids, schemes
from karama.delivery.transition.both import act_on_both, both_in
from karama.delivery.transition.lists import import_list
from karama.delivery.transition.report import as_csv, as_json, as_text, transition_report
from karama.foundation.errors import BadInputError, NotAllowedError
from karama.foundation.months import Month
from karama.law.engine.parameter_file import ParameterFile
from karama.law.engine.parameters import Status
from karama.record.clock import now
from karama.record.models import Event
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from karama.registry.models import Establishment, LegacyAid, Membership, Placement, Rejection
from karama.registry.queries import household_as_known
from tests.delivery import families

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from karama.registry.models import Household

pytestmark = pytest.mark.usefixtures("db")
MARCH = Month(2026, 3)
HEADER = ("idcs", "name", "scheme", "amount", "from", "to")


def written(folder: Path, *rows: Sequence[object], name: str = "list.csv") -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def head_of(household: Household) -> str:
    with acting_as(SYSTEM):
        return Membership.objects.get(household=household, role="head").person.idcs


def on_list(household: Household, scheme: str = "widows_aid", amount: object = 350) -> tuple[object, ...]:
    return (head_of(household), "A name", scheme, amount, "2024-01-01", "")


def granted(household: Household) -> None:
    mother = families.citizen(household)
    claim = claims.open_claim(programme="asd", kind="family", by=mother, household_id=household.pk, claim_month=MARCH)
    claims.submit(claim_id=claim.pk, by=mother)
    decisions.decide_claim(claim_id=claim.pk, by=families.staff(Role.CLAIMS_OFFICER, ""))


def known_now() -> list[tuple[str, str, int, dt.date, dt.date | None]]:
    with acting_as(SYSTEM):
        found = LegacyAid.objects.filter(known__upper_inf=True).order_by("person__idcs", "scheme", "validity")
        return [
            (one.person.idcs, one.scheme, one.amount_centimes, one.validity.lower, one.validity.upper) for one in found
        ]


def test_a_row_becomes_a_fact_with_its_days_its_file_and_its_amount(tmp_path: Path) -> None:
    idcs = head_of(families.household())
    path = written(tmp_path, (idcs, "A", "widows_aid", "350.50", "2024-01-01", "2024-12-31"))
    done = import_list(path, by=SYSTEM)
    assert known_now() == [(idcs, "widows_aid", 35_050, dt.date(2024, 1, 1), dt.date(2025, 1, 1))]
    with acting_as(SYSTEM):
        one = LegacyAid.objects.get()
    assert (one.source, one.proof, one.origin) == ("ANSS", "list.csv, row 1", done.pk)


def test_the_same_list_twice_changes_nothing_and_a_newer_one_corrects(tmp_path: Path) -> None:
    household = families.household()
    path = written(tmp_path, on_list(household))
    first = import_list(path, by=SYSTEM)
    assert import_list(path, by=SYSTEM).pk == first.pk
    with acting_as(SYSTEM):
        assert LegacyAid.objects.count() == 1
    newer = written(tmp_path, on_list(household, amount=400), name="newer.csv")
    import_list(newer, by=SYSTEM)
    assert [row[2] for row in known_now()] == [40_000]
    with acting_as(SYSTEM):
        assert LegacyAid.objects.count() == 2


def test_what_is_wrong_is_told_by_row_column_rule_and_remedy(tmp_path: Path) -> None:
    idcs = head_of(families.household())
    path = written(
        tmp_path,
        (idcs, "A", "widows_aid", "350", "2024-01-01", ""),
        (idcs, "A", "widows_aid", "350", "2024-06-01", ""),
        (idcs, "A", "old_age", "350", "2024-01-01", ""),
        (idcs, "A", "tayssir", "-1", "2024-01-01", ""),
        (idcs, "A", "tayssir", "12.345", "2024-01-01", ""),
        (idcs, "A", "tayssir", "100", "01/02/2024", ""),
        (idcs, "A", "tayssir", "100", "2024-02-01", "2024-01-01"),
        ("", "A", "tayssir", "100", "2024-02-01", ""),
        ("NOBODY", "A", "tayssir", "100", "2024-02-01", ""),
    )
    done = import_list(path, by=SYSTEM)
    assert [row[1] for row in known_now()] == ["widows_aid"]
    with acting_as(SYSTEM):
        found = [(one.row, one.column, one.rule) for one in Rejection.objects.filter(of_import=done)]
        remedies = list(Rejection.objects.values_list("remedy", flat=True))
    assert found == [
        (2, "idcs", "stands_once"),
        (3, "scheme", "scheme_known"),
        (4, "amount", "amount_in_mad"),
        (5, "amount", "amount_in_mad"),
        (6, "from", "first_day_known"),
        (7, "to", "last_day_after_the_first"),
        (8, "idcs", "idcs_given"),
        (9, "idcs", "person_known"),
    ]
    assert "write one of widows_aid, million_cartables, tayssir" in remedies
    assert done.counts["tayssir"] == {"listed": 6, "refused": 5, "not_found": 1}


def test_a_list_is_parquet_too_and_one_that_is_neither_is_refused(tmp_path: Path) -> None:
    idcs = head_of(families.household())
    path = tmp_path / "list.parquet"
    duckdb.execute(
        f"COPY (SELECT '{idcs}' AS idcs, 'tayssir' AS scheme, 120 AS amount, DATE '2025-09-01' AS \"from\")"
        f" TO '{path}' (FORMAT parquet)"
    )
    import_list(path, by=SYSTEM)
    assert known_now() == [(idcs, "tayssir", 12_000, dt.date(2025, 9, 1), None)]
    with pytest.raises(BadInputError, match="no column 'amount, from, scheme'"):
        import_list(tmp_path.joinpath("x.csv").write_text("idcs\n1\n") and tmp_path / "x.csv", by=SYSTEM)
    with pytest.raises(BadInputError, match="no such file"):
        import_list(tmp_path / "nothing.csv", by=SYSTEM)


def test_who_receives_two_aids_is_put_to_a_person_once_and_nothing_ends_by_itself(tmp_path: Path) -> None:
    with_both, former_only = families.household(), families.household()
    import_list(written(tmp_path, on_list(with_both), on_list(former_only)), by=SYSTEM)
    granted(with_both)
    (one,) = both_in(MARCH, by=SYSTEM)
    assert (one.household, one.scheme, one.former_centimes, one.monthly_centimes) == (
        with_both.number,
        "widows_aid",
        35_000,
        60_000,
    )
    assert both_in(MARCH - 1, by=SYSTEM) == []
    administrator = families.staff(Role.ADMINISTRATOR)  # sees no row himself: the service does it for him
    assert (act_on_both(MARCH, by=administrator), act_on_both(MARCH, by=SYSTEM)) == (1, 0)
    with acting_as(SYSTEM):
        (event,) = Event.objects.filter(kind="transition.both_aids")
        (told,) = [one for one in timeline(with_both.pk) if one.kind == event.kind]
    assert (event.household_id, event.data["done"]) == (with_both.pk, "report")
    assert event.actor == administrator.name
    assert told.label.fr == "Deux aides en 03/2026 : aide directe aux veuves et l'aide qui la remplace"
    assert told.label.ar == "إعانتان في 03/2026: الدعم المباشر للأرامل والإعانة التي حلت محلها"
    assert told.label.en == "Two aids in 2026-03: widows' aid and the one that replaces it"
    assert [row[4] for row in known_now()] == [None, None]


def test_of_two_households_the_one_that_the_law_counts_a_person_in_has_both_aids(tmp_path: Path) -> None:
    first, second = families.household(), families.household()
    child = families.member(first, "2015-01-01", "child", school="primary")
    families.write(Membership, person_id=child.pk, household_id=second.pk, role="child")
    # Written again with another end, as after a settlement: the first household is still the one known first.
    families.write(Membership, dt.date(2026, 9, 1), person_id=child.pk, household_id=first.pk, role="other")
    for household in (first, second):
        granted(household)
    import_list(written(tmp_path, (child.idcs, "A", "tayssir", 120, "2024-01-01", "")), by=SYSTEM)
    with acting_as(SYSTEM):
        known = {one.pk: str(household_as_known(one.pk, MARCH, now(), "asd").facts) for one in (first, second)}
    assert [child.idcs in known[one.pk] for one in (first, second)] == [True, False]
    assert [one.household for one in both_in(MARCH, by=SYSTEM)] == [first.number]


def test_a_child_known_in_an_establishment_first_has_no_household_with_both_aids(tmp_path: Path) -> None:
    household = families.household()
    child = families.person("2015-01-01")
    with acting_as(SYSTEM):
        (home,) = Establishment.objects.bulk_create([Establishment(code="E-1", commune=families.SETTAT)])
    placed = {"category": "orphan", "admitted": families.LONG_AGO, "left_on": None, "claim_month": families.LONG_AGO}
    families.write(Placement, person_id=child.pk, establishment_id=home.pk, **placed)
    families.write(Membership, person_id=child.pk, household_id=household.pk, role="child")
    granted(household)
    import_list(written(tmp_path, (child.idcs, "A", "tayssir", 120, "2024-01-01", "")), by=SYSTEM)
    assert both_in(MARCH, by=SYSTEM) == []


def test_only_who_runs_imports_takes_in_a_list_and_acts_on_two_aids(tmp_path: Path) -> None:
    path = written(tmp_path, on_list(families.household()))
    for role in (Role.CLAIMS_OFFICER, Role.TERRITORIAL_MANAGER, Role.AUDITOR):
        with pytest.raises(NotAllowedError):
            import_list(path, by=families.staff(role))
        with pytest.raises(NotAllowedError):
            act_on_both(MARCH, by=families.staff(role))
    assert known_now() == []
    import_list(path, by=families.staff(Role.ADMINISTRATOR))
    assert len(known_now()) == 1
    assert act_on_both(MARCH, by=families.staff(Role.ADMINISTRATOR)) == 0


def test_the_report_of_the_nation_is_for_who_sees_its_figures() -> None:
    for role, territory in ((Role.CLAIMS_OFFICER, ""), (Role.TERRITORIAL_MANAGER, "06"), (Role.ADMINISTRATOR, "")):
        with pytest.raises(NotAllowedError, match="figures of the nation"):
            transition_report(MARCH, by=families.staff(role, territory))
    for role in (Role.TERRITORIAL_MANAGER, Role.AUDITOR, Role.ANALYST):
        assert transition_report(MARCH, by=families.staff(role)).rows == ()


def test_an_officer_sees_two_aids_in_his_territory_only(tmp_path: Path) -> None:
    here, there = families.household(), families.household(commune=families.TANGER)
    import_list(written(tmp_path, on_list(here), on_list(there)), by=SYSTEM)
    granted(here)
    granted(there)
    assert [one.household for one in both_in(MARCH, by=families.staff(Role.CLAIMS_OFFICER, "06"))] == [here.number]
    assert len(both_in(MARCH, by=SYSTEM)) == 2


def test_nothing_unconfirmed_is_told_as_law() -> None:
    assert both_aids(MARCH).status is Status.UNKNOWN
    assert schemes()["tayssir"].status is Status.UNKNOWN
    assert not [one for one in schemes().values() if one.status is Status.CONFIRMED]


def test_the_report_counts_who_gains_and_who_loses(tmp_path: Path) -> None:
    gain = [families.household() for _ in range(6)]
    lose = [families.household(children=[]) for _ in range(5)]
    refused = [families.household(score="9.9") for _ in range(7)]
    import_list(
        written(
            tmp_path,
            *(on_list(one, amount=350) for one in gain),
            *(on_list(one, amount=600) for one in lose),
            *(on_list(one, amount=350) for one in refused),
            ("NOBODY", "A", "widows_aid", "350", "2024-01-01", ""),
        ),
        by=SYSTEM,
    )
    for one in (*gain, *lose):
        granted(one)
    report = transition_report(MARCH, by=SYSTEM)
    assert report.lists == {"widows_aid": {"listed": 19, "refused": 0, "not_found": 1}}
    nation, region = report.rows
    assert (nation.territory, region.territory) == ("nation", "06")
    assert (nation.persons, nation.households, nation.eligible, nation.not_claimed) == (18, 18, 11, 0)
    assert (nation.before_centimes, nation.after_centimes) == (
        6 * 35_000 + 5 * 60_000 + 7 * 35_000,
        6 * 60_000 + 5 * 50_000,
    )
    assert (nation.winners, nation.losers) == (6, 12)
    rows = list(csv.DictReader(io.StringIO(as_csv(report))))
    assert (rows[0]["before"], rows[0]["status"]) == ("7550.00", "press")
    assert json.loads(as_json(report))["rows"][0]["after"] == "6100.00"
    assert (
        "nation: 18 persons in 18 households, 11 eligible, 0 would only have to claim; 7,550.00 MAD before"
        in as_text(report)
    )


def test_few_households_are_hidden_and_the_total_does_not_tell_them(tmp_path: Path) -> None:
    many = [families.household() for _ in range(7)]
    more = [families.household(commune="040010100") for _ in range(8)]
    least = PARAMETERS.number_on("least_told", MARCH.first_day)
    few = [families.household(commune=families.TANGER) for _ in range(least - 1)]
    import_list(written(tmp_path, *(on_list(one) for one in (*many, *more, *few))), by=SYSTEM)
    report = transition_report(MARCH, by=SYSTEM)
    found = {row.territory: row for row in report.rows}
    assert (report.least, json.loads(as_json(report))["least"]) == (least, least)
    assert {place: row.households for place, row in found.items()} == {"nation": 19, "01": None, "04": 8, "06": None}
    assert found["nation"].not_claimed == 19
    assert found["01"].before_centimes is None


def test_where_the_rule_says_so_the_former_aid_ends_with_the_month_and_what_was_known_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (transition.HERE / "parameters.yaml").read_text(encoding="utf-8")
    assert text.count("value: report") == 1
    rule = tmp_path / "parameters.yaml"
    rule.write_text(text.replace("value: report", "value: end_former"), encoding="utf-8")
    monkeypatch.setattr(transition, "PARAMETERS", ParameterFile(rule))
    with_both, with_one = families.household(), families.household()
    granted(with_both)
    import_list(written(tmp_path, on_list(with_both), on_list(with_one)), by=SYSTEM)
    before = now()
    assert (act_on_both(MARCH, by=SYSTEM), act_on_both(MARCH, by=SYSTEM)) == (1, 0)
    ends = {idcs: until for idcs, _, _, _, until in known_now()}
    assert ends == {head_of(with_both): MARCH.first_day, head_of(with_one): None}
    assert both_in(MARCH, by=SYSTEM) == []
    with acting_as(SYSTEM):
        (event,) = Event.objects.filter(kind="transition.both_aids")
        former = LegacyAid.objects.get(known__contains=before, person__idcs=head_of(with_both))
    assert (event.household_id, event.data["done"]) == (with_both.pk, "end_former")
    assert former.validity.upper is None, "what was known before is not overwritten"
