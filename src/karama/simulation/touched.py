"""What a scenario touches in the law: each parameter before and after, formulas and benefits, with act and status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from karama.foundation.languages import LANGUAGES, Label
from karama.foundation.wording import PERCENT, signed
from karama.law import programme_named
from karama.law.listing import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from karama.foundation.languages import Language
    from karama.foundation.months import Month
    from karama.law.engine.formulas import Formula
    from karama.law.engine.parameters import DatedParameter, DatedValue
    from karama.law.engine.programme import Programme
    from karama.simulation import ParameterChange, Scenario

_NONE = Label("—", "—", "—")
_IN_FORCE = Label("règle en vigueur", "القاعدة الجاري بها العمل", "rule in force")
_PROPOSED = Label("règle proposée", "القاعدة المقترحة", "proposed rule")
_ADDED = Label("prestation ajoutée", "إعانة مضافة", "benefit added")
_SCORES = Label("indices socio-économiques", "المؤشرات الاجتماعية والاقتصادية", "socio-economic scores")
_REGISTER = Label("ceux du registre", "مؤشرات السجل", "those of the register")
_FILE = Label("fichier joint", "ملف مرفق", "attached file")
_YEARLY = Label("{0}, puis {1} par an", "{0}، ثم {1} كل سنة", "{0}, then {1} a year")
_UNTIL = Label("{0}, jusqu'en {1}", "{0}، إلى غاية {1}", "{0}, until {1}")
PROPOSED_STATUS = "proposed"


@dataclass(frozen=True)
class Touched:
    """A parameter, rule or benefit that a scenario changes.

    ``kind`` is parameter, formula, benefit or scores; ``first`` is its first month (None: all of them), ``reference``
    the act in force as the law's files cite it, and ``status`` how sure the value in force is: confirmed, press,
    inferred, unknown; ``proposed`` for what is new.
    """

    kind: str
    name: str
    label: Label
    old: Label
    new: Label
    first: Month | None
    reference: str
    status: str


def touched_by(scenario: Scenario) -> list[Touched]:
    """What the scenario changes, with those it stands on, in the order in which they apply.

    Raises:
        KaramaError: the scenario does not fit the law (see `Scenario.applied_to`).
    """
    programme = programme_named(scenario.programme)
    after = scenario.applied_to(programme)
    found: list[Touched] = []
    for one in scenario.chain:
        found += [_parameter(programme, after, change) for change in one.changes]
        found += _formulas(programme, one)
        found += [_benefit(after, benefit.formula) for benefit in one.benefits]
    if scenario.new_scores:
        found.append(Touched("scores", "score", _SCORES, _REGISTER, _FILE, None, "", PROPOSED_STATUS))
    return found


def _parameter(programme: Programme, after: Programme, change: ParameterChange) -> Touched:
    """A parameter as it was and as it would be in the first month of the change."""
    new = after.law.parameters.get(change.name)
    known = programme.law.parameters.by_name.get(change.name)
    before = _value_at(known, change.first)
    proposed = _said(after, new, new.at(change.first, "legal"))
    if change.yearly and change.factor is not None:
        growth = 100 * (change.factor - 1)
        proposed = _each(
            proposed, lambda text, one: _YEARLY.get(one).format(text, signed(growth, one, 1) + PERCENT[one])
        )
    if change.until is not None:
        until = f"{change.until.month:02d}/{change.until.year}"
        proposed = _each(proposed, lambda text, one: _UNTIL.get(one).format(text, until))
    return Touched(
        kind="parameter",
        name=new.name,
        label=new.label,
        old=_said(programme, known, before) if known and before else _NONE,
        new=proposed,
        first=change.first,
        reference=before.reference if before else "",
        status=before.status.value if before else PROPOSED_STATUS,
    )


def _value_at(known: DatedParameter | None, month: Month) -> DatedValue | None:
    """The value of the law in a month; None for a parameter that is new, or not yet there."""
    if known is None or all(value.legal_from > month for value in known.values):
        return None
    return known.at(month, "legal")


def _said(programme: Programme, parameter: DatedParameter, dated: DatedValue) -> Label:
    row = Row(programme, parameter, dated)
    unit = "" if parameter.kind in {"money", "boolean", "choice", "month", "date"} else parameter.unit
    said = (f"{row.say(one)} {programme.translate(unit, one)}".strip() for one in LANGUAGES)
    return Label(*said)


def _each(label: Label, change: Callable[[str, Language], str]) -> Label:
    return Label(*(change(label.get(one), one) for one in LANGUAGES))


def _formulas(programme: Programme, scenario: Scenario) -> Iterator[Touched]:
    """Rules replaced or added, each once."""
    in_force: dict[str, Formula] = {one.name: one for one in programme.law.formulas}
    for name, given in {one.name: one for one in scenario.formulas}.items():
        known = in_force.get(name)
        old, reference = (_IN_FORCE, known.reference) if known else (_NONE, "")
        yield Touched("formula", name, given.label, old, _PROPOSED, given.valid_from, reference, PROPOSED_STATUS)


def _benefit(after: Programme, formula: str) -> Touched:
    return Touched("benefit", formula, after.benefit_labels[formula], _NONE, _ADDED, None, "", PROPOSED_STATUS)


_TEXTS = (
    "scenario", "kind", "name", *(f"{part}_{language}" for part in ("label", "old", "new") for language in LANGUAGES),
    "first", "reference", "status",
)  # fmt: skip


def touched_frame(scenarios: Iterable[Scenario]) -> pl.DataFrame:
    """A row for each thing that each scenario touches, values and labels in the three languages."""
    rows = []
    for scenario in scenarios:
        for one in touched_by(scenario):
            words = {
                f"{part}_{language}": getattr(one, part).get(language)
                for part in ("label", "old", "new")
                for language in LANGUAGES
            }
            first = str(one.first) if one.first else None
            rows.append({
                "scenario": scenario.name, "kind": one.kind, "name": one.name, **words, "first": first,
                "reference": one.reference, "status": one.status,
            })  # fmt: skip
    return pl.DataFrame(rows, schema=dict.fromkeys(_TEXTS, pl.String))
