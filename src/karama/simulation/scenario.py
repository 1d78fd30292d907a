"""A scenario: a reform as data, read from a YAML file and checked like the law itself.

```yaml
name: floor-600
label: {fr: "Plancher à 600 dirhams", ar: "حد أدنى من 600 درهم", en: "Floor of 600 dirhams"}
author: "Budget office"
parameters:
  - {name: family_floor_amount, value: 600, from: 2027-01}
```

Beside changed parameters (``value`` or ``factor``, ``from`` a month, ``until`` if it ends) a scenario may index
amounts, replace or add formulas (a Python file of the same shape as the law's; it is run, so take it only from whom
you trust), add benefits, give new scores, and stand on other scenarios (``after``).  Paths are those beside the file.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal, get_args

from karama.foundation.errors import BadInputError, KaramaError
from karama.foundation.languages import Label
from karama.foundation.months import Month
from karama.law import programme_named
from karama.law.engine.parameters import load_yaml
from karama.law.engine.programme import Benefit
from karama.law.engine.schema import check_shape
from karama.simulation.changed_law import ParameterChange, changed
from karama.simulation.scenario_formulas import load_formulas

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from karama.law.engine.formulas import Formula
    from karama.law.engine.programme import Programme

ScenarioStatus = Literal["draft", "submitted", "adopted", "refused"]
STATUSES: tuple[ScenarioStatus, ...] = get_args(ScenarioStatus)
_DECIDED = ("adopted", "refused")
_SCHEMA = "scenario.schema.json"
_MOST_INDEXATION = Decimal(100)


@dataclass(frozen=True)
class Scenario:
    """A reform: what it would change, who proposes it, and where it stands.

    ``scores`` is a Parquet or CSV file of ``household_id`` and ``score`` that replaces the register's scores.
    ``before`` are the scenarios it stands on, applied first.
    """

    name: str
    label: Label
    description: Label | None = None
    author: str = ""
    status: ScenarioStatus = "draft"
    decided_on: dt.date | None = None
    programme: str = "asd"
    changes: tuple[ParameterChange, ...] = ()
    formulas: tuple[Formula, ...] = ()
    new_parameters: Path | None = None
    benefits: tuple[Benefit, ...] = ()
    scores: Path | None = None
    before: tuple[Scenario, ...] = ()
    place: str = field(default="the scenario", compare=False)

    @property
    def chain(self) -> tuple[Scenario, ...]:
        """The scenarios it stands on and itself, in the order in which they apply, each once."""
        found: list[Scenario] = []
        for one in (*(step for earlier in self.before for step in earlier.chain), self):
            if one not in found:
                found.append(one)
        return tuple(found)

    @property
    def new_scores(self) -> Path | None:
        """The last file of scores of the chain."""
        return next((one.scores for one in reversed(self.chain) if one.scores), None)

    def check(self, programme: str = "asd") -> None:
        """Refuse the scenario if it does not hold on a programme, before a register is read.

        Raises:
            BadInputError: a value or a month breaks a rule, or the scenario is of another programme.
            UnknownParameterError: a parameter or programme nobody defined.
            LawError: the formulas do not hold together.
        """
        self.applied_to(programme_named(programme))

    def applied_to(self, programme: Programme) -> Programme:
        """The programme as the scenario, after those it stands on, would have it.

        Raises:
            BadInputError: a value or a month breaks a rule, or the scenario is of another programme.
            UnknownParameterError: a parameter nobody defined; the nearest name is proposed.
            LawError: the formulas do not hold together.
        """
        for one in self.chain:
            if one.programme != programme.name:
                raise BadInputError(
                    f"{one.place}: programme: is of '{one.programme}', not '{programme.name}': simulate that one"
                )
            programme = _applied_alone(one, programme)
        return programme


def _applied_alone(scenario: Scenario, programme: Programme) -> Programme:
    try:
        return changed(
            programme,
            changes=scenario.changes,
            formulas=scenario.formulas,
            new_parameters=scenario.new_parameters,
            benefits=scenario.benefits,
            reference=f"scenario '{scenario.name}', not law",
        )
    except KaramaError as error:
        text = str(error)
        if text.startswith(scenario.place):
            raise
        raise type(error)(f"{scenario.place}: {text}") from error


def load_scenario(path: Path) -> Scenario:
    """Read a scenario, and those it stands on.

    Raises:
        BadInputError: not readable, of another shape, or a chain that comes back to itself; names file and place.
        LawError: a formula of the scenario is none.
    """
    return _load(path, ())


def _load(path: Path, above: tuple[Path, ...]) -> Scenario:
    if not path.is_file():
        raise BadInputError(f"{path}: no such file: check the path of the scenario")
    if path.resolve() in above:
        circle = " → ".join(one.name for one in (*above, path))
        raise BadInputError(f"{path}: after: comes back to itself ({circle}): take one of them out")
    content = load_yaml(path)
    check_shape(path, content, _schema(), _SCHEMA)
    try:
        return _scenario(path, content, (*above, path.resolve()))
    except (ValueError, InvalidOperation) as error:
        raise BadInputError(f"{path}: {error}") from error


@cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(resources.files(__package__).joinpath(_SCHEMA).read_text(encoding="utf-8"))
    return schema


def _scenario(path: Path, content: Mapping[str, Any], above: tuple[Path, ...]) -> Scenario:
    beside = path.parent
    status = content.get("status", "draft")
    return Scenario(
        name=content["name"],
        label=_label(content.get("label", content["name"])),
        description=_label(content["description"]) if "description" in content else None,
        author=content.get("author", ""),
        status=status,
        decided_on=_decided_on(path, content, status),
        programme=content.get("programme", "asd"),
        changes=(
            *(_change(path, number, one) for number, one in enumerate(content.get("parameters", []), start=1)),
            *(change for one in content.get("indexation", []) for change in _indexation(path, one)),
        ),
        formulas=load_formulas(beside / content["formulas"]) if "formulas" in content else (),
        new_parameters=_file(path, "new_parameters", content),
        benefits=tuple(
            Benefit(one["formula"], one.get("rank"), one.get("one_off", False)) for one in content.get("benefits", [])
        ),
        scores=_file(path, "scores", content),
        before=tuple(_load(beside / one, above) for one in content.get("after", [])),
        place=str(path),
    )


def _label(given: str | Mapping[str, str]) -> Label:
    return Label(given, given, given) if isinstance(given, str) else Label(**given)


def _file(path: Path, key: str, content: Mapping[str, Any]) -> Path | None:
    if key not in content:
        return None
    found: Path = path.parent / content[key]
    if not found.is_file():
        raise BadInputError(f"{path}: {key}: no file {found}: paths are those beside the scenario")
    return found


def _decided_on(path: Path, content: Mapping[str, Any], status: ScenarioStatus) -> dt.date | None:
    given = content.get("decided_on")
    if (given is None) == (status in _DECIDED):
        told = "needs the day" if given is None else "has no day"
        raise BadInputError(
            f"{path}: decided_on: status '{status}' {told} of a decision: adopted and refused have one, others none"
        )
    return dt.date.fromisoformat(given) if given is not None else None


def _change(path: Path, number: int, raw: Mapping[str, Any]) -> ParameterChange:
    where = f"{path}: parameters, number {number} ('{raw['name']}')"
    first, until = Month.parse(raw["from"]), Month.parse(raw["until"]) if "until" in raw else None
    if until is not None and until < first:
        raise BadInputError(f"{where}: until {until} is before from {first}: give a later month")
    factor = _positive(raw["factor"], f"{where}: factor") if "factor" in raw else None
    step = _positive(raw["rounded_to"], f"{where}: rounded_to") if "rounded_to" in raw else None
    return ParameterChange(raw["name"], first, raw.get("value"), factor, until, step)


def _indexation(path: Path, raw: Mapping[str, Any]) -> list[ParameterChange]:
    where = f"{path}: indexation"
    percent = _decimal(raw["yearly_percent"], f"{where}: yearly_percent")
    if not -_MOST_INDEXATION < percent <= _MOST_INDEXATION:
        raise BadInputError(f"{where}: yearly_percent: {percent} is not between -100 and 100: give a percentage")
    step = _positive(raw["rounded_to"], f"{where}: rounded_to") if "rounded_to" in raw else None
    factor = 1 + percent / 100
    first = Month.parse(raw["from"])
    return [ParameterChange(name, first, factor=factor, rounded_to=step, yearly=True) for name in raw["parameters"]]


def _decimal(raw: object, where: str) -> Decimal:
    try:
        value = Decimal(str(raw))
    except InvalidOperation as error:
        raise BadInputError(f"{where}: {raw!r} is no number: write it with a point, for example 1.03") from error
    if not value.is_finite():
        raise BadInputError(f"{where}: {raw!r} is no finite number")
    return value


def _positive(raw: object, where: str) -> Decimal:
    value = _decimal(raw, where)
    if value <= 0:
        raise BadInputError(f"{where}: {value} is not above 0: give a positive number")
    return value
