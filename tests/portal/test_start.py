"""The start page and the frame of every page: language, direction, what it says to whom, links that lead somewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.conf import settings
from django.test import override_settings

from karama.portal.words import WORDS
from karama.record.actions import Identity, create_account, grant_role
from karama.record.clock import now
from karama.record.scope import SYSTEM
from karama.record.states import AccountKind, Role
from tests.portal.reading import read, reader

pytestmark = pytest.mark.usefixtures("db")
PASSWORD = "olive-tree-in-the-north-wind"


def opened(name: str = "fatima") -> None:
    account = create_account(identity=Identity(name, AccountKind.CITIZEN), password=PASSWORD, by=SYSTEM, at=now())
    grant_role(account=account, role=Role.CITIZEN, by=SYSTEM, at=now())


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("", ("ar", "rtl")),
        ("de,es;q=0.5", ("ar", "rtl")),
        ("ar-MA,fr;q=0.8", ("ar", "rtl")),
        ("fr-FR,fr;q=0.9", ("fr", "ltr")),
        ("de,en;q=0.3", ("en", "ltr")),
    ],
)
def test_a_page_speaks_what_the_browser_asks_for_and_arabic_where_it_asks_for_none_of_ours(
    asked: str, spoken: tuple[str, str]
) -> None:
    page = read(reader(asked).get("/"))
    assert (page.status, page.language) == (200, spoken)
    assert WORDS["start_intro"].as_dict()[spoken[0]] in page.text


def test_a_language_that_was_chosen_is_kept_over_pages_and_signing_in() -> None:
    opened()
    client = reader("fr")
    chosen = client.post("/language", {"language": "en", "next": "/verifier?code=1"})
    assert (chosen.status_code, chosen["Location"]) == (302, "/verifier?code=1")
    assert client.cookies["django_language"]["max-age"] == 365 * 24 * 3600
    client.post("/account/login/", {"login": "fatima", "password": PASSWORD})
    assert read(client.get("/")).language == ("en", "ltr")
    away = client.post("/language", {"language": "ar", "next": "https://elsewhere.example/"})
    assert away["Location"] == "/"


def test_the_api_speaks_french_where_nobody_asks() -> None:
    assert reader().get("/api/v1/nowhere").json()["title"] == "introuvable"


@pytest.mark.parametrize("invented", [True, False])
def test_a_demonstration_says_on_every_page_that_nobody_is_real(invented: bool) -> None:  # noqa: FBT001 - a column
    with override_settings(SYNTHETIC=invented):
        for address in ("/", "/verifier", "/account/login/"):
            assert (WORDS["synthetic_note"].en in read(reader("en").get(address)).text) is invented


def test_the_report_of_the_months_is_offered_only_where_there_is_one() -> None:
    with override_settings(ENVIRONMENT=replace(settings.ENVIRONMENT, pages="somewhere")):
        assert "/demo/ar.html" in read(reader("ar").get("/")).leads_to
        assert "/demo/" in read(reader("fr").get("/")).leads_to
    assert not [one for one in read(reader("fr").get("/")).leads_to if one.startswith("/demo/")]


def test_who_signed_in_reads_who_he_is_and_signs_out() -> None:
    opened()
    client = reader("fr")
    client.post("/account/login/", {"login": "fatima", "password": PASSWORD})
    page = read(client.get("/"))
    assert "fatima" in page.text
    assert "citoyen" in page.text
    assert "/account/login/" not in page.leads_to
    signed_out = client.post("/account/logout/", follow=True)
    page = read(signed_out)
    assert WORDS["signed_out"].fr in page.text
    assert "fatima" not in page.text


def test_what_is_not_there_is_told_in_the_reader_s_language() -> None:
    for address in ("/nowhere", "/account/email/", "/account/password/reset/", "/account/3rdparty/"):
        page = read(reader("ar").get(address))
        assert (page.status, page.language) == (404, ("ar", "rtl"))
        assert WORDS["nothing_here"].ar in page.text


def test_a_form_that_another_site_sends_is_refused_in_words() -> None:
    client = reader("fr")
    client.handler.enforce_csrf_checks = True
    page = read(client.post("/account/login/", {"login": "fatima", "password": PASSWORD}))
    assert page.status == 403
    assert WORDS["not_allowed_note"].fr in page.text
