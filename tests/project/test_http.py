"""What every answer of the service says to browsers, and who gets in."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

PASSWORD = "olive-tree-in-the-north-wind"


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.mark.usefixtures("db")
def test_health_reaches_the_database_and_names_the_workers_that_do_not_run(client: Client) -> None:
    answer = client.get("/health")
    told = {"database": True, "jobs": False, "messages": False, "journal": False}
    assert (answer.status_code, answer.json()) == (200, told)


@pytest.mark.usefixtures("db")
def test_a_page_loads_nothing_from_another_host_and_is_framed_by_none(client: Client) -> None:
    answer = client.get("/account/login/")
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "script-src" not in policy  # so that default-src holds scripts: none in the page, none from elsewhere
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.usefixtures("db")
def test_nobody_opens_an_account_by_himself(client: Client) -> None:
    client.post("/account/signup/", {"username": "stranger", "password1": PASSWORD, "password2": PASSWORD})
    assert not get_user_model().objects.filter(username="stranger").exists()


@pytest.mark.usefixtures("db")
def test_a_password_is_kept_by_argon2_and_lets_in() -> None:
    account = get_user_model().objects.create_user("amina", password=PASSWORD)
    assert account.password.startswith("argon2$argon2id$")
    client = Client()
    answer = client.post("/account/login/", {"login": "amina", "password": PASSWORD})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(account.pk)


@pytest.mark.usefixtures("db")
def test_an_account_tried_too_often_is_locked_even_for_the_right_password_and_only_from_there() -> None:
    get_user_model().objects.create_user("amina", password=PASSWORD)
    stranger = Client(REMOTE_ADDR="41.140.0.66")
    for number in range(5):
        stranger.post("/account/login/", {"login": "amina", "password": f"guess number {number}"})
    stranger.post("/account/login/", {"login": "amina", "password": PASSWORD})
    assert "_auth_user_id" not in stranger.session
    at_home = Client(REMOTE_ADDR="41.140.0.7")
    at_home.post("/account/login/", {"login": "amina", "password": PASSWORD})
    assert "_auth_user_id" in at_home.session
