"""The pages of signing in: their words, what they offer and what not, errors beside what they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from karama.foundation.languages import LANGUAGES
from karama.portal.sign_in_words import LONG_ENOUGH
from karama.portal.words import WORDS
from karama.record.actions import Identity, create_account
from karama.record.clock import now
from karama.record.scope import SYSTEM
from karama.record.states import AccountKind
from tests.portal.reading import Page, read, reader

if TYPE_CHECKING:
    from django.test import Client

    from karama.foundation.languages import Language

pytestmark = pytest.mark.usefixtures("db")
PASSWORD = "olive-tree-in-the-north-wind"
OPEN = ("/", "/verifier", "/account/login/", "/account/signup/", "/account/inactive/")
INSIDE = {
    "/account/logout/": "sign_out",
    "/account/password/change/": "change_password",
    "/account/2fa/": "second_factor",
    "/account/2fa/totp/activate/": "set_up_application",
    "/account/2fa/webauthn/add/": "add_key",
    "/account/2fa/webauthn/": "keys",
}
"""Pages of whoever has signed in, with the word of their title."""
_FORMS = {"/account/logout/", "/account/2fa/webauthn/add/", "/language"}
"""Addresses that leave the page or need a form; they are known to answer."""


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    chosen: Language = request.param
    return chosen


def inside(language: str, kind: AccountKind = AccountKind.CITIZEN) -> Client:
    """Somebody who signed in and has just confirmed it."""
    create_account(identity=Identity("amina", kind), password=PASSWORD, by=SYSTEM, at=now())
    client = reader(language)
    client.post("/account/login/", {"login": "amina", "password": PASSWORD})
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client


def fields(page: Page) -> list[dict[str, str]]:
    return [one for one in page.all("input") if one.get("type") != "hidden" and "hidden" not in one]


def test_every_page_is_in_the_reader_s_language_and_every_link_leads_somewhere(language: Language) -> None:
    client = inside(language)
    stranger = reader(language)
    for who, addresses in ((stranger, OPEN), (client, INSIDE)):
        for address in addresses:
            page = read(who.get(address))
            assert page.status == 200, address
            assert page.language[0] == language
            if address in INSIDE:
                assert WORDS[INSIDE[address]].get(language) in page.text
            for to in page.leads_to - _FORMS:
                assert to.startswith("/static/") or who.get(to).status_code in {200, 302}, (address, to)


def test_nothing_is_offered_that_does_not_work(language: Language) -> None:
    page = read(reader(language).get("/account/login/"))
    assert page.leads_to & {"/account/signup/", "/account/password/reset/"} == set()
    assert WORDS["forgotten"].get(language) in page.text
    page = read(reader(language).get("/account/signup/"))
    assert WORDS["closed_note"].get(language) in page.text
    assert fields(page) == []


def test_every_field_has_its_label_and_says_what_a_browser_may_fill_in(language: Language) -> None:
    client, stranger = inside(language), reader(language)
    for who, address in ((stranger, "/account/login/"), *((client, one) for one in INSIDE)):
        page = read(who.get(address))
        labels = {one["for"] for one in page.all("label")}
        shown = fields(page)
        assert {one["id"] for one in shown} == labels, address
        places = {one["id"] for _, one in page.elements if one.get("id")}
        described = {word for one in shown for word in (one.get("aria-describedby") or "").split()}
        assert described <= places, address
        assert not [one for one in shown if "placeholder" in one]
    (name, secret) = fields(read(stranger.get("/account/login/")))
    assert (name["autocomplete"], secret["autocomplete"]) == ("username", "current-password")


def test_a_wrong_password_is_told_beside_both_fields_and_never_shown_again(language: Language) -> None:
    client = reader(language)
    page = read(client.post("/account/login/", {"login": "amina", "password": "wrong-wrong-wrong"}))
    assert page.status == 200
    for one in fields(page):
        assert one["aria-invalid"] == "true"
        assert "form_error" in one["aria-describedby"].split()
    assert [one["id"] for _, one in page.elements if one.get("role") == "alert"] == ["form_error"]
    assert "wrong-wrong" not in str(page.elements)
    expected = {"fr": "ne vont pas ensemble", "ar": "غير متطابقين", "en": "do not belong together"}
    assert expected[language] in page.text


def test_five_wrong_passwords_are_answered_with_what_to_do(language: Language) -> None:
    client = reader(language)
    answers = [client.post("/account/login/", {"login": "amina", "password": f"wrong-{n}"}) for n in range(5)]
    page = read(answers[-1])
    assert page.status == 429
    assert WORDS["locked_note"].get(language) in page.text


def test_a_wrong_code_is_told_beside_its_field(language: Language) -> None:
    client = inside(language, AccountKind.STAFF)
    page = read(client.post("/account/2fa/totp/activate/", {"code": "000000"}))
    (code,) = fields(page)
    assert code["aria-describedby"].split() == ["id_code_error"]
    expected = {"fr": "Ce code est faux", "ar": "هذا الرمز خاطئ", "en": "This code is wrong"}
    assert expected[language] in page.text


def test_a_password_that_breaks_the_rules_is_told_in_the_reader_s_language(language: Language) -> None:
    client = inside(language)
    told = {"oldpassword": "not this one", "password1": "123", "password2": "1234"}
    page = read(client.post("/account/password/change/", told))
    old, new, _ = fields(page)
    assert "id_oldpassword_error" in old["aria-describedby"]
    assert "id_password1_help" in new["aria-describedby"]
    assert (old["aria-invalid"], new["aria-invalid"]) == ("true", "true")
    assert page.text.count(LONG_ENOUGH.get(language).format(12)) == 2, "as help, and as what is wrong"
    changed = client.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": "argan-in-the-souss-wind", "password2": "argan-in-the-souss-wind"},
        follow=True,
    )
    assert WORDS["password_changed"].get(language) in read(changed).text


def test_staff_without_a_second_factor_chooses_a_language_all_the_same() -> None:
    client = inside("fr", AccountKind.STAFF)
    assert client.post("/language", {"language": "ar", "next": "/"}).status_code == 302
    assert read(client.get("/account/2fa/totp/activate/")).language == ("ar", "rtl")
