"""A decision is told in the transaction that takes it; its letter says the same ever after; its code can be checked."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import Error, connection
from django.utils.timezone import localdate

from karama.delivery.checking import check
from karama.delivery.claims import actions as claims
from karama.delivery.decisions import actions as decisions
from karama.delivery.decisions.batch import decide_claims
from karama.delivery.decisions.deciding import explanation_of
from karama.delivery.decisions.letters import letter_of
from karama.delivery.decisions.models import Decision, Letter, Notice, Trace
from karama.delivery.decisions.notice.letter import letter_html, letter_pdf
from karama.delivery.decisions.notice.outcome import Kind, refusal_labels
from karama.delivery.decisions.notice.words import say
from karama.delivery.decisions.notices import notify
from karama.delivery.decisions.states import Change, DecisionKind
from karama.delivery.references import Subject, new_references
from karama.foundation.documents import Callout, Facts, Table
from karama.foundation.errors import BadInputError, IntegrityError
from karama.foundation.months import Month
from karama.foundation.reference_codes import reference_code, spoken
from karama.record.clock import now
from karama.record.messages.models import Delivery, Message
from karama.record.models import Event
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from karama.registry.models import Civil, Contact, Health, Membership, Score
from tests.delivery import families

if TYPE_CHECKING:
    from karama.foundation.documents import Document
    from karama.registry.models import Household

pytestmark = pytest.mark.usefixtures("march")
MARCH = Month(2026, 3)
PHONE = "+212612345678"


def claimed(household: Household, *, phone: str | None = PHONE, language: str = "fr") -> int:
    """A family claim, submitted, of a household with a telephone number."""
    if phone:
        families.write(Contact, household_id=household.pk, phone=phone, language=language)
    by = families.citizen(household)
    claim = claims.open_claim(programme="asd", kind="family", by=by, household_id=household.pk, claim_month=MARCH)
    return claims.submit(claim_id=claim.pk, by=by).pk


def decided(household: Household, **contact: str | None) -> Decision:
    claim_id = claimed(household, **contact)  # type: ignore[arg-type]
    decision = decisions.decide_claim(claim_id=claim_id, by=families.staff(Role.CLAIMS_OFFICER, "06"))
    assert decision is not None
    return decision


def notice_of(decision: Decision) -> Notice:
    with acting_as(SYSTEM):
        return Notice.objects.select_related("decision").get(decision=decision)


def shown(document: Document) -> str:
    return letter_html(document)


def test_a_decision_is_told_at_once_in_both_languages_with_fifteen_days_to_appeal() -> None:
    decision = decided(families.household())
    notice = notice_of(decision)
    assert (notice.kind, notice.reference, notice.message_key) == (
        Kind.GRANTED,
        decision.reference,
        f"notice:{decision.reference}",
    )
    assert notice.notified_at == decision.decided_at
    assert notice.appeal_until == localdate(decision.decided_at) + dt.timedelta(days=15)
    code = spoken(decision.reference)
    until = f"{notice.appeal_until:%d/%m/%Y}"
    assert notice.text_fr == (
        f"ESSAI ASD: demande acceptée. 600 MAD par mois dès 03/2026. Recours jusqu'au {until}. Réf. {code}"
    )
    assert code in notice.text_ar
    assert "600 درهم شهريا" in notice.text_ar


def test_the_message_goes_to_the_households_number_in_its_language_and_waits_in_the_queue() -> None:
    notice = notice_of(decided(families.household(), language="ar"))
    with acting_as(SYSTEM):
        message = Message.objects.select_related("delivery").get(key=notice.message_key)
        jobs = _jobs()
        (event,) = Event.objects.filter(kind="notice.made")
    assert (message.address, message.language, message.purpose) == (PHONE, "ar", "notice")
    assert (message.delivery.text, message.delivery.state) == (notice.text_ar, "queued")
    assert jobs == ["messages.send"]
    assert event.household_id == notice.household_id
    assert event.data["message"] == notice.message_key
    assert "text" not in event.data


def _jobs() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo'")
        return [name for (name,) in cursor.fetchall()]


def test_a_household_without_a_number_is_told_in_its_space_only() -> None:
    notice = notice_of(decided(families.household(), phone=None))
    assert notice.message_key == ""
    with acting_as(SYSTEM):
        assert not Message.objects.exists()
    assert _jobs() == []


def test_the_same_decision_is_never_told_twice() -> None:
    decision = decided(families.household())
    assert notify("SELECT %s::bigint", [decision.pk], at=now()) == 0
    with acting_as(SYSTEM):
        assert Notice.objects.count() == Message.objects.count() == Delivery.objects.count() == 1


def test_a_batch_tells_the_same_as_one_by_one() -> None:
    scores = ["9.1", "9.743002", None]
    one_by_one = [notice_of(decided(families.household(score=score))) for score in scores]
    batch = [families.household(score=score) for score in scores]
    for household in batch:
        claimed(household)
    assert decide_claims(programme="asd").decided == 3
    with acting_as(SYSTEM):
        told = [Notice.objects.get(household=household) for household in batch]
        assert Message.objects.count() == 6

    def said(notice: Notice) -> tuple[str, ...]:
        code = spoken(notice.reference)
        return (notice.kind, notice.text_fr.replace(code, "…"), notice.text_ar.replace(code, "…"))

    assert [said(one) for one in told] == [said(one) for one in one_by_one]
    assert [one.kind for one in told] == ["granted", "refused", "refused"]


def test_a_notice_and_a_letter_never_change() -> None:
    household = families.household()
    notice = notice_of(decided(household))
    letter_of(notice_id=notice.pk, by=families.citizen(household))
    for query in (
        "UPDATE decisions_notice SET text_fr = 'x'",
        "DELETE FROM decisions_notice",
        "UPDATE decisions_letter SET content_hash = 'x'",
        "DELETE FROM decisions_letter",
    ):
        with pytest.raises(Error), acting_as(SYSTEM), connection.cursor() as cursor:
            cursor.execute(query)


def named(household: Household) -> None:
    """Give the head of a household a name."""
    with acting_as(SYSTEM):
        head = Membership.objects.get(household=household, role="head").person_id
        known = Civil.objects.get(person_id=head)
        columns = {one: getattr(known, one) for one in Civil.values()}
    columns |= {"given_name_fr": "Fatima", "family_name_fr": "Aït Lahcen"}
    columns |= {"given_name_ar": "فاطمة", "family_name_ar": "آيت لحسن"}
    families.write(Civil, known.validity.lower, "RNP", person_id=head, **columns)


def test_the_letter_shows_each_fact_with_its_source_and_dates_and_names_the_head() -> None:
    household = families.household()
    named(household)
    decision = decided(household)
    document = letter_of(notice_id=notice_of(decision).pk, by=families.citizen(household))
    french, arabic = document.parts
    (references,) = (dict(block.rows) for block in french.blocks if isinstance(block, Facts))
    assert (references["Destinataire"], references["Ménage"]) == ("Fatima Aït Lahcen", household.number)
    assert references["Demande"] == spoken(decision.claim.reference)  # type: ignore[union-attr]
    assert "فاطمة آيت لحسن" in [value for block in arabic.blocks if isinstance(block, Facts) for _, value in block.rows]
    rows = [row for block in french.blocks if isinstance(block, Table) for row in block.rows]
    today = f"{dt.datetime.now(dt.UTC):%d/%m/%Y}"
    score = next(row for row in rows if row[0] == "indice socio-économique")
    assert list(score[1:4]) == ["9,1", "RSU", "01/01/2023"]
    assert score[4] in {today, f"{decision.decided_at:%d/%m/%Y}"}
    assert "/verifier" in shown(document)


def test_the_letter_stays_as_it_was_first_shown() -> None:
    household = families.household()
    notice = notice_of(decided(household))
    citizen = families.citizen(household)
    first = letter_of(notice_id=notice.pk, by=citizen)
    named(household)
    second = letter_of(notice_id=notice.pk, by=citizen)
    assert (letter_pdf(second), letter_html(second)) == (letter_pdf(first), letter_html(first))
    with acting_as(SYSTEM):
        assert Letter.objects.count() == 1
        assert Event.objects.filter(kind="letter.made").count() == 1


def taken_before_the_law_was_corrected(household: Household) -> Decision:
    """A refusal as another text of the law gave it, on the facts of a decision of today."""
    model = decided(household)
    with acting_as(SYSTEM):
        (key, reference), *_ = new_references(Decision, Subject.DECISION)
        made = Decision.objects.create(
            id=key,
            reference=reference,
            previous=Decision.objects.filter(household=household).order_by("-id")[0],
            in_place_of=model,
            kind=DecisionKind.REASSESSMENT,
            change=Change.EXIT,
            law_version="another text",
            eligible=False,
            aid="none",
            amount_centimes=0,
            monthly_centimes=0,
            reasons=["state_pay"],
            decided_at=now(),
            **{name: getattr(model, name) for name in ("programme", "household", "month", "known_at", "inputs_hash")},
        )
        Trace.objects.create(decision=made, content={"household": {}, "lines": []})
        notify("SELECT %s::bigint", [made.pk], at=now())
    return made


def test_after_a_correction_of_the_law_the_letter_tells_what_was_decided_and_not_what_would_be() -> None:
    household = families.household()
    decision = taken_before_the_law_was_corrected(household)
    document = letter_of(notice_id=notice_of(decision).pk, by=families.citizen(household))
    for part, refusal in zip(document.parts, (refusal_labels("asd")["state_pay"],) * 2, strict=True):
        callouts = [block.text for block in part.blocks if isinstance(block, Callout)]
        assert any(say("law_corrected", part.language) == one for one in callouts)
        assert any(refusal.get(part.language)[1:] in one for one in callouts)
        assert not [block for block in part.blocks if isinstance(block, Table)]
    with acting_as(SYSTEM):
        assert not decisions.replay(decision).same
        assert explanation_of(decision).explanation.decision.reasons == ("state_pay",)


def test_a_letter_that_was_changed_behind_the_walls_is_found() -> None:
    household = families.household()
    notice = notice_of(decided(household))
    with acting_as(SYSTEM):
        Letter.objects.create(notice=notice, content={"title": "other"}, content_hash="0" * 64, made_at=now())
    with pytest.raises(IntegrityError, match="not the one whose hash was kept"):
        letter_of(notice_id=notice.pk, by=families.citizen(household))


def test_an_officer_without_the_right_to_health_is_given_a_letter_without_it_and_it_is_not_kept() -> None:
    household = families.household()
    families.member(household, "2016-01-01", "child", school="primary", disabled=True)
    notice = notice_of(decided(household))
    without = shown(letter_of(notice_id=notice.pk, by=families.staff(Role.CLAIMS_OFFICER, "06")))
    assert "Cette copie est sans donnée de santé" in without
    assert "complément handicap" not in without
    with acting_as(SYSTEM):
        assert not Letter.objects.exists()
    whole = shown(letter_of(notice_id=notice.pk, by=families.staff(Role.CLAIMS_OFFICER, "06", health=True)))
    assert "complément handicap lourd" in whole
    again = shown(letter_of(notice_id=notice.pk, by=families.staff(Role.CLAIMS_OFFICER, "06")))
    assert "complément handicap" not in again


def test_nobody_sees_the_letter_of_another_household_or_territory() -> None:
    notice = notice_of(decided(families.household()))
    for other in (families.citizen(families.household()), families.staff(Role.CLAIMS_OFFICER, "01")):
        with pytest.raises(Notice.DoesNotExist):
            letter_of(notice_id=notice.pk, by=other)


def test_a_reassessment_tells_what_changed() -> None:
    household = families.household(children=("2015-05-05",))
    first = decided(household)
    families.member(household, "2024-02-02", "child")
    subject = decisions.Subject(household_id=household.pk)
    second = decisions.reassess(subject=subject, programme="asd", month=Month(2026, 4), by=SYSTEM)
    third = decisions.reassess(subject=subject, programme="asd", month=Month(2026, 5), by=SYSTEM)
    assert second is not None
    assert third is None
    notice = notice_of(second)
    assert (notice.kind, first.monthly_centimes, second.monthly_centimes) == (Kind.INCREASED, 50_000, 60_000)
    assert "de 500 à 600 MAD par mois" in notice.text_fr
    html = shown(letter_of(notice_id=notice.pk, by=families.citizen(household)))
    assert spoken(first.reference) in html
    assert "absent" in html


class TestChecking:
    def test_a_genuine_code_tells_the_programme_and_the_month_and_nothing_about_a_person(self) -> None:
        household = families.household()
        decision = decided(household)
        found = check(spoken(decision.reference).lower())
        assert (found.genuine, found.subject, found.programme, found.month) == (True, "decision", "asd", MARCH)
        assert (found.notified_on, found.replaced) == (localdate(decision.decided_at), False)
        assert household.number not in str(found)

    def test_a_replaced_decision_says_so(self) -> None:
        household = families.household()
        decision = decided(household)
        families.write(
            Score, dt.date(2026, 3, 15), household_id=household.pk, score="10.5", effective_from=MARCH.last_day
        )
        subject = decisions.Subject(household_id=household.pk)
        assert decisions.reassess(subject=subject, programme="asd", month=Month(2026, 5), by=SYSTEM) is not None
        assert check(decision.reference).replaced

    def test_a_well_formed_code_of_somebody_else_is_not_genuine(self) -> None:
        decided(families.household())
        assert not check(reference_code(9, b"another key of the tests")).genuine

    def test_a_claims_code_is_no_letters_code(self) -> None:
        decision = decided(families.household())
        assert decision.claim is not None
        assert not check(decision.claim.reference).genuine

    def test_a_slip_of_the_pen_is_said(self) -> None:
        code = decided(families.household()).reference
        wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
        with pytest.raises(BadInputError, match="one character is wrong"):
            check(wrong)


def test_health_is_no_fact_of_a_short_text_even_where_a_disability_was_claimed() -> None:
    household = families.household(children=("2015-05-05", "2016-05-05"))
    decided(household)
    with acting_as(SYSTEM):
        child = Membership.objects.filter(household=household, role="child").first()
    assert child is not None
    families.write(Health, dt.date(2026, 3, 2), "ASD", person_id=child.person_id, severe_disability=True)
    subject = decisions.Subject(household_id=household.pk)
    decision = decisions.reassess(subject=subject, programme="asd", month=Month(2026, 4), by=SYSTEM)
    assert decision is not None
    notice = notice_of(decision)
    assert notice.kind == Kind.INCREASED
    assert "handicap" not in notice.text_fr
    assert "إعاقة" not in notice.text_ar
