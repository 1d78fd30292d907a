"""Accounts with tokens and the families they answer for, for the tests of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.delivery.claims.models import Claim
from karama.delivery.decisions import actions as decisions
from karama.record.models import Account
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import AccountKind, Role, TokenScope
from karama.record.tokens import create_token
from karama.registry.models import Membership
from tests.delivery import families
from tests.exchange.calls import Api

if TYPE_CHECKING:
    from collections.abc import Iterable

    from karama.registry.models import Household

ALL = tuple(TokenScope.values)


def token_of(account_id: int | None, scopes: Iterable[str] = ALL) -> str:
    """The secret of a new token of an account."""
    account = Account.objects.get(pk=account_id)
    return create_token(account=account, name="test", scopes=list(scopes), days=1, by=SYSTEM)[1]


def staff(role: Role, territory: str = "", *, health: bool = False, scopes: Iterable[str] = ALL) -> Api:
    """A member of the staff with one role over a territory."""
    return Api(token_of(families.staff(role, territory, health=health).account_id, scopes))


def citizen(household: Household, *, scopes: Iterable[str] = ALL) -> Api:
    """The mother of a family, known by her IDCS."""
    with acting_as(SYSTEM):
        head = Membership.objects.select_related("person").get(household=household, role="head").person
    account = Account.objects.create(username=f"mother of {household}", kind=AccountKind.CITIZEN, idcs=head.idcs)
    return Api(token_of(account.pk, scopes))


def children_of(household: Household) -> list[str]:
    """The IDCS of the children."""
    return members_of(household, "child")


def members_of(household: Household, role: str) -> list[str]:
    """The IDCS of the members of one role."""
    with acting_as(SYSTEM):
        found = Membership.objects.filter(household=household, role=role).order_by("person__idcs")
        return list(found.values_list("person__idcs", flat=True))


def decided(reference: str, territory: str = "06181") -> str:
    """An officer decides a claim; the reference of the decision."""
    officer = families.staff(Role.CLAIMS_OFFICER, territory, health=True)
    with acting_as(SYSTEM):
        claim = Claim.objects.get(reference=reference)
    decision = decisions.decide_claim(claim_id=claim.pk, by=officer)
    assert decision is not None
    return str(decision.reference)
