"""Every answer that is no success is a problem document with a stable name."""

from __future__ import annotations

import pytest

from karama.foundation.languages import LANGUAGES
from tests.exchange.calls import ROOT, Answer, Api, client

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.parametrize("path", ["/", "/nothing", "/eligibility/", "/claims/x/y/z"])
def test_an_address_that_is_none(path: str) -> None:
    found = Api().get(path)
    assert (found.status, found.problem) == (404, "not-found")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "HEAD"])
def test_a_method_that_is_not_done_names_those_that_are(method: str) -> None:
    found = Answer(client().generic(method, f"{ROOT}/eligibility"))
    assert found.status == 405
    assert found["Allow"] == "POST"
    assert found["Content-Type"] == "application/problem+json"


def test_whoever_writes_from_another_site_is_a_stranger() -> None:
    assert Api().get("/lookups/school-levels").status == 200
    found = Api(token="karama_" + "x" * 43).get("/nothing")
    assert found.problem == "not-found"


def test_no_answer_is_kept_by_others_unless_it_is_for_everybody() -> None:
    found = Api().get("/nothing")
    assert found["Cache-Control"] == "no-store"
    assert {"Authorization", "Cookie", "Accept-Language"} <= {one.strip() for one in found["Vary"].split(",")}


def test_every_kind_of_problem_is_named_once_and_titled_in_three_languages() -> None:
    from karama.exchange.problems import KINDS  # noqa: PLC0415 - read where it is asked about

    names = [one.name for one in KINDS]
    assert len(set(names)) == len(names)
    assert all(one.title.get(language) for one in KINDS for language in LANGUAGES)
