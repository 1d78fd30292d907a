"""A formula: a pure function of columns whose argument names are the data flow.

```python
@formula(
    entity=Entity.PERSON,
    label=Label(fr="Enfant compté", ar="طفل محتسب", en="Counted child"),
    reference="family act, art. 1",
)
def is_counted_child(role, birth_date, child_age_limit_years):
    return role.among("child") & (birth_date > years_before(child_age_limit_years))
```

Each argument is an input of the register, another formula or a parameter of the law.  The function is called once,
with nodes, when the graph is assembled; it never sees a household.  Two versions of the law are two functions with
the same ``name`` and other dates, never an ``if year`` inside one.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karama.foundation.errors import LawError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from karama.foundation.languages import Label
    from karama.foundation.months import Month
    from karama.law.engine.expressions import Entity, Node


_NAME = re.compile(r"[a-z][a-z0-9_]*")
"""Names become columns of SQL, where case does not count, and names in Python; an underscore first is the engine's."""


@dataclass(frozen=True)
class Formula:
    """One dated rule: how a column is computed from others.

    ``unit`` is ``centimes`` for money; ``valid_until`` is included.
    """

    name: str
    entity: Entity
    arguments: tuple[str, ...]
    build: Callable[..., Node]
    label: Label
    reference: str
    file: str
    unit: str = ""
    valid_from: Month | None = None
    valid_until: Month | None = None
    description: str = ""

    def valid_in(self, month: Month) -> bool:
        """Whether this version is the law of a month."""
        return (self.valid_from is None or self.valid_from <= month) and (
            self.valid_until is None or month <= self.valid_until
        )

    @property
    def place(self) -> str:
        """Name and file, for messages."""
        return f"formula '{self.name}' ({self.file})"


def formula(
    *,
    entity: Entity,
    label: Label,
    reference: str,
    unit: str = "",
    name: str | None = None,
    valid_from: Month | None = None,
    valid_until: Month | None = None,
) -> Callable[[Callable[..., Node]], Formula]:
    """Declare a function as a rule of the law; its docstring explains it, its arguments are what it reads.

    Raises:
        LawError: the name can be no column, an argument has a default or is variadic (the data flow is the names).
    """

    def declare(function: Callable[..., Node]) -> Formula:
        called = name or function.__name__
        if not _NAME.fullmatch(called):
            message = f"formula '{called}' ({_file(function)}): a name is made of a-z, 0-9 and _, a letter first"
            raise LawError(message)
        arguments = inspect.signature(function).parameters.values()
        for argument in arguments:
            if argument.kind is not argument.POSITIONAL_OR_KEYWORD or argument.default is not argument.empty:
                message = f"formula '{called}' ({_file(function)}): argument '{argument.name}' must be a plain name"
                raise LawError(message)
        return Formula(
            name=called,
            entity=entity,
            arguments=tuple(argument.name for argument in arguments),
            build=function,
            label=label,
            reference=reference,
            file=_file(function),
            unit=unit,
            valid_from=valid_from,
            valid_until=valid_until,
            description=inspect.getdoc(function) or "",
        )

    return declare


def _file(function: Callable[..., Node]) -> str:
    """Folder and file of the formula, enough to find it."""
    return "/".join(function.__code__.co_filename.split("/")[-2:])


def formulas_of(*modules: ModuleType) -> Iterator[Formula]:
    """The formulas a module declares, alone or in lists, in the order of the text."""
    for module in modules:
        for content in vars(module).values():
            for one in content if isinstance(content, (list, tuple)) else (content,):
                if isinstance(one, Formula):
                    yield one
