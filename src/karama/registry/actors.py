"""Who an account is when it acts, a citizen's own households included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from karama.record.scope import SYSTEM, acting_as, actor_of
from karama.record.states import AccountKind
from karama.registry.models import Membership

if TYPE_CHECKING:
    from karama.record.models import Account
    from karama.record.scope import Actor


def actor_behind(account: Account) -> Actor:
    """In whose name an account acts: its roles, its territories; for a citizen the households he is in today."""
    if account.kind != AccountKind.CITIZEN or not account.idcs:
        return actor_of(account)
    today = timezone.localdate()
    with acting_as(SYSTEM):
        own = Membership.objects.filter(
            person__idcs=account.idcs, known__endswith=None, validity__contains=today
        ).values_list("household_id", flat=True)
        return actor_of(account, tuple(own))
