"""One account for each role, with a password and the secret of a second factor made for this demonstration."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction

from karama.law.engine.parameters import load_yaml
from karama.record import journal
from karama.record.clock import now
from karama.record.models import Account, RoleGrant
from karama.record.scope import SYSTEM, acting_as, actor_of
from karama.record.states import STAFF_ROLES, AccountKind, Role
from karama.registry.models import Membership

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karama.record.scope import Actor

MAKER = "karama demo"


@dataclass(frozen=True)
class DemoAccount:
    """An account of the demonstration; ``second_factor`` is the secret of a TOTP program, for staff."""

    username: str
    role: Role
    territory: str
    password: str
    second_factor: str | None
    account_id: int
    households: tuple[int, ...] = ()

    @cached_property
    def actor(self) -> Actor:
        """Who acts when it acts."""
        return actor_of(Account.objects.get(pk=self.account_id), self.households)


def make_accounts(province: str, household_id: int, establishment: str) -> dict[str, DemoAccount]:
    """The accounts of ``people.yaml``: staff of a province and its region, a citizen, an establishment's director."""
    told: Mapping[str, dict[str, Any]] = load_yaml(Path(__file__).parent / "people.yaml")
    with acting_as(SYSTEM):
        head = Membership.objects.filter(household_id=household_id, role="head").select_related("person").first()
    subject: dict[str, dict[str, Any]] = {
        "citizen": {"idcs": head.person.idcs if head else "", "households": (household_id,)},
        "director": {"establishment": establishment},
    }
    places = {"province": province, "region": province[:2]}
    return {name: _make(name, one, places, subject.get(name, {})) for name, one in told.items()}


def _make(username: str, told: dict[str, Any], places: dict[str, str], subject: dict[str, Any]) -> DemoAccount:
    role, territory = Role(told["role"]), told["territory"].format(**places)
    password, staff = secrets.token_urlsafe(12), Role(told["role"]) in STAFF_ROLES
    households = subject.pop("households", ())
    with transaction.atomic():
        account = Account(
            username=username,
            first_name=told["first"],
            last_name=told["last"],
            kind=AccountKind.STAFF if staff else AccountKind.CITIZEN,
            **subject,
        )
        account.set_password(password)
        account.save()
        RoleGrant.objects.create(
            account=account,
            role=role,
            territory=territory,
            health=told.get("health", False),
            granted_by=MAKER,
            granted_at=now(),
        )
        second = generate_totp_secret() if staff else None
        if second:
            TOTP.activate(account, second)
    with acting_as(SYSTEM):
        journal.write(
            kind="account.made",
            subject=("account", username),
            by=SYSTEM,
            at=now(),
            data={"role": role, "territory": territory, "by": MAKER},
        )
    return DemoAccount(username, role, territory, password, second, account.pk, households)
