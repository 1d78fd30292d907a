"""`GET /lookups/…`: what the law and the programmes' files say, in three languages, kept by whoever asked once."""

from __future__ import annotations

import jsonschema
import pytest

from karama.delivery.programmes import entrusted
from karama.law import programme_named
from tests.exchange.calls import Api

pytestmark = pytest.mark.usefixtures("db")


def test_every_programme_tells_its_claims_with_forms_that_are_json_schema() -> None:
    found = {one["name"]: one for one in Api().get("/lookups/programmes").json}
    assert set(found) == set(entrusted()) >= {"asd", "asd_institution", "amo_tadamon"}
    assert [one["eligibility"] for one in (found["asd"], found["asd_institution"])] == [True, False]
    kinds = {one["name"]: one for one in found["asd"]["claims"]}
    assert kinds["disability"]["health"] is True
    for kind in kinds.values():
        jsonschema.Draft202012Validator.check_schema(kind["form"])
    form = jsonschema.Draft202012Validator(
        kinds["back_to_school"]["form"], format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    right = {"enrolled": True, "school_level": "primary", "public_school": True, "since": "2025-09-01"}
    assert form.is_valid(right)
    for wrong in ({"school_level": "kindergarten"}, {"since": "September"}, {"enrolled": "yes"}, {"more": 1}):
        assert not form.is_valid({**right, **wrong})
    assert kinds["account"]["form"]["properties"]["account"]["maxLength"] == 34
    labels = kinds["account"]["form"]["properties"]["channel"]["x-labels"]["bank_account"]
    assert set(labels) == {"fr", "ar", "en"}


def test_one_programme_alone_and_none_that_is_not_entrusted() -> None:
    assert Api().get("/lookups/programmes/asd").json["first_month"] == "2023-12"
    for name in ("nothing", "bolsa_familia", "rsu_score"):
        found = Api().get(f"/lookups/programmes/{name}")
        assert (found.status, found.problem) == (404, "not-found")


def test_the_communes_of_the_country_of_a_region_and_of_a_province() -> None:
    assert len(Api().get("/lookups/communes").json) == 1538
    of_province = Api().get("/lookups/communes?within=06181").json
    assert {one["province"] for one in of_province} == {"06181"}
    assert set(of_province[0]) == {"code", "name_fr", "name_ar", "level", "type", "province", "region"}
    assert Api().get("/lookups/communes?within=6").problem == "invalid"


def test_codes_have_words_in_three_languages() -> None:
    levels = Api().get("/lookups/school-levels").json
    assert [one["code"] for one in levels][:2] == ["none", "preschool"]
    assert levels[2]["label"] == {"fr": "primaire", "ar": "الابتدائي", "en": "primary"}
    assert len(Api().get("/lookups/codes/marital_status").json) == 4
    assert Api().get("/lookups/codes/score").problem == "not-found"


def test_every_refusal_of_a_programme_has_its_words() -> None:
    found = {one["code"]: one for one in Api().get("/lookups/refusal-reasons/asd").json}
    assert set(found) == {one.refusal for one in programme_named("asd").conditions}
    assert found["no_claim"]["correct_at"]["en"] == "the ASD space"


def test_parameters_in_force_say_what_is_not_confirmed() -> None:
    found = Api().get("/lookups/parameters/asd?month=2026-03&language=en").json
    threshold = next(one for one in found if one["value"] == 9.743001)
    assert threshold["status"] in {"confirmed", "press", "inferred", "unknown"}
    assert threshold["reference"]
    assert {one["status"] for one in found} > {"confirmed"}
    delays = {one["name"]: one for one in Api().get("/lookups/delays?month=2026-03").json}
    assert (delays["days_to_appeal"]["value"], delays["days_to_appeal"]["status"]) == (15, "confirmed")
    assert delays["months_of_notice_before_an_end"]["status"] == "unknown"


def test_a_month_too_far_ahead_is_refused_and_named() -> None:
    found = Api().get("/lookups/parameters/asd?month=2199-01")
    assert (found.status, found.problem) == (422, "invalid")
    assert [one.get("parameter") for one in Api().get("/lookups/parameters/asd").json["errors"]] == ["month"]


def test_what_is_known_already_is_not_sent_again() -> None:
    first = Api().get("/lookups/communes?within=06")
    assert first["Cache-Control"] == "public, max-age=86400"
    again = Api().get("/lookups/communes?within=06", If_None_Match=first["ETag"])
    assert (again.status, again.response.content) == (304, b"")
    other = Api().get("/lookups/communes?within=01", If_None_Match=first["ETag"])
    assert other.status == 200


def test_the_description_of_the_api_is_served() -> None:
    found = Api().get("/openapi.json")
    assert found.json["openapi"] == "3.1.0"
    assert Api().get("/openapi.json", If_None_Match=found["ETag"]).status == 304
