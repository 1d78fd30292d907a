"""How many queries each address asks, pinned in `query_counts.txt`: one more is a change that somebody must see.

The counts hold everything: the rate, the token, the roles, the scope of the transaction, the journal.  A list of many
rows asks as many as a list of one.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from karama.record.states import Role
from tests.delivery import families
from tests.exchange import people, test_directors
from tests.exchange.calls import Api, client
from tests.exchange.test_journeys import PNG
from tests.house.repository import DOCS

pytestmark = pytest.mark.usefixtures("db")
PINNED = Path(__file__).parent / "query_counts.txt"
HOUSEHOLD = json.loads((DOCS / "examples" / "household.json").read_text(encoding="utf-8"))
KEY, APPEALED = "k", {"grounds": "The score is not mine.", "health": False}


class Counter:
    """Calls an address once to warm what is kept, then counts its queries."""

    def __init__(self) -> None:
        self.found: dict[str, int] = {}

    def __call__(self, name: str, api: Api, method: str, path: str, body: object = None, **headers: str) -> dict:
        with CaptureQueriesContext(connection) as queries:
            answer = api.call(method, path, body, **headers)
        assert answer.status < 300, (name, answer.response.content)
        self.found[name] = len(queries)
        return answer.json if answer["Content-Type"] == "application/json" else {}


def count_all() -> dict[str, int]:
    """Every address once, as a counter agent who may read health facts, and the open ones as a stranger."""
    count, agent = Counter(), people.staff(Role.COUNTER_AGENT, "06181", health=True)
    household = families.household(score="9.743002")
    child = people.children_of(household)[0]
    agent.get("/me")  # the first use of a token is noted
    open_addresses(count)
    keyed = {"Idempotency_Key": "k1"}
    claim = {"programme": "asd", "kind": "family", "household": household.number}
    code = count("POST /claims", agent, "POST", "/claims", claim, **keyed)["reference"]
    count("POST /claims (again)", agent, "POST", "/claims", claim, **keyed)
    form = {"enrolled": False, "school_level": "none", "public_school": True, "since": "2026-09-01"}
    school = {"programme": "asd", "kind": "back_to_school", "household": household.number, "person": child}
    draft = agent.post("/claims", {**school, "answers": form}, key="k2").json["reference"]
    count("PUT /claims/{reference}/answers", agent, "PUT", f"/claims/{draft}/answers", {"answers": form})
    proof = f"/claims/{draft}/proofs?kind=school_certificate&name=a.png"
    image = {"Content_Type": "image/png"}
    sent = count("POST /claims/{reference}/proofs", agent, "POST", proof, PNG, Idempotency_Key="k3", **image)
    path = f"/claims/{draft}/proofs/{sent['sha256']}"
    count("GET /claims/{reference}/proofs/{sha256}", agent, "GET", path)
    count("POST /claims/{reference}/withdrawal", agent, "POST", f"/claims/{draft}/withdrawal", Idempotency_Key="k4")
    count("POST /claims/{reference}/submission", agent, "POST", f"/claims/{code}/submission", Idempotency_Key="k5")
    decision = people.decided(code)
    for path, name in (
        (f"/claims/{code}", "/claims/{reference}"),
        (f"/decisions/{decision}", "/decisions/{reference}"),
    ):
        count(f"GET {name}", agent, "GET", path)
    count("GET /decisions/{reference}/replay", agent, "GET", f"/decisions/{decision}/replay")
    count("GET /verification/{code}", Api(), "GET", f"/verification/{decision}")
    count_appeals(count, agent, decision, household.number)
    count_steps_of_officers(count, agent)
    for name in ("/me", "/claims", "/decisions", "/appeals", "/complaints"):
        count(f"GET {name}", agent, "GET", name)
    for name in ("/households/{number}", "/households/{number}/facts"):
        count(f"GET {name}", agent, "GET", name.format(number=household.number))
    count_child(count)
    auditor = people.staff(Role.AUDITOR)
    auditor.get("/me")
    for name in ("/journal", "/journal/verification"):
        count(f"GET {name}", auditor, "GET", name)
    return count.found


def open_addresses(count: Counter) -> None:
    """Those that need no sign-in."""
    stranger = Api()
    count("POST /eligibility", stranger, "POST", "/eligibility", {"household": HOUSEHOLD, "month": "2026-03"})
    for name, more in (
        ("/lookups/programmes", ""),
        ("/lookups/programmes/{name}", ""),
        ("/lookups/communes", ""),
        ("/lookups/school-levels", ""),
        ("/lookups/codes/{column}", ""),
        ("/lookups/refusal-reasons/{name}", ""),
        ("/lookups/parameters/{name}", "?month=2026-03"),
        ("/lookups/delays", "?month=2026-03"),
    ):
        count(f"GET {name}", stranger, "GET", name.format(name="asd", column="role") + more)


def count_appeals(count: Counter, agent: Api, decision: str, number: str) -> None:
    """Appeals and complaints."""
    body = {"decision": decision, **APPEALED}
    appeal = count("POST /appeals", agent, "POST", "/appeals", body, Idempotency_Key="k6")["reference"]
    path = f"/appeals/{appeal}/evidence?kind=letter&name=a.png"
    key = {"Idempotency_Key": "k7", "Content_Type": "image/png"}
    sent = count("POST /appeals/{reference}/evidence", agent, "POST", path, PNG, **key)
    path = f"/appeals/{appeal}/evidence/{sent['sha256']}"
    count("GET /appeals/{reference}/evidence/{sha256}", agent, "GET", path)
    marked = f"/appeals/{appeal}/health"
    count("POST /appeals/{reference}/health", agent, "POST", marked, {}, Idempotency_Key="k7h")
    count("GET /appeals/{reference}", agent, "GET", f"/appeals/{appeal}")
    count("POST /appeals/{reference}/withdrawal", agent, "POST", f"/appeals/{appeal}/withdrawal", Idempotency_Key="k8")
    complaint = {"category": "delay", "text": "Nobody answers.", "household": number}
    code = count("POST /complaints", agent, "POST", "/complaints", complaint, Idempotency_Key="k9")["reference"]
    count("GET /complaints/{reference}", agent, "GET", f"/complaints/{code}")


def count_steps_of_officers(count: Counter, agent: Api) -> None:
    """What officers do with a claim and with the appeal against its refusal."""
    household, other = families.household(score="9.743002"), families.household(score="9.743002")
    officer, judge = (people.staff(one, "06181", health=True) for one in (Role.CLAIMS_OFFICER, Role.APPEALS_OFFICER))
    officer.get("/me")
    judge.get("/me")
    keys = (f"step{number}" for number in range(100))

    def step(name: str, who: Api, code: str, body: object = None) -> dict:
        path = name.replace("{reference}", code)
        return count(f"POST {name}", who, "POST", path, body, Idempotency_Key=next(keys))

    code, refused = (submitted(agent, one.number, next(keys)) for one in (household, other))
    step("/claims/{reference}/correction-request", officer, code, {"text": "Corrigez."})
    decision = step("/claims/{reference}/decision", officer, code, {})["decision"]
    step("/claims/{reference}/closing", officer, code)
    appeal, unheard = (
        agent.post("/appeals", {"decision": one, **APPEALED}, key=next(keys)).json["reference"]
        for one in (decision, officer.post(f"/claims/{refused}/decision", {}, key="d").json["decision"])
    )
    step("/appeals/{reference}/inadmissibility", judge, unheard, {"reasons": "Sans objet."})
    step("/appeals/{reference}/admission", judge, appeal)
    step("/appeals/{reference}/judge", judge, appeal, {})
    step("/appeals/{reference}/review", judge, appeal)
    step("/appeals/{reference}/evidence-request", judge, appeal, {"text": "La lettre du RSU."})
    step("/appeals/{reference}/resumption", judge, appeal)
    step("/appeals/{reference}/judgment", judge, appeal, {"outcome": "upheld", "reasons": "Vu la lettre."})
    score = {"fact": "score", "values": {"score": 9.1}, "begins": "2023-01-01"}
    step("/appeals/{reference}/execution", judge, appeal, {"corrections": [score]})


def submitted(agent: Api, number: str, key: str) -> str:
    """The reference of a claim of a family, submitted."""
    claim = {"programme": "asd", "kind": "family", "household": number}
    code = agent.post("/claims", claim, key=key).json["reference"]
    agent.post(f"/claims/{code}/submission", key=f"{key}-submit")
    return str(code)


def count_child(count: Counter) -> None:
    """The timeline of a child in care, as the director of its establishment."""
    home, child = families.establishment(), families.person("2016-04-04")
    director = test_directors.director(home)
    test_directors.submitted(director, home, child)
    count("GET /children/{idcs}/timeline", director, "GET", f"/children/{child.idcs}/timeline")


def test_every_address_asks_as_many_queries_as_are_pinned() -> None:
    found = count_all()
    document = client().get("/api/v1/openapi.json").json()
    addresses = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in document["paths"].items()
        for method in methods
    }
    assert addresses <= found.keys()
    told = "".join(f"{count:3} {name}\n" for name, count in sorted(found.items()))
    assert told == PINNED.read_text(encoding="utf-8"), told


def test_a_list_of_many_asks_as_many_as_a_list_of_one() -> None:
    agent = people.staff(Role.COUNTER_AGENT, "06181")

    def listed(count: int) -> int:
        for number in range(count):
            household = families.household(children=[])
            body = {"programme": "asd", "kind": "family", "household": household.number}
            agent.post("/claims", body, key=f"{count}-{number}")
            complaint = {"category": "delay", "text": "Nobody answers.", "household": household.number}
            agent.post("/complaints", complaint, key=f"{count}-{number}-c")
        with CaptureQueriesContext(connection) as queries:
            agent.get("/claims")
            agent.get("/complaints")
        return len(queries)

    assert listed(1) == listed(6)
