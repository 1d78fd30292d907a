"""What changed since the decision before: the outcome, the refusals, and each fact or amount of law that differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.delivery.decisions.notice.outcome import refusal_labels
from karama.delivery.decisions.notice.telling import facts_read
from karama.foundation.documents import Column, Heading, Paragraph, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from karama.delivery.decisions.notice.facts import Previous
    from karama.delivery.decisions.notice.telling import Telling
    from karama.foundation.documents import Block
    from karama.law.engine.explain import Explanation

_MISSING = object()


def changes(telling: Telling) -> Iterator[Block]:
    """The section, where there was a decision before."""
    previous = telling.facts.previous
    if previous is None:
        return
    yield Heading(telling.say("changed"))
    yield Paragraph(_was(telling, previous))
    yield from _refusals(telling, previous)
    if previous.explanation is None:
        return
    rows = list(_differences(telling, previous.explanation))
    if rows:
        columns = [
            Column(telling.say("what"), width=2.6),
            Column(telling.say("whom"), width=2),
            Column(telling.say("before"), width=1.6),
            Column(telling.say("after"), width=1.6),
        ]
        yield Table(columns, rows, small=True)
    elif telling.facts.with_health:
        yield Paragraph(telling.say("same_data"))


def _was(telling: Telling, previous: Previous) -> str:
    code, month = telling.code(previous.reference), telling.month(previous.month)
    if not previous.eligible:
        return telling.say("was_refused", code=code, month=month)
    if telling.outcome.monthly is None:
        return telling.say("was_open", code=code, month=month)
    return telling.say("was", code=code, month=month, amount=telling.money(previous.monthly_centimes))


def _refusals(telling: Telling, previous: Previous) -> Iterator[Block]:
    """Refusals that ended, and those that are new."""
    labels, now = refusal_labels(telling.outcome.programme), telling.outcome.reasons
    for code in previous.reasons:
        if code not in now:
            yield Paragraph(telling.say("no_longer", reason=labels[code].get(telling.language)))
    for code in now:
        if code not in previous.reasons:
            yield Paragraph(telling.say("now", reason=labels[code].get(telling.language)))


def _differences(telling: Telling, before: Explanation) -> Iterator[list[str]]:
    """Facts read that differ, then results, then amounts and limits of the law."""
    now, absent = telling.explanation, telling.say("absent")
    old, new = facts_read(before), facts_read(now)
    left, joined = _people(before) - _people(now), _people(now) - _people(before)
    here = telling.say("family")
    for mover in sorted(left | joined):
        yield [telling.who(mover), "", here if mover in left else absent, here if mover in joined else absent]
    for key in {**old, **new}:
        name, person = key
        was, is_ = _value(before, key, old), _value(now, key, new)
        if person not in left | joined and was is not is_ and was != is_:
            said = [absent if one is _MISSING else telling.value(name, one) for one in (was, is_)]
            yield [telling.label(name), telling.who(person), *said]
    yield from _results(telling, before)
    yield from _law(telling, before)


def _people(explanation: Explanation) -> set[str]:
    key = explanation.programme.law.inputs.person_key
    return {one[key] for one in explanation.decision.persons}


def _value(explanation: Explanation, key: tuple[str, str | None], read: dict[tuple[str, str | None], object]) -> object:
    """A fact's value, read by the decision or not."""
    if key in read:
        return read[key]
    name, person = key
    if person is None:
        return explanation.decision.values.get(name, _MISSING)
    return _row(explanation, person).get(name, _MISSING)


def _row(explanation: Explanation, person: str) -> dict[str, object]:
    key = explanation.programme.law.inputs.person_key
    return next((dict(one) for one in explanation.decision.persons if one[key] == person), {})


def _results(telling: Telling, before: Explanation) -> Iterator[list[str]]:
    """Results kept with a decision, for those who are in both: a child who no longer counts, another rank."""
    now = telling.explanation
    programme = now.programme
    for person in sorted(_people(now) & _people(before)):
        was, is_ = _row(before, person), _row(now, person)
        for name in programme.person_trace:
            if name not in telling.private and was.get(name) != is_.get(name):
                said = [telling.value(name, one[name]) for one in (was, is_)]
                yield [telling.label(name), telling.who(person), *said]


def _law(telling: Telling, before: Explanation) -> Iterator[list[str]]:
    """Amounts and limits of the law that were read and are other ones now."""
    now = telling.explanation
    for name in _parameters(now):
        old, new = (one.prepared.binding.values.get(name) for one in (before, now))
        if old is not None and old != new:
            said = [telling.parameter(name, one) for one in (old, new)]
            yield [telling.label(name), telling.say("law"), *said]


def _parameters(explanation: Explanation) -> dict[str, None]:
    found: dict[str, None] = {}
    for line in explanation.decision.lines:
        found |= explanation.paths[line].parameters
    for one in explanation.conditions:
        found |= explanation.finder.of(one.condition.formula).parameters
    return found
