"""Accounts and roles through their actions: what is written, what is refused, what the journal says."""

from __future__ import annotations

import threading
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, connections, transaction
from django.utils import translation

from karama.foundation.errors import BadInputError, ConflictError, NotAllowedError
from karama.record.actions import (
    Identity,
    create_account,
    grant_role,
    lock_account,
    reset_second_factor,
    revoke_role,
    sign_out_everywhere,
    unlock_account,
)
from karama.record.clock import now
from karama.record.models import Account, Event, RoleGrant
from karama.record.queries import account_named, accounts
from karama.record.scope import ANONYMOUS, SYSTEM, acting_as, actor_of
from karama.record.states import INCOMPATIBLE_ROLES, STAFF_ROLES, AccountKind, Role

if TYPE_CHECKING:
    from tests.service_database import Database

GOOD = "correct horse battery staple"


def opened(name: str = "amina", kind: AccountKind = AccountKind.STAFF, **more: str) -> Account:
    return create_account(identity=Identity(name, kind, **more), password=GOOD, by=SYSTEM, at=now())


def give(account: Account, role: Role, territory: str = "", *, health: bool = False) -> RoleGrant:
    return grant_role(account=account, role=role, territory=territory, health=health, by=SYSTEM, at=now())


def lines() -> list[tuple[str, str]]:
    with acting_as(SYSTEM):
        return list(Event.objects.order_by("id").values_list("kind", "actor"))


# ------------------------------------------------------------------------------------------------------------ accounts
@pytest.mark.usefixtures("db")
def test_an_account_is_opened_with_its_line_and_its_password_kept_by_argon2() -> None:
    account = opened()
    assert account.password.startswith("argon2$")
    assert account.check_password(GOOD)
    assert lines() == [("account.created", "system")]
    assert GOOD not in str(list(Event.objects.values_list("data", flat=True)))


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short", "12"),
        ("qwerty123456", "courant"),
        ("123456789012345", "numérique"),
        ("amina.bennani", "semblable"),
    ],
)
def test_a_weak_password_is_refused_by_what_is_weak(password: str, says: str) -> None:
    with translation.override("fr"), pytest.raises(BadInputError) as said:
        create_account(identity=Identity("amina.bennani"), password=password, by=SYSTEM, at=now())
    assert says in str(said.value)
    assert not Account.objects.exists()


@pytest.mark.usefixtures("db")
def test_an_account_without_a_password_accepts_none() -> None:
    account = create_account(identity=Identity("amina"), password=None, by=SYSTEM, at=now())
    assert not account.has_usable_password()


@pytest.mark.usefixtures("db")
def test_a_name_is_taken_once_and_is_a_name() -> None:
    opened("amina")
    with pytest.raises(ConflictError, match="'amina' exists already"):
        opened("amina")
    with pytest.raises(BadInputError, match="letters, digits"):
        opened("am ina")


@pytest.mark.usefixtures("db")
def test_nobody_is_above_the_rights() -> None:
    with pytest.raises(IntegrityError, match="account_is_above_no_right"), transaction.atomic():
        Account.objects.create(username="root", is_superuser=True)


@pytest.mark.usefixtures("db")
def test_only_an_administrator_manages_accounts_and_none_his_own() -> None:
    boss, other = opened("boss"), opened("other")
    give(boss, Role.ADMINISTRATOR)
    by = actor_of(boss)
    grant_role(account=other, role=Role.COUNTER_AGENT, territory="06", by=by, at=now())
    for who in (ANONYMOUS, actor_of(other)):
        with pytest.raises(NotAllowedError):
            create_account(identity=Identity("x"), password=GOOD, by=who, at=now())
        with pytest.raises(NotAllowedError):
            grant_role(account=boss, role=Role.AUDITOR, by=who, at=now())
        with pytest.raises(NotAllowedError):
            lock_account(account=boss, reason="x", by=who, at=now())
        with pytest.raises(NotAllowedError):
            sign_out_everywhere(account=boss, by=who, at=now())
    with pytest.raises(NotAllowedError):
        grant_role(account=boss, role=Role.COUNTER_AGENT, by=by, at=now())
    with pytest.raises(NotAllowedError):
        revoke_role(account=boss, role=Role.ADMINISTRATOR, by=by, at=now())
    with pytest.raises(NotAllowedError):
        reset_second_factor(account=boss, by=by, at=now())


# ------------------------------------------------------------------------------------------------------------ roles
EXCLUDED = {frozenset(pair) for pair in INCOMPATIBLE_ROLES}


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("first", sorted(STAFF_ROLES))
def test_every_pair_of_roles_is_held_together_or_refused_by_name(first: Role) -> None:
    for second in sorted(STAFF_ROLES - {first}):
        account = opened(f"{first}.{second}")
        give(account, first, "06")
        if frozenset({first, second}) in EXCLUDED:
            with pytest.raises(ConflictError, match=f"role {second} cannot be held together with {first}"):
                give(account, second, "09")
            revoke_role(account=account, role=first, territory="06", by=SYSTEM, at=now())
        give(account, second, "09")
        assert second in actor_of(account).roles


def test_the_excluded_pairs_are_those_that_would_let_one_hand_do_all() -> None:
    """Said here a second time, by what each pair would let somebody do alone."""
    deciding, money = {Role.CLAIMS_OFFICER, Role.APPEALS_OFFICER}, {Role.PAYMENT_PREPARER, Role.PAYMENT_APPROVER}
    alone = {Role.AUDITOR, Role.ANALYST}
    expected = {frozenset(pair) for pair in permutations(deciding | money, 2)}
    expected |= {frozenset({Role.ADMINISTRATOR, one}) for one in deciding | money}
    expected |= {frozenset({one, other}) for one in alone for other in STAFF_ROLES - {one} if {one, other} != alone}
    assert expected <= EXCLUDED
    assert EXCLUDED - expected <= {frozenset(alone)}


@pytest.mark.usefixtures("db")
def test_a_role_is_held_once_over_a_place_and_in_as_many_places_as_given() -> None:
    account = opened()
    give(account, Role.CLAIMS_OFFICER, "06181")
    give(account, Role.CLAIMS_OFFICER, "09173")
    with pytest.raises(ConflictError, match="holds claims_officer over '06181' already"):
        give(account, Role.CLAIMS_OFFICER, "06181")
    assert actor_of(account).territories == ("06181", "09173")


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("territory", ["0", "061", "0618109010", "ab", "٠٦", " 06", "06%"])
def test_a_territory_is_the_beginning_of_a_communes_code(territory: str) -> None:
    with pytest.raises(BadInputError, match="2 digits of a region"):
        give(opened(), Role.CLAIMS_OFFICER, territory)


@pytest.mark.usefixtures("db")
def test_a_role_fits_the_kind_of_account() -> None:
    with pytest.raises(BadInputError, match="not one of an account of kind 'citizen'"):
        give(opened("one", AccountKind.CITIZEN), Role.CLAIMS_OFFICER)
    with pytest.raises(BadInputError, match="not one of an account of kind 'staff'"):
        give(opened("two"), Role.CITIZEN)
    with pytest.raises(BadInputError, match=r"kind 'service' \(none\)"):
        give(opened("three", AccountKind.SERVICE), Role.AUDITOR)
    with pytest.raises(BadInputError, match="names no establishment"):
        give(opened("four", AccountKind.CITIZEN), Role.ESTABLISHMENT_DIRECTOR)
    give(opened("five", AccountKind.CITIZEN, establishment="EPS-1"), Role.ESTABLISHMENT_DIRECTOR)


@pytest.mark.usefixtures("db")
def test_a_role_taken_away_was_held_and_is_given_again_as_another() -> None:
    account = opened()
    first = give(account, Role.AUDITOR)
    revoke_role(account=account, role=Role.AUDITOR, by=SYSTEM, at=now())
    with pytest.raises(ConflictError, match="does not hold auditor over 'the nation'"):
        revoke_role(account=account, role=Role.AUDITOR, by=SYSTEM, at=now())
    second = give(account, Role.AUDITOR)
    assert first.pk != second.pk
    assert [kind for kind, _ in lines()] == ["account.created", "role.granted", "role.revoked", "role.granted"]


def give_at_once(account: Account, role: Role, both: threading.Barrier, said: list[str]) -> None:
    try:
        both.wait()
        give(account, role)
        said.append("given")
    except ConflictError as error:
        said.append(str(error))
    finally:
        connections.close_all()


def test_two_excluded_roles_given_at_once_are_given_one_after_the_other(own_database: Database) -> None:
    """Ten times two administrators give the two roles at the same moment: one of them is refused."""
    assert own_database
    for turn in range(10):
        account = opened(f"amina{turn}")
        both = threading.Barrier(2)
        said: list[str] = []

        def race(
            role: Role, account: Account = account, both: threading.Barrier = both, said: list[str] = said
        ) -> None:
            try:
                both.wait()
                give(account, role)
                said.append("given")
            except ConflictError as error:
                said.append(str(error))
            finally:
                connections.close_all()

        runners = [threading.Thread(target=race, args=[role]) for role in (Role.CLAIMS_OFFICER, Role.APPEALS_OFFICER)]
        for one in runners:
            one.start()
        for one in runners:
            one.join()
        assert sorted(word == "given" for word in said) == [False, True]
        assert any("cannot be held together" in word for word in said)


# ------------------------------------------------------------------------------------------------------------ locks
@pytest.mark.usefixtures("db")
def test_a_locked_account_holds_nothing_until_it_is_unlocked() -> None:
    account = opened()
    give(account, Role.AUDITOR)
    with pytest.raises(BadInputError, match="for a reason"):
        lock_account(account=account, reason=" ", by=SYSTEM, at=now())
    lock_account(account=account, reason="left the agency", by=SYSTEM, at=now())
    assert actor_of(account_named("amina")).scope == "none"
    with pytest.raises(ConflictError, match="locked already"):
        lock_account(account=account, reason="again", by=SYSTEM, at=now())
    unlock_account(account=account, by=SYSTEM, at=now())
    assert actor_of(account_named("amina")).scope == "nation"
    with pytest.raises(ConflictError, match="open already"):
        unlock_account(account=account, by=SYSTEM, at=now())
    with acting_as(SYSTEM):
        assert Event.objects.get(kind="account.locked").data == {"reason": "left the agency"}


@pytest.mark.usefixtures("db")
def test_a_second_factor_is_forgotten_and_sessions_end() -> None:
    account = opened()
    signed = account.get_session_auth_hash()
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert reset_second_factor(account=account, by=SYSTEM, at=now()) == 1
    assert not Authenticator.objects.exists()
    assert account_named("amina").get_session_auth_hash() != signed


@pytest.mark.usefixtures("db")
def test_accounts_are_listed_with_their_roles_in_force() -> None:
    account = opened()
    give(account, Role.CLAIMS_OFFICER, "06181", health=True)
    give(account, Role.COUNTER_AGENT)
    revoke_role(account=account, role=Role.COUNTER_AGENT, by=SYSTEM, at=now())
    (line,) = accounts()
    assert (line.username, line.kind, line.locked, line.roles) == (
        "amina",
        "staff",
        False,
        ("claims_officer 06181 +health",),
    )
