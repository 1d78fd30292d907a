"""What a change of a family's life is made of: its fields, its words, and the function that makes the new household.

A change takes the content of HOUSEHOLD.json and gives another one, which the reader of households checks like any
other; the fields are the register's own columns, so that their labels, types and bounds are said once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from karama.foundation.languages import Label
from karama.foundation.months import Month
from karama.law.inputs import REGISTER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karama.foundation.languages import Language
    from karama.law.engine.inputs import InputColumn

Household = dict[str, Any]
Values = dict[str, Any]
"""The fields of a change as given, completed by the defaults."""

Apply = Callable[[Household, Values, Month], Household]
"""Makes the household of a month from a copy of the one before; may alter the copy."""

FROM, MEMBER, NEW_HEAD = "from", "person_id", "new_head"
PARTNERS = ("head", "spouse")


@dataclass(frozen=True)
class Field:
    """One field of a change: a column of the register, a member of the family, or the month from which it holds."""

    name: str
    required: bool = True
    default: object = None
    label: Label | None = None

    @property
    def column(self) -> InputColumn | None:
        """The column whose type and label the field has."""
        return REGISTER.get(self.name)

    @property
    def kind(self) -> str:
        """What a form asks for: a member, a month, or a value of the column."""
        column = self.column
        if self.name in {MEMBER, NEW_HEAD}:
            return "member"
        return "month" if column is None or column.month else column.type.kind.value

    def as_dict(self, language: Language) -> dict[str, Any]:
        """What a form needs to ask for it."""
        column = self.column
        label = self.label or (column.label if column else _FROM_LABEL)
        return {
            "name": self.name,
            "label": label.get(language),
            "type": self.kind,
            "choices": list(column.type.choices) if column is not None else [],
            "required": self.required,
        }


_FROM_LABEL = Label("à partir du mois", "ابتداء من شهر", "from the month")
_MEMBER_LABEL = Label("membre du ménage", "فرد الأسرة", "member of the household")
HOLDS_FROM = Field(FROM, required=False)
WHO = Field(MEMBER, label=_MEMBER_LABEL)
SUCCESSOR = Field(
    NEW_HEAD,
    required=False,
    label=Label("nouveau chef de ménage", "رب الأسرة الجديد", "new head of the household"),
)


@dataclass(frozen=True)
class ChangeKind:
    """One kind of change.

    ``starts`` is the field that says from when it holds.  ``roles`` says whose it can be (anybody's when empty).
    ``moves_score`` says that the score of the RSU may follow: through what is declared to it, which only a new
    declaration tells, or through the composition of the household.  ``assumes`` says what is taken for granted.
    """

    name: str
    label: Label
    fields: tuple[Field, ...]
    apply: Apply
    starts: str = FROM
    roles: tuple[str, ...] = ()
    moves_score: Literal["", "declared", "composition"] = ""
    assumes: tuple[Label, ...] = ()

    def as_dict(self, language: Language = "fr") -> dict[str, Any]:
        """The entry of the catalogue that a page shows."""
        return {
            "change": self.name,
            "label": self.label.get(language),
            "roles": list(self.roles),
            "moves_score": bool(self.moves_score),
            "fields": [one.as_dict(language) for one in self.fields],
            "assumes": [one.get(language) for one in self.assumes],
        }


def member(household: Mapping[str, Any], person_id: object) -> dict[str, Any] | None:
    """A member of a household by the identifier."""
    found: dict[str, Any] | None = next((one for one in household["members"] if one.get(MEMBER) == person_id), None)
    return found
