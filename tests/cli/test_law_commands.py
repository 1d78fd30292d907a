"""``karama law``: what each command prints for people and for programs."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import karama as distribution
from karama.cli.dates import month_here, month_or_now
from karama.foundation.months import Month
from tests.law.families import CONTRACT, SCORED, child, family, pupil, ward

if TYPE_CHECKING:
    from tests.cli.runner import Karama

BATCH = (
    "household_id,milieu,commune,claim_month,score,person_id,role,sex,birth_date\n"
    "H2,rural,061810901,2023-12,9.1,P1,head,F,1985-03-01\n"
)


def test_a_household_is_explained_in_french_by_default(karama: Karama) -> None:
    ended = karama(f"law explain {karama.file('home.json', CONTRACT)} --month 2026-03")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("Aide sociale directe · 03/2026 · identifiant du ménage H1\nDroit ouvert : aide")


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("fr", "Montant du mois : 500,00 MAD"),
        ("ar", "مبلغ الشهر: 500.00 درهم"),
        ("en", "Amount of the month: 500.00 MAD"),
    ],
)
def test_a_household_is_explained_in_three_languages(karama: Karama, language: str, line: str) -> None:
    ended = karama(f"law explain {karama.file('home.json', CONTRACT)} --month 2026-03 --lang {language}")
    assert line in ended.out.splitlines()


def test_a_household_is_explained_to_programs(karama: Karama) -> None:
    found = karama(f"law explain {karama.file('home.json', CONTRACT)} --month 2026-03 --format json --lang en").json
    assert (found["household_id"], found["amount"]) == ("H1", "500.00")
    assert [line["amount"] for line in found["lines"]] == ["400.00", "100.00"]
    assert found["conditions"][3]["required"] == "9.743001"


def test_amounts_in_json_are_numbers_with_two_decimals(karama: Karama) -> None:
    text = karama(f"law explain {karama.file('home.json', CONTRACT)} --month 2026-03 --format json").out
    assert '"amount": 500.00,' in text
    assert text.count('"amount": 400.00,') == text.count('"amount": 100.00,') == 1


@pytest.mark.parametrize(("clock", "amount"), [("paid", "600.00"), ("legal", "750.00")])
def test_the_clock_is_an_option(karama: Karama, clock: str, amount: str) -> None:
    home = karama.file("home.json", family(*(pupil(f"C{n}", f"201{n}-05-05") for n in range(3))))
    assert karama(f"law explain {home} --month 2025-03 --amounts {clock} --format json").json["amount"] == amount


@pytest.mark.parametrize(
    ("programme", "household", "aid"),
    [
        ("asd", CONTRACT, "child"),
        ("asd_institution", ward(), "institution"),
        ("amo_tadamon", CONTRACT, "cover"),
        ("rsu_score", SCORED, "scored"),
        (
            "bolsa_familia",
            {"household_id": "F", "monthly_income": 0, "members": [{"person_id": "A", "birth_date": "1990-01-01"}]},
            "family",
        ),
    ],
)
def test_every_programme_can_be_asked_for(karama: Karama, programme: str, household: object, aid: str) -> None:
    home = karama.file("home.json", household)
    assert karama(f"law explain {home} --month 2026-03 --programme {programme} --format json").json["aid"] == aid
    assert karama(f"law explain {home} --month 2026-03 --programme {programme} --lang ar").code == 0


def test_numbers_of_a_file_are_read_exactly(karama: Karama) -> None:
    text = '{"household_id": "H", "milieu": "rural", "commune": "061810901", "claim_month": "2023-12", "score": SCORE,'
    text += ' "members": [{"person_id": "P", "role": "head", "sex": "F", "birth_date": "1985-03-01"}]}'
    at = karama(
        f"law explain {karama.file('at.json', text.replace('SCORE', '9.743001'))} --month 2026-03 --format json"
    )
    assert (at.json["eligible"], at.json["conditions"][3]["value"]) == (True, "9.743001")
    above = karama.file("above.json", text.replace("SCORE", "9.743001001"))
    assert karama(f"law explain {above} --month 2026-03 --format json").json["reasons"] == ["score_above_threshold"]
    finer = karama(f"law explain {karama.file('finer.json', text.replace('SCORE', '9.7430010000001'))} --month 2026-03")
    assert finer.code == 3
    assert "field 'score'" in finer.err


def test_a_file_saved_by_windows_is_read(karama: Karama) -> None:
    path = karama.folder / "home.json"
    path.write_text((karama.folder / karama.file("raw.json", CONTRACT)).read_text(encoding="utf-8"), "utf-8-sig")
    assert karama("law explain home.json --month 2026-03").code == 0


def test_a_batch_is_answered_as_csv_json_or_file(karama: Karama) -> None:
    homes = karama.file("homes.csv", BATCH)
    answer = "household_id,month,eligible,aid,amount,reasons\nH2,2026-03,True,flat,500.00,\n"
    assert karama(f"law explain --batch {homes} --month 2026-03").out == answer
    assert karama(f"law explain --batch {homes} --month 2026-03 --format json").json == [
        {"household_id": "H2", "month": "2026-03", "eligible": True, "aid": "flat", "amount": "500.00", "reasons": []}
    ]
    ended = karama(f"law explain --batch {homes} --month 2026-03 --out answers.csv")
    assert ended.out == "answers.csv: 1 households answered\n"
    assert (karama.folder / "answers.csv").read_text(encoding="utf-8-sig") == answer


def test_a_score_is_told_with_its_contributions(karama: Karama) -> None:
    home = karama.file("home.json", SCORED)
    assert karama(f"law score {home} --month 2026-03 --format json").json["score"] == "9.550875100"
    text = karama(f"law score {home} --month 2026-03 --lang en").out
    assert text.startswith("Socio-economic score · S1: 9.5508751 (the lower, the poorer)\n")
    assert karama(f"law score {home}").code == 0


def test_parameters_are_listed_for_people_and_for_programs(karama: Karama) -> None:
    every = karama("law parameters --format json").json
    doubtful = karama("law parameters --format json --unconfirmed").json
    assert doubtful == [row for row in every if row["status"] != "confirmed"]
    assert len(doubtful) < len(every)
    assert karama("law parameters --unconfirmed --lang en").out.count("\n? ") == len(doubtful) - 1
    assert karama("law parameters --programme amo_tadamon --lang en").out == (
        "? score_threshold = 9.3264284 (from 2022-12)\n    score threshold · score · inferred · decree 2-22-923\n"
        "    first month inferred from the number of the decree\n"
    )


@pytest.mark.parametrize(("clock", "amount"), [("", "200.00"), ("--amounts legal", "250.00")])
def test_parameters_of_a_month_are_those_in_force_on_the_clock(karama: Karama, clock: str, amount: str) -> None:
    rows = karama(f"law parameters --month 2025-03 --format json {clock}").json
    assert [row["value"] for row in rows if row["name"] == "amount_first_ranks_at_school"] == [amount]


def test_the_law_is_exported_with_cases(karama: Karama) -> None:
    home = karama.file("home.json", family(child("C", "2015-05-05")))
    ended = karama(f"law export --openfisca out --cases {home} --month 2026-03")
    assert ended.out.endswith(" parameters, 1 cases\n")
    assert (karama.folder / "out" / "tests" / "home.yaml").is_file()
    assert (karama.folder / "out" / "parameters" / "asd" / "child_aid" / "rank_basis.yaml").is_file()


def test_the_reference_is_written(karama: Karama) -> None:
    assert "pages/asd.md" in karama("law reference pages").out.splitlines()
    assert (karama.folder / "pages" / "columns.md").is_file()


def test_the_version_is_that_of_the_distribution(karama: Karama) -> None:
    assert karama("--version").out == f"karama {distribution.__version__}\n"
    with pytest.raises(AttributeError, match="module 'karama' has no attribute 'nothing'"):
        distribution.nothing  # noqa: B018


def test_a_month_not_given_is_the_present_one() -> None:
    assert month_or_now("2025-10") == Month(2025, 10)
    before = month_here(dt.datetime.now(tz=dt.UTC))
    assert before <= month_or_now("") <= month_here(dt.datetime.now(tz=dt.UTC))


def test_the_last_half_hour_of_a_month_in_greenwich_is_of_the_next_month_here_but_in_ramadan() -> None:
    assert month_here(dt.datetime(2026, 6, 30, 22, 30, tzinfo=dt.UTC)) == Month(2026, 6)
    assert month_here(dt.datetime(2026, 6, 30, 23, 30, tzinfo=dt.UTC)) == Month(2026, 7)
    assert month_here(dt.datetime(2026, 2, 28, 23, 30, tzinfo=dt.UTC)) == Month(2026, 2)


def test_one_household_needs_no_database_no_spreadsheet_and_no_sql() -> None:
    """The command starts in less than a second because these are not loaded."""
    call = (
        "import sys\nfrom karama.cli import main\nfrom karama.foundation.months import Month\n"
        "from karama.law import explain\nfrom karama.law.letter import as_text\n"
        f"as_text(explain({CONTRACT!r}, Month(2026, 3)))\n"
        "print(*{name.split('.')[0] for name in sys.modules} & set(sys.argv[1:]), end='')"
    )
    heavy = ["duckdb", "sqlglot", "pyarrow", "numpy", "polars", "pandas", "openpyxl"]
    ended = subprocess.run([sys.executable, "-c", call, *heavy], check=True, capture_output=True, text=True)
    assert ended.stdout == ""
