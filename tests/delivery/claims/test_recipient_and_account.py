"""A change of recipient or of account: what may be asked, what is written when it is decided, and who is warned."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from karama.delivery.claims import actions as claims
from karama.delivery.claims.proofs import add_proof
from karama.delivery.claims.states import ClaimState
from karama.delivery.decisions import actions as decisions
from karama.delivery.decisions.warning import WHAT, text
from karama.delivery.privacy.own_data import own_data
from karama.delivery.programmes import programme
from karama.delivery.timeline import timeline
from karama.exchange.shapes import form_shape
from karama.foundation.errors import BadInputError
from karama.foundation.reference_codes import spoken
from karama.foundation.rib import rib_key
from karama.record.clock import now
from karama.record.messages.models import Delivery, Message
from karama.record.messages.segments import segments_of
from karama.record.messages.senders import sender_from
from karama.record.messages.sending import send_due
from karama.record.models import Event
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from karama.registry.facts import end
from karama.registry.models import Civil, Contact, Membership, PaymentAccount
from karama.registry.month_view import MonthView
from karama.registry.queries import household_as_known
from tests.delivery import families
from tests.delivery.test_claim_to_decision import MARCH, PNG

if TYPE_CHECKING:
    from pathlib import Path

    from karama.delivery.claims.models import Claim
    from karama.foundation.months import Month
    from karama.registry.models import Household, Person

pytestmark = pytest.mark.usefixtures("march")
HEADS = ("9990000000000000000042", "9990000000000000000043")
RIB, OTHER_RIB = (head + rib_key(head) for head in HEADS)
BANK = {"channel": "bank_account", "account": RIB}


def claimed(household: Household, **answers: object) -> Claim:
    """A claim of the family's account, submitted with the proof that it needs."""
    mother = families.citizen(household)
    claim = claims.open_claim(
        programme="asd", kind="account", by=mother, household_id=household.pk, answers=answers, claim_month=MARCH
    )
    if "account" in answers:
        add_proof(claim_id=claim.pk, kind="bank_statement", name="rib.png", content=PNG, by=mother)
    return claims.submit(claim_id=claim.pk, by=mother)


def decided(household: Household, *, proven: bool = True, **answers: object) -> Claim:
    claim = claimed(household, **answers)
    officer = families.staff(Role.CLAIMS_OFFICER, "06181")
    assert decisions.decide_claim(claim_id=claim.pk, by=officer, proven=proven) is None
    return claim


def adult(household: Household, **civil: object) -> Person:
    return families.member(household, "1990-06-01", "spouse", **civil)


def paid(household: Household, month: Month = MARCH, known_at: dt.datetime | None = None) -> tuple[Any, ...]:
    """How the month's register tells that the household is paid."""
    from django.db import connection  # noqa: PLC0415 - a cursor of this transaction

    view = MonthView(month, known_at or now(), "asd", [household.pk])
    with acting_as(SYSTEM), connection.cursor() as cursor:
        query = f"SELECT payment_channel, payment_account, payment_recipient FROM ({view.households}) q"
        cursor.execute(query, view.params)
        (row,) = cursor.fetchall()
        return tuple(row)


def sent(tmp_path: Path) -> list[tuple[str, str]]:
    """Number and text of what left by the file sender, which is asked twice."""
    path = tmp_path / "sms.txt"
    sender = sender_from(f"file:{path}")
    send_due(sender)
    send_due(sender)
    sender.close()
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [(one["to"], one["text"]) for one in lines]


# ------------------------------------------------------------------------------------------------------- what is asked
REFUSED: dict[str, tuple[dict[str, object], str]] = {
    "nothing": ({}, "neither of the fields recipient, channel is given: give one at least"),
    "a bank without its account": ({"channel": "bank_account"}, "field 'account' is missing"),
    "an account without its way": (
        {"account": RIB},
        "field 'account': is asked only where 'channel' is 'bank_account'",
    ),
    "an account where cash is paid": (
        {"channel": "payment_establishment", "account": RIB},
        "field 'account': is asked only where 'channel' is 'bank_account': remove it",
    ),
    "digits missing": (
        {**BANK, "account": RIB[:-1]},
        f"field 'account': '{RIB[:-1]}': an account .RIB. is written with 24 digits: write the 24 digits",
    ),
    "a wrong key": (
        {**BANK, "account": OTHER_RIB[:22] + RIB[22:]},
        "the last two digits of an account .RIB. follow from the others: read the account again",
    ),
    "a stranger": ({"recipient": "P999999999"}, "field 'recipient': 'P999999999': is no member of the household on"),
    "a telephone of nobody": ({**BANK, "phone": "+212600000009"}, "field 'phone': is asked only with 'recipient'"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_with_field_value_and_remedy(case: str) -> None:
    answers, said = REFUSED[case]
    household = families.household()
    with pytest.raises(BadInputError, match=said):
        claimed(household, **answers)
    with acting_as(SYSTEM):
        assert not PaymentAccount.objects.filter(household=household).exists()


def test_the_recipient_is_a_living_adult_member_on_the_day_of_the_claim() -> None:
    household, other = families.household(), families.household()
    child = families.member(household, "2008-03-21", "child")  # of age the day after the claim
    dead = adult(household, death_date=dt.date(2026, 3, 20))
    left, stranger = adult(household), adult(other)
    with acting_as(SYSTEM):
        key = {"person_id": left.pk, "household_id": household.pk}
        end(Membership, key=key, on=dt.date(2026, 3, 20), known_at=now())
    for person, said in (
        (child, "is 17 years old on 2026-03-20: the aid is received from 18 on: name an adult"),
        (dead, "died on 2026-03-20: name a living member"),
        (left, "is no member of the household on 2026-03-20: name one of its members"),
        (stranger, "is no member of the household on 2026-03-20"),
    ):
        with pytest.raises(BadInputError, match=f"field 'recipient': '{person.idcs}': {said}"):
            claimed(household, recipient=person.idcs)
    of_age = families.member(household, "2008-03-20", "child")
    assert claimed(household, recipient=of_age.idcs).state == ClaimState.SUBMITTED


def test_a_telephone_is_written_with_its_country() -> None:
    household = families.household()
    person = adult(household)
    with pytest.raises(BadInputError, match=r"field 'phone': '0600000009': .*write \+212 and nine digits"):
        claimed(household, recipient=person.idcs, phone="0600000009")
    claim = claimed(household, recipient=person.idcs, phone="+212 6-00 00 00 09")
    assert claim.answers["phone"] == "+212600000009"


def test_a_bank_statement_is_asked_with_an_account_only() -> None:
    household = families.household()
    mother = families.citizen(household)
    claim = claims.open_claim(
        programme="asd", kind="account", by=mother, household_id=household.pk, answers=BANK, claim_month=MARCH
    )
    with pytest.raises(BadInputError, match="a proof is missing: add bank_statement"):
        claims.submit(claim_id=claim.pk, by=mother)
    claims.answer(claim_id=claim.pk, answers={"channel": "payment_establishment"}, by=mother)
    assert claims.submit(claim_id=claim.pk, by=mother).state == ClaimState.SUBMITTED


def test_the_form_as_json_schema_refuses_what_the_service_refuses() -> None:
    kind = programme("asd").kind("account")
    schema = jsonschema.Draft202012Validator(form_shape(kind))
    good = (
        BANK,
        {"recipient": "P1"},
        {"recipient": "P1", "phone": "+212600000009", **BANK},
        {"channel": "payment_establishment"},
    )
    bad = [answers for name, (answers, _) in REFUSED.items() if name not in {"a wrong key", "a stranger"}]
    assert [schema.is_valid(one) for one in good] == [True] * len(good)
    assert [schema.is_valid(one) for one in bad] == [False] * len(bad)
    assert [kind.answers(one) for one in good] == list(good)


# ---------------------------------------------------------------------------------------------------- what is written
def test_nothing_is_written_before_the_decision_and_then_a_new_fact_beside_the_old() -> None:
    household = families.household()
    person = adult(household)
    families.write(
        PaymentAccount,
        source="ASD",
        household_id=household.pk,
        channel="bank_account",
        account=OTHER_RIB,
        recipient_id=None,
    )
    before = now()
    claim = claimed(household, recipient=person.idcs, **BANK)
    assert paid(household) == ("bank_account", OTHER_RIB, None)
    decisions.decide_claim(claim_id=claim.pk, by=families.staff(Role.CLAIMS_OFFICER, "06181"))
    assert paid(household) == ("bank_account", RIB, person.idcs)
    assert paid(household, MARCH - 1) == paid(household, known_at=before) == ("bank_account", OTHER_RIB, None)
    with acting_as(SYSTEM):
        rows = PaymentAccount.objects.filter(household=household).order_by("id")
        told = [(one.account, one.recipient_id, one.proof, one.known.upper is None) for one in rows]
    assert told[0] == (OTHER_RIB, None, "test", False)
    assert sorted(told[1:]) == sorted(
        [(OTHER_RIB, None, "test", True), (RIB, person.pk, f"claim {claim.reference}", True)]
    )


def test_what_the_claim_does_not_tell_stays_and_cash_has_no_account() -> None:
    household = families.household()
    one, other = adult(household), adult(household)
    decided(household, **BANK)
    assert paid(household) == ("bank_account", RIB, None)
    decided(household, recipient=one.idcs)
    assert paid(household) == ("bank_account", RIB, one.idcs)
    decided(household, channel="bank_account", account=OTHER_RIB)
    assert paid(household) == ("bank_account", OTHER_RIB, one.idcs)
    decided(household, channel="payment_establishment")
    assert paid(household) == ("payment_establishment", None, one.idcs)
    decided(household, recipient=other.idcs)
    assert paid(household) == ("payment_establishment", None, other.idcs)


def test_a_recipient_of_a_household_of_which_nothing_was_told_is_paid_in_cash() -> None:
    household = families.household()
    person = adult(household)
    decided(household, recipient=person.idcs)
    assert paid(household) == ("payment_establishment", None, person.idcs)
    with acting_as(SYSTEM):
        data = Event.objects.get(kind="payment.changed").data
    assert data == {"changed": "recipient", "channel": "payment_establishment", "account": "", "recipient": person.pk}


def test_what_is_not_proven_is_neither_written_nor_told() -> None:
    household = families.household()
    families.write(Contact, household_id=household.pk, phone="+212600000001", language="fr")
    decided(household, proven=False, **BANK)
    assert paid(household) == (None, None, None)
    with acting_as(SYSTEM):
        assert not Message.objects.filter(household_id=household.pk).exists()
        assert not Event.objects.filter(kind="payment.changed").exists()


def test_who_died_before_the_decision_does_not_become_the_recipient() -> None:
    household = families.household()
    person, officer = adult(household), families.staff(Role.CLAIMS_OFFICER, "06181")
    claim = claimed(household, recipient=person.idcs)
    families.write(Civil, dt.date(2026, 3, 1), person_id=person.pk, death_date=dt.date(2026, 3, 2))
    with pytest.raises(BadInputError, match="died on 2026-03-02: name a living member"):
        decisions.decide_claim(claim_id=claim.pk, by=officer)
    assert paid(household) == (None, None, None)
    decisions.decide_claim(claim_id=claim.pk, by=officer, proven=False)
    assert paid(household) == (None, None, None)


def test_the_law_reads_the_same_whoever_receives() -> None:
    household = families.household()
    with acting_as(SYSTEM):
        before = household_as_known(household.pk, MARCH, now(), "asd")
    decided(household, recipient=_member(household).idcs, **BANK)
    with acting_as(SYSTEM):
        after = household_as_known(household.pk, MARCH, now(), "asd")
    assert (before.hash, before.facts) == (after.hash, after.facts)


def _member(household: Household) -> Person:
    with acting_as(SYSTEM):
        return Membership.objects.get(household=household, role="head").person


# ------------------------------------------------------------------------------------------------------- who is warned
@pytest.mark.parametrize(
    ("language", "words"), [("fr", "nouvel attributaire et nouveau compte"), ("ar", "مستلم جديد وحساب أداء جديد")]
)
def test_the_household_and_the_new_recipient_are_warned_once_each(tmp_path: Path, language: str, words: str) -> None:
    household = families.household()
    families.write(Contact, household_id=household.pk, phone="+212600000001", language=language)
    person = adult(household)
    claim = decided(household, recipient=person.idcs, phone="+212600000009", **BANK)
    left = sent(tmp_path)
    assert sorted(number for number, _ in left) == ["+212600000001", "+212600000009"]
    for _, said in left:
        assert words in said
        assert spoken(claim.reference) in said
        assert RIB[-4:] not in said.replace(spoken(claim.reference), "")
        assert person.idcs not in said
    with acting_as(SYSTEM):
        keys = sorted(Message.objects.filter(household_id=household.pk).values_list("key", flat=True))
    assert keys == [f"payment.changed:{claim.reference}:{whose}" for whose in ("household", "recipient")]


def test_one_number_is_warned_once_and_a_claim_that_changes_nothing_warns_nobody() -> None:
    household = families.household()
    families.write(Contact, household_id=household.pk, phone="+212600000001", language="fr")
    person = adult(household)
    answers = {"recipient": person.idcs, "phone": "+212600000001", **BANK}
    decided(household, **answers)
    decided(household, **answers)
    with acting_as(SYSTEM):
        (only,) = Delivery.objects.filter(message__household_id=household.pk)
        assert Event.objects.filter(kind="payment.changed").count() == 1
    assert "nouvel attributaire et nouveau compte" in (only.text or "")


def test_without_any_number_the_change_is_written_all_the_same() -> None:
    household = families.household()
    decided(household, **BANK)
    assert paid(household) == ("bank_account", RIB, None)
    with acting_as(SYSTEM):
        assert not Message.objects.filter(household_id=household.pk).exists()


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("change", WHAT)
def test_the_warning_takes_at_most_two_sms(change: str, language: str) -> None:
    for name in ("asd", "winter_heating"):
        found = segments_of(text(change, name, "K7F3Q2A9XQTB", language))  # type: ignore[arg-type]
        assert found.count <= 2
        assert (found.alphabet == "gsm7") is (language == "fr")


# ---------------------------------------------------------------------------------------------------- who sees it
def test_the_timeline_and_ones_own_copy_tell_it_to_the_whole_household() -> None:
    household = families.household()
    person, mother = adult(household), _member(household)
    claim = decided(household, recipient=person.idcs)
    with acting_as(families.citizen(household)):
        labels = {one.kind: one.label for one in timeline(household.pk)}
    assert (
        labels["payment.changed"].fr
        == f"Versement changé par la demande {spoken(claim.reference)} : nouvel attributaire"
    )
    for one in (mother, person):
        tables = own_data(idcs=one.idcs, by=SYSTEM, at=now())["tables"]
        (account,) = tables["paymentaccount"]
        assert (account["channel"], account["recipient"]) == ("payment_establishment", person.pk)
