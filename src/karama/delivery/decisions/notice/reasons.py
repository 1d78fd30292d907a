"""The “Pourquoi ?” of a letter: every condition, the calculation with its amounts of law, and the data used."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from karama.delivery.decisions.notice.outcome import Kind
from karama.delivery.decisions.notice.private import REST, rest_of
from karama.delivery.decisions.notice.telling import facts_read
from karama.foundation.documents import Callout, Column, Heading, Paragraph, Table
from karama.law.engine.speech import COLON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from karama.delivery.decisions.notice.telling import FactKey, Telling
    from karama.foundation.documents import Block
    from karama.law.engine.explain import ConditionExplained


def conditions(telling: Telling) -> Iterator[Block]:
    """Every condition with its result, what was compared and its text of law."""
    yield Heading(telling.say("conditions"))
    columns = [
        Column(telling.say("condition"), width=3),
        Column(telling.say("result"), width=1.2),
        Column(telling.say("found"), width=2.4),
        Column(telling.say("article"), width=3),
    ]
    explained = telling.explanation.conditions
    rows = [
        [
            one.label.get(telling.language),
            telling.say("met" if one.met else "unmet"),
            _found(telling, one),
            telling.article(one.reference),
        ]
        for one in explained
    ]
    yield Table(columns, rows, strong=[place for place, one in enumerate(explained) if not one.met], small=True)


def _found(telling: Telling, one: ConditionExplained) -> str:
    """What was compared; the words of the refusal where there is nothing to compare."""
    if one.condition.value and one.value is not None:
        value = telling.compared(one.value)
        if not one.condition.required:
            return value
        return telling.say("compared", value=value, limit=telling.compared(one.required))
    return "" if one.met else one.condition.refusal_label.get(telling.language)


def amounts(telling: Telling) -> Iterator[Block]:
    """The lines that add up to the amount of the month; what rests on health is one sum where it is not told."""
    decision = telling.explanation.decision
    if not decision.amount_centimes:
        return
    yield Heading(telling.say("amounts"))
    rows = _lines(telling)
    if rest := rest_of(telling.explanation):
        rows.append([REST.get(telling.language), "", "", telling.money(rest), ""])
    total = telling.say("total", month=telling.month(decision.month))
    rows.append([total, "", "", telling.money(decision.amount_centimes), ""])
    columns = [
        Column(telling.say("benefit"), width=2.6),
        Column(telling.say("whom"), width=2),
        Column(telling.say("rank"), numeric=True, width=0.7),
        Column(telling.say("amount"), numeric=True, width=1.5),
        Column(telling.say("article"), width=2.6),
    ]
    yield Table(columns, rows, strong=[len(rows) - 1], small=True)
    used = [] if telling.facts.corrected else _money_of_the_law(telling)
    if used:
        yield Paragraph(
            telling.say("used", said=" ; ".join(used) if telling.language == "fr" else "؛ ".join(used)), small=True
        )


def _lines(telling: Telling) -> list[list[str]]:
    definitions = telling.explanation.graph.definitions
    return [
        [
            definitions[line.benefit].formula.label.get(telling.language),
            telling.who(line.person_id),
            str(line.rank or ""),
            telling.money(line.amount_centimes),
            telling.article(definitions[line.benefit].formula.reference),
        ]
        for line in telling.explanation.decision.lines
    ]


def _money_of_the_law(telling: Telling) -> list[str]:
    """The amounts of law on the way to the lines, with article and status."""
    explanation, found = telling.explanation, dict[str, None]()
    for line in explanation.decision.lines:
        found |= explanation.paths[line].parameters
    parameters = explanation.programme.law.parameters
    return [explanation.say_parameter(name, telling.language) for name in found if parameters.get(name).kind == "money"]


def grant_rule(telling: Telling) -> Iterator[Block]:
    """Where one grant was claimed and is not due: what it asks for that is missing, with the facts and limits read."""
    claim, explanation = telling.facts.claim, telling.explanation
    outcome = telling.outcome
    if claim is None or not (outcome.refuses_a_grant or outcome.kind is Kind.GRANT_REFUSED):
        return
    formula = explanation.graph.definitions[claim.benefit].formula
    yield Heading(telling.say("refusals"))
    yield Paragraph(f"{formula.label.get(telling.language)} ({telling.article(formula.reference)})")
    key = explanation.programme.law.inputs.person_key
    row = next((one for one in explanation.decision.persons if one[key] == claim.person), None)
    steps = explanation.finder.of(claim.benefit, row).steps
    missing = [name for (name, _), value in steps.items() if value is False and name not in telling.private]
    for name in missing or {claim.benefit} - telling.private:
        colon = COLON[telling.language]
        if missing:
            yield Callout(f"{telling.label(name)}{colon}{telling.value(name, value=False)}")
        path = explanation.finder.of(name, row)
        read = [f"{telling.label(fact)}{colon}{telling.value(fact, value)}" for (fact, _), value in path.inputs.items()]
        limits = [explanation.say_parameter(one, telling.language) for one in path.parameters]
        for said in [*dict.fromkeys(read), *limits]:
            yield Paragraph(f"• {said}", small=True)


def data(telling: Telling) -> Iterator[Block]:
    """Every fact read, person by person: value, source, since when, since when known, where to correct it."""
    claim = telling.facts.claim
    benefit = claim.benefit if claim and claim.benefit not in telling.private else ""
    read = facts_read(telling.explanation, benefit, claim.person if claim else None)
    if not read:
        return
    yield Heading(telling.say("data"))
    if not telling.facts.with_health:
        yield Paragraph(telling.say("hidden"))
    yield Paragraph(telling.say("data_note"))
    columns = [
        Column(telling.say("what"), width=2.6),
        Column(telling.say("value"), width=1.6),
        Column(telling.say("source"), width=1.4),
        Column(telling.say("since"), width=1.2),
        Column(telling.say("known"), width=1.2),
        Column(telling.say("where"), width=2),
    ]
    for person, keys in groupby(read, key=lambda key: key[1]):
        caption = telling.who(person)
        rows = [_fact(telling, key, read[key]) for key in keys]
        yield Table(columns, rows, small=True, caption=caption[:1].upper() + caption[1:])


def _fact(telling: Telling, key: FactKey, value: object) -> list[str]:
    name, _ = key
    column, dated = telling.explanation.programme.law.inputs.get(name), telling.facts.dated.get(key)
    source = (dated.source if dated else "") or (column.source if column else "")
    return [
        telling.label(name),
        telling.value(name, value),
        telling.article(source),
        telling.day(dated.valid_from) if dated and dated.valid_from else "",
        telling.day(dated.known_on) if dated and dated.known_on else "",
        telling.place(name),
    ]
