"""Every address that is not open asks for a scope of the token and for a right of its account, whatever it does."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from karama.record.clock import now
from karama.record.models import Account, RoleGrant
from karama.record.states import AccountKind, Role
from tests.delivery import families
from tests.exchange import people, test_directors
from tests.exchange.calls import ROOT, Answer, Api, client
from tests.exchange.test_journeys import PNG

pytestmark = pytest.mark.usefixtures("db")
DOCUMENT = client().get(f"{ROOT}/openapi.json").json()
OPERATIONS = {
    said["operationId"]: (method.upper(), path.removeprefix(ROOT), said)
    for path, methods in DOCUMENT["paths"].items()
    for method, said in methods.items()
}
SCOPED = sorted(name for name, (_, _, said) in OPERATIONS.items() if "x-scope" in said)
WHO_CALLS = "read_me"
"""The one address that whoever holds a token may ask: who he is."""

BODIES: dict[str, Any] = {
    "wall_appeal": {},
    "answer_claim": {"answers": {}},
    "ask_claim_correction": {"text": "x"},
    "decide_on_claim": {},
    "refuse_to_hear_appeal": {"reasons": "x"},
    "assign_appeal_judge": {},
    "ask_appeal_evidence": {"text": "x"},
    "judge_appeal": {"outcome": "upheld", "reasons": "x"},
    "execute_judgment": {},
}


def existing() -> dict[str, str]:
    """The names of a file that is there, with everything in it."""
    household = families.household(score="9.743002")
    mother = people.citizen(household)
    body = {"programme": "asd", "kind": "family", "household": household.number}
    claim = mother.post("/claims", body, key="1").json["reference"]
    mother.post(f"/claims/{claim}/submission", key="2")
    decision = people.decided(claim)
    appeal = mother.post("/appeals", {"decision": decision, "grounds": "x"}, key="3").json["reference"]
    sent = mother.post(f"/appeals/{appeal}/evidence?kind=a&name=a", PNG, key="4", Content_Type="image/png")
    complaint = mother.post("/complaints", {"category": "delay", "text": "x", "household": household.number}, key="5")
    home, child = families.establishment(), families.person("2016-04-04")
    test_directors.submitted(test_directors.director(home), home, child)
    assert sent.json["sha256"] == hashlib.sha256(PNG).hexdigest()
    return {
        "number": household.number,
        "claims": claim,
        "decisions": decision,
        "appeals": appeal,
        "complaints": complaint.json["reference"],
        "sha256": sent.json["sha256"],
        "idcs": child.idcs,
    }


def called(name: str, there: dict[str, str], who: Api) -> Answer:
    """The address called about what is there, as its description asks."""
    method, path, said = OPERATIONS[name]
    _, room, *_ = path.split("/")
    path = path.format(reference=there.get(room), **there)
    body = BODIES.get(name)
    opened = {"programme": "asd", "kind": "account", "household": there["number"]}
    bodies = {
        "open_claim": opened,
        "receive_appeal": {"decision": there["decisions"], "grounds": "x"},
        "receive_complaint": {"category": "delay", "text": "x", "household": there["number"]},
    }
    content = said.get("requestBody", {}).get("content", {})
    if "image/png" in content:
        return who.call(method, f"{path}?kind=a&name=a", PNG, Idempotency_Key="k", Content_Type="image/png")
    headers = {"Idempotency_Key": "k"} if method == "POST" else {}
    return who.call(method, path, bodies.get(name, body), **headers)


def account(kind: AccountKind, *roles: tuple[Role, str]) -> int:
    made = Account.objects.create(username=f"{kind} {len(roles)}", kind=kind)
    for role, territory in roles:
        RoleGrant.objects.create(account=made, role=role, territory=territory, granted_by="test", granted_at=now())
    return int(made.pk)


def test_no_token_does_what_its_scopes_do_not_say() -> None:
    there = existing()
    holder = account(AccountKind.STAFF, (Role.COUNTER_AGENT, "06181"))
    tokens = {scope: Api(people.token_of(holder, [one for one in people.ALL if one != scope])) for scope in people.ALL}
    for name in SCOPED:
        scope = OPERATIONS[name][2]["x-scope"]
        found = called(name, there, tokens[scope])
        assert (found.status, found.problem) == (403, "forbidden"), name
        assert scope in found.json["detail"], name


@pytest.mark.parametrize("kind", AccountKind)
def test_no_token_does_anything_for_an_account_without_a_role(kind: AccountKind) -> None:
    """A citizen without a household of his own reads empty lists, and nothing else."""
    there, nobody = existing(), Api(people.token_of(account(kind)))
    for name in SCOPED:
        found = called(name, there, nobody)
        if name == WHO_CALLS:
            assert (found.json["households"], found.json["territories"], found.json["nation"]) == ([], [], False)
        elif kind == AccountKind.CITIZEN and name.startswith("list_"):
            assert found.json["items"] == [], name
        elif name in {"open_claim", "receive_appeal", "receive_complaint"}:
            assert (found.status, found.problem) == (422, "invalid"), (name, found.json)
            assert "none that you may see" in found.json["detail"], name
        else:
            assert found.status in {403, 404}, (name, found.status)
            assert found.problem in {"forbidden", "not-found"}


def test_an_officer_of_another_territory_does_nothing_with_a_file() -> None:
    there = existing()
    roles = (Role.COUNTER_AGENT, Role.CLAIMS_OFFICER, Role.TERRITORIAL_MANAGER)
    elsewhere = Api(people.token_of(account(AccountKind.STAFF, *((one, "01") for one in roles))))
    for name in SCOPED:
        found = called(name, there, elsewhere)
        if name.startswith("list_"):
            assert found.json["items"] == [], name
        elif name != WHO_CALLS:
            assert found.status in {403, 404, 422}, (name, found.status)


def test_where_an_account_only_prepares_payments_it_reads_no_file() -> None:
    there = existing()
    both = Api(people.token_of(account(AccountKind.STAFF, (Role.PAYMENT_PREPARER, "06"), (Role.COUNTER_AGENT, "01"))))
    for name in SCOPED:
        found = called(name, there, both)
        if name.startswith("list_"):
            assert found.json["items"] == [], name
        elif name != WHO_CALLS:
            assert found.status in {403, 404, 422}, (name, found.status)
    assert both.get("/me").json["territories"] == ["01"]
