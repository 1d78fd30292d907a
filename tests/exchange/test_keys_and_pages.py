"""Keys that make a write happen once, pages that stay true, codes as they are printed, facts as they were known."""

from __future__ import annotations

import pytest

from karama.delivery.claims.models import Claim
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from tests.delivery import families
from tests.exchange import people
from tests.exchange.calls import Api

pytestmark = pytest.mark.usefixtures("db")


def test_the_same_call_twice_with_one_key_is_done_once() -> None:
    household = families.household()
    mother = people.citizen(household)
    body = {"programme": "asd", "kind": "family", "household": household.number}
    first, again = mother.post("/claims", body, key="k"), mother.post("/claims", body, key="k")
    assert (first.status, first.json) == (again.status, again.json)
    assert again["Idempotency-Replayed"] == "true"
    assert again["Location"] == first["Location"] == f"/api/v1/claims/{first.json['reference']}"
    with acting_as(SYSTEM):
        assert Claim.objects.filter(household=household).count() == 1
    other = mother.post("/claims", {**body, "kind": "account"}, key="k")
    assert (other.status, other.problem) == (422, "idempotency-key-reused")
    without = mother.post("/claims", body)
    assert without.json["errors"][0]["parameter"] == "Idempotency-Key"
    anew = mother.post("/claims", body, key="k2")
    assert (anew.status, anew.problem) == (409, "conflict")


def test_pages_of_a_list_stay_true_while_rows_are_added() -> None:
    agent = people.staff(Role.COUNTER_AGENT, "06181")

    def opened(number: int) -> str:
        body = {"programme": "asd", "kind": "family", "household": families.household(children=[]).number}
        return str(agent.post("/claims", body, key=f"k{number}").json["reference"])

    made = [opened(number) for number in range(5)]
    first = agent.get("/claims?limit=2").json
    opened(5)
    second = agent.get(f"/claims?limit=2&cursor={first['next']}").json
    third = agent.get(f"/claims?limit=2&cursor={second['next']}").json
    told = [one["reference"] for page in (first, second, third) for one in page["items"]]
    assert told == made[::-1]
    assert third["next"] is None
    for cursor in ("x", "MTo", "LTU"):
        assert agent.get(f"/claims?cursor={cursor}").json["errors"][0]["parameter"] == "cursor"
    assert agent.get("/claims?limit=101").problem == "invalid"


def test_lists_are_filtered() -> None:
    household, other = families.household(), families.household()
    agent = people.staff(Role.COUNTER_AGENT, "06181")
    for number, one in enumerate((household, other)):
        body = {"programme": "asd", "kind": "family", "household": one.number}
        reference = agent.post("/claims", body, key=f"k{number}").json["reference"]
    agent.post(f"/claims/{reference}/submission", key="s")
    assert [one["household"] for one in agent.get("/claims?state=submitted").json["items"]] == [other.number]
    assert [one["household"] for one in agent.get(f"/claims?household={household.number}").json["items"]] == [
        household.number
    ]
    assert agent.get("/claims?programme=amo_tadamon").json["items"] == []
    assert len(agent.get("/claims?due_before=2999-01-01").json["items"]) == 1
    assert agent.get("/claims?state=lost").problem == "invalid"


def test_a_code_that_is_not_genuine_and_one_with_a_slip_of_the_pen() -> None:
    household = families.household()
    mother = people.citizen(household)
    claim = mother.post("/claims", {"programme": "asd", "kind": "family", "household": household.number}, key="k")
    of_a_claim = Api().get(f"/verification/{claim.json['reference']}").json
    assert of_a_claim.pop("genuine") is False
    assert not any(of_a_claim.values())
    code = claim.json["reference"]
    slip = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert (Api().get(f"/verification/{slip}").status, Api().get(f"/verification/{slip}").problem) == (422, "invalid")


def test_a_code_is_understood_as_it_is_printed() -> None:
    household = families.household()
    mother = people.citizen(household)
    mother.post("/claims", {"programme": "asd", "kind": "family", "household": household.number}, key="k")
    code = mother.get("/claims").json["items"][0]["reference"]
    printed = f"{code[:4]}-{code[4:8]}-{code[8:]}".lower()
    assert mother.get(f"/claims/{printed}").json["reference"] == code


def test_the_facts_of_a_month_as_they_were_known_at_a_moment() -> None:
    household = families.household(score="9.1")
    mother = people.citizen(household)
    before = mother.get(f"/households/{household.number}/facts?month=2026-03").json
    families.write(
        families.Score,
        families.LONG_AGO,
        household_id=household.pk,
        score="9.8",
        effective_from=families.LONG_AGO,
    )
    after = mother.get(f"/households/{household.number}/facts?month=2026-03").json
    moment = before["known_at"].replace("+", "%2B")
    again = mother.get(f"/households/{household.number}/facts?month=2026-03&known_at={moment}").json
    assert again["facts"] == before["facts"]
    assert float(after["facts"]["score"]) == 9.8
    tomorrow = mother.get(f"/households/{household.number}/facts?known_at=2999-01-01T00:00:00Z")
    assert tomorrow.json["errors"][0]["parameter"] == "known_at"
