"""The page that letters name: genuine codes, foreign ones, slips of the pen; and nothing about a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from karama.delivery.appeals import actions as appeals
from karama.delivery.appeals.states import ComplaintCategory
from karama.delivery.decisions import actions as decisions
from karama.exchange import gate
from karama.foundation.months import Month
from karama.foundation.reference_codes import reference_code, spoken
from karama.portal import verification
from karama.portal.words import SUBJECTS, WORDS
from karama.record.rates import Allowance
from karama.record.scope import SYSTEM, acting_as
from karama.registry.models import Household
from tests.delivery import families
from tests.delivery.appeals import cases
from tests.portal.reading import read, reader

if TYPE_CHECKING:
    from karama.delivery.decisions.models import Decision

pytestmark = pytest.mark.usefixtures("db")


MARCH = Month(2026, 3)


@pytest.fixture
def decision() -> Decision:
    household = families.household(children=["2015-05-05"])
    subject = decisions.Subject(household_id=household.pk)
    made = decisions.reassess(subject=subject, programme="asd", month=MARCH, by=SYSTEM, always=True)
    assert made is not None
    return made


def test_a_genuine_code_is_told_with_its_programme_and_month_and_no_person(decision: Decision) -> None:
    typed = spoken(decision.reference).lower()
    with acting_as(SYSTEM):
        number = Household.objects.get(pk=decision.household_id).number
    followed = f"/verifier/{decision.reference}", f"/verifier?code={typed}"
    for page in (read(reader("fr").get(address)) for address in followed):
        assert page.status == 200
        assert WORDS["genuine"].fr in page.text
        assert "Aide sociale directe" in page.text
        assert spoken(decision.reference) in page.text
        assert number not in page.text


def test_codes_of_appeals_and_complaints_are_genuine_too() -> None:
    household, refusal = cases.refused()
    mother = families.citizen(household)
    appeal = appeals.receive_appeal(decision_id=refusal.pk, grounds="Le score est faux.", by=mother)
    complaint = appeals.receive_complaint(
        category=ComplaintCategory.DELAY, text="Rien depuis un mois.", household_id=household.pk, by=mother
    )
    for row, subject in ((appeal, "appeal"), (complaint, "complaint")):
        page = read(reader("fr").get(f"/verifier/{row.reference}"))
        assert page.status == 200
        assert WORDS["genuine"].fr in page.text
        assert SUBJECTS[subject].fr in page.text
        assert WORDS["came_on"].fr in page.text
        assert household.number not in page.text


def test_a_later_decision_in_its_place_is_told(decision: Decision) -> None:
    page = read(reader("en").get(f"/verifier/{decision.reference}"))
    assert WORDS["replaced"].en not in page.text
    subject = decisions.Subject(household_id=decision.household_id)
    decisions.reassess(subject=subject, programme="asd", month=MARCH + 1, by=SYSTEM, always=True)
    page = read(reader("en").get(f"/verifier/{decision.reference}"))
    assert WORDS["replaced"].en in page.text


def test_a_code_of_nobody_is_told_with_what_to_do() -> None:
    foreign = reference_code(12_345, b"the key of somebody else")
    page = read(reader("ar").get(f"/verifier?code={foreign}"))
    assert page.status == 200
    assert WORDS["not_genuine"].ar in page.text
    assert WORDS["genuine"].ar not in page.text


@pytest.mark.parametrize("typed", ["K7F3-Q2A9-XQTB", "12", "<script>alert(1)</script>", "é" * 500])
def test_a_slip_of_the_pen_is_told_beside_the_field(typed: str) -> None:
    page = read(reader("en").get("/verifier", {"code": typed}))
    assert page.status == 422
    assert WORDS["code_slip"].en in page.text
    (entered,) = [one for one in page.all("input") if one.get("id") == "code"]
    assert entered["aria-invalid"] == "true"
    assert "code_error" in entered["aria-describedby"].split()
    assert entered["value"] == typed[:64]
    assert not page.all("script")


def test_the_page_alone_asks_for_a_code_and_counts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification.rates, "STRANGERS", Allowance(burst=1, per_second=0.01))
    for _ in range(3):
        page = read(reader("fr").get("/verifier?code="))
        assert page.status == 200
        assert WORDS["code_help"].fr in page.text


def test_an_address_that_asks_too_often_waits_also_after_asking_the_api(monkeypatch: pytest.MonkeyPatch) -> None:
    for one in (verification.rates, gate):
        monkeypatch.setattr(one, "STRANGERS", Allowance(burst=3, per_second=0.1))
    client = reader("fr", "192.0.2.9")
    client.get(f"/api/v1/verification/{reference_code(1, b'0123456789abcdef')}")
    answers = [client.get("/verifier?code=12") for _ in range(3)]
    assert [one.status_code for one in answers] == [422, 422, 429]
    assert 1 <= int(answers[2]["Retry-After"]) <= 10
    assert WORDS["too_often_note"].fr in read(answers[2]).text
    assert reader("fr", "192.0.2.10").get("/verifier?code=12").status_code == 422
