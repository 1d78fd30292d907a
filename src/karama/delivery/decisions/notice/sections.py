"""The sections of a letter around its reasons: what was decided, for whom, how to appeal, how to check the letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.delivery.decisions.notice.outcome import Kind
from karama.delivery.decisions.notice.words import LEADS, WITHOUT_AMOUNT
from karama.foundation.documents import Callout, Cards, Facts, Heading, Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from karama.delivery.decisions.notice.telling import Telling
    from karama.foundation.documents import Block

_WITH_REFUSALS = frozenset({Kind.REFUSED, Kind.ENDED, Kind.ENDING})


def opening(telling: Telling) -> Iterator[Block]:
    """The decision in one sentence, the amounts, and the references that somebody asks for on the telephone."""
    yield Paragraph(_lead(telling))
    if telling.outcome.refuses_a_grant:
        yield Callout(telling.say("grant_refused"))
    yield Paragraph(telling.explanation.programme.description.get(telling.language), small=True)
    yield from _amounts(telling)
    yield Facts(list(_references(telling)))


def _lead(telling: Telling) -> str:
    outcome, programme = telling.outcome, telling.explanation.programme
    words = LEADS[outcome.kind]
    if outcome.monthly is None:
        words = WITHOUT_AMOUNT.get(outcome.kind, words)
    aid = programme.aid_labels.get(outcome.aid)
    return words.get(telling.language).format(
        month=telling.month(outcome.month),
        amount=telling.money(outcome.monthly or 0),
        before=telling.money(outcome.before or 0),
        aid=aid.get(telling.language) if aid else outcome.aid,
    )


def _amounts(telling: Telling) -> Iterator[Block]:
    outcome, labels = telling.outcome, telling.explanation.programme.benefit_labels
    if outcome.monthly is None or outcome.kind in _WITH_REFUSALS:
        return
    cards = [(telling.money(outcome.monthly), telling.say("monthly"))]
    cards += [(telling.money(amount), labels[name].get(telling.language)) for name, amount in outcome.grants]
    yield Cards(cards)


def _references(telling: Telling) -> Iterator[tuple[str, str]]:
    facts, say = telling.facts, telling.say
    yield say("announcement" if facts.announced else "reference"), telling.code(facts.reference)
    yield say("decided_on"), telling.day(facts.decided_on)
    if facts.recipient:
        yield say("recipient"), facts.recipient.get(telling.language)
    in_care = telling.explanation.programme.law.inputs.person_table is None
    yield say("establishment" if in_care else "household"), telling.isolated(facts.file_number)
    if facts.claim:
        yield say("claim"), telling.code(facts.claim.reference)
        yield say("claimed_on"), telling.day(facts.claim.made_on)
    yield say("month"), telling.month(telling.outcome.month)
    if facts.appeal_until:
        yield say("appeal_until"), telling.day(facts.appeal_until)


def refusals(telling: Telling) -> Iterator[Block]:
    """Each condition that is not met, with what was compared and where to correct it."""
    if telling.outcome.kind not in _WITH_REFUSALS:
        return
    yield Heading(telling.say("refusals"))
    for one in telling.explanation.conditions:
        if one.met:
            continue
        words = one.condition.refusal_label.get(telling.language)
        parts = [words[:1].upper() + words[1:]]
        if one.condition.value and one.condition.required and one.value is not None:
            value, limit = telling.compared(one.value), telling.compared(one.required)
            parts[0] += f" ({telling.say('compared', value=value, limit=limit)})"
        text = f"{parts[0]}. "
        if one.condition.correct_at:
            text += telling.say("correct_at", place=one.condition.correct_at.get(telling.language))
        yield Callout(text.strip())


def unconfirmed(telling: Telling) -> Iterator[Block]:
    """The parameters that mattered and that a lawyer has not checked, named as such."""
    explanation = telling.explanation
    if not explanation.unconfirmed:
        return
    yield Heading(telling.say("unconfirmed"))
    yield Paragraph(telling.say("lawyer"))
    for name in explanation.unconfirmed:
        yield Paragraph(f"• {explanation.say_parameter(name, telling.language)}", small=True)


def law_corrected(telling: Telling) -> Iterator[Block]:
    """That the law as it is written here was corrected after the decision."""
    yield Callout(telling.say("law_corrected"))


def appeal(telling: Telling) -> Iterator[Block]:
    """Until when, where and how to appeal; nothing where there is no decision to appeal against."""
    facts = telling.facts
    if facts.appeal_until is None:
        return
    yield Heading(telling.say("appeal"))
    yield Callout(telling.say("appeal_how", day=telling.day(facts.appeal_until), days=str(facts.answer_days)))
    yield Paragraph(telling.say("appeal_late"), small=True)


def verification(telling: Telling) -> Iterator[Block]:
    """How anybody checks that the letter is genuine."""
    yield Heading(telling.say("verify"))
    address = telling.isolated(telling.facts.verification)
    yield Paragraph(telling.say("verify_how", code=telling.code(telling.facts.reference), address=address))
