"""What a programme reads: the columns of its two tables, households and their persons, as data.

The same declaration checks a household file, a register, writes the column dictionary and types the formulas.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from karama.law.engine.expressions import Column, Entity
from karama.law.engine.types import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from karama.foundation.languages import Label
    from karama.law.engine.types import Type

REQUIRED = object()
"""Default of a column that must be given."""


@dataclass(frozen=True)
class InputColumn:
    """One column of the register.

    ``default`` stands for an absent value in a household file; ``REQUIRED`` means it must be given.  ``least`` and
    ``most`` bound numbers.  ``month`` says the date is a month, written ``YYYY-MM`` in files and kept as its first day.
    ``code_labels`` names the codes of a choice.
    """

    name: str
    entity: Entity
    type: Type
    label: Label
    source: str
    unit: str = ""
    default: Any = REQUIRED
    month: bool = False
    least: int | None = None
    most: int | None = None
    code_labels: Mapping[str, Label] = field(default_factory=dict)

    @property
    def required(self) -> bool:
        """Whether a household file must give it."""
        return self.default is REQUIRED

    def node(self) -> Column:
        """The column as formulas read it."""
        return Column(self.name, self.type, self.entity)

    @property
    def sql_type(self) -> str:
        """Type of the column in a Parquet register, as DuckDB names it."""
        if self.type.kind is Kind.DECIMAL:
            return f"DECIMAL({self.type.digits},{self.type.places})"
        return {
            Kind.BOOLEAN: "BOOLEAN",
            Kind.INTEGER: "INTEGER",
            Kind.CHOICE: "VARCHAR",
            Kind.TEXT: "VARCHAR",
            Kind.DATE: "DATE",
        }[self.type.kind]


@dataclass(frozen=True)
class Inputs:
    """The columns a programme reads, and the names of its tables and keys.

    ``person_table`` is None for a programme without members (children in an establishment, each alone).
    """

    columns: tuple[InputColumn, ...]
    household_table: str = "households"
    household_key: str = "household_id"
    person_table: str | None = "persons"
    person_key: str = "person_id"
    members_field: str = "members"

    def of(self, entity: Entity) -> Iterator[InputColumn]:
        """The columns of one table."""
        return (column for column in self.columns if column.entity is entity)

    def get(self, name: str) -> InputColumn | None:
        """A column by its name."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, InputColumn]:
        return {column.name: column for column in reversed(self.columns)}
