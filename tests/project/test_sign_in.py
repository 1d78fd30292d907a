"""Signing in: passwords, lock-out, the second factor of the staff, a State's provider, signing out everywhere."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.test import Client

from karama.record.actions import Identity, create_account, lock_account, reset_second_factor, sign_out_everywhere
from karama.record.clock import now
from karama.record.scope import SYSTEM
from karama.record.states import AccountKind
from tests.project import identity_provider
from tests.project.identity_provider import CLIENT, SECRET, Provider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

    from karama.record.models import Account

pytestmark = pytest.mark.usefixtures("db")
HOME, INSIDE = "/", "/account/2fa/"
"""A page for everybody, and one for whoever has signed in."""
PASSWORD = "olive-tree-in-the-north-wind"


def opened(name: str = "amina", kind: AccountKind = AccountKind.STAFF, password: str | None = PASSWORD) -> Account:
    return create_account(identity=Identity(name, kind), password=password, by=SYSTEM, at=now())


def sign_in(client: Client, name: str = "amina", password: str = PASSWORD) -> HttpResponse:
    return client.post("/account/login/", {"login": name, "password": password})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def with_second_factor(client: Client) -> None:
    """Set one up as the pages ask: the password once more, then the code of the secret shown."""
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.get("/account/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    assert client.post("/account/2fa/totp/activate/", {"code": code(secret)}).status_code == 302


# ------------------------------------------------------------------------------------------------------ second factor
def test_staff_without_a_second_factor_can_only_set_one_up() -> None:
    opened()
    client = Client()
    sign_in(client)
    assert signed_in(client)
    refused = client.get("/api/v1/me")
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    assert "no second factor" in refused.json()["detail"]
    assert client.get(HOME)["Location"] == "/account/2fa/totp/activate/"
    assert client.get("/account/2fa/totp/activate/")["Location"].startswith("/account/reauthenticate/")
    assert client.get("/health").status_code == 200
    with_second_factor(client)
    assert client.get("/api/v1/me").status_code == 200
    assert client.get(HOME).status_code == 200


def test_from_then_on_a_password_alone_does_not_let_in() -> None:
    opened()
    first = Client()
    sign_in(first)
    with_second_factor(first)
    second = Client()
    answer = sign_in(second)
    assert answer["Location"] == "/account/2fa/authenticate/"
    assert not signed_in(second)
    second.post("/account/2fa/authenticate/", {"code": "000000"})
    assert not signed_in(second)


def test_recovery_codes_let_in_once_each() -> None:
    account = opened()
    first = Client()
    sign_in(first)
    with_second_factor(first)
    codes = Authenticator.objects.get(user=account, type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()
    assert len(codes) == 10
    for turn, expected in ((1, True), (2, False)):
        client = Client()
        sign_in(client)
        client.post("/account/2fa/authenticate/", {"code": codes[0]})
        assert signed_in(client) is expected, turn


def test_a_reset_second_factor_is_set_up_again_after_signing_in() -> None:
    account = opened()
    client = Client()
    sign_in(client)
    with_second_factor(client)
    reset_second_factor(account=account, by=SYSTEM, at=now())
    assert client.get("/account/2fa/").status_code == 302, "the session has ended"
    again = Client()
    sign_in(again)
    assert again.get(HOME)["Location"] == "/account/2fa/totp/activate/"


def test_a_citizen_needs_no_second_factor() -> None:
    opened(kind=AccountKind.CITIZEN)
    client = Client()
    sign_in(client)
    assert client.get(INSIDE).status_code == 200


# ------------------------------------------------------------------------------------------------ lock-out, sessions
def test_five_wrong_passwords_lock_the_account_out_from_there_and_nowhere_else() -> None:
    opened(kind=AccountKind.CITIZEN)
    client, elsewhere = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
    for _ in range(5):
        sign_in(client, password="wrong-wrong-wrong")
    assert sign_in(client).status_code == 429
    assert not signed_in(client)
    sign_in(elsewhere)
    assert signed_in(elsewhere)


def test_a_locked_account_signs_in_no_more_and_its_session_has_ended() -> None:
    account = opened(kind=AccountKind.CITIZEN)
    client = Client()
    sign_in(client)
    assert client.get(INSIDE).status_code == 200
    lock_account(account=account, reason="left", by=SYSTEM, at=now())
    assert client.get(INSIDE).status_code == 302
    again = Client()
    sign_in(again)
    assert not signed_in(again)


def test_signing_out_everywhere_ends_every_session_and_nobody_elses() -> None:
    account, _ = opened(kind=AccountKind.CITIZEN), opened("karim", AccountKind.CITIZEN)
    two, other = [Client(), Client()], Client()
    for client in two:
        sign_in(client)
    sign_in(other, "karim")
    sign_out_everywhere(account=account, by=SYSTEM, at=now())
    assert [client.get(INSIDE).status_code for client in (*two, other)] == [302, 302, 200]
    sign_in(two[0])
    assert two[0].get(INSIDE).status_code == 200


def test_a_session_lasts_a_day_of_work_and_ends_with_the_browser() -> None:
    opened(kind=AccountKind.CITIZEN)
    client = Client()
    sign_in(client)
    assert client.session.get_expire_at_browser_close()
    assert client.session.get_session_cookie_age() == 8 * 3600


# ------------------------------------------------------------------------------------------------- a State's provider
@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    with identity_provider.running() as found:
        app = {
            "provider_id": "state",
            "name": "State",
            "client_id": CLIENT,
            "secret": SECRET,
            "settings": {"server_url": found.address},
        }
        told = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        monkeypatch.setattr(settings, "SOCIALACCOUNT_PROVIDERS", told)
        yield found


def through(provider: Provider, client: Client) -> HttpResponse:
    """Follow the browser: to the provider, and back."""
    to = urlsplit(client.post("/account/oidc/state/login/")["Location"])
    assert f"{to.scheme}://{to.netloc}" == provider.address
    connection = http.client.HTTPConnection(to.netloc)
    connection.request("GET", f"{to.path}?{to.query}")
    back = urlsplit(connection.getresponse().headers["Location"])
    connection.close()
    return client.get(f"{back.path}?{back.query}")


def test_the_providers_person_is_let_into_the_account_of_that_name(provider: Provider) -> None:
    opened(kind=AccountKind.CITIZEN, password=None)
    client = Client()
    through(provider, client)
    assert signed_in(client)
    provider.person = {"sub": "s-1", "preferred_username": "renamed"}
    again = Client()
    through(provider, again)
    assert signed_in(again), "known by its number from now on"


def test_another_person_of_the_same_name_is_not_let_in(provider: Provider) -> None:
    opened(kind=AccountKind.CITIZEN, password=None)
    through(provider, Client())
    provider.person = {"sub": "s-2", "preferred_username": "amina"}
    client = Client()
    through(provider, client)
    assert not signed_in(client)


def test_a_person_without_an_account_is_not_let_in(provider: Provider) -> None:
    provider.person = {"sub": "s-9", "preferred_username": "stranger"}
    client = Client()
    through(provider, client)
    assert not signed_in(client)


def test_a_locked_account_is_not_let_in(provider: Provider) -> None:
    account = opened(kind=AccountKind.CITIZEN, password=None)
    lock_account(account=account, reason="left", by=SYSTEM, at=now())
    client = Client()
    through(provider, client)
    assert not signed_in(client)


def test_staff_from_the_provider_still_need_the_second_factor_here(provider: Provider) -> None:
    opened(password=None)
    client = Client()
    through(provider, client)
    assert client.get(HOME)["Location"] == "/account/2fa/totp/activate/"


def test_a_token_of_another_issuer_is_refused(provider: Provider) -> None:
    opened(kind=AccountKind.CITIZEN, password=None)
    provider.token_issuer = "https://elsewhere.example"
    client = Client()
    through(provider, client)
    assert not signed_in(client)


def test_an_answer_that_nobody_asked_for_is_refused(provider: Provider) -> None:
    opened(kind=AccountKind.CITIZEN, password=None)
    assert provider
    client = Client()
    client.get("/account/oidc/state/login/callback/?code=x&state=y")
    assert not signed_in(client)
