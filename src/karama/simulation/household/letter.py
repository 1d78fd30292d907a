"""A family's months, and its "what if?", as pages of plain text in French, Arabic or English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.foundation.money import format_money
from karama.law.engine.speech import COLON, say_month
from karama.simulation.household.sentences import Teller

if TYPE_CHECKING:
    from karama.foundation.languages import Language
    from karama.simulation.household.differences import Difference
    from karama.simulation.household.months import FamilyMonth, Projection
    from karama.simulation.household.what_if import WhatIf


def as_text(projection: Projection, language: Language = "fr") -> str:
    """The months: amount, what changes and why, what schooling could change; then rights that end, doubts, remarks."""
    teller, programme = Teller(language), projection.programme
    lines = [_title(projection, language), ""]
    said: dict[str, int] = {}
    for one in projection.months:
        lines += _month(one, teller, said)
    lines.append("")
    if programme.amount:
        total = format_money(projection.total_centimes, language, programme.currency)
        lines.append(f"{teller.say('total')}{COLON[language]}{total}")
    lines += [teller.distance(each) for each in projection.months[-1].distances]
    if projection.endings:
        lines += ["", f"{teller.say('endings')}{COLON[language].rstrip()}"]
        lines += [f"  - {teller.ending(one)}" for one in projection.endings]
    if projection.unconfirmed:
        lines += ["", f"{teller.say('unconfirmed')}{COLON[language].rstrip()}"]
        known = {name: one.explanation for one in projection.months for name in one.explanation.unconfirmed}
        lines += [f"  ? {known[name].say_parameter(name, language)}" for name in projection.unconfirmed]
    return "\n".join([*lines, "", *projection.remarks(language), ""])


def _title(projection: Projection, language: Language) -> str:
    programme, first, last = projection.programme, projection.months[0], projection.months[-1]
    who = programme.law.inputs.get(programme.law.inputs.household_key)
    assert who is not None  # noqa: S101 - every programme has the key of its table
    months = f"{say_month(first.month, language)} – {say_month(last.month, language)}"
    return f"{programme.label.get(language)} · {months} · {who.label.get(language)} {first.decision.household_id}"


def _month(one: FamilyMonth, teller: Teller, said: dict[str, int]) -> list[str]:
    """One month; another schooling is said where what it takes away or brings is not what it was the month before."""
    programme, language = one.explanation.programme, teller.language
    lines = ["  ".join([say_month(one.month, language), *_received(one, language)])]
    if one.change is None:
        lines += [f"    ✗ {teller.refusal(code, programme)}" for code in one.decision.reasons]
    elif one.change:
        lines += difference_lines(one.change, teller)
    for each in one.otherwise:
        brings = each.decision.amount_centimes - one.decision.amount_centimes
        if said.get(each.person_id) != brings:
            lines.append(f"    ? {teller.otherwise(each, one.decided)}")
        said[each.person_id] = brings
    return lines


def _received(one: FamilyMonth, language: Language) -> list[str]:
    """The amount, where the programme pays one, and the kind of aid."""
    programme, decision = one.explanation.programme, one.decision
    label = programme.aid_labels.get(decision.aid)
    amount = [format_money(decision.amount_centimes, language, programme.currency)] if programme.amount else []
    return [*amount, label.get(language) if label else decision.aid]


def difference_lines(change: Difference, teller: Teller) -> list[str]:
    """What differs and why, a line each."""
    programme, colon = change.after.prepared.programme, COLON[teller.language]
    no_longer, because = f"{teller.say('no_longer')}{colon}", f"{teller.say('because')}{colon}"
    return [
        *(f"    ✗ {teller.refusal(code, programme)}" for code in change.refusals_added),
        *(f"    ✓ {no_longer}{teller.refusal(code, programme)}" for code in change.refusals_ended),
        *(f"    · {teller.line(one, change)}" for one in change.lines),
        *(f"    {because}{teller.cause(one, change)}" for one in change.causes),
    ]


def what_if_text(found: WhatIf, language: Language = "fr") -> str:
    """The months with the changes and without, and why they differ; what repeats the month before is left out."""
    teller, currency = Teller(language), found.before.programme.currency
    lines = [_title(found.before, language), ""]
    for change in found.changes:
        given = ", ".join(str(value) for value in list(change.as_dict(language).values())[3:])
        lines.append(f"  + {change.kind.label.get(language)} ({say_month(change.start, language)}) {given}".rstrip())
    lines.append("")
    told: dict[tuple[str, ...], str] = {}
    last: tuple[str, ...] = ()
    for old, new, brought in zip(found.before.months, found.after.months, found.differences, strict=True):
        month, details = say_month(new.month, language), tuple(difference_lines(brought, teller))
        between = teller.between(*(_received(one, language)[0] for one in (old, new)))
        signed = f"  {_signed(brought.centimes, language, currency)}" if found.before.programme.amount else ""
        lines.append(f"{month}  {between}{signed}")
        if details and details != last:
            lines += [f"    {teller.say('as_in', month=told[details])}"] if details in told else details
            told.setdefault(details, month)
        last = details
    lines.append("")
    if found.before.programme.amount:
        lines += [f"{teller.say('total')}{COLON[language]}{_signed(found.centimes, language, currency)}", ""]
    return "\n".join([*lines, *found.remarks(language), ""])


def _signed(centimes: int, language: Language, currency: str) -> str:
    sign = "+" if centimes > 0 else "\u2212" if centimes < 0 else "="
    return f"{sign} {format_money(abs(centimes), language, currency)}" if centimes else sign
