"""`POST /eligibility`: the same answer as the command line, for anybody, and nothing kept."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from karama.exchange import gate
from karama.foundation.months import Month
from karama.law import explain
from karama.law.engine.values import json_text
from karama.record.rates import Allowance, site_of
from tests.exchange.calls import Answer, Api, client
from tests.house.repository import DOCS
from tests.oracles.random_households import random_household, random_month_and_clock

pytestmark = pytest.mark.usefixtures("db")
HOUSEHOLD = json.loads((DOCS / "examples" / "household.json").read_text(encoding="utf-8"))


def ask(household: object = HOUSEHOLD, month: object = "2026-03", **more: object) -> Answer:
    return Api().post("/eligibility", {"household": household, "month": month, **more})


def test_the_answer_is_the_one_of_the_command_line() -> None:
    for language in ("fr", "ar", "en"):
        found = ask(language=language)
        assert found.status == 200
        expected = json_text(explain(HOUSEHOLD, Month(2026, 3)).as_dict(language))
        assert json.loads(found.response.content, parse_float=Decimal) == json.loads(expected, parse_float=Decimal)


def test_amounts_are_numbers_with_two_decimals() -> None:
    text = ask().response.content.decode()
    assert '"amount":500.00,' in text
    assert '"required":9.743001,' in text


@pytest.mark.parametrize("seed", range(40))
def test_households_at_the_bounds_of_the_law_are_answered_as_by_the_law(seed: int) -> None:
    rng = Random(seed)
    month, clock = random_month_and_clock(rng)
    household = random_household(rng, month)
    found = ask(household, month, amounts=clock)
    assert found.status == 200, found.json
    expected = json_text(explain(household, Month.parse(month), "asd", clock).as_dict("fr"))
    assert json.loads(found.response.content, parse_float=Decimal) == json.loads(expected, parse_float=Decimal)


def test_nothing_of_a_household_is_stored_and_one_query_counts_the_call() -> None:
    ask()
    with CaptureQueriesContext(connection) as queries:
        assert ask().status == 200
    assert [one["sql"].split()[0:2] for one in queries] == [["WITH", "asked"]]
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM record_rate")
        (key,) = cursor.fetchone()
    assert key.startswith("address ")
    assert "127.0.0.1" not in key


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"milieu": "sea"}, "field 'milieu': 'sea' is not one of urban, rural"),
        ({"resident": "yes"}, "field 'resident': 'yes' is not boolean: write true or false"),
        ({"hosuehold": 1}, "field 'hosuehold' is unknown"),
        ({"score": 100}, "outside its bounds"),
        ({"members": []}, "'members' is missing or empty"),
        ({"members": 5}, "members"),
        ({"members": {"0": {}}}, "members"),
        ({"commune": "000000000"}, "commune"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, Any], told: str) -> None:
    found = ask({**copy.deepcopy(HOUSEHOLD), **change})
    assert (found.status, found.problem) == (422, "invalid")
    assert told in found.json["detail"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"household": HOUSEHOLD}, "/month"),
        ({"household": HOUSEHOLD, "month": "2026-13"}, "/month"),
        ({"household": HOUSEHOLD, "month": "2126-01"}, "/month"),
        ({"household": 3, "month": "2026-03"}, "/household"),
        ({"household": HOUSEHOLD, "month": "2026-03", "programme": "asd_institution"}, "/programme"),
        ({"household": HOUSEHOLD, "month": "2026-03", "language": "de"}, "/language"),
        ({"household": HOUSEHOLD, "month": "2026-03", "colour": "red"}, "/colour"),
        ({"household": {**HOUSEHOLD, "members": [{}] * 101}, "month": "2026-03"}, "/household/members"),
    ],
)
def test_a_wrong_question_is_pointed_at(body: dict[str, Any], pointer: str) -> None:
    found = Api().post("/eligibility", body)
    assert (found.status, found.problem) == (422, "invalid")
    assert [one["pointer"] for one in found.json["errors"]] == [pointer]


NO_JSON = ["{", "", '{"month": NaN}', '{"a": 1, "a": 2}', "[" * 5000, b"\xff", '{"m":"\\ud800"}', '{"m":"\\u0000"}']


@pytest.mark.parametrize("text", NO_JSON)
def test_what_is_no_json_is_refused(text: str | bytes) -> None:
    found = Api().post("/eligibility", text)
    assert found.status in {400, 422}
    assert found.problem in {"bad-request", "invalid"}


def test_another_format_or_too_much_is_refused_before_it_is_read() -> None:
    assert Api().post("/eligibility", "a=1", Content_Type="application/x-www-form-urlencoded").problem == (
        "unsupported-media"
    )
    too_much = Api().post("/eligibility", "x" * (128 * 1024 + 1))
    assert (too_much.status, too_much.problem) == (413, "too-large")


def test_another_programme_reads_the_same_household() -> None:
    found = ask(programme="amo_tadamon")
    assert found.status == 200
    assert found.json["programme"] == "amo_tadamon"


def test_a_title_speaks_the_language_that_is_accepted() -> None:
    titles = [Api().post("/eligibility", "{", Accept_Language=one).json["title"] for one in ("fr", "ar", "en")]
    assert titles == ["requête illisible", "طلب غير مقروء", "unreadable request"]


def test_an_address_that_asks_too_often_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "STRANGERS", Allowance(burst=3, per_second=0.1))
    answers = [ask() for _ in range(4)]
    assert [one.status for one in answers] == [200, 200, 200, 429]
    assert answers[3].problem == "too-many-requests"
    assert 1 <= int(answers[3]["Retry-After"]) <= 10
    elsewhere = Api(client=client("192.0.2.7"))
    assert elsewhere.post("/eligibility", {"household": HOUSEHOLD, "month": "2026-03"}).status == 200


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
    ],
)
def test_whoever_has_an_ipv6_network_is_one_caller(address: str, site: str) -> None:
    assert site_of(address) == site
