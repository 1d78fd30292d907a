"""From the claim to the decision that executes a judgment, by the API alone, each step by whoever's it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from karama.record import clock
from karama.record.states import Role
from tests.delivery import families
from tests.exchange import people
from tests.exchange.test_journeys import PNG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from karama.registry.models import Household
    from tests.exchange.calls import Answer, Api
    from tests.service_database import Database

pytestmark = pytest.mark.usefixtures("march")
MARCH = dt.datetime(2026, 3, 20, 9, tzinfo=dt.UTC)


@pytest.fixture
def march(own_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:  # noqa: ARG001 - what is written stays
    """It is a cold month of the heating grant, whenever the tests run."""
    monkeypatch.setattr(timezone, "now", lambda: MARCH)
    with clock.invented(MARCH):
        yield


@dataclass(frozen=True)
class Way:
    """What a programme asks of a claim, why the family is refused, and what the judgment corrects."""

    programme: str
    score: str
    answers: dict[str, Any]
    refusal: str
    correction: dict[str, Any]
    amount: int


WAYS = [
    Way(
        "asd",
        "9.743002",
        {},
        "score_above_threshold",
        {"fact": "score", "values": {"score": 9.1}, "begins": "2023-01-01", "proof": "RSU, letter 4711"},
        600,
    ),
    Way(
        "winter_heating",
        "9.1",
        {"altitude": 1199, "heating_fuel": "wood"},
        "not_in_the_mountains",
        {
            "fact": "declaration",
            "values": {"declared": {"altitude": 1650, "heating_fuel": "wood"}},
            "begins": "2023-01-01",
        },
        400,
    ),
]


@pytest.mark.parametrize("way", WAYS, ids=[one.programme for one in WAYS])
def test_a_family_is_refused_told_why_heard_and_granted(way: Way) -> None:
    household = families.household(score=way.score, children=["2015-05-05", "2017-06-06"])
    mother, officer = people.citizen(household), people.staff(Role.CLAIMS_OFFICER, "06181")
    judge, manager = people.staff(Role.APPEALS_OFFICER, "06181"), people.staff(Role.TERRITORIAL_MANAGER, "06")
    claim = claimed(mother, officer, household, way)
    refused = done(officer.post(f"/claims/{claim}/decision", {}, key="decide"))
    assert (refused["state"], refused["days_left"]) == ("decided", None)
    decision = refused["decision"]

    told = mother.get(f"/decisions/{decision}?language=ar").json
    assert (told["claim"], told["eligible"], told["amount"], told["reasons"]) == (claim, False, 0, [way.refusal])
    assert [one["met"] for one in told["why"]["conditions"]].count(False) == 1
    happened = [one["kind"] for one in mother.get(f"/households/{household.number}").json["timeline"]]
    assert happened[:3] == ["notice.made", "decision.taken", "claim.decided"]

    asked = {"decision": decision, "grounds": "C'est faux.", "health": False}
    appeal = done(mother.post("/appeals", asked, key="appeal"))["reference"]
    heard(appeal, mother, judge, manager)
    upheld = done(judge.post(f"/appeals/{appeal}/judgment", {"outcome": "upheld", "reasons": "Vu."}, key="judge"))
    assert (upheld["state"], upheld["executed_by"]) == ("upheld", None)
    executed = judge.post(f"/appeals/{appeal}/execution", {"corrections": [way.correction]}, key="execute")
    new = done(executed)["executed_by"]
    assert executed["Location"] == f"/api/v1/decisions/{new}"
    assert done(judge.get(f"/appeals/{appeal}"))["state"] == "executed"

    granted = mother.get(f"/decisions/{new}").json
    assert (granted["kind"], granted["eligible"], granted["amount"]) == ("appeal", True, way.amount)
    assert (granted["previous"], granted["reasons"]) == (decision, [])
    assert mother.get(f"/decisions/{decision}").json["eligible"] is False
    assert all(mother.get(f"/decisions/{one}/replay").json["same"] for one in (decision, new))
    assert done(officer.post(f"/claims/{claim}/closing", key="close"))["state"] == "closed"
    seen = mother.get(f"/appeals/{appeal}").json
    assert (seen["judge"], seen["answer"]) == (None, "Vu.")


def claimed(mother: Api, officer: Api, household: Household, way: Way) -> str:
    """A claim that the officer sent back once; its reference."""
    body = {"programme": way.programme, "kind": "family", "household": household.number, "answers": way.answers}
    code = str(done(mother.post("/claims", body, key="open"))["reference"])
    early = officer.post(f"/claims/{code}/decision", {}, key="early")
    assert (early.status, early.problem) == (409, "conflict")
    done(mother.post(f"/claims/{code}/submission", key="submit"))
    asked = done(officer.post(f"/claims/{code}/correction-request", {"text": "Relisez."}, key="correct"))
    assert (asked["state"], asked["correction"]) == ("awaiting_correction", "Relisez.")
    assert mother.get(f"/claims/{code}").json["correction"] == "Relisez."
    own = mother.post(f"/claims/{code}/decision", {}, key="own")
    assert (own.status, own.problem) == (403, "forbidden")
    again = done(mother.post(f"/claims/{code}/submission", key="again"))
    assert again["state"] == "submitted"
    return code


def heard(appeal: str, mother: Api, judge: Api, manager: Api) -> None:
    """The steps of an appeal before its judgment, each refused to whoever's it is not."""
    path, name = f"/appeals/{appeal}", judge.get("/me").json["account"]
    for other in (mother, manager):
        assert other.post(f"{path}/admission", key=f"admit-{appeal}").problem == "forbidden"
    assert done(judge.post(f"{path}/admission", key="admit"))["state"] == "admissible"
    assert judge.post(f"{path}/review", key="early").problem == "forbidden"
    for nobody in ("nobody", manager.get("/me").json["account"]):
        wrong = manager.post(f"{path}/judge", {"judge": nobody}, key=f"wrong-{nobody}")
        assert (wrong.status, wrong.json["errors"][0]["pointer"]) == (422, "/judge")
    assert done(manager.post(f"{path}/judge", {"judge": name}, key="assign"))["judge"] == name
    assert done(judge.post(f"{path}/review", key="review"))["state"] == "under_review"
    asked = done(judge.post(f"{path}/evidence-request", {"text": "La lettre."}, key="ask"))
    assert (asked["state"], asked["evidence_asked"]) == ("evidence_asked", "La lettre.")
    sent = mother.post(
        f"{path}/evidence?kind=letter&name=lettre.png&health=false", PNG, key="send", Content_Type="image/png"
    )
    assert judge.get(f"{path}/evidence/{done(sent)['sha256']}").response.content == PNG
    assert done(mother.post(f"{path}/resumption", key="resume"))["state"] == "under_review"
    assert judge.post(f"{path}/judgment", {"outcome": "executed", "reasons": "x"}, key="j").json["errors"]


def done(answer: Answer) -> dict[str, Any]:
    """What a call that succeeded answered."""
    assert answer.status < 300, answer.response.content
    found: dict[str, Any] = answer.json
    return found
