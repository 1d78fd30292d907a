"""Writes of accounts and roles: each is one transaction with its line in the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from karama.foundation.errors import BadInputError, ConflictError
from karama.record import journal
from karama.record.constraints import broken_rule
from karama.record.models import Account, RoleGrant
from karama.record.permissions import grant_roles, is_himself, manage_accounts, require
from karama.record.scope import acting_as
from karama.record.states import STAFF_ROLES, AccountKind, Role

if TYPE_CHECKING:
    import datetime as dt

    from karama.record.scope import Actor

_ROLES_OF: dict[AccountKind, frozenset[Role]] = {
    AccountKind.STAFF: STAFF_ROLES,
    AccountKind.CITIZEN: frozenset({Role.CITIZEN, Role.ESTABLISHMENT_DIRECTOR}),
    AccountKind.SERVICE: frozenset(),
}
"""Roles that an account of each kind may hold; a partner's program acts by the scopes of its token alone."""


@dataclass(frozen=True)
class Identity:
    """Who stands behind a new account."""

    username: str
    kind: AccountKind = AccountKind.STAFF
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    language: str = "fr"
    idcs: str = ""
    establishment: str = ""


def create_account(*, identity: Identity, password: str | None, by: Actor, at: dt.datetime) -> Account:
    """Open an account; without a password only a State's provider can sign its holder in.

    Raises:
        BadInputError: a name or a password that breaks a rule; all that is wrong is said at once.
        ConflictError: the name is taken.
        NotAllowedError: the actor manages no accounts.
    """
    require(manage_accounts.test(by), "opening an account")
    account = Account(**vars(identity))
    _check(account, password)
    if password is None:
        account.set_unusable_password()
    else:
        account.set_password(password)
    with acting_as(by):
        try:
            with transaction.atomic():
                account.save(force_insert=True)
        except IntegrityError as error:
            raise ConflictError(f"account '{identity.username}' exists already: choose another name") from error
        _tell("account.created", account, by, at, {"kind": identity.kind, "username": identity.username})
    return account


def grant_role(
    *, account: Account, role: Role, by: Actor, at: dt.datetime, territory: str = "", health: bool = False
) -> RoleGrant:
    """Give a role over a territory (empty: the nation), with or without the right to health facts.

    Raises:
        BadInputError: the territory is no prefix of a commune's code, or the role is not one of the account's kind.
        ConflictError: the account holds it there already, or holds a role that excludes it.
        NotAllowedError: the actor manages no roles, or would give one to himself.
    """
    require(grant_roles.test(by, account.pk), f"giving the role {role} to '{account.username}'")
    kind = AccountKind(account.kind)
    if role not in _ROLES_OF[kind]:
        allowed = ", ".join(sorted(_ROLES_OF[kind])) or "none"
        raise BadInputError(f"role '{role}' is not one of an account of kind '{kind}' ({allowed}): choose another")
    if role is Role.ESTABLISHMENT_DIRECTOR and not account.establishment:
        raise BadInputError(f"account '{account.username}' names no establishment: open one that does")
    if territory and not (territory.isascii() and territory.isdecimal() and len(territory) in {2, 5, 9}):
        raise BadInputError(f"territory '{territory}': give 2 digits of a region, 5 of a province or 9 of a commune")
    grant = RoleGrant(account=account, role=role, territory=territory, health=health, granted_by=by.name, granted_at=at)
    with acting_as(by):
        try:
            with transaction.atomic():
                grant.save(force_insert=True)
        except IntegrityError as error:
            raise ConflictError(_why_not(error, account, role, territory)) from error
        _tell("role.granted", account, by, at, {"role": role, "territory": territory, "health": health})
    return grant


def revoke_role(*, account: Account, role: Role, by: Actor, at: dt.datetime, territory: str = "") -> RoleGrant:
    """Take a role away from now on; that it was held stays known.

    Raises:
        ConflictError: the account does not hold it over that territory.
        NotAllowedError: the actor manages no roles, or would change his own.
    """
    require(grant_roles.test(by, account.pk), f"taking the role {role} from '{account.username}'")
    with acting_as(by):
        held = RoleGrant.objects.select_for_update().filter(
            account=account, role=role, territory=territory, revoked_at=None
        )
        grant = held.first()
        if grant is None:
            raise ConflictError(f"'{account.username}' does not hold {role} over '{territory or 'the nation'}'")
        grant.revoked_at, grant.revoked_by = at, by.name
        grant.save(update_fields=["revoked_at", "revoked_by"])
        _tell("role.revoked", account, by, at, {"role": role, "territory": territory})
    return grant


def lock_account(*, account: Account, reason: str, by: Actor, at: dt.datetime) -> None:
    """Lock an account: it signs in no more, its sessions end, its roles hold nothing until it is unlocked.

    Raises:
        BadInputError: no reason is given.
        ConflictError: it is locked already.
        NotAllowedError: the actor manages no accounts.
    """
    if not reason.strip():
        raise BadInputError("an account is locked for a reason: say it")
    _switch(account, active=False, by=by, at=at, kind="account.locked", told={"reason": reason.strip()})


def unlock_account(*, account: Account, by: Actor, at: dt.datetime) -> None:
    """Let a locked account sign in again.

    Raises:
        ConflictError: it is not locked.
        NotAllowedError: the actor manages no accounts.
    """
    _switch(account, active=True, by=by, at=at, kind="account.unlocked", told={})


def reset_second_factor(*, account: Account, by: Actor, at: dt.datetime) -> int:
    """Forget the second factors of an account and end its sessions: its holder sets up another at the next sign-in.

    Returns:
        How many were forgotten.

    Raises:
        NotAllowedError: the actor manages no accounts, or the account is his own.
    """
    require(grant_roles.test(by, account.pk), f"resetting the second factor of '{account.username}'")
    with acting_as(by):
        forgotten, _ = Authenticator.objects.filter(user=account).delete()
        _end_sessions(account, at)
        _tell("account.second_factor_reset", account, by, at, {"forgotten": forgotten})
    return int(forgotten)


def sign_out_everywhere(*, account: Account, by: Actor, at: dt.datetime) -> None:
    """End every session of an account, on every machine: what each session was signed with is no longer its own.

    Raises:
        NotAllowedError: the account is another's and the actor manages no accounts.
    """
    require((manage_accounts | is_himself).test(by, account.pk), f"signing '{account.username}' out")
    with acting_as(by):
        _end_sessions(account, at)
        _tell("account.signed_out_everywhere", account, by, at, {})


def _end_sessions(account: Account, at: dt.datetime) -> None:
    account.signed_out_at = at
    account.save(update_fields=["signed_out_at"])


def _switch(account: Account, *, active: bool, by: Actor, at: dt.datetime, kind: str, told: dict[str, Any]) -> None:
    word = "unlocking" if active else "locking"
    require(grant_roles.test(by, account.pk), f"{word} the account '{account.username}'")
    with acting_as(by):
        if not Account.objects.filter(pk=account.pk, is_active=not active).update(is_active=active):
            raise ConflictError(f"account '{account.username}' is {'open' if active else 'locked'} already")
        account.is_active = active
        if not active:
            _end_sessions(account, at)
        _tell(kind, account, by, at, told)


def _check(account: Account, password: str | None) -> None:
    wrong: list[str] = []
    try:
        UnicodeUsernameValidator()(account.username)
    except ValidationError:
        wrong.append(f"name '{account.username}': letters, digits and @ . + - _ only")
    if account.kind not in AccountKind.values:
        wrong.append(f"kind '{account.kind}': one of {', '.join(AccountKind.values)}")
    try:
        if password is not None:
            validate_password(password, account)
    except ValidationError as error:
        wrong += [f"password: {message}" for message in error.messages]
    if wrong:
        raise BadInputError("; ".join(wrong))


def _why_not(error: IntegrityError, account: Account, role: Role, territory: str) -> str:
    if broken_rule(error) == "incompatible_roles":
        return f"'{account.username}': {error.__cause__.diag.message_primary}"  # type: ignore[union-attr]
    return f"'{account.username}' holds {role} over '{territory or 'the nation'}' already"


def _tell(kind: str, account: Account, by: Actor, at: dt.datetime, data: dict[str, Any]) -> None:
    journal.write(kind=kind, subject=("account", account.pk), by=by, at=at, data=data)
