"""The table of settings: what it refuses outside a demo, in which words, and what Django is told."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import RequestFactory

from karama.foundation.errors import BadInputError
from karama.project import environment
from karama.project.sign_in import client_address

SAFE = {"KARAMA_SECRET_KEY": secrets.token_urlsafe(64), "KARAMA_HOSTS": "asd.example, www.asd.example"}


def test_safe_settings_have_no_fault_and_need_no_database() -> None:
    read = environment.read(SAFE)
    assert environment.faults(read) == []
    assert read.hosts == ("asd.example", "www.asd.example")
    assert (read.https, read.debug, read.demo, read.provider) == (True, False, False, None)
    environment.refuse_unsafe(read)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"KARAMA_DEBUG": "1"}, "KARAMA_DEBUG is 1"),
        ({"KARAMA_SECRET_KEY": ""}, "KARAMA_SECRET_KEY is absent"),
        ({"KARAMA_SECRET_KEY": "a-b" * 16}, "KARAMA_SECRET_KEY can be guessed or has fewer than 50"),
        ({"KARAMA_SECRET_KEY": "ab" * 40}, "KARAMA_SECRET_KEY can be guessed"),
        ({"KARAMA_SECRET_KEY": f"django-insecure-{secrets.token_urlsafe(64)}"}, "KARAMA_SECRET_KEY can be guessed"),
        ({"KARAMA_HOSTS": "asd.example,*"}, "KARAMA_HOSTS admits any name"),
        ({"KARAMA_HOSTS": " , "}, "KARAMA_HOSTS admits any name"),
        ({"KARAMA_HTTPS": "0"}, "KARAMA_HTTPS is 0"),
    ],
)
def test_an_unsafe_setting_is_refused_by_its_name_and_allowed_in_a_demo(changed: dict[str, str], says: str) -> None:
    (fault,) = environment.faults(environment.read({**SAFE, **changed}))
    assert fault.startswith(says)
    assert ": " in fault  # the remedy
    assert environment.faults(environment.read({**SAFE, **changed, "KARAMA_MODE": "demo"})) == []
    with pytest.raises(BadInputError, match="the service does not start: KARAMA_"):
        environment.refuse_unsafe(environment.read({**SAFE, **changed}))


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("KARAMA_MODE", "test", "'test' is neither production nor demo"),
        ("KARAMA_DEBUG", "yes", "'yes' is neither 0 nor 1"),
        ("KARAMA_PROXIES", "-1", "'-1' is not a whole number"),
        ("KARAMA_OIDC_CLIENT", "karama", "KARAMA_OIDC_ISSUER, KARAMA_OIDC_SECRET: missing beside KARAMA_OIDC_CLIENT"),
    ],
)
def test_a_value_that_means_nothing_is_an_error(name: str, value: str, says: str) -> None:
    with pytest.raises(BadInputError, match=says):
        environment.read({**SAFE, name: value})


def test_a_wrong_address_is_refused_without_its_password() -> None:
    with pytest.raises(BadInputError, match="DATABASE_URL is not an address of PostgreSQL") as refused:
        environment.database("postgresql://amina:s3cret@[db/karama")
    assert "s3cret" not in str(refused.value)


def test_an_address_becomes_django_s_description() -> None:
    found = environment.database("postgresql://app:p%40ss@db.example:5433/karama?sslmode=verify-full")
    assert [found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        *("karama", "app", "p@ss", "db.example", "5433")
    ]
    assert found["OPTIONS"] == {"sslmode": "verify-full"}


def test_where_a_database_is_named_its_owner_is_known_only_when_said() -> None:
    url = "postgresql://app@db/karama"
    assert environment.read({**SAFE, "DATABASE_URL": url}).owner_database_url is None
    both = {**SAFE, "DATABASE_URL": url, "KARAMA_OWNER_DATABASE_URL": "postgresql://owner@db/karama"}
    assert environment.read(both).owner_database_url == "postgresql://owner@db/karama"
    assert "karama_owner" in (environment.read(SAFE).owner_database_url or "")


def _django(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a line in a service with these variables and no others of ours."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("KARAMA_", "DATABASE_"))}
    environ = {**clean, "DJANGO_SETTINGS_MODULE": "karama.project.settings", **variables}
    return subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False)


def test_the_web_server_s_entry_refuses_unsafe_settings_whoever_starts_it() -> None:
    refused = _django("import karama.project.wsgi", KARAMA_DEBUG="1", **SAFE)
    assert refused.returncode == 1
    assert "BadInputError: the service does not start: KARAMA_DEBUG is 1" in refused.stderr
    assert _django("import karama.project.wsgi", **SAFE).returncode == 0


def test_django_s_own_deployment_checks_are_content() -> None:
    checked = _django(
        "import django.core.management as m; m.execute_from_command_line(['', 'check', '--deploy'])", **SAFE
    )
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.startswith("System check identified no issues")


def test_with_https_cookies_are_bound_to_the_host() -> None:
    asked = (
        "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SECURE_SSL_REDIRECT)"
    )
    assert _django(asked, **SAFE).stdout == "__Host-session __Host-csrf True\n"
    assert _django(asked, KARAMA_MODE="demo").stdout == "sessionid csrftoken False\n"


def test_an_address_written_by_a_stranger_is_not_believed(settings_with_proxies: None) -> None:  # noqa: ARG001
    asked = RequestFactory().get("/", headers={"X-Forwarded-For": "6.6.6.6, 41.140.0.7"}, REMOTE_ADDR="10.0.0.2")
    assert client_address(asked) == "41.140.0.7"


def test_without_a_proxy_only_the_connection_is_believed() -> None:
    asked = RequestFactory().get("/", headers={"X-Forwarded-For": "6.6.6.6"}, REMOTE_ADDR="41.140.0.7")
    assert client_address(asked) == "41.140.0.7"


@pytest.fixture
def settings_with_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ENVIRONMENT", environment.read({**SAFE, "KARAMA_PROXIES": "1"}))
