"""Who sees and does what over the API: territories, rights, scopes of tokens, sessions, health, the journal."""

from __future__ import annotations

import json

import pytest

from karama.record.models import Account, Event
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from tests.delivery import families
from tests.exchange import people
from tests.exchange.calls import Api

pytestmark = pytest.mark.usefixtures("db")


def test_nobody_learns_that_a_file_of_another_territory_exists() -> None:
    household = families.household()
    claim = people.citizen(household).post(
        "/claims", {"programme": "asd", "kind": "family", "household": household.number}, key="k"
    )
    stranger = people.citizen(families.household())
    for other in (people.staff(Role.CLAIMS_OFFICER, "01"), stranger):
        there = other.get(f"/claims/{claim.json['reference']}")
        nowhere = other.get("/claims/000000000000")
        assert (there.status, there.problem, there.json) == (404, "not-found", nowhere.json)
        assert other.get("/claims").json["items"] == []
        assert other.get(f"/households/{household.number}").json == other.get("/households/H0").json
        refused = other.post("/claims", {"programme": "asd", "kind": "family", "household": household.number}, key="k")
        assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/household")


def test_who_sees_a_file_may_not_do_everything_with_it() -> None:
    household = families.household()
    claim = people.citizen(household).post(
        "/claims", {"programme": "asd", "kind": "family", "household": household.number}, key="k"
    )
    auditor = people.staff(Role.AUDITOR)
    path = f"/claims/{claim.json['reference']}"
    assert auditor.get(path).status == 200
    refused = auditor.post(f"{path}/withdrawal", key="k")
    assert (refused.status, refused.problem) == (403, "forbidden")


NO_ROW = {Role.ADMINISTRATOR, Role.ANALYST}
"""To them no household is there at all."""


@pytest.mark.parametrize("role", [Role.PAYMENT_PREPARER, *sorted(NO_ROW)])
def test_a_role_that_reads_no_file_reads_none_here(role: Role) -> None:
    household = families.household()
    other = people.staff(role)
    for path in ("/claims", "/decisions", "/appeals", "/complaints", f"/households/{household.number}"):
        assert other.get(path).status == (404 if role in NO_ROW and "H0" in path else 403), path


def test_a_token_does_no_more_than_its_scopes() -> None:
    household = families.household()
    reader = people.citizen(household, scopes=["claims:read"])
    assert reader.get("/claims").status == 200
    for refused in (
        reader.get("/decisions"),
        reader.get(f"/households/{household.number}"),
        reader.post("/claims", {"programme": "asd", "kind": "family", "household": household.number}, key="k"),
    ):
        assert (refused.status, refused.problem) == (403, "forbidden")
        assert "scope" in refused.json["detail"]


@pytest.mark.parametrize("token", [None, "karama_" + "a" * 43, "other"])
def test_whoever_has_no_token_is_asked_to_sign_in(token: str | None) -> None:
    for found in (Api(token).get("/claims"), Api(token).post("/claims", {}, key="k")):
        assert (found.status, found.problem) == (401, "unauthorized")
        assert found["WWW-Authenticate"].startswith('Bearer realm="karama"')


def test_a_session_reads_and_writes_only_with_the_token_of_its_page() -> None:
    household = families.household()
    people.citizen(household)
    api = Api()
    api.client.force_login(
        Account.objects.get(username=f"mother of {household}"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    assert api.get("/claims").status == 200
    body = {"programme": "asd", "kind": "family", "household": household.number}
    from_elsewhere = api.post("/claims", body, key="k")
    assert (from_elsewhere.status, from_elsewhere.problem) == (403, "forbidden")
    api.client.cookies["csrftoken"] = "x" * 32
    assert api.post("/claims", body, key="k", X_CSRFToken="x" * 32).status == 201


def test_facts_of_health_are_told_only_to_who_may_read_them() -> None:
    household = families.household(children=["2015-05-05"])
    families.member(household, "2018-01-01", "child", disabled=True)
    mother = people.citizen(household)
    body = {"programme": "asd", "kind": "family", "household": household.number}
    reference = mother.post("/claims", body, key="k").json["reference"]
    mother.post(f"/claims/{reference}/submission", key="s")
    decision = people.decided(reference)
    seeing, blind = (people.staff(Role.CLAIMS_OFFICER, "06181", health=one) for one in (True, False))
    for path in (f"/households/{household.number}/facts", f"/households/{household.number}"):
        assert '"severe_disability":true' in seeing.get(path).response.content.decode()
        assert '"severe_disability"' not in blind.get(path).response.content.decode()
    told, hidden = (one.get(f"/decisions/{decision}").json for one in (seeing, blind))
    assert any("handicap" in one["label"] for one in told["why"]["lines"])
    assert "handicap" not in json.dumps(hidden, ensure_ascii=False)
    assert [one["amount"] for one in hidden["why"]["lines"] if one["benefit"] == "private"] == [600.0]
    assert {one["person_id"] for one in hidden["why"]["lines"]} == {None}, "a missing line would name the child"
    for one in (told, hidden):
        assert sum(line["amount"] for line in one["why"]["lines"]) == one["amount"]


def test_every_reading_by_the_staff_stands_in_the_journal_and_a_citizens_own_does_not() -> None:
    household = families.household()
    mother, agent = people.citizen(household), people.staff(Role.COUNTER_AGENT, "06181")
    reference = mother.post(
        "/claims", {"programme": "asd", "kind": "family", "household": household.number}, key="k"
    ).json["reference"]

    def reads() -> list[str]:
        with acting_as(SYSTEM):
            found = Event.objects.filter(kind__endswith=".read", household_id=household.pk)
            return list(found.order_by("id").values_list("kind", flat=True))

    mother.get(f"/claims/{reference}")
    mother.get(f"/households/{household.number}")
    assert reads() == []
    agent.get(f"/claims/{reference}")
    agent.get(f"/households/{household.number}")
    agent.get(f"/households/{household.number}/facts")
    agent.get(f"/claims?household={household.number}")
    assert reads() == ["claim.read", "file.read", "facts.read", "claims.read"]


def test_a_list_is_a_reading_of_each_file_shown_in_it() -> None:
    agent, officer = people.staff(Role.COUNTER_AGENT, "06181"), people.staff(Role.CLAIMS_OFFICER, "06181", health=True)
    shown: dict[str, list[str]] = {}
    for turn, household in enumerate((families.household(), families.household())):
        mother = people.citizen(household)
        for kind in ("family", "account"):
            body = {"programme": "asd", "kind": kind, "household": household.number}
            made = mother.post("/claims", body, key=f"{kind}{turn}").json
            shown.setdefault(household.number, []).append(made["reference"].replace(" ", ""))
    elsewhere = people.staff(Role.COUNTER_AGENT, "01")
    for reader in (agent, officer, elsewhere):
        reader.get("/claims")
        reader.get("/decisions")
    with acting_as(SYSTEM):
        events = list(Event.objects.filter(kind__in=["claims.read", "decisions.read"]).order_by("id"))
    assert [one.kind for one in events] == ["claims.read"] * 4
    assert {one.subject_id: sorted(one.data["references"]) for one in events} == {
        number: sorted(references) for number, references in shown.items()
    }
    assert all(one.household_id is not None and one.data["through"] == "api" for one in events)
