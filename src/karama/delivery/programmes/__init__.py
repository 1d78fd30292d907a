"""The programmes entrusted to the agency, as the service sees them: what can be claimed, by form, with which facts.

One YAML file per programme.  The law of a programme stands in `karama.law`; here stands what a claim asks and where its
answers go.  Another programme is another file: nothing in the service knows one by name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import jsonschema

from karama.foundation.errors import BadInputError, UnknownParameterError
from karama.foundation.languages import Label
from karama.law import programme_named
from karama.law.engine.household_file import read_value
from karama.law.engine.inputs import InputColumn
from karama.law.engine.parameters import load_yaml
from karama.law.engine.types import DATE, TEXT, choice
from karama.law.inputs import HOUSEHOLD
from karama.registry.declared import declared_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karama.law.engine.programme import Programme

HERE = Path(__file__).parent

About = Literal["household", "person", "placed_person"]
"""Whom a claim is about: a household, one of its members, or a child placed in an establishment."""


@dataclass(frozen=True)
class FormField:
    """One question of a claim's form: how it is called, read and checked."""

    name: str
    column: InputColumn
    required: bool = True
    longest: int = 200

    def read(self, raw: object) -> Any:  # noqa: ANN401 - typed by the column
        """The answer in its type, as JSON keeps it.

        Raises:
            BadInputError: not of the type, or not one of the choices; names the field and what is expected.
        """
        where = f"field '{self.name}'"
        if isinstance(raw, str) and len(raw) > self.longest:
            raise BadInputError(f"{where}: {len(raw)} characters: at most {self.longest} are kept")
        value = read_value(raw, self.column, where)
        if isinstance(value, Decimal):
            return str(value)
        return value.isoformat() if hasattr(value, "isoformat") else value


@dataclass(frozen=True)
class FactBrought:
    """A fact that a decided claim writes: which table, from which day, with which values (`$name` is an answer)."""

    fact: str
    begins: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class ClaimKind:
    """What can be claimed of a programme."""

    programme: str
    name: str
    label: Label
    about: About
    form: tuple[FormField, ...] = ()
    proofs: tuple[str, ...] = ()
    facts: tuple[FactBrought, ...] = ()
    decides: bool = True
    """Whether the law is asked; a change of account asks nothing of it."""
    automatic: bool = False
    """Whether the service decides it by itself; an officer looks at any other first."""
    health: bool = False
    """Whether the claim itself is a health fact."""

    @property
    def declares(self) -> bool:
        """Whether its answers are kept for the law to read."""
        return any(one.fact == "declaration" for one in self.facts)

    def answers(self, given: Mapping[str, object]) -> dict[str, Any]:
        """The answers of the form, read and checked.

        Raises:
            BadInputError: a field is unknown, missing or wrong; all that is wrong is said at once.
        """
        fields = {one.name: one for one in self.form}
        wrong = [f"field '{name}' is unknown: remove it" for name in given if name not in fields]
        found: dict[str, Any] = {}
        for one in self.form:
            raw = given.get(one.name)
            if raw is None or raw == "":
                wrong += [f"field '{one.name}' is missing: {one.column.label.en}"] if one.required else []
                continue
            try:
                found[one.name] = one.read(raw)
            except BadInputError as error:
                wrong.append(str(error))
        if wrong:
            raise BadInputError(f"claim '{self.name}' of programme '{self.programme}': " + "; ".join(wrong))
        return found


@dataclass(frozen=True)
class Entrusted:
    """A programme as the service sees it."""

    name: str
    kinds: Mapping[str, ClaimKind] = field(default_factory=dict)
    called: Label | None = None
    """What people call it where its label is long."""

    @cached_property
    def law(self) -> Programme:
        """Its law."""
        return programme_named(self.name)

    @property
    def of_placed_children(self) -> bool:
        """Whether what is decided is the right of a child placed in an establishment, and not of a household."""
        return any(one.about == "placed_person" for one in self.kinds.values())

    @property
    def declared(self) -> frozenset[str]:
        """Columns its law reads that no registry holds: the answers of the household's own claim give them."""
        return frozenset(one.name for one in declared_columns(self.name))

    def kind(self, name: str) -> ClaimKind:
        """A kind of claim.

        Raises:
            UnknownParameterError: the programme has none of that name; its kinds are listed.
        """
        if name not in self.kinds:
            raise UnknownParameterError(
                f"programme '{self.name}' has no claim '{name}': use one of {', '.join(self.kinds)}"
            )
        return self.kinds[name]


@cache
def entrusted() -> Mapping[str, Entrusted]:
    """Every programme entrusted, by name.

    Raises:
        BadInputError: a file is not as the schema asks; names the file and the place in it.
    """
    return {one.name: one for one in map(read, sorted(HERE.glob("*.yaml")))}


def programme(name: str) -> Entrusted:
    """One programme entrusted.

    Raises:
        UnknownParameterError: no such programme; the known ones are listed.
    """
    known = entrusted()
    if name not in known:
        raise UnknownParameterError(f"programme '{name}' is not entrusted: use one of {', '.join(known)}")
    return known[name]


def called(name: str) -> Label:
    """What people call a programme: a short name where its file gives one, else the label of its law."""
    found = entrusted().get(name)
    return (found and found.called) or programme_named(name).label


def read(path: Path) -> Entrusted:
    """A programme's file."""
    raw = load_yaml(path)
    checker = jsonschema.Draft202012Validator(_schema())
    for error in sorted(checker.iter_errors(raw), key=lambda one: list(one.path)):
        place = "/".join(map(str, error.path)) or "the file"
        raise BadInputError(f"{path.name}: {place}: {error.message}")
    name = raw["programme"]
    columns = {one.name: one for one in programme_named(name).law.inputs.columns}
    kinds = {key: _kind(path, name, key, told, columns) for key, told in raw["claims"].items()}
    found = Entrusted(name, kinds, Label(**raw["called"]) if "called" in raw else None)
    if found.of_placed_children and any(one.about != "placed_person" for one in kinds.values()):
        raise BadInputError(
            f"{path.name}: claims: some are about children in establishments, some about households: a right is of the"
            " one or of the other: write two programmes"
        )
    asked = {one.column.name for kind in kinds.values() if kind.declares for one in kind.form}
    if missing := sorted(found.declared - asked):
        raise BadInputError(
            f"{path.name}: the law reads {', '.join(missing)}, which no registry holds: ask for it in a form"
            " whose claim brings the fact 'declaration'"
        )
    return found


@cache
def _schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / "programme.schema.json").read_text(encoding="utf-8"))
    return found


def _kind(
    path: Path, programme_name: str, name: str, told: dict[str, Any], columns: dict[str, InputColumn]
) -> ClaimKind:
    return ClaimKind(
        programme=programme_name,
        name=name,
        label=Label(**told["label"]),
        about=told["about"],
        form=tuple(_field(f"{path.name}: claims/{name}/form", one, columns) for one in told.get("form", ())),
        proofs=tuple(told.get("proofs", ())),
        facts=tuple(FactBrought(one["fact"], one["from"], one["values"]) for one in told.get("facts", ())),
        decides=told.get("decides", True),
        automatic=told.get("automatic", False),
        health=told.get("health", False),
    )


def _field(where: str, told: dict[str, Any], columns: dict[str, InputColumn]) -> FormField:
    required = told.get("required", True)
    if "column" in told:
        if told["column"] not in columns:
            raise BadInputError(f"{where}: '{told['column']}' is no column of the programme's law: correct the name")
        return FormField(told["name"], columns[told["column"]], required)
    kind = {"date": DATE, "text": TEXT}.get(told["type"]) or choice(*told["choices"])
    labels = {code: Label(**label) for code, label in told.get("choices", {}).items()}
    column = InputColumn(told["name"], HOUSEHOLD, kind, Label(**told["label"]), "", code_labels=labels)
    return FormField(told["name"], column, required, told.get("longest", 200))
