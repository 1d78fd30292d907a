"""Letters of decisions: made from the facts that were read, kept as first shown."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.timezone import localdate

from karama.delivery import procedure
from karama.delivery.decisions.deciding import Subject as About
from karama.delivery.decisions.deciding import explanation_of
from karama.delivery.decisions.models import Decision, Letter, Notice
from karama.delivery.decisions.notice.facts import Claim, Dated, Name, NoticeFacts, Previous
from karama.delivery.decisions.notice.letter import letter
from karama.foundation.documents.blocks import document_from
from karama.foundation.errors import IntegrityError
from karama.foundation.months import Month
from karama.law import programme_named
from karama.law.engine.explain import explain
from karama.record import journal
from karama.record.clock import now
from karama.record.scope import SYSTEM, Actor, acting_as
from karama.registry.provenance import names_of, provenance

if TYPE_CHECKING:
    from karama.foundation.documents import Document
    from karama.law.engine.explain import Explanation


def letter_of(*, notice_id: int, by: Actor) -> Document:
    """The letter of a notice that ``by`` may see: made at the first asking, the same ever after; one transaction.

    Who may not read facts of health is given a letter without them, which is not kept.

    Raises:
        Notice.DoesNotExist: there is none, or it is not seen.
        IntegrityError: the kept letter was changed, or the decision cannot be replayed any more.
    """
    with acting_as(by):
        notice = Notice.objects.get(pk=notice_id)
        kept = Letter.objects.filter(notice=notice).first()
        if kept is not None:
            return _read(kept)
        with acting_as(SYSTEM):
            document = _make(notice, with_health=by.health)
            if by.health:
                _keep(notice, document)
        return document


def _read(kept: Letter) -> Document:
    if _hash(kept.content) != kept.content_hash:
        raise IntegrityError(f"letter of {kept.notice_id}: its content is not the one whose hash was kept")
    return document_from(kept.content)


def _keep(notice: Notice, document: Document) -> None:
    """Keep what is shown; of two who ask at once, the first one's stays."""
    content, at = document.as_dict(), now()
    _, made = Letter.objects.get_or_create(
        notice=notice, defaults={"content": content, "content_hash": _hash(content), "made_at": at}
    )
    if made:
        journal.write(
            kind="letter.made",
            subject=("notice", notice.reference),
            by=SYSTEM,
            at=at,
            household_id=notice.household_id,
            data={"content_hash": _hash(content)},
        )


def _hash(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _make(notice: Notice, *, with_health: bool) -> Document:
    explanation, corrected = _told(notice)
    previous = notice.decision.in_place_of if notice.decision else _latest(notice)
    facts = replace(_facts(notice, explanation), corrected=corrected, with_health=with_health)
    return letter(explanation, replace(facts, previous=_before(previous)))


def _told(notice: Notice) -> tuple[Explanation, bool]:
    """The decision explained from the facts it read, and whether the law was corrected since.

    An announcement is explained from the facts known when it was made.
    """
    decision = notice.decision
    if decision is None:
        month = Month.of(notice.month)
        known = About.of(notice).known(notice.programme, month, notice.notified_at)
        return explain(programme_named(notice.programme), known.facts, month), False
    found = explanation_of(decision)
    if found.known.hash != decision.inputs_hash:
        raise IntegrityError(
            f"decision {decision.reference}: its facts are no longer those it was taken on: look at its replay, and"
            " tell the person by hand"
        )
    return found.explanation, found.corrected


def _latest(notice: Notice) -> Decision | None:
    """The decision in force when something was announced."""
    found = Decision.objects.filter(programme=notice.programme, decided_at__lte=notice.notified_at)
    if notice.household_id is not None:
        return found.filter(household_id=notice.household_id).order_by("-id").first()
    return found.filter(person_id=notice.person_id or 0, household=None).order_by("-id").first()


def _before(previous: Decision | None) -> Previous | None:
    """The decision before, with its explanation where its facts still give its outcome."""
    if previous is None:
        return None
    found = explanation_of(previous)
    told = found.known.hash == previous.inputs_hash and not found.corrected
    return Previous(
        previous.reference,
        Month.of(previous.month),
        previous.eligible,
        previous.monthly_centimes,
        tuple(previous.reasons),
        found.explanation if told else None,
    )


def _facts(notice: Notice, explanation: Explanation) -> NoticeFacts:
    decision = notice.decision
    known_at = decision.known_at if decision else notice.notified_at
    key = explanation.programme.law.inputs.person_key
    alone = explanation.programme.law.inputs.person_table is None
    persons = [explanation.decision.household_id] if alone else [str(one[key]) for one in explanation.decision.persons]
    dates = provenance(
        household_id=notice.household_id, persons=persons, month=Month.of(notice.month), known_at=known_at
    )
    names = names_of(persons, known_at)
    people = {idcs: Name(one.latin, one.arabic) for idcs, one in names.items()}
    return NoticeFacts(
        reference=notice.reference,
        decided_on=localdate(notice.notified_at),
        file_number=_file_number(notice),
        verification=settings.VERIFICATION,
        synthetic=notice.synthetic,
        appeal_until=notice.appeal_until,
        answer_days=procedure.days("days_to_answer_an_appeal", localdate(notice.notified_at)),
        recipient=_recipient(notice, explanation, people),
        claim=_claim(decision, explanation),
        announced=decision is None,
        people=people,
        dated={
            (column, None if alone else person): Dated(one.valid_from, one.known_on, one.source)
            for (column, person), one in dates.items()
        },
    )


def _file_number(notice: Notice) -> str:
    owner = notice.household.number if notice.household else None
    return owner or (notice.establishment.code if notice.establishment else "")


def _recipient(notice: Notice, explanation: Explanation, people: dict[str, Name]) -> Name | None:
    """The establishment, or the head of the family where a name is known."""
    if notice.establishment is not None:
        return Name(notice.establishment.name or notice.establishment.code)
    key = explanation.programme.law.inputs.person_key
    heads = [one[key] for one in explanation.decision.persons if one.get("role") == "head"]
    return next((people[one] for one in heads if one in people), None)


def _claim(decision: Decision | None, explanation: Explanation) -> Claim | None:
    if decision is None or decision.claim is None:
        return None
    claim = decision.claim
    benefit = claim.kind if claim.kind in explanation.programme.benefit_labels else ""
    made_on = localdate(claim.submitted_at or claim.opened_at)
    return Claim(claim.reference, made_on, benefit, claim.person.idcs if claim.person and benefit else None)
