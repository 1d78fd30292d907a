"""The director of an establishment claims for a child, reads why it was decided so, and appeals, by the API alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from karama.registry.models import Civil
from tests.delivery import families
from tests.exchange import people
from tests.exchange.calls import Api
from tests.exchange.test_journeys import PNG

if TYPE_CHECKING:
    from karama.registry.models import Establishment, Person

pytestmark = pytest.mark.usefixtures("db")
FORM = {"category": "abandoned", "admitted": "2025-12-08"}


def director(of: Establishment) -> Api:
    return Api(people.token_of(families.director(of).account_id))


def asked(home: Establishment, child: Person, **answers: object) -> dict[str, object]:
    with acting_as(SYSTEM):
        born = Civil.objects.get(person=child).birth_date
    claim = {"programme": "asd_institution", "kind": "institution", "establishment": home.code}
    claim |= {"person": child.idcs, "birth_date": f"{born}"}
    return {**claim, "answers": {**FORM, **answers}}


def submitted(calls: Api, home: Establishment, child: Person, **answers: object) -> str:
    """A claim with its proof, submitted; its reference."""
    opened = calls.post("/claims", asked(home, child, **answers), key=f"{child.idcs}-open")
    assert (opened.status, opened.json["proofs_missing"]) == (201, ["placement_order"])
    reference = str(opened.json["reference"])
    order = f"/claims/{reference}/proofs?kind=placement_order&name=ordonnance.png"
    assert calls.post(order, PNG, key=f"{child.idcs}-order", Content_Type="image/png").status == 201
    told = calls.post(f"/claims/{reference}/submission", key=f"{child.idcs}-submit").json
    assert (told["state"], told["days_left"]) == ("submitted", 30)
    return reference


def test_a_director_claims_reads_the_decision_with_its_reasons_and_appeals() -> None:
    home, child = families.establishment(), families.person("2016-04-04")
    calls = director(home)
    me = calls.get("/me").json
    assert (me["establishment"], me["households"], me["territories"]) == (home.code, [], [])
    reference = submitted(calls, home, child)
    claim = calls.get(f"/claims/{reference}").json
    assert (claim["person"], claim["establishment"], claim["household"]) == (child.idcs, home.code, None)
    assert claim["answers"] == FORM

    decision = people.decided(reference)
    told = calls.get(f"/decisions/{decision}").json
    assert (told["eligible"], told["aid"], told["amount"]) == (True, "institution", 500)
    assert (told["claim"], told["person"], told["establishment"]) == (reference, child.idcs, home.code)
    (line,) = told["why"]["lines"]
    assert (line["benefit"], line["amount"]) == ("institution_aid", 500)
    facts = {one["name"]: one for met in told["why"]["conditions"] for one in met["facts"]}
    assert (facts["admitted"]["value"], facts["admitted"]["source"]) == ("2025-12-08", "ASD")
    assert (facts["birth_date"]["value"], facts["birth_date"]["source"]) == ("2016-04-04", "RSU")
    assert all(one["met"] for one in told["why"]["conditions"])
    assert calls.get(f"/decisions/{decision}/replay").json["same"]
    assert Api().get(f"/verification/{decision}").json["programme"] == "asd_institution"
    appeal = calls.post("/appeals", {"decision": decision, "grounds": "Placé depuis novembre."}, key="appeal")
    assert (appeal.status, appeal.json["state"]) == (201, "received")


def test_a_child_of_age_is_refused_with_the_reason_in_three_languages() -> None:
    home, child = families.establishment(), families.person("2005-04-04")
    calls = director(home)
    decision = people.decided(submitted(calls, home, child))
    said = {}
    for language in ("fr", "ar", "en"):
        told = calls.get(f"/decisions/{decision}?language={language}").json
        assert (told["eligible"], told["amount"], told["reasons"]) == (False, 0, ["of_age"])
        (failed,) = [one for one in told["why"]["conditions"] if not one["met"]]
        assert (failed["name"], failed["value"]) == ("ward_minor_or_released", "2005-04-04")
        assert "2-25-1064" in failed["citation"] or language == "ar"
        said[language] = failed["label"]
    assert len(set(said.values())) == 3


def test_a_director_sees_his_establishment_alone_and_claims_for_no_other() -> None:
    home, other = families.establishment(), families.establishment(families.TANGER)
    child = families.person("2016-04-04")
    reference = submitted(director(home), home, child)
    decision = people.decided(reference)
    stranger = director(other)
    for path in (f"/claims/{reference}", f"/decisions/{decision}", f"/decisions/{decision}/replay"):
        assert stranger.get(path).problem == "not-found"
    assert [stranger.get(path).json["items"] for path in ("/claims", "/decisions")] == [[], []]
    assert stranger.post("/claims", asked(home, child), key="k").status in {403, 422}
    assert people.staff(Role.CLAIMS_OFFICER, "01").get(f"/decisions/{decision}").problem == "not-found"
    assert people.staff(Role.CLAIMS_OFFICER, "06181").get(f"/decisions/{decision}").json["person"] == child.idcs
    (listed,) = director_again(home).get("/decisions?programme=asd_institution").json["items"]
    assert listed["reference"] == decision


def director_again(home: Establishment) -> Api:
    with acting_as(SYSTEM):
        account = families.Account.objects.get(establishment=home.code)
    return Api(people.token_of(account.pk))


def test_what_is_missing_or_wrong_is_said_and_nothing_is_opened() -> None:
    home, child = families.establishment(), families.person("2016-04-04")
    calls = director(home)
    wrong = calls.post("/claims", asked(home, child, category="lost", admitted="yesterday"), key="a")
    assert (wrong.status, wrong.problem) == (422, "invalid")
    assert "category" in wrong.json["detail"]
    assert "admitted" in wrong.json["detail"]
    nobody = calls.post("/claims", {**asked(home, child), "person": "P0"}, key="b")
    assert (nobody.status, nobody.problem) == (422, "invalid")
    assert "the registry knows nobody with IDCS P0" in nobody.json["detail"]
    assert calls.get("/claims").json["items"] == []
