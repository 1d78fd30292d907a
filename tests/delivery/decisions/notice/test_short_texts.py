"""A short text fits in two SMS, says what was decided and until when to appeal, and nothing about health or names."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karama.delivery.decisions.notice.outcome import ANNOUNCED, Kind, Outcome, outcome_of
from karama.delivery.decisions.notice.short_text import MOST_SEGMENTS, short_text
from karama.foundation.months import Month
from karama.foundation.reference_codes import spoken
from karama.law import programme_named
from karama.record.messages.segments import segments_of
from tests.delivery.decisions.notice.families import CODE, MARCH, PEOPLE, decided, family, former, record

UNTIL = dt.date(2026, 3, 27)
GRANTED = Outcome(Kind.GRANTED, "asd", MARCH, "child", 50_000)
REFUSED = Outcome(Kind.REFUSED, "asd", MARCH, "none", 0, reasons=("score_above_threshold", "pension"))


def french(outcome: Outcome, *, synthetic: bool = False) -> str:
    return short_text(outcome, CODE, UNTIL, "fr", synthetic=synthetic)


def arabic(outcome: Outcome, *, synthetic: bool = False) -> str:
    return short_text(outcome, CODE, UNTIL, "ar", synthetic=synthetic)


def test_an_accepted_claim() -> None:
    code = spoken(CODE)
    assert french(GRANTED) == (
        f"ASD: demande acceptée. 500 MAD par mois dès 03/2026. Recours jusqu'au 27/03/2026. Réf. {code}"
    )
    assert arabic(GRANTED) == (
        f"الدعم المباشر: تم قبول طلبكم. 500 درهم شهريا من 03/2026. التظلم حتى 27/03/2026. المرجع \u200e{code}"
    )
    assert short_text(GRANTED, CODE, UNTIL, "en", synthetic=False) == (
        f"ASD: claim accepted. 500 MAD a month from 03/2026. Appeal until 2026-03-27. Ref. {code}".replace(
            "03/2026", "2026-03"
        )
    )


def test_a_refusal_gives_its_first_reason_and_how_many_more() -> None:
    assert french(REFUSED).startswith("ASD: demande refusée pour 03/2026: l'indice dépasse le seuil (+1). Recours")
    assert "المؤشر يتجاوز العتبة (+1)" in arabic(REFUSED)


def test_synthetic_data_say_so_first() -> None:
    assert french(GRANTED, synthetic=True).startswith("ESSAI ASD")
    assert arabic(GRANTED, synthetic=True).startswith("تجربة: ")


def test_a_rise_gives_both_amounts_and_a_grant_its_name() -> None:
    rise = replace(GRANTED, kind=Kind.INCREASED, before=125_050, monthly=150_000)
    assert "de 1 250,50 à 1 500 MAD par mois" in french(rise)
    grant = replace(GRANTED, kind=Kind.GRANT, grants=(("birth_grant", 200_000),))
    assert french(grant).startswith("ASD, 03/2026: prime à la naissance: 2 000 MAD. Recours")


def test_an_announcement_says_that_it_is_no_decision_and_gives_no_time_to_appeal() -> None:
    ending = replace(REFUSED, kind=Kind.ENDING)
    said = short_text(ending, CODE, None, "fr", synthetic=False)
    assert "Ceci n'est pas une décision" in said
    assert "Recours" not in said


def test_nothing_is_said_of_health_and_no_name() -> None:
    household = family()
    told = decided(household)
    before = family()
    before["members"][3]["severe_disability"] = False
    outcome = outcome_of(told, record(previous=former(decided(before))))
    assert outcome.kind is Kind.INCREASED
    private = replace(REFUSED, reasons=("not_eligible_for_any_aid",))
    for text in (french(outcome), arabic(outcome), french(private), arabic(private)):
        assert not any(word in text for word in ("handicap", "إعاقة"))
        assert not any(name.latin in text or name.arabic in text for name in PEOPLE.values())
    assert "motif dans la lettre" in french(private)
    assert "السبب في الرسالة" in arabic(private)


AMOUNTS = st.integers(0, 2_000_000)


@given(
    programme=st.sampled_from(["asd", "asd_institution", "amo_tadamon"]),
    kind=st.sampled_from(list(Kind)),
    amounts=st.tuples(AMOUNTS, AMOUNTS, AMOUNTS),
    month=st.integers(0, 300),
    day=st.dates(dt.date(2024, 1, 1), dt.date(2050, 1, 1)),
    synthetic=st.booleans(),
    data=st.data(),
)
def test_every_notice_fits_in_two_segments(
    *,
    programme: str,
    kind: Kind,
    amounts: tuple[int, int, int],
    month: int,
    day: dt.date,
    synthetic: bool,
    data: st.DataObject,
) -> None:
    chosen = programme_named(programme)
    codes = [one.refusal for one in chosen.conditions]
    once = [one.formula for one in chosen.benefits if one.one_off]
    outcome = Outcome(
        kind,
        programme,
        Month(2025, 12) + month,
        "none",
        amounts[0] if chosen.amount else None,
        amounts[1] if chosen.amount else None,
        tuple((name, amounts[2]) for name in once[: data.draw(st.integers(0, 2))]),
        tuple(data.draw(st.lists(st.sampled_from(codes), unique=True))),
    )
    until = None if kind in ANNOUNCED else day
    for language in ("fr", "ar"):
        text = short_text(outcome, CODE, until, language, synthetic=synthetic)
        found = segments_of(text)
        assert found.count <= MOST_SEGMENTS
        assert found.alphabet == ("ucs2" if language == "ar" else "gsm7")
        assert spoken(CODE) in text
        assert (f"{day:%d/%m/%Y}" in text) is (until is not None)


def test_a_programme_whose_label_is_too_long_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("karama.delivery.decisions.notice.short_text.MOST_SEGMENTS", 0)
    with pytest.raises(ValueError, match="'granted' of programme 'asd' in 'fr' takes more than 0 SMS"):
        french(GRANTED)
