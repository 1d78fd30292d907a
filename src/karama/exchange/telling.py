"""How files are told in JSON: moments, months, amounts, names of subjects; and who read them."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, TypeVar

from django.db.models import Model
from ninja import Path
from pydantic import AwareDatetime, BeforeValidator, Field, WithJsonSchema

from karama.exchange.caller import READERS
from karama.exchange.problems import not_found
from karama.foundation.errors import BadInputError
from karama.foundation.money import from_centimes
from karama.foundation.months import Month
from karama.foundation.reference_codes import read_code
from karama.record import journal
from karama.record.clock import now
from karama.record.permissions import File, require, see_file
from karama.registry.models import Household

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from karama.exchange.operations import Call
    from karama.registry.models import Establishment

M = TypeVar("M", bound=Model)

NAME = "^[a-z][a-z_0-9]{0,39}$"
"""Names of programmes, of kinds of claims, of kinds of documents."""

_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"


def _read_day(given: object) -> dt.date:
    if not isinstance(given, str) or re.fullmatch(_DAY, given) is None:
        raise ValueError("write the day as YYYY-MM-DD")
    return dt.date.fromisoformat(given)


Moment = AwareDatetime
Day = dt.date
DayGiven = Annotated[
    dt.date,
    BeforeValidator(_read_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": f"^{_DAY}$"}),
]
"""A day in a body that is read strictly."""

Amount = Annotated[Decimal, WithJsonSchema({"type": "number", "minimum": 0, "description": "MAD, two decimals"})]
Text = Annotated[str, Field(min_length=1, max_length=5_000, pattern=r"\S")]
"""A text that a person reads."""

CodeGiven = Annotated[
    str, Path(pattern="^[0-9A-Za-z -]{12,20}$", description="A reference code, with or without its separators.")
]
NumberGiven = Annotated[str, Path(pattern="^[0-9A-Za-z._-]{1,32}$", description="Number of a household.")]


def month(day: dt.date) -> str:
    """YYYY-MM."""
    return str(Month.of(day))


def amount(centimes: int) -> Decimal:
    """MAD with two decimals."""
    return from_centimes(centimes)


def code_of(text: str, what: str) -> str:
    """A reference code as the tables keep it.

    Raises:
        ProblemError: no code, or one with a slip of the pen: nothing has it.
    """
    try:
        return read_code(text)
    except BadInputError:
        raise not_found(what) from None


def one_of(found: QuerySet[M], what: str) -> M:
    """The one row that the caller may see.

    Raises:
        ProblemError: there is none, or none that he may see; the words are the same.
    """
    row = found.first()
    if row is None:
        raise not_found(what)
    return row


def require_reader(call: Call) -> None:
    """Go on only for who reads files: a citizen, a director, the staff with a role that does.

    Raises:
        NotAllowedError: no role, or none that reads files.
    """
    require(bool(call.actor.roles & READERS), "reading files")


def note_read(
    call: Call, kind: str, subject: str, file: Household | Establishment | str | None, **told: str | int
) -> None:
    """Journal that a member of the staff read a file; a citizen's own is his.

    ``file`` is whose it is: a household's, an establishment's, or a commune's where a complaint is nobody's.

    Raises:
        NotAllowedError: the role reads no file, or none there.
    """
    require_reader(call)
    if not call.actor.is_staff:
        return
    household = file.pk if isinstance(file, Household) else None
    commune = file if isinstance(file, str) else file.commune if file is not None else ""
    require(see_file.test(call.actor, File(commune, household)), "reading this file")
    journal.write(
        kind=f"{kind}.read",
        subject=(kind, subject),
        by=call.actor,
        at=now(),
        household_id=household,
        data={"through": "api", **told},
    )


def note_list(call: Call, kind: str, rows: Sequence[Model]) -> None:
    """Journal each file of which a member of the staff was shown something in a list, with the codes shown.

    Raises:
        NotAllowedError: the role reads no file.
    """
    require_reader(call)
    if not call.actor.is_staff or not rows:
        return
    table = rows[0]._meta.db_table  # noqa: SLF001 - Django's own name for it
    journal.write_many(
        "SELECT coalesce(h.number, 'none'), h.id, jsonb_build_object('through', 'api', 'references',"
        f" jsonb_agg(t.reference ORDER BY t.id DESC)) FROM {table} t LEFT JOIN registry_household h"
        " ON h.id = t.household_id WHERE t.id = ANY(%s) GROUP BY h.id, h.number ORDER BY max(t.id) DESC",
        [[row.pk for row in rows]],
        kind=f"{kind}.read",
        subject_type=kind,
        by=call.actor,
        at=now(),
    )
