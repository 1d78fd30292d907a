"""From the question to the appeal, as a citizen's program and an officer's program call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from karama.delivery.claims.models import Claim
from karama.delivery.decisions.actions import decide_claim
from karama.foundation.rib import rib_key
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from tests.delivery import families
from tests.exchange import people
from tests.exchange.calls import Api

if TYPE_CHECKING:
    from karama.registry.models import Household

pytestmark = pytest.mark.usefixtures("db")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f6454"
    "00000000049454e44ae426082"
)


def test_a_citizen_asks_claims_reads_why_and_appeals() -> None:
    household = families.household(score="9.743002", children=["2015-05-05"])
    mother = people.citizen(household)
    me = mother.get("/me").json
    assert (me["roles"], me["households"], me["health"]) == (["citizen"], [household.number], True)

    known = mother.get(f"/households/{household.number}/facts?month=2026-03").json["facts"]
    asked = Api().post("/eligibility", {"household": {**known, "claim_month": "2026-02"}, "month": "2026-03"}).json
    assert asked["reasons"] == ["score_above_threshold"]

    opened = mother.post("/claims", {"programme": "asd", "kind": "family", "household": household.number}, key="one")
    assert (opened.status, opened.json["state"], opened.json["channel"]) == (201, "draft", "online")
    reference = opened.json["reference"]
    assert opened["Location"] == f"/api/v1/claims/{reference}"
    submitted = mother.post(f"/claims/{reference}/submission", key="two").json
    assert (submitted["state"], submitted["days_left"]) == ("submitted", 30)

    decision = people.decided(reference)
    assert mother.get(f"/claims/{reference}").json["decision"] == decision
    told = mother.get(f"/decisions/{decision}?language=ar").json
    assert (told["eligible"], told["amount"], told["reasons"]) == (False, 0, ["score_above_threshold"])
    score = next(one for one in told["why"]["conditions"] if one["name"] == "score_at_or_under_threshold")
    assert (score["met"], score["value"], score["required"]) == (False, 9.743002, 9.743001)
    (fact,) = [one for one in score["facts"] if one["name"] == "score"]
    assert (fact["value"], fact["source"], fact["valid_from"]) == (9.743002, "RSU", "2023-01-01")
    assert fact["known_on"]
    assert fact["label"] == "المؤشر الاجتماعي والاقتصادي"
    assert mother.get(f"/decisions/{decision}/replay").json == {"reference": decision, "same": True, "differs": []}
    genuine = Api().get(f"/verification/{decision}").json
    assert genuine.pop("notified_on")
    assert genuine == {
        "genuine": True,
        "subject": "decision",
        "programme": "asd",
        "month": submitted["claim_month"],
        "replaced": False,
    }

    appeals_and_reads_the_whole_file(mother, household, decision)


def appeals_and_reads_the_whole_file(mother: Api, household: Household, decision: str) -> None:
    appeal = mother.post("/appeals", {"decision": decision, "grounds": "The score is not mine."}, key="three")
    assert (appeal.status, appeal.json["state"], appeal.json["late"]) == (201, "received", False)
    proof = mother.post(
        f"/appeals/{appeal.json['reference']}/evidence?kind=letter&name=a.png",
        PNG,
        key="four",
        Content_Type="image/png",
    )
    assert (proof.status, proof.json["media_type"], proof.json["size"]) == (201, "image/png", len(PNG))
    read = mother.get(f"/appeals/{appeal.json['reference']}").json
    assert [one["name"] for one in read["evidence"]] == ["a.png"]
    file = mother.get(f"/households/{household.number}").json
    assert [len(file[name]) for name in ("claims", "decisions", "appeals", "complaints")] == [1, 1, 1, 0]
    assert [one["kind"] for one in file["timeline"]] == [
        "appeal.evidence_added",
        "appeal.received",
        "notice.made",
        "decision.taken",
        "claim.decided",
        "claim.submitted",
        "claim.opened",
    ]


def test_what_tells_of_health_in_an_appeal_is_told_by_the_api_to_who_may_read_it() -> None:
    household = families.household(score="9.8", children=["2015-05-05"])
    mother = people.citizen(household)
    claim = mother.post("/claims", {"programme": "asd", "kind": "family", "household": household.number}, key="one")
    mother.post(f"/claims/{claim.json['reference']}/submission", key="two")
    decision = people.decided(claim.json["reference"])
    body = {"decision": decision, "grounds": "My daughter is ill.", "health": False}
    path = f"/appeals/{mother.post('/appeals', body, key='three').json['reference']}"
    image = {"Content_Type": "image/png"}
    letter = mother.post(f"{path}/evidence?kind=letter&name=a.png&health=false", PNG, key="four", **image).json
    certificate = mother.post(f"{path}/evidence?kind=letter&name=b.png", PNG + b"0", key="five", **image).json
    assert [one["health"] for one in (letter, certificate)] == [False, True], "without an answer it is walled"
    blind, seeing = (people.staff(Role.APPEALS_OFFICER, "06181", health=one) for one in (False, True))

    def read(by: Api) -> tuple[object, list[str], int, int]:
        told = by.get(path).json
        assert (told["withheld"]["label"] is None) == (told["withheld"]["words"] + told["withheld"]["evidence"] == 0)
        held = told["withheld"]["words"], told["withheld"]["evidence"]
        return (told["grounds"], [one["name"] for one in told["evidence"]], *held)

    assert read(blind) == ("My daughter is ill.", ["a.png"], 0, 1)
    marked = blind.post(f"{path}/health", {"sha256": letter["sha256"]}, key="six")
    assert (marked.status, marked.json["evidence"]) == (200, [])
    assert blind.post(f"{path}/health", {"sha256": "0" * 64}, key="seven").problem == "invalid"
    blind.post(f"{path}/health", {}, key="eight")
    assert read(blind) == (None, [], 1, 2)
    assert read(seeing) == read(mother) == ("My daughter is ill.", ["a.png", "b.png"], 0, 0)


def test_a_form_finds_the_question_of_health_in_three_languages() -> None:
    document = Api().get("/openapi.json").json
    grounds = document["components"]["schemas"]["AppealIn"]["properties"]["health"]
    asked = document["paths"]["/api/v1/appeals/{reference}/evidence"]["post"]["parameters"]
    (evidence,) = [one["schema"] for one in asked if one["name"] == "health"]
    for schema in (grounds, evidence):
        assert (schema["type"], schema["default"], set(schema["x-label"])) == ("boolean", True, {"fr", "ar", "en"})


def test_a_family_names_its_recipient_and_account_and_reads_them_in_its_file() -> None:
    household = families.household()
    mother, head = people.citizen(household), people.members_of(household, "head")[0]
    account = "9990000000000000000042" + rib_key("9990000000000000000042")
    body = {"programme": "asd", "kind": "account", "household": household.number}
    wrong = {**body, "answers": {"channel": "bank_account", "account": account[:-1] + "0", "recipient": head}}
    refused = mother.post("/claims", wrong, key="wrong")
    assert (refused.status, refused.problem) == (422, "invalid")
    assert "field 'account'" in refused.json["detail"]
    answers = {"channel": "bank_account", "account": account, "recipient": head}
    opened = mother.post("/claims", {**body, "answers": answers}, key="one").json
    assert opened["proofs_missing"] == ["bank_statement"]
    claim = opened["reference"]
    proof = f"/claims/{claim}/proofs?kind=bank_statement&name=rib.png"
    assert mother.post(proof, PNG, key="two", Content_Type="image/png").status == 201
    assert mother.post(f"/claims/{claim}/submission", key="three").status == 200
    before = mother.get(f"/households/{household.number}").json
    assert before["payment"] is None
    with acting_as(SYSTEM):
        number = Claim.objects.get(reference=claim).pk
    decide_claim(claim_id=number, by=families.staff(Role.CLAIMS_OFFICER, "06181"))
    file = mother.get(f"/households/{household.number}").json
    assert file["payment"] == {"channel": "bank_account", "account": f"…{account[-4:]}", "recipient": head}
    assert file["facts"] == before["facts"]
    assert [one["kind"] for one in file["timeline"]][:2] == ["claim.decided", "payment.changed"]
    past = mother.get(f"/households/{household.number}?known_at={before['known_at'].replace('+', '%2B')}").json
    assert past["payment"] is None


def test_a_counter_agent_claims_with_a_proof_and_corrects() -> None:
    household = families.household(children=["2015-05-05", "2017-01-01"])
    child = people.children_of(household)[0]
    agent = people.staff(Role.COUNTER_AGENT, "06181")
    form = {"enrolled": False, "school_level": "none", "public_school": True, "since": "2026-09-01"}
    body = {"programme": "asd", "kind": "back_to_school", "household": household.number, "person": child}
    wrong = agent.post("/claims", {**body, "answers": {**form, "since": "September"}}, key="k0")
    assert (wrong.status, wrong.problem) == (422, "invalid")
    assert "since" in wrong.json["detail"]
    claim = agent.post("/claims", {**body, "answers": form}, key="k1").json
    assert (claim["channel"], claim["proofs_missing"]) == ("counter", ["school_certificate"])
    reference = claim["reference"]
    early = agent.post(f"/claims/{reference}/submission", key="k2")
    assert (early.status, early.problem) == (422, "invalid")
    assert "school_certificate" in early.json["detail"]
    path = f"/claims/{reference}/proofs?kind=school_certificate&name=certificate.png"
    assert agent.post(path, PNG, key="k3", Content_Type="image/png").status == 201
    assert agent.post(path, b"no picture", key="k4", Content_Type="image/png").problem == "invalid"
    nothing = agent.post(path, b"", key="k4e", Content_Type="image/png")
    assert (nothing.status, nothing.problem) == (422, "invalid")
    assert "the file is empty" in nothing.json["detail"]
    assert agent.post(path, PNG, key="k5", Content_Type="text/plain").problem == "unsupported-media"
    other = agent.post(f"/claims/{reference}/proofs?kind=passport&name=a.png", PNG, key="k6", Content_Type="image/png")
    assert other.json["errors"] == [{"parameter": "kind", "detail": "this claim asks for school_certificate"}]
    better = agent.call("PUT", f"/claims/{reference}/answers", {"answers": {**form, "since": "2026-09-15"}})
    assert better.json["answers"]["since"] == "2026-09-15"
    # A key whose call failed is free: nothing was written with it.
    assert agent.post(f"/claims/{reference}/submission", key="k2").json["state"] == "submitted"
    late = agent.post(f"/claims/{reference}/submission", key="k7")
    assert (late.status, late.problem) == (409, "conflict")
    assert agent.post(f"/claims/{reference}/withdrawal", key="k8").json["state"] == "withdrawn"


def test_a_complaint_about_a_file_and_about_a_place() -> None:
    household = families.household()
    mother = people.citizen(household)
    made = mother.post(
        "/complaints", {"category": "delay", "text": "Nobody answers.", "household": household.number}, key="c1"
    )
    assert (made.status, made.json["commune"], made.json["state"]) == (201, families.SETTAT, "received")
    assert mother.get(f"/complaints/{made.json['reference']}").json == made.json
    assert [one["reference"] for one in mother.get("/complaints?category=delay").json["items"]] == [
        made.json["reference"]
    ]
    nowhere = mother.post("/complaints", {"category": "delay", "text": "x"}, key="c2")
    assert (nowhere.status, nowhere.problem) == (422, "invalid")
    unknown = mother.post("/complaints", {"category": "weather", "text": "x", "commune": families.SETTAT}, key="c3")
    assert unknown.status == 422
