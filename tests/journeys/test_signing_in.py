"""Everybody of the demonstration signs in, with a real browser: a citizen on a telephone in Arabic, staff in French."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import pytest

from karama.portal.words import WORDS
from karama.record.states import ROLE_LABELS, STAFF_ROLES, Role
from tests.journeys.browser import Person, person, totp

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from karama.foundation.languages import Language
    from tests.journeys.conftest import Account, Demo

pytestmark = pytest.mark.long
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


def sign_in(who: Person, account: Account, language: Language) -> None:
    """From the start page to the start page, by the password and the code of the application."""
    who.go("/")
    who.press(WORDS["sign_in"].get(language))
    who.fill(WORDS["username"].get(language), account.username)
    who.fill(WORDS["password"].get(language), account.password)
    who.press(WORDS["sign_in"].get(language))
    if account.secret != "none needed":
        assert who.page.url.endswith("/account/2fa/authenticate/")
        assert not who.sees(WORDS["by_key"].get(language)), "nobody has one yet"
        who.fill(WORDS["one_time_code"].get(language), totp(account.secret))
        who.press(WORDS["sign_in"].get(language))
    assert who.page.url == f"{who.address}/"
    assert who.sees(WORDS["you"].get(language))


def text_message(demo: Demo) -> str:
    """The first text message that left: the jobs send what waits within a minute."""
    until = time.monotonic() + 150
    while time.monotonic() < until:
        if demo.messages.exists() and (lines := demo.messages.read_text(encoding="utf-8").splitlines()):
            told = json.loads(lines[0])
            assert told["to"].startswith("+999")
            return str(told["text"])
        time.sleep(1)
    pytest.fail("no message left within 150 s")


def test_a_citizen_on_a_telephone_in_arabic(browser: Browser, demo: Demo) -> None:
    who = person(browser, demo.address, "phone", language="ar-MA", **PHONE)
    who.go("/")
    assert who.page.locator("html").get_attribute("dir") == "rtl"
    assert who.sees(WORDS["synthetic_note"].ar)
    assert "Plex" in who.page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)")[0]
    account = demo.accounts["citizen"]
    who.press(WORDS["sign_in"].ar)
    who.fill(WORDS["username"].ar, "citizen")
    who.fill(WORDS["password"].ar, "not the password")
    who.press(WORDS["sign_in"].ar)
    field = who.page.get_by_label(WORDS["password"].ar, exact=True)
    told = who.page.locator(f"#{field.get_attribute('aria-describedby')}")
    assert "غير متطابقين" in told.inner_text()
    sign_in(who, account, "ar")
    assert who.sees(ROLE_LABELS[Role.CITIZEN].ar)

    code = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", text_message(demo))[0]
    who.press(WORDS["check_title"].ar)
    who.fill(WORDS["code"].ar, code)
    who.press(WORDS["check"].ar)
    assert who.sees(WORDS["genuine"].ar)
    who.page.get_by_role("button", name="Français").click()
    assert who.sees(WORDS["genuine"].fr)
    assert who.page.locator("html").get_attribute("dir") == "ltr"
    who.fill(WORDS["code"].fr, code[:-1] + ("A" if code[-1] != "A" else "B"))
    who.press(WORDS["check"].fr)
    assert who.sees(WORDS["code_slip"].fr)
    who.go("/")
    who.press(WORDS["sign_out"].fr)
    assert who.sees(WORDS["signed_out"].fr)
    assert who.wrong == []


@pytest.mark.parametrize("role", [*sorted(STAFF_ROLES), Role.ESTABLISHMENT_DIRECTOR])
def test_everybody_else_at_a_desk_in_french(browser: Browser, demo: Demo, role: Role) -> None:
    (account,) = [one for one in demo.accounts.values() if one.role == role]
    who = person(browser, demo.address, role, language="fr-FR", **DESKTOP)
    sign_in(who, account, "fr")
    assert who.sees(account.username)
    assert who.sees(ROLE_LABELS[role].fr)
    who.press(WORDS["report"].fr) if role == Role.AUDITOR else who.press(WORDS["second_factor"].fr)
    who.page.go_back()
    who.press(WORDS["sign_out"].fr)
    assert who.sees(WORDS["signed_out"].fr)
    assert who.wrong == []


def test_without_scripts_and_with_the_keyboard_alone(browser: Browser, demo: Demo) -> None:
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{demo.address}/account/login/")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == WORDS["skip"].fr
    page.get_by_label(WORDS["username"].fr).focus()
    page.keyboard.type("director")
    page.keyboard.press("Tab")
    page.keyboard.type(demo.accounts["director"].password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{demo.address}/")
    assert ROLE_LABELS[Role.ESTABLISHMENT_DIRECTOR].fr in page.locator("main").inner_text()


def test_staff_changes_its_second_factor_and_signs_in_with_a_key(browser: Browser, demo: Demo) -> None:
    account = demo.accounts["administrator"]
    named = demo.address.replace("127.0.0.1", "localhost")  # a key belongs to a name, not to a number
    who = person(browser, named, "factor", language="fr-FR", **PHONE)
    keys = who.page.context.new_cdp_session(who.page)
    keys.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": True, "hasUserVerification": True}
    options = {**kind, "isUserVerified": True, "automaticPresenceSimulation": True}
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    sign_in(who, account, "fr")
    _takes_the_application_away(who, account)
    secret = _sets_it_up_again(who)
    assert who.sees(WORDS["recovery_note"].fr)
    _adds_a_key(who)
    who.go("/")
    who.press(WORDS["sign_out"].fr)

    who.go("/account/login/")
    who.fill(WORDS["username"].fr, account.username)
    who.fill(WORDS["password"].fr, account.password)
    who.press(WORDS["sign_in"].fr)
    who.fill(WORDS["one_time_code"].fr, "000000" if totp(secret) != "000000" else "111111")
    who.press(WORDS["sign_in"].fr)
    assert "Ce code est faux" in who.page.locator("#id_code_error").inner_text()
    who.page.get_by_role("button", name=WORDS["by_key"].fr).click()
    who.page.wait_for_url(f"{named}/")
    assert who.sees(ROLE_LABELS[Role.ADMINISTRATOR].fr)
    assert who.wrong == []


def test_a_key_that_the_browser_refuses_at_an_address_of_numbers_is_told(browser: Browser, demo: Demo) -> None:
    account = demo.accounts["analyst"]
    who = person(browser, demo.address, "refused", language="fr-FR", **PHONE)
    sign_in(who, account, "fr")
    who.go("/account/2fa/webauthn/add/")
    who.fill(WORDS["password"].fr, account.password)
    who.press(WORDS["confirm"].fr)
    who.page.locator("main").get_by_role("button", name=WORDS["add_key"].fr).click()
    who.page.get_by_text(WORDS["key_failed"].fr).wait_for()
    who.look()
    who.press(WORDS["cancel"].fr)
    assert who.sees(WORDS["second_factor_note"].fr)
    assert who.wrong == []


def _takes_the_application_away(who: Person, account: Account) -> None:
    who.press(WORDS["second_factor"].fr)
    who.press(WORDS["take_away_application"].fr)
    assert who.sees(WORDS["reauthenticate_note"].fr)
    who.fill(WORDS["password"].fr, account.password)
    who.press(WORDS["confirm"].fr)
    who.press(WORDS["take_away"].fr)


def _sets_it_up_again(who: Person) -> str:
    """Only this is offered to staff without a second factor, whatever he asks for."""
    who.go("/")
    assert who.page.url.endswith("/account/2fa/totp/activate/")
    secret = who.page.locator("#secret").inner_text()
    assert who.page.get_by_alt_text(WORDS["picture"].fr).bounding_box()["width"] > 100
    who.fill(WORDS["one_time_code"].fr, totp(secret))
    who.press(WORDS["set_up"].fr)
    assert who.sees(WORDS["application_on"].fr)
    return secret


def _adds_a_key(who: Person) -> None:
    who.go("/account/2fa/")
    who.press(WORDS["add_key"].fr)
    who.fill(WORDS["key_name"].fr, "clé d'essai")
    who.page.locator("main").get_by_role("button", name=WORDS["add_key"].fr).click()
    who.page.wait_for_url(f"{who.address}/account/2fa/")
    who.look()
    assert who.sees(WORDS["key_added"].fr)
    who.go("/account/2fa/webauthn/")
    assert who.sees("clé d'essai")
