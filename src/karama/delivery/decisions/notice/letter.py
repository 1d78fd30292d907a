"""The letter of a decision, as one document in several languages: a page of HTML, or a tagged PDF."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from karama.delivery.decisions.notice.changes import changes
from karama.delivery.decisions.notice.outcome import outcome_of
from karama.delivery.decisions.notice.private import private_refusals, without_health
from karama.delivery.decisions.notice.reasons import amounts, conditions, data, grant_rule
from karama.delivery.decisions.notice.sections import (
    appeal,
    law_corrected,
    opening,
    refusals,
    unconfirmed,
    verification,
)
from karama.delivery.decisions.notice.telling import Telling
from karama.delivery.decisions.notice.words import TITLES, page_of
from karama.foundation.documents import Document, Part, typeset
from karama.foundation.documents.page import as_html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from karama.delivery.decisions.notice.facts import NoticeFacts, Previous
    from karama.foundation.languages import Language
    from karama.law.engine.explain import Explanation

LETTER_LANGUAGES: tuple[Language, ...] = ("fr", "ar")
_SECTIONS = (
    opening,
    refusals,
    changes,
    grant_rule,
    amounts,
    appeal,
    conditions,
    data,
    unconfirmed,
    verification,
)
"""What matters most stands first: the decision, why, what changed, how much, until when to appeal; then the proof."""
_CORRECTED = (opening, refusals, amounts, appeal, law_corrected, verification)
"""Where the law was corrected since, what was decided stands alone: today's law does not tell how it was reached."""


def letter(explanation: Explanation, facts: NoticeFacts, languages: Sequence[Language] = LETTER_LANGUAGES) -> Document:
    """The letter, one part for each language in the order given."""
    parts = [part(explanation, facts, language) for language in languages]
    return Document(parts[0].title, parts[0].footer, facts.decided_on, parts)


def part(explanation: Explanation, facts: NoticeFacts, language: Language) -> Part:
    """The letter in one language."""
    telling = Telling(explanation, facts, outcome_of(explanation, facts), language)
    if not facts.with_health:
        telling = _without_health(telling)
    outcome = telling.outcome
    programme = explanation.programme.label.get(language)
    return Part(
        language,
        TITLES[outcome.kind].get(language),
        f"{programme} · {telling.month(outcome.month)}",
        f"{telling.say('agency')} · {telling.code(facts.reference)}",
        [block for section in (_CORRECTED if facts.corrected else _SECTIONS) for block in section(telling)],
        mark=telling.say("mark") if facts.synthetic else "",
        page_of=page_of(language),
    )


def _without_health(telling: Telling) -> Telling:
    """The same letter for a reader who may not read facts of health: nothing in it depends on one but the amounts."""
    outcome, facts, previous = telling.outcome, telling.facts, telling.facts.previous
    hidden = private_refusals(outcome.programme, outcome.month)
    return replace(
        telling,
        explanation=without_health(telling.explanation),
        facts=replace(facts, previous=previous and _before_without_health(previous, outcome.programme)),
        outcome=replace(outcome, reasons=tuple(one for one in outcome.reasons if one not in hidden)),
    )


def _before_without_health(previous: Previous, programme: str) -> Previous:
    hidden = private_refusals(programme, previous.month)
    explanation = previous.explanation
    return replace(
        previous,
        reasons=tuple(one for one in previous.reasons if one not in hidden),
        explanation=None if explanation is None else without_health(explanation),
    )


def letter_html(document: Document, stylesheet: str | None = None) -> str:
    """The letter as a whole page; ``stylesheet`` is linked where given, else the style stands in the page."""
    return as_html(document, stylesheet)


def letter_pdf(document: Document) -> bytes:
    """The letter as tagged PDF (PDF/UA-1, PDF/A-2a): each language on pages of its own.

    Raises:
        BadInputError: a name holds letters of a script that the fonts do not have.
    """
    return typeset(document)
