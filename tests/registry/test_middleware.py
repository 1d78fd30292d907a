"""A page works in one transaction, in the scope of whoever asked; the API opens its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory

from karama.record.models import Account
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import AccountKind
from karama.registry.middleware import ScopeMiddleware
from karama.registry.models import Household, Membership
from tests.delivery import families

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest


ELSEWHERE = "091730101"


class Lost(Exception):  # noqa: N818 - what a page may fail with
    """A page that fails."""


@dataclass
class Asked:
    """A page asked for by a citizen, and what it saw."""

    request: HttpRequest
    middleware: ScopeMiddleware

    def page(self, work: Callable[[], HttpResponse], module: str = "karama.portal.files") -> HttpResponse | None:
        def view(request: HttpRequest) -> HttpResponse:
            assert request is self.request
            return work()

        view.__module__ = module
        return self.middleware.process_view(self.request, view, (), {})


@pytest.fixture
def household(own_database: object) -> Household:
    """Committed, beside another that is nobody's."""
    assert own_database
    families.household()
    return families.household()


@pytest.fixture
def asked(household: Household) -> Asked:
    with acting_as(SYSTEM):
        head = Membership.objects.get(household=household, role="head").person
    request = RequestFactory().get("/")
    request.user = Account.objects.create(username="mother", kind=AccountKind.CITIZEN, idcs=head.idcs)
    middleware = ScopeMiddleware(lambda _: HttpResponse())
    middleware(request)
    return Asked(request, middleware)


def seen() -> HttpResponse:
    assert connection.in_atomic_block
    return HttpResponse(",".join(Household.objects.values_list("number", flat=True)))


def moved(status: int = 200) -> HttpResponse:
    Household.objects.update(commune=ELSEWHERE)
    return HttpResponse(status=status)


def communes() -> list[str]:
    with acting_as(SYSTEM):
        return list(Household.objects.order_by("id").values_list("commune", flat=True))


def test_a_page_sees_what_its_citizen_may_see_and_nothing_remains(asked: Asked, household: Household) -> None:
    assert asked.page(seen).content.decode() == household.number
    assert asked.request.actor.households == (household.pk,)
    assert not connection.in_atomic_block
    assert not Household.objects.exists()


def test_a_page_of_nobody_sees_nothing(asked: Asked) -> None:
    asked.request.user = AnonymousUser()
    assert asked.page(seen).content == b""


def test_a_page_that_fails_leaves_nothing_behind(asked: Asked) -> None:
    before = communes()

    def lost() -> HttpResponse:
        moved()
        raise Lost

    with pytest.raises(Lost):
        asked.page(lost)
    assert asked.page(lambda: moved(500)).status_code == 500
    assert communes() == before
    asked.page(lambda: moved(303))
    assert communes() == [before[0], ELSEWHERE]


def test_the_api_opens_its_own_transactions(asked: Asked) -> None:
    assert asked.page(seen, "karama.exchange.claims") is None
    assert not transaction.get_connection().in_atomic_block
