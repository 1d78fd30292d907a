"""The text of a notice for a telephone: at most two SMS, without a name and without any fact of health.

French is written in the seven-bit alphabet (160 characters alone, 306 in two), Arabic in UCS-2 (70, 134 in two).  Of
several wordings, each shorter than the one before, the first that fits is taken.  No text holds a link: the code is
checked at an address that people know.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from karama.delivery.decisions.notice.outcome import Kind, refusal_labels
from karama.delivery.decisions.notice.private import private_refusals
from karama.delivery.programmes import called
from karama.foundation.languages import Label
from karama.foundation.money import format_money
from karama.foundation.reference_codes import spoken
from karama.law import programme_named
from karama.law.engine.speech import say_month
from karama.record.messages.segments import in_gsm7, segments_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from karama.delivery.decisions.notice.outcome import Outcome
    from karama.foundation.languages import Language

MOST_SEGMENTS = 2

_LEFT_TO_RIGHT = "\u200e"
"""Before a code among Arabic words, whose digits would else be put in another order; one letter, where each is paid."""

TRIAL = Label("ESSAI ", "تجربة: ", "TEST ")
"""Before every text of a service whose persons are invented."""
_FROM = Label(" dès {month}", " من {month}", " from {month}")
_FOR = Label(" pour {month}", " عن {month}", " for {month}")
_TOLD: Mapping[Kind, Label] = {
    Kind.GRANTED: Label(
        "{programme}: demande acceptée. {amount} par mois{start}.",
        "{programme}: تم قبول طلبكم. {amount} شهريا{start}.",
        "{programme}: claim accepted. {amount} a month{start}.",
    ),
    Kind.REFUSED: Label(
        "{programme}: demande refusée{of}{reasons}.",
        "{programme}: رفض الطلب{of}{reasons}.",
        "{programme}: claim refused{of}{reasons}.",
    ),
    Kind.INCREASED: Label(
        "{programme}: l'aide augmente, de {before} à {amount} par mois{start}.",
        "{programme}: زيادة الإعانة من {before} إلى {amount} شهريا{start}.",
        "{programme}: the aid rises from {before} to {amount} a month{start}.",
    ),
    Kind.DECREASED: Label(
        "{programme}: l'aide diminue, de {before} à {amount} par mois{start}.",
        "{programme}: نقصان الإعانة من {before} إلى {amount} شهريا{start}.",
        "{programme}: the aid falls from {before} to {amount} a month{start}.",
    ),
    Kind.UNCHANGED: Label(
        "{programme}: après examen, l'aide reste de {amount} par mois.",
        "{programme}: بعد المراجعة، تبقى الإعانة {amount} شهريا.",
        "{programme}: after review, the aid stays at {amount} a month.",
    ),
    Kind.ENDED: Label(
        "{programme}: le droit prend fin{start}{reasons}.",
        "{programme}: ينتهي الحق{start}{reasons}.",
        "{programme}: the right ends{start}{reasons}.",
    ),
    Kind.GRANT: Label("{programme}, {month}:", "{programme}، {month}:", "{programme}, {month}:"),
    Kind.GRANT_REFUSED: Label(
        "{programme}: la prime demandée est refusée{of}: motif dans la lettre.",
        "{programme}: رفض طلب المنحة{of}: السبب في الرسالة.",
        "{programme}: the grant claimed is refused{of}: the reason is in the letter.",
    ),
    Kind.ENDING: Label(
        "{programme}: avec les données connues, le droit prendra fin{start}{reasons}. Ceci n'est pas une décision:"
        " vérifiez vos données.",
        "{programme}: حسب المعطيات الحالية سينتهي الحق{start}{reasons}. ليس هذا قرارا: تحققوا من معطياتكم.",
        "{programme}: with the data known, the right will end{start}{reasons}. This is no decision: check your data.",
    ),
    Kind.DECREASING: Label(
        "{programme}: avec les données connues, l'aide passera de {before} à {amount} par mois{start}. Ceci n'est pas"
        " une décision: vérifiez vos données.",
        "{programme}: حسب معطياتكم ستنخفض الإعانة من {before} إلى {amount} شهريا{start}. ليس هذا قرارا.",
        "{programme}: with the data known, the aid will fall from {before} to {amount} a month{start}. This is no"
        " decision: check your data.",
    ),
}
_WITHOUT_AMOUNT: Mapping[Kind, Label] = {
    Kind.GRANTED: Label(
        "{programme}: demande acceptée, droit ouvert{start}.",
        "{programme}: تم قبول طلبكم، الحق مفتوح{start}.",
        "{programme}: claim accepted, the right is open{start}.",
    ),
    Kind.UNCHANGED: Label(
        "{programme}: après examen, le droit reste ouvert.",
        "{programme}: بعد المراجعة، يبقى الحق مفتوحا.",
        "{programme}: after review, the right stays open.",
    ),
}
_GRANT_REFUSED = Label("Prime demandée refusée.", "رفض طلب المنحة.", "Grant claimed: refused.")
_GRANT = Label("{grant}: {amount}.", "{grant}: {amount}.", "{grant}: {amount}.")
_APPEAL = Label("Recours jusqu'au {day}.", "التظلم حتى {day}.", "Appeal until {day}.")
_REFERENCE = Label("Réf. {code}", "المرجع {code}", "Ref. {code}")
_MORE = Label(" (+{count})", " (+{count})", " (+{count})")
_IN_THE_LETTER = Label(": motif dans la lettre", ": السبب في الرسالة", ": the reason is in the letter")


def code_in_text(reference: str, language: Language) -> str:
    """A bare code as a text for a telephone holds it: in groups, in their order."""
    return f"{_LEFT_TO_RIGHT if language == 'ar' else ''}{spoken(reference)}"


def short_text(
    outcome: Outcome, reference: str, appeal_until: dt.date | None, language: Language, *, synthetic: bool
) -> str:
    """The text, in at most two segments; ``reference`` is the bare code.

    Raises:
        ValueError: even the shortest wording needs more than two segments: a label of the programme is too long.
    """
    tail = [_appeal(appeal_until, language)] if appeal_until else []
    tail.append(_REFERENCE.get(language).format(code=code_in_text(reference, language)))
    mark = TRIAL.get(language) if synthetic else ""
    for head in _wordings(outcome, language):
        text = f"{mark}{head} {' '.join(tail)}"
        text = text if language == "ar" else in_gsm7(text)
        if segments_of(text).count <= MOST_SEGMENTS:
            return text
    message = (
        f"notice '{outcome.kind}' of programme '{outcome.programme}' in '{language}' takes more than {MOST_SEGMENTS}"
        " SMS: shorten the labels of the programme"
    )
    raise ValueError(message)


@lru_cache(maxsize=4096)
def _wordings(outcome: Outcome, language: Language) -> tuple[str, ...]:
    """What is said before the appeal and the reference, from the fullest wording to the shortest."""
    told = dict.fromkeys(
        f"{_sentence(outcome, reasons, language, dated=dated)} {grants}".strip()
        for dated in (True, False)
        for grants in _grants(outcome, language)
        for reasons in _reasons(outcome, language)
    )
    return tuple(told)


def _sentence(outcome: Outcome, reasons: str, language: Language, *, dated: bool) -> str:
    """The sentence of the outcome; not ``dated`` leaves its month to the letter."""
    chosen = _TOLD[outcome.kind]
    if outcome.monthly is None:
        chosen = _WITHOUT_AMOUNT.get(outcome.kind, chosen)
    month = say_month(outcome.month, language)
    name = called(outcome.programme)
    return chosen.get(language).format(
        programme=name.get(language),
        month=month,
        start=_FROM.get(language).format(month=month) if dated else "",
        of=_FOR.get(language).format(month=month) if dated else "",
        amount=_money(outcome.monthly or 0, language),
        before=_money(outcome.before or 0, language).rpartition(" ")[0],
        reasons=reasons,
    )


def _grants(outcome: Outcome, language: Language) -> Iterator[str]:
    """The grants due once, by name; then their sum alone; and that the one claimed is refused."""
    labels = programme_named(outcome.programme).benefit_labels
    refused = [_GRANT_REFUSED.get(language)] if outcome.refuses_a_grant else []
    told = [
        _GRANT.get(language).format(grant=labels[name].get(language), amount=_money(amount, language))
        for name, amount in outcome.grants
    ]
    yield " ".join([*told, *refused])
    if outcome.grants:
        yield " ".join([f"+{_money(sum(amount for _, amount in outcome.grants), language)}.", *refused])


def _reasons(outcome: Outcome, language: Language) -> Iterator[str]:
    """The first reason and how many more there are; then that the letter says it.  Nothing about health is said."""
    if not outcome.reasons or outcome.kind not in {Kind.REFUSED, Kind.ENDED, Kind.ENDING}:
        yield ""
        return
    private = private_refusals(outcome.programme, outcome.month)
    labels = refusal_labels(outcome.programme)
    told = [labels[code].get(language) for code in outcome.reasons if code not in private]
    if told:
        more = len(outcome.reasons) - 1
        yield f": {told[0]}{_MORE.get(language).format(count=more) if more else ''}"
    yield _IN_THE_LETTER.get(language)
    yield ""


@lru_cache(maxsize=8192)
def _money(centimes: int, language: Language) -> str:
    """An amount without idle decimals."""
    said = format_money(centimes, language)
    return said.replace(",00 ", " ").replace(".00 ", " ")


@lru_cache(maxsize=512)
def _appeal(until: dt.date, language: Language) -> str:
    day = until.isoformat() if language == "en" else f"{until:%d/%m/%Y}"
    return _APPEAL.get(language).format(day=day)
