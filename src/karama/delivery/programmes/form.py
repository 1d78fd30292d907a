"""The questions of a claim's form: how each is called, when it is asked, how its answer is read and checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from karama.foundation.errors import BadInputError
from karama.foundation.rib import read_rib
from karama.law.engine.household_file import read_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from karama.law.engine.inputs import InputColumn

MEMBER = "member"
"""A field that names a member of the household by the IDCS; whether there is such a member, the registry says."""

PHONE = r"^\+[1-9][0-9]{6,14}$"
"""A telephone number with its country, as messages are sent to it."""


@dataclass(frozen=True)
class AskedWith:
    """Another field with whose answer, or with whose one ``value``, a field is asked."""

    field: str
    value: str | None = None

    def holds(self, given: Mapping[str, object]) -> bool:
        """Whether the other field is answered so."""
        return answered(given, self.field) and (self.value is None or given[self.field] == self.value)

    def __str__(self) -> str:
        """In words."""
        return f"with '{self.field}'" if self.value is None else f"where '{self.field}' is '{self.value}'"


@dataclass(frozen=True)
class FormField:
    """One question of a claim's form.

    ``kind`` names what a text is where it is more than a text: ``rib``, ``phone`` or ``member``.
    """

    name: str
    column: InputColumn
    required: bool = True
    longest: int = 200
    kind: str = ""
    asked_with: AskedWith | None = None

    def answered(self, given: Mapping[str, object]) -> dict[str, Any]:
        """The answer under the field's name among those ``given``, as JSON keeps it; nothing where there is none.

        Raises:
            BadInputError: it is missing, not asked with the other answers, or wrong; names the field and the remedy.
        """
        asked, told = self._asked(given), answered(given, self.name)
        if told and not asked:
            raise BadInputError(f"field '{self.name}': is asked only {self.asked_with}: remove it")
        if asked and not told and self.required:
            raise BadInputError(f"field '{self.name}' is missing: {self.column.label.en}")
        return {self.name: self.read(given[self.name])} if told else {}

    def unanswered(self, answers: Mapping[str, object]) -> str | None:
        """What stands for a field without an answer: nothing (empty) where it was not to be asked, else unknown."""
        within = self.asked_with is not None and self.asked_with.field in answers
        return "" if within and not self._asked(answers) else None

    def read(self, raw: object) -> Any:  # noqa: ANN401 - typed by the column
        """The answer in its type, as JSON keeps it.

        Raises:
            BadInputError: not of the type, or not one of the choices; names the field and what is expected.
        """
        where = f"field '{self.name}'"
        if isinstance(raw, str) and len(raw) > self.longest:
            raise BadInputError(f"{where}: {len(raw)} characters: at most {self.longest} are kept")
        value = read_value(raw, self.column, where)
        if self.kind in _CHECKED:
            return _CHECKED[self.kind](str(value), where)
        if isinstance(value, Decimal):
            return str(value)
        return value.isoformat() if hasattr(value, "isoformat") else value

    def _asked(self, given: Mapping[str, object]) -> bool:
        return self.asked_with is None or self.asked_with.holds(given)


def answered(given: Mapping[str, object], name: str) -> bool:
    """Whether a field has an answer: an empty one is none."""
    told = given.get(name)
    return told is not None and told != ""


def _phone(text: str, where: str) -> str:
    number = re.sub(r"[\s\-.]+", "", text)
    if not re.fullmatch(PHONE, number):
        raise BadInputError(
            f"{where}: '{text}': a telephone number is written with its country: write +212 and nine digits"
        )
    return number


_CHECKED: Mapping[str, Callable[[str, str], str]] = {"rib": read_rib, "phone": _phone}
