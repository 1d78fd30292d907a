"""Documents are given back as they came, to who may see their file, as a file and never as a page; reads are told."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from karama.record.models import Event
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from tests.delivery import families
from tests.exchange import people, test_directors
from tests.exchange.test_journeys import PNG

if TYPE_CHECKING:
    from tests.exchange.calls import Api

pytestmark = pytest.mark.usefixtures("db")
SHA256 = hashlib.sha256(PNG).hexdigest()
NAME = 'شهادة "1".png'


def proven(health: bool = False) -> tuple[Api, str, str]:  # noqa: FBT001, FBT002 - reads as what it is
    """A mother, the number of her household and the reference of her claim, which has a proof."""
    household = families.household(children=["2015-05-05"])
    mother = people.citizen(household)
    kind, proof = ("disability", "medical_certificate") if health else ("back_to_school", "school_certificate")
    body = {"programme": "asd", "kind": kind, "household": household.number}
    claim = mother.post("/claims", {**body, "person": people.children_of(household)[0]}, key="open").json["reference"]
    path = f"/claims/{claim}/proofs?kind={proof}&name={NAME}"
    sent = mother.post(path, PNG, key="send", Content_Type="image/png")
    assert (sent.status, sent.json["sha256"]) == (201, SHA256), sent.json
    return mother, household.number, claim


def test_a_proof_is_given_as_it_came_and_as_a_file() -> None:
    mother, _, claim = proven()
    found = mother.get(f"/claims/{claim}/proofs/{SHA256}")
    assert (found.status, found.response.content, found["Content-Type"]) == (200, PNG, "image/png")
    assert found["Content-Disposition"].startswith("attachment; filename*=utf-8''%D8%B4")
    assert (found["X-Content-Type-Options"], found["Cache-Control"]) == ("nosniff", "no-store")
    assert found["Content-Security-Policy"] == "default-src 'none'; sandbox"
    other = mother.get(f"/claims/{claim}/proofs/{'0' * 64}")
    assert (other.status, other.problem) == (404, "not-found")
    assert mother.get(f"/claims/{claim}/proofs/1").problem == "invalid"


def test_only_who_sees_the_file_reads_its_documents_and_the_staff_is_told_in_the_journal() -> None:
    mother, number, claim = proven()
    path = f"/claims/{claim}/proofs/{SHA256}"
    officer = people.staff(Role.CLAIMS_OFFICER, "06181")
    strangers = (people.staff(Role.CLAIMS_OFFICER, "01"), people.citizen(families.household()))
    assert {one.get(path).problem for one in strangers} == {"not-found"}
    assert people.staff(Role.PAYMENT_PREPARER, "06181").get(path).problem == "forbidden"
    assert mother.get(path).status == officer.get(path).status == 200
    with acting_as(SYSTEM):
        (read,) = Event.objects.filter(kind="proof.read", subject_id=claim)
    assert (read.actor, read.data["through"]) == (officer.get("/me").json["account"], "api")
    assert officer.get(f"/households/{number}").status == 200


def test_a_medical_certificate_is_read_with_the_right_to_health_facts_alone() -> None:
    mother, _, claim = proven(health=True)
    seeing, blind = (people.staff(Role.CLAIMS_OFFICER, "06181", health=one) for one in (True, False))
    path = f"/claims/{claim}/proofs/{SHA256}"
    assert mother.get(path).response.content == seeing.get(path).response.content == PNG
    assert (blind.get(path).status, blind.get(path).problem) == (404, "not-found")


def test_the_timeline_of_a_child_in_care_is_told_to_its_establishment_and_its_territory() -> None:
    home, child = families.establishment(), families.person("2016-04-04")
    director = test_directors.director(home)
    claim = test_directors.submitted(director, home, child)
    path = f"/children/{child.idcs}/timeline"
    told = director.get(f"{path}?language=fr").json
    assert told["person"] == child.idcs
    assert [(one["kind"], one["by"]) for one in told["timeline"]] == [
        ("claim.submitted", "family"),
        ("claim.proof_added", "family"),
        ("claim.opened", "family"),
    ]
    assert {one["reference"] for one in told["timeline"]} == {claim}
    assert all(one["label"] for one in told["timeline"])
    other = test_directors.director(families.establishment(families.TANGER))
    nowhere = people.staff(Role.CLAIMS_OFFICER, "01")
    for stranger in (other, nowhere, people.citizen(families.household())):
        assert stranger.get(path).json == stranger.get("/children/P0/timeline").json
        assert stranger.get(path).problem == "not-found"
    assert people.staff(Role.CLAIMS_OFFICER, "06").get(path).json["timeline"] == told["timeline"]
    assert people.staff(Role.PAYMENT_PREPARER, "06").get(path).problem == "forbidden"
    with acting_as(SYSTEM):
        assert [one.subject_id for one in Event.objects.filter(kind="child.read")] == [child.idcs]
