"""Parameters and cases in the YAML shapes OpenFisca users know: values by date with references, tests by period.

Only the shapes are shared; no code of OpenFisca is used.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import yaml

from karama.foundation.errors import BadInputError
from karama.foundation.money import from_centimes
from karama.foundation.storage import publish_folder
from karama.law.engine.evaluate import decide_one
from karama.law.engine.expressions import Entity
from karama.law.engine.household_file import load_household

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from karama.foundation.months import Month
    from karama.law.engine.evaluate import Decision
    from karama.law.engine.parameters import DatedParameter, DatedValue
    from karama.law.engine.programme import Programme

_UNITS = {"money": "currency", "boolean": "bool"}


def export(programme: Programme, folder: Path, *, cases: Sequence[Path], month: Month) -> dict[str, int]:
    """Write ``parameters/`` (one file each, by folder of the law) and ``tests/`` (one file per case).

    Returns:
        How many parameters and cases were written.

    Raises:
        BadInputError: a case is no valid household, or two cases have the same name.
        StorageError: the folder cannot be written.
    """
    stems = [path.stem for path in cases]
    twice = next((path for path in cases if stems.count(path.stem) > 1), None)
    if twice is not None:
        message = f"{twice}: two cases would be written to tests/{twice.stem}.yaml: rename one of the files"
        raise BadInputError(message)
    parameters = list(programme.law.parameters)
    decided = [(path, decide_one(programme, load_household(path), month, where=str(path))) for path in cases]
    with publish_folder(folder) as draft:
        for parameter in parameters:
            place = draft / "parameters" / programme.name / parameter.file.split("/")[0]
            place.mkdir(parents=True, exist_ok=True)
            _write(place / f"{parameter.name}.yaml", parameter_shape(parameter, programme.currency))
        for path, decision in decided:
            (draft / "tests").mkdir(exist_ok=True)
            _write(draft / "tests" / f"{path.stem}.yaml", [case_shape(programme, decision)])
    return {"parameters": len(parameters), "cases": len(decided)}


def parameter_shape(parameter: DatedParameter, currency: str = "MAD") -> dict[str, Any]:
    """A parameter as OpenFisca writes it: description, values by first day with reference and status, metadata.

    A table becomes a node with one child per code.
    """
    unit = f"currency-{currency}" if parameter.kind == "money" else _UNITS.get(parameter.kind, "/1")
    metadata = {
        "unit": unit,
        "unit_text": parameter.unit,
        "label_ar": parameter.label.ar,
        "label_en": parameter.label.en,
    }
    if parameter.key is None:
        values = {str(one.legal_from.first_day): _dated(parameter, one, one.value) for one in parameter.values}
        return {"description": parameter.label.fr, "metadata": metadata, "values": values}
    shape: dict[str, Any] = {"description": parameter.label.fr, "metadata": metadata}
    first = parameter.values[0].value
    for code in first if isinstance(first, dict) else ():
        shape[code] = {
            "description": f"{parameter.label.fr}, {parameter.key} {code}",
            "values": {
                str(one.legal_from.first_day): _dated(parameter, one, one.value[code])  # type: ignore[index]
                for one in parameter.values
            },
        }
    return shape


def _dated(parameter: DatedParameter, one: DatedValue, value: object) -> dict[str, Any]:
    metadata = {"reference": one.reference, "status": one.status.value}
    if one.paid_from != one.legal_from:
        metadata["paid_from"] = str(one.paid_from.first_day)
    if one.note:
        metadata["note"] = one.note
    return {"value": _number(from_centimes(value) if parameter.kind == "money" else value), "metadata": metadata}  # type: ignore[arg-type]


def _number(value: object) -> object:
    """YAML's own numbers; OpenFisca reads floats."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value if isinstance(value, (bool, int, str)) else str(value)


def case_shape(programme: Programme, decision: Decision) -> dict[str, Any]:
    """A decision as an OpenFisca test: period, input by entity, expected output."""
    inputs = programme.law.inputs
    graph = programme.graph(decision.month)

    def known(row: Any, entity: Entity) -> dict[str, Any]:  # noqa: ANN401 - a row
        columns = [one.name for one in inputs.of(entity) if row.get(one.name) is not None]
        return {name: _number(row[name]) for name in columns if name not in {inputs.household_key, inputs.person_key}}

    people = {one[inputs.person_key]: known(one, Entity.PERSON) for one in decision.persons}
    household = {**known(decision.values, Entity.HOUSEHOLD), "members": list(people)}
    amounts = {
        one.formula: _number(from_centimes(decision.values[one.formula]))
        for one in programme.benefits
        if graph.definitions[one.formula].formula.entity is Entity.HOUSEHOLD
    }
    output = {programme.eligible: decision.eligible, programme.aid: decision.aid, **amounts}
    if programme.amount:
        output[programme.amount] = _number(from_centimes(decision.amount_centimes))
    return {
        "name": f"{programme.name} {decision.household_id} {decision.month}",
        "period": str(decision.month),
        "input": {"persons": people, "households": {decision.household_id: household}},
        "output": {"households": {decision.household_id: output}},
    }


class _Dumper(yaml.SafeDumper):
    """Codes of digits stay text for every YAML reader."""


def _text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="'" if value.isdigit() else None)


_Dumper.add_representer(str, _text)


def _write(path: Path, content: object) -> None:
    path.write_text(
        yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110), encoding="utf-8"
    )
