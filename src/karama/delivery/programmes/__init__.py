"""The programmes entrusted to the agency, as the service sees them: what can be claimed, by form, with which facts.

One YAML file per programme.  The law of a programme stands in `karama.law`; here stands what a claim asks and where its
answers go.  Another programme is another file: nothing in the service knows one by name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import jsonschema

from karama.delivery.programmes.form import AskedWith, FormField, answered
from karama.foundation.errors import BadInputError, UnknownParameterError
from karama.foundation.languages import Label
from karama.law import programme_named
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
class FactBrought:
    """A fact that a decided claim writes: which table, from which day, with which values (`$name` is an answer)."""

    fact: str
    begins: str
    values: Mapping[str, Any]
    amends: bool = False
    """Whether what the form was not asked or not told stays as it is known."""


@dataclass(frozen=True)
class ClaimKind:
    """What can be claimed of a programme."""

    programme: str
    name: str
    label: Label
    about: About
    form: tuple[FormField, ...] = ()
    one_of: tuple[str, ...] = ()
    """Fields of the form of which one at least is answered."""
    proofs: tuple[str, ...] = ()
    """Kinds of documents that come with it."""
    proofs_with: Mapping[str, str] = field(default_factory=dict)
    """Of those that come only where a field of the form is answered, the field."""
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
            try:
                found |= one.answered(given)
            except BadInputError as error:
                wrong.append(str(error))
        if self.one_of and not any(answered(given, name) for name in self.one_of):
            wrong.append(f"neither of the fields {', '.join(self.one_of)} is given: give one at least")
        if wrong:
            raise BadInputError(f"claim '{self.name}' of programme '{self.programme}': " + "; ".join(wrong))
        return found

    def proofs_needed(self, answers: Mapping[str, object]) -> tuple[str, ...]:
        """The kinds of documents that must come with these answers."""
        return tuple(one for one in self.proofs if one not in self.proofs_with or self.proofs_with[one] in answers)


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
    asked = {one["name"] for one in told.get("form", ())}
    named = [one["asked_with"]["field"] for one in told.get("form", ()) if "asked_with" in one]
    if unknown := sorted({*named, *told.get("one_of", ()), *told.get("proofs_with", {}).values()} - asked):
        raise BadInputError(
            f"{path.name}: claims/{name}: {', '.join(unknown)} is no field of its form: correct the name"
        )
    return ClaimKind(
        programme=programme_name,
        name=name,
        label=Label(**told["label"]),
        about=told["about"],
        form=tuple(_field(f"{path.name}: claims/{name}/form", one, columns) for one in told.get("form", ())),
        one_of=tuple(told.get("one_of", ())),
        proofs=tuple(told.get("proofs", ())),
        proofs_with=told.get("proofs_with", {}),
        facts=tuple(
            FactBrought(one["fact"], one["from"], one["values"], one.get("amends", False))
            for one in told.get("facts", ())
        ),
        decides=told.get("decides", True),
        automatic=told.get("automatic", False),
        health=told.get("health", False),
    )


def _field(where: str, told: dict[str, Any], columns: dict[str, InputColumn]) -> FormField:
    required = told.get("required", True)
    asked = AskedWith(**told["asked_with"]) if "asked_with" in told else None
    if "column" in told:
        if told["column"] not in columns:
            raise BadInputError(f"{where}: '{told['column']}' is no column of the programme's law: correct the name")
        return FormField(told["name"], columns[told["column"]], required, asked_with=asked)
    kind = {"date": DATE, "choice": choice(*told.get("choices", ()))}.get(told["type"], TEXT)
    labels = {code: Label(**label) for code, label in told.get("choices", {}).items()}
    column = InputColumn(told["name"], HOUSEHOLD, kind, Label(**told["label"]), "", code_labels=labels)
    return FormField(told["name"], column, required, told.get("longest", 200), told["type"], asked)
