"""What a family's telephone says of its appeal: short, in its language, once, and no reason that others could read."""

from __future__ import annotations

import datetime as dt

import pytest

from karama.delivery.appeals import actions
from karama.delivery.appeals.actions.telling import text
from karama.delivery.appeals.words import TEXTS
from karama.foundation.reference_codes import spoken
from karama.record.messages.models import Delivery, Message
from karama.record.messages.segments import segments_of
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from karama.registry.models import Contact
from tests.delivery import families
from tests.delivery.appeals import cases


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("kind", TEXTS)
def test_a_text_takes_at_most_two_sms_and_french_the_cheap_alphabet(kind: str, language: str) -> None:
    said = text(kind, "K7F3Q2A9XQTB", dt.date(2026, 12, 31), language)
    found = segments_of(said)
    assert found.count <= 2
    assert (found.alphabet == "gsm7") is (language == "fr")
    assert "K7F3-Q2A9-XQTB" in said
    assert "{" not in said


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(("language", "words"), [("fr", "Votre recours"), ("ar", "تظلمكم")])
def test_a_family_with_a_number_is_told_each_step_once_in_its_language(language: str, words: str) -> None:
    household, decision = cases.refused()
    families.write(Contact, household_id=household.pk, phone="+212600000001", language=language)
    mother, officer = families.citizen(household), families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    appeal = cases.under_review(decision, mother, officer)
    for _ in range(2):
        actions.ask_evidence(appeal_id=appeal.pk, text="Le certificat de handicap.", by=officer)
        actions.resume_review(appeal_id=appeal.pk, by=mother)
    actions.judge(appeal_id=appeal.pk, outcome="rejected", reasons="Le handicap n'est pas prouvé.", by=officer)
    with acting_as(SYSTEM):
        sent = list(Message.objects.filter(purpose="appeal", household_id=household.pk).order_by("id"))
        texts = list(Delivery.objects.filter(message__in=sent).order_by("message_id").values_list("text", flat=True))
    kinds = [one.key.split(":")[0] for one in sent]
    assert kinds == ["appeal.received", "appeal.evidence_asked", "appeal.evidence_asked", "appeal.rejected"]
    assert {one.address for one in sent} == {"+212600000001"}
    assert words in texts[-1]
    assert all(spoken(appeal.reference) in one and "handicap" not in one for one in texts)


@pytest.mark.usefixtures("db")
def test_without_a_number_nothing_is_asked_to_be_sent() -> None:
    household, decision = cases.refused()
    actions.receive_appeal(decision_id=decision.pk, grounds="?", by=families.citizen(household))
    with acting_as(SYSTEM):
        assert not Message.objects.filter(household_id=household.pk).exists()


@pytest.mark.usefixtures("db")
def test_the_delay_is_the_one_that_the_notice_gave() -> None:
    household = families.household(score="9.8")
    decision = cases.decided(household)
    appeal = actions.receive_appeal(decision_id=decision.pk, grounds="?", by=families.citizen(household))
    with acting_as(SYSTEM):
        notice = decision.notice
    assert (appeal.notified_at, appeal.appeal_until) == (notice.notified_at, notice.appeal_until)
