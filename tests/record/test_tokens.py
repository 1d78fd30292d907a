"""Tokens: shown once, kept as a hash, never widened, ended when they should."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from karama.foundation.errors import BadInputError
from karama.record.models import Account, Event, Token, TokenUse
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import AccountKind, TokenScope
from karama.record.tokens import create_token, last_used, revoke_token, token_behind, tokens_of

pytestmark = pytest.mark.usefixtures("db")
READ = [TokenScope.CLAIMS_READ.value]


@pytest.fixture
def partner() -> Account:
    return Account.objects.create(username="partner", kind=AccountKind.SERVICE)


def make(account: Account, **more: object) -> tuple[Token, str]:
    return create_token(**{"account": account, "name": "a program", "scopes": READ, "days": 30, "by": SYSTEM, **more})


def test_the_secret_finds_its_token_and_stands_nowhere(partner: Account) -> None:
    token, secret = make(partner)
    assert secret.startswith("karama_")
    assert len(secret) == 50
    assert token_behind(secret) == token
    assert token_behind(secret).account == partner
    kept = str(Token.objects.values().get(pk=token.pk))
    assert secret.removeprefix("karama_") not in kept
    with acting_as(SYSTEM):
        told = Event.objects.get(kind="token.created")
    assert (told.subject_id, told.data["scopes"]) == (str(token.pk), READ)
    assert secret not in str(told.data)


def test_no_two_tokens_are_alike_and_a_near_one_is_none(partner: Account) -> None:
    secrets = {make(partner)[1] for _ in range(20)}
    assert len(secrets) == 20
    secret = secrets.pop()
    for wrong in (secret[:-1], secret + "a", secret.swapcase(), "", "karama_", secret.removeprefix("karama_")):
        assert token_behind(wrong) is None


def test_revoked_expired_or_of_a_closed_account_it_is_none(partner: Account) -> None:
    token, secret = make(partner)
    revoked = revoke_token(token_id=token.pk, by=SYSTEM)
    assert token_behind(secret) is None
    assert revoke_token(token_id=token.pk, by=SYSTEM).revoked_at == revoked.revoked_at
    _, of_a_day = make(partner, days=1)
    assert token_behind(of_a_day) is not None
    Account.objects.filter(pk=partner.pk).update(is_active=False)
    assert token_behind(of_a_day) is None
    with pytest.raises(BadInputError, match="no token 999999999"):
        revoke_token(token_id=999_999_999, by=SYSTEM)


def test_an_expired_token_is_none(partner: Account) -> None:
    # A token cannot be aged: an old one is written as it would have been.
    def written(secret: str, ended: dt.timedelta) -> None:
        expires_at = timezone.now() - ended
        begun = {"created_at": expires_at - dt.timedelta(days=30), "created_by": "test", "expires_at": expires_at}
        digest = hashlib.sha256(secret.encode()).hexdigest()
        Token.objects.create(account=partner, name="old", secret_hash=digest, scopes=READ, **begun)

    written("karama_ended", dt.timedelta(seconds=1))
    written("karama_lives", dt.timedelta(seconds=-60))
    assert token_behind("karama_ended") is None
    assert token_behind("karama_lives") is not None


@pytest.mark.parametrize("change", [{"scopes": list(TokenScope.values)}, {"secret_hash": "1" * 64}, {"account_id": 0}])
def test_the_database_lets_nobody_widen_a_token(partner: Account, change: dict[str, object]) -> None:
    token, _ = make(partner)
    with pytest.raises(Error), transaction.atomic():
        Token.objects.filter(pk=token.pk).update(**change)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"scopes": []}, "none is given"),
        ({"scopes": ["everything"]}, "unknown: everything"),
        ({"days": 0}, "a token of 0 days"),
        ({"days": 367}, "a token of 367 days"),
        ({"name": " "}, "needs a name"),
    ],
)
def test_a_token_that_makes_no_sense_is_refused(partner: Account, more: dict[str, object], told: str) -> None:
    with pytest.raises(BadInputError, match=told):
        make(partner, **more)
    assert not Token.objects.exists()


def test_the_last_use_is_noted_once_in_ten_minutes(partner: Account) -> None:
    token, secret = make(partner)
    assert last_used(tokens_of().get()) is None
    with CaptureQueriesContext(connection) as first:
        token_behind(secret)
    with CaptureQueriesContext(connection) as second:
        token_behind(secret)
    assert (len(first), len(second)) == (2, 1)
    noted = last_used(tokens_of().get())
    TokenUse.objects.filter(token=token).update(last_used_at=noted - dt.timedelta(minutes=11))
    token_behind(secret)
    assert last_used(tokens_of().get()) >= noted
